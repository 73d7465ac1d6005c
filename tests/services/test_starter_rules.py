"""How the loader behaves: again and again, after people's work, with what a file says, with broken files."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from caselib.catalog.models import Matter
from caselib.exchange.starter.reading import BrokenFile
from caselib.orgs.models import Department, Role, User
from caselib.policies.models import Policy
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_retire, precedent_verify
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.precedents.visibility import PrecedentStatus
from tests import factories

from .small_library import HALL, case, found, load, policy, small_library, snapshot, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_library(tmp_path)


# --- again, and after people's work ---


def test_second_load_adds_nothing(folder: Path) -> None:
    assert load(folder).new_precedents == 1
    before = snapshot()
    again = load(folder)
    assert (again.precedents, again.new_precedents, again.new_policies, again.new_accounts) == (1, 0, 0, 0)
    assert snapshot() == before


def test_file_that_is_new_in_a_later_release_is_added(folder: Path) -> None:
    load(folder)
    first = found().number
    write(folder, "precedents/S-02.yaml", case("S-02", not_when=["前租户失联（看 S-01）"]))
    assert load(folder).new_precedents == 1
    assert found("S-02").live_revision.not_when == [f"前租户失联（看 {first}）"]
    assert found("S-02").number != first


def test_precedent_that_people_revised_is_left_alone(folder: Path) -> None:
    load(folder)
    editor, reviewer = factories.user(Role.EDITOR), factories.user(Role.REVIEWER)
    revision = revision_start(found(), author=editor)
    content = content_of(revision)
    content = factories.content(title="改过的标题", citations=content.citations)
    revision = revision_save(revision, content, lock_version=revision.lock_version, editor=editor)
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=reviewer,
        digest_seen=revision.content_digest,
        comment="核对过，可以入库",
    )
    before = snapshot()
    write(folder, "precedents/S-01.yaml", case("S-01", title="新版文件里的标题"))
    load(folder)
    assert (found().live_revision.title, snapshot()) == ("改过的标题", before)


def test_draft_that_people_changed_is_left_alone(folder: Path) -> None:
    write(folder, "precedents/S-01.yaml", case("S-01", draft="来源没有写结果。"))
    load(folder)
    revision = found().revisions.get()
    editor = factories.user(Role.EDITOR)
    revision_save(revision, factories.content(title="补写的标题"), lock_version=revision.lock_version, editor=editor)
    write(folder, "precedents/S-01.yaml", case("S-01"))
    load(folder)
    assert [row.title for row in found().revisions.all()] == ["补写的标题"]
    assert found().status == PrecedentStatus.DRAFT


def test_retired_precedent_stays_retired(folder: Path) -> None:
    load(folder)
    precedent_retire(found(), reason="规则变了", actor=factories.user(Role.REVIEWER))
    load(folder)
    assert found().status == PrecedentStatus.RETIRED


def test_point_that_was_verified_is_not_opened_again(folder: Path) -> None:
    write(folder, "precedents/S-01.yaml", case("S-01", doubts=["表述不准，要对照正文。"]))
    load(folder)
    assert found().status == PrecedentStatus.NEEDS_REVERIFICATION
    precedent_verify(found(), by=factories.user(Role.REVIEWER), note="已对照")
    load(folder)
    assert found().status == PrecedentStatus.PUBLISHED
    assert not found().doubts.filter(resolved_at=None).exists()


def test_vocabulary_and_department_that_people_changed_are_left_alone(folder: Path) -> None:
    load(folder)
    Matter.objects.update(aliases=["本地叫法"])
    Department.objects.update(name="虹口区政务服务中心")
    load(folder)
    assert Matter.objects.get().aliases == ["本地叫法"]
    assert Department.objects.get().name == "虹口区政务服务中心"


def test_account_that_is_there_keeps_its_password(folder: Path) -> None:
    load(folder)
    load(folder, demo_password="another-demo-word")
    assert User.objects.get(username="editor").check_password("hall-demo-2026")


# --- what a file says ---


def test_complete_record_is_published_and_one_with_a_reason_stays_a_draft(folder: Path) -> None:
    write(folder, "precedents/S-02.yaml", case("S-02", draft="来源没有写结果。"))
    load(folder)
    assert found("S-01").status == PrecedentStatus.PUBLISHED
    assert (found("S-02").status, found("S-02").number) == (PrecedentStatus.DRAFT, None)


def test_two_texts_may_name_each_other_and_a_draft_is_named_by_its_title(folder: Path) -> None:
    write(folder, "precedents/S-01.yaml", case("S-01", not_when=["看 S-02、S-03", "X-S-02 不是编号"]))
    write(folder, "precedents/S-02.yaml", case("S-02", resolution="先看 S-01。"))
    write(folder, "precedents/S-03.yaml", case("S-03", draft="来源没有写结果。"))
    load(folder)
    assert found("S-01").live_revision.not_when == [f"看 {found('S-02').number}、《S-03 的标题》", "X-S-02 不是编号"]
    assert found("S-02").live_revision.resolution == f"先看 {found('S-01').number}。"


def test_doubt_of_a_citation_is_kept_with_the_citation(folder: Path) -> None:
    line = {
        "policy": "P05",
        "version": "2021",
        "locator": "第三十五条",
        "relation": "basis",
        "doubt": "当时还没有这一条。",
    }
    write(folder, "precedents/S-01.yaml", case("S-01", citations=[line]))
    load(folder)
    doubt = found().doubts.get()
    assert (doubt.reason, doubt.citation.locator) == ("当时还没有这一条。", "第三十五条")


def test_last_day_of_a_version_still_counts(folder: Path) -> None:
    versions = [
        {"label": "2016", "effective_from": "2016-02-06", "last_day": "2022-02-28"},
        *policy()["versions"],
    ]
    write(folder, "policies/P05.yaml", policy(versions=versions))
    load(folder)
    old, new = Policy.objects.get().versions.all()
    assert str(old.effective_to) == "2022-03-01" == str(new.effective_from)


def test_bare_dates_and_years_of_the_format_are_read_as_written(folder: Path) -> None:
    write(folder, "precedents/S-01.yaml", yaml.safe_dump(case("S-01"), allow_unicode=True).replace("2023-01", "2023"))
    assert "occurred: 2023\n" in (folder / "precedents/S-01.yaml").read_text(encoding="utf-8").replace("'", "")
    load(folder)
    assert found().live_revision.occurred == "2023"


# --- broken files ---

CASE, POLICY = "precedents/S-02.yaml", "policies/P06.yaml"


def cites(**values: Any) -> dict[str, Any]:
    return case("S-02", citations=[{"policy": "P05", "version": "2021", "relation": "basis", **values}])


def other_policy(**values: Any) -> dict[str, Any]:
    return policy("P06", **{"doc_number": "", **values})


TWO_VERSIONS = [{"label": "1", "effective_from": "2020-01-01"}, {"label": "2", "effective_from": "2021-01-01"}]
ODD_MATERIAL = {"name": "章程", "required": "是"}
LOST_RELATION = {"policy": "P99", "relation": "上位法"}
LOST_REGION = {"full_name": HALL, "name": "虹口区", "parent": "国家"}

# What is wrong: the file, what it holds, the field and the reason that the error has to name.
BROKEN: dict[str, tuple[str, Any, str, str]] = {
    "no yaml": (CASE, "key: [", "", "行格式不对"),
    "no mapping": (CASE, "只有一行字", "", "字段: 值"),
    "unknown field": (CASE, case("S-02", blockers="住所"), "blockers", "不认识这个字段"),
    "another name": (CASE, case("S-03"), "key", "文件名"),
    "no title": (CASE, case("S-02", title=""), "title", "还没有标题"),
    "title too long": (CASE, case("S-02", title="长" * 101), "title", "最多 100 个"),
    "incomplete": (CASE, case("S-02", not_when=[]), "not_when", "不适用情形"),
    "no list": (CASE, case("S-02", causes="材料缺失"), "causes", "列表"),
    "unknown cause": (CASE, case("S-02", causes=["天气"]), "causes", "没有原因“天气”"),
    "unknown matter": (CASE, case("S-02", matter="开飞机"), "matter", "没有“开飞机”"),
    "unknown region": (CASE, case("S-02", region="火星"), "region", "没有“火星”"),
    "unknown class": (CASE, case("S-02", classifications={"hongkou": "其他"}), "hongkou", "其他"),
    "unknown department": (CASE, case("S-02", owner_department="D99"), "owner_department", "D99"),
    "unknown kind": (CASE, case("S-02", kind="story"), "kind", "routing_card"),
    "wrong date": (CASE, case("S-02", occurred="去年"), "occurred", "2023-02"),
    "wrong flag": (CASE, case("S-02", materials=[ODD_MATERIAL]), "materials[1].required", "true"),
    "unverified what": (CASE, case("S-02", unverified=["weather"]), "unverified", "weather"),
    "unknown policy": (CASE, cites(policy="P99"), "citations[1].policy", "P99"),
    "unknown version": (CASE, cites(version="1999"), "citations[1].version", "1999"),
    "unknown article": (CASE, cites(article=99), "citations[1].article", "99"),
    "unknown relation": (CASE, cites(relation="friend"), "citations[1].relation", "basis"),
    "doubt of a draft": (CASE, case("S-02", draft="没有结果", doubts=["不准"]), "doubts", "草稿"),
    "number of another": (POLICY, policy("P06", title="别的条例"), "doc_number", "市场主体登记管理条例"),
    "overlap": (POLICY, other_policy(versions=TWO_VERSIONS), "effective_from", "重叠"),
    "policy date": (POLICY, other_policy(issued_on="2022年"), "issued_on", "不是日期"),
    "policy level": (POLICY, other_policy(level="law of nature"), "level", "law"),
    "related to nothing": (POLICY, other_policy(related=[LOST_RELATION]), "related[1].policy", "P99"),
    "matter without theme": ("matters.yaml", [{"name": "企业设立登记", "theme": "天文"}], "[1].theme", "天文"),
    "region without parent": ("regions.yaml", [LOST_REGION], "[1].parent", "国家"),
}


@pytest.mark.parametrize(("file", "data", "field", "reason"), BROKEN.values(), ids=BROKEN)
def test_broken_file_is_named_with_its_field_and_nothing_is_written(
    folder: Path, file: str, data: Any, field: str, reason: str
) -> None:
    write(folder, file, data)
    before = snapshot()
    with pytest.raises(BrokenFile) as caught:
        load(folder)
    assert caught.value.file == file
    assert caught.value.field.endswith(field)
    assert file in caught.value.message
    assert reason in caught.value.message
    assert "什么都没有写入" in caught.value.message
    assert snapshot() == before


def test_broken_file_in_a_later_release_leaves_the_library_as_it_was(folder: Path) -> None:
    load(folder)
    before = snapshot()
    write(folder, "precedents/S-02.yaml", case("S-02"))
    write(folder, "precedents/S-03.yaml", case("S-03", causes=["天气"]))
    with pytest.raises(BrokenFile):
        load(folder)
    assert snapshot() == before


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"vocabularies\.yaml"):
        call_command("load_starter", folder=tmp_path / "nowhere")


def test_file_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "precedents/S-02.yaml").write_bytes("key: 前租户".encode("gb18030"))
    with pytest.raises(BrokenFile, match=r"S-02\.yaml：不是 UTF-8 编码"):
        load(folder)
