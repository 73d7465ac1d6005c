"""What an editor is offered in place of a finding, and how a decision about it is remembered."""

import re

import pytest

from caselib.core.personal_data import (
    RULES_DIGEST,
    Kind,
    Severity,
    find,
    fingerprint_of,
    fingerprint_salt,
    mask,
    remembering,
    replacement_for,
)

from .planted_sentences import planted

SALT = b"salt of the tests"


def _replaced(text):
    """The text with the first offer taken for every finding."""
    for found in reversed(find(text)):
        text = text[: found.start] + replacement_for(found, text)[0] + text[found.end :]
    return text


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("请回电13800138000。", "请回电（电话略）。"),
        ("身份证11010519491231002X", "身份证〔身份证号〕"),
        ("张女士来电", "某女士来电"),
        ("联系人：王小明", "联系人：某某"),
        ("陈建国的身份证过期", "市民的身份证过期"),
        ("自费12345.67元", "自费约1万元"),
        ("自费3256.78元", "自费约3000元"),
        ("出生日期：1990年1月1日", "出生日期：（出生日期略）"),
        ("住某路123弄45号678室", "住某路（门牌号略）"),
        ("女儿今年6岁", "女儿今年未满十四岁"),
        ("上海明珠餐饮管理有限公司申请变更", "某餐饮企业申请变更"),
        ("上海市虹口区阿珍服装经营部注销", "某个体工商户注销"),
        ("曲阳路张某，5月3日确诊白血病", "某路段市民，某日确诊重病"),
        ("丈夫67岁，在阳光小学上班，2023年5月3日来电", "家人六十岁以上，在某学校上班，某日来电"),
    ],
)
def test_the_first_offer_reads_as_an_editor_would_write_it(text, replaced):
    assert _replaced(text) == replaced


def test_one_or_two_offers_for_every_planted_piece_and_none_repeats_it():
    for sample in planted(640, seed=31):
        for found in find(sample.text):
            offers = replacement_for(found, sample.text)
            assert 1 <= len(offers) <= 2
            assert all(offer and sample.text[found.start : found.end] not in offer for offer in offers)


def test_nothing_blocks_any_more_when_every_first_offer_is_taken():
    for sample in planted(640, seed=32):
        assert [found for found in find(_replaced(sample.text)) if found.severity == Severity.BLOCK] == []


def test_offers_alarm_nobody_again():
    left = [(sample.text, _replaced(sample.text)) for sample in planted(640, seed=33) if find(_replaced(sample.text))]
    assert left == []


def test_one_number_has_one_fingerprint_however_it_is_written():
    written = [
        "13800138000",
        "138 0013 8000",
        "１３８００１３８０００",
        "1\u200b3800138000",
        "一三八零零一三八零零零",
        "138-0013-8000",
    ]
    assert len({fingerprint_of(each, kind=Kind.MOBILE, salt=SALT) for each in written}) == 1
    assert (
        len({fingerprint_of(each, kind=Kind.PLATE, salt=SALT) for each in ["沪A12345", "沪a·12345", "沪Ａ 12345"]}) == 1
    )


def test_other_numbers_kinds_and_salts_have_other_fingerprints():
    one = fingerprint_of("13800138000", kind=Kind.MOBILE, salt=SALT)
    assert re.fullmatch("[0-9a-f]{64}", one)
    assert one != fingerprint_of("13800138001", kind=Kind.MOBILE, salt=SALT)
    assert one != fingerprint_of("13800138000", kind=Kind.LANDLINE, salt=SALT)
    assert one != fingerprint_of("13800138000", kind=Kind.MOBILE, salt=b"another salt")
    amounts = [fingerprint_of(each, kind=Kind.EXACT_AMOUNT, salt=SALT) for each in ("3.14", "314")]
    assert amounts[0] != amounts[1]


def test_the_salt_is_drawn_from_the_secret_key_and_is_not_it(settings):
    first = fingerprint_salt()
    assert len(first) == 32 and settings.SECRET_KEY.encode() not in first
    settings.SECRET_KEY = "another one"
    assert fingerprint_salt() != first


def test_the_digest_changes_with_a_list_of_the_rules(monkeypatch, tmp_path):
    assert re.fullmatch("[0-9a-f]{64}", RULES_DIGEST)
    for name in ("names.py", "replacing.py"):
        (tmp_path / name).write_text("RULE = 1")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "surnames.txt").write_text("王 李")
    real = remembering.resources.files
    monkeypatch.setattr(
        remembering.resources, "files", lambda name: tmp_path if name == remembering.__package__ else real(name)
    )
    first = remembering._digest_of_rules()
    (tmp_path / "replacing.py").write_text("WORDS = 2")
    assert remembering._digest_of_rules() == first
    (tmp_path / "data" / "surnames.txt").write_text("王 李 张")
    second = remembering._digest_of_rules()
    (tmp_path / "names.py").write_text("RULE = 2")
    assert len({first, second, remembering._digest_of_rules()}) == 3


def test_masking_what_was_replaced_changes_nothing():
    for sample in planted(200, seed=34):
        text = _replaced(sample.text)
        assert mask(text) == text
