"""Number and title are checked as a pair, and a refusal names the likely right one."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.policies.texts.numbers import Slip, slip_between
from caselib.policies.texts.pairing import KnownDocument, Pair, check_pair, title_key

SERVICE = KnownDocument(
    code="p01", title="国务院关于加快推进政务服务标准化规范化便利化的指导意见", number_key="国发|2022|5",
    doc_number="国发〔2022〕5号", short_titles=("政务服务三化意见",), issued_on=dt.date(2022, 2, 7), issuer="国务院",
)  # fmt: skip
PRAISE = KnownDocument(
    code="p51", title="国务院办公厅关于建立政务服务“好差评”制度提高政务服务水平的意见", number_key="国办发|2019|51",
    doc_number="国办发〔2019〕51号",
)  # fmt: skip
GUIDE = KnownDocument(
    code="p11", title="企业注销指引", number_key="公告|2025|52", doc_number="公告2025年第52号",
    issued_on=dt.date(2025, 12, 1), issuer="市场监管总局",
)  # fmt: skip
COMPANY = KnownDocument(
    code="p07",
    title="中华人民共和国公司法",
    number_key="主席令||15",
    doc_number="主席令第15号",
    issued_on=dt.date(2023, 12, 29),
)
YEARLY = KnownDocument(
    code="p32",
    title="2023年上海市全面深化“一网通办”改革工作要点",
    number_key="沪府办发|2023|3",
    doc_number="沪府办发〔2023〕3号",
)
KNOWN = [SERVICE, PRAISE, GUIDE, COMPANY, YEARLY]


def check(number: str, title: str, **more):
    return check_pair(number, title, known=KNOWN, **more)


@pytest.mark.parametrize(
    "number",
    [
        "国办发〔2022〕5号",
        "国发〔2022〕15号",
        "国发〔2002〕5号",
        "国办发[2022]5号",
        "国发〔2022〕6号",
        "沪府规〔2021〕9号",
    ],
)
def test_a_known_title_with_another_number_is_refused_with_the_right_one(number):
    found = check(number, SERVICE.title)
    assert (found.pair, found.likely) == (Pair.WRONG_NUMBER, SERVICE)
    assert found.message.startswith("这个标题的文号是国发〔2022〕5号")


@pytest.mark.parametrize(
    "title",
    ["《国务院关于加快推进政务服务标准化规范化便利化的指导意见》", "政务服务三化意见",
     "国务院关于加快推进政务服务标准化、规范化、便利化的指导意见",
     "國務院關於加快推進政務服務標準化規範化便利化的指導意見"],
)  # fmt: skip
def test_a_title_is_known_in_other_spellings(title):
    assert check("国办发〔2022〕5号", title).likely == SERVICE
    assert check("国发〔2022〕5号", title).pair is Pair.KNOWN


def test_two_swapped_figures_are_named():
    found = check("国办发〔2019〕15号", PRAISE.title)
    assert (found.pair, found.likely) == (Pair.WRONG_NUMBER, PRAISE)
    assert "数字颠倒" in found.message


def test_a_known_number_with_another_title_is_refused_with_its_title():
    found = check("国发〔2022〕5号", "国务院关于加强数字政府建设的指导意见")
    assert (found.pair, found.likely) == (Pair.WRONG_TITLE, SERVICE)
    assert SERVICE.title in found.message


def test_what_is_not_known_is_fine():
    assert not check("国发〔2022〕14号", "国务院关于加强数字政府建设的指导意见").is_refused
    assert check("", SERVICE.title).pair is Pair.FINE


def test_a_yearly_document_of_another_year_is_another_one():
    assert check("沪府办发〔2024〕3号", YEARLY.title.replace("2023", "2024")).pair is Pair.FINE


def test_the_same_document_of_another_place_is_another_one():
    rule = "上海市人民政府办公厅关于印发经营主体住所登记管理办法的通知"
    shanghai = KnownDocument(code="s", title=rule, number_key="沪府办规|2024|2", doc_number="沪府办规〔2024〕2号")
    assert check_pair("苏政办规〔2024〕2号", rule.replace("上海市", "江苏省"), known=[shanghai]).pair is Pair.FINE


def test_a_new_edition_is_sent_to_the_versions_of_the_old_one():
    found = check(
        "公告2023年第58号", "企业注销指引（2023年修订）", issued_on=dt.date(2023, 12, 21), issuer="市场监管总局"
    )
    assert (found.pair, found.likely) == (Pair.SAME_TITLE, GUIDE)


def test_a_version_under_its_former_title_belongs_to_its_policy():
    former = KnownDocument(
        code="p07", title="公司登记管理条例", number_key="国务院令||156", doc_number="国务院令第156号"
    )
    assert check_pair("国务院令第156号", COMPANY.title, known=[COMPANY, former]).pair is Pair.KNOWN


def test_orders_of_the_president_count_anew_with_each_congress():
    other = "中华人民共和国某法"
    assert check("主席令第15号", other, issued_on=dt.date(2018, 12, 29)).pair is Pair.FINE
    assert check("主席令第15号", other, issued_on=dt.date(2023, 12, 29)).pair is Pair.WRONG_TITLE


def test_announcements_are_counted_in_each_agency():
    assert check("公告2025年第52号", "关于某税收政策的公告", issuer="税务总局").pair is Pair.FINE
    assert check("公告2025年第52号", "关于某登记事项的公告", issuer="市场监管总局").pair is Pair.WRONG_TITLE


@pytest.mark.parametrize(
    ("key", "other", "slip"),
    [
        ("国办发|2022|5", "国发|2022|5", Slip.CODE),
        ("国办发|2019|15", "国办发|2019|51", Slip.SWAPPED),
        ("国发|2021|5", "国发|2022|5", Slip.YEAR),
        ("国发|2022|15", "国发|2022|5", None),
        ("国发|2022|35", "国发|2022|34", Slip.SERIAL),
        ("国发|2022|5", "国发|2022|5", None),
        ("沪府规|2021|9", "国发|2022|5", None),
        ("国务院令||764", "国务院令||746", Slip.SWAPPED),
    ],
)
def test_a_slip_is_told_from_another_number(key, other, slip):
    assert slip_between(key, other) is slip


def test_a_title_key_leaves_out_the_state_and_the_bracket_of_a_version():
    assert title_key("中华人民共和国公司法（2023修订）") == title_key("《公司法》")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_input_is_answered(number, title):
    found = check(number, title)
    assert found.is_refused == bool(found.message)
