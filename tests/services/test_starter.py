"""The starter library as it is shipped: everything in the files arrived, and what it says holds."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events
from caselib.catalog.models import Category, Cause, Matter, MatterTheme, Scheme
from caselib.core import clock
from caselib.orgs.models import Department, Region, Role, User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.policies.models import Clause, ClauseCounterpart, Policy, PolicyRelation, PolicyVersion
from caselib.precedents.completeness import DECLARABLE
from caselib.precedents.models import Citation, Precedent, Revision, RevisionState
from caselib.precedents.selectors import rows_of
from caselib.precedents.signal import Kind as SignalKind
from caselib.precedents.signal import Signal, Word, signal_of, standing_of, troubles_of
from caselib.precedents.visibility import PrecedentStatus
from caselib.training.models import Lesson, LessonQuestion, Pack, Question, QuestionText
from caselib.training.visibility import visible_packs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("output")]

FOLDER = settings.BASE_DIR / "fixtures" / "starter"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


CASES = {path.stem: read(path) for path in sorted((FOLDER / "precedents").glob("*.yaml"))}
POLICIES = {path.stem: read(path) for path in sorted((FOLDER / "policies").glob("*.yaml"))}

# Records that the source leaves without an outcome.
DRAFTS = {"P-10", "P-11", "P-18", "P-19", "P-21", "N-38", "N-48"}

# Newspapers, broadcasters and news sites of the place that publish their own reports; besides them governments only.
PRESS = {
    "ahxn.anhuinews.com",  # 中安在线
    "dzb.jmrb.com",  # 江门日报
    "epaper.ichangzhi.com.cn",  # 长治日报
    "hs.hebei.com.cn",  # 长城网
    "www.why.com.cn",  # 青年报
    "news.lznews.cn",  # 鲁中网
    "dangshi.people.com.cn",  # 人民网
    "whb.cn",  # 文汇报
    "epaper.hubeidaily.net",  # 湖北日报
    "news.cnhubei.com",  # 湖北日报
    "e.hznews.com",  # 惠州日报
    "jrjd.jdnews.com.cn",  # 今日建德
    "sjb.qlwb.com.cn",  # 齐鲁晚报
    "epaper.scdaily.cn",  # 四川日报
    "xmwb.xinmin.cn",  # 新民晚报
    "szb.shaoyangnews.net",  # 邵阳日报
    "www.slrbs.com",  # 商洛日报
    "www.sxllnews.cn",  # 吕梁日报
}


@pytest.fixture(scope="module")
def output(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What the command printed: the library is loaded once for this module, in a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        out = io.StringIO()
        call_command("load_starter", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


def precedent(key: str) -> Precedent:
    return Precedent.objects.select_related("live_revision").get(external_id=f"starter:{key}")


def text_of(key: str) -> Revision:
    found = precedent(key)
    return found.live_revision or found.revisions.get()


def version_of(key: str, label: str) -> PolicyVersion:
    return PolicyVersion.objects.get(policy__external_id=f"starter:{key}", label=label)


# --- how much ---


def test_everything_is_there() -> None:
    rows = [Precedent, Policy, PolicyVersion, Clause, Matter]
    assert [model.objects.count() for model in rows] == [94, 55, 85, 334, 144]
    assert (len(CASES), len(POLICIES)) == (94, 55)
    assert Department.objects.filter(region__full_name="上海市虹口区").count() == 34
    assert Region.objects.count() == len(read(FOLDER / "regions.yaml"))


def test_command_says_what_is_there_and_one_sign_in_for_each_role(output: str) -> None:
    assert "案例 94 件（待复核 27，草稿 7）、政策 55 件、版本 85 个、条款 334 条、事项 144 项" in output
    assert "培训包 3 个（题目 63 道）" in output
    usernames = set(re.findall(r"^  ([a-z-]+) ", output, flags=re.MULTILINE))
    roles = {role for user in User.objects.all() for role in user.memberships.values_list("role", flat=True)}
    assert usernames == set(User.objects.values_list("username", flat=True))
    assert roles == set(Role.values)


# --- precedents: every field arrived ---

SAME_NAME = {"title", "gist", "matter_note", "admin_level", "requester_type", "occurred", "requester_wording", "problem",
             "blocker", "lead_org", "partner_orgs", "resolution", "script", "applies_when", "not_when",
             "who_can_decide", "decision_level", "result_type", "measure", "lasting_rule"}  # fmt: skip
RECORDS = {"handling_steps", "materials", "deferred_material", "alternatives", "detours", "entrances", "sources"}


def spelt(value: Any, numbers: dict[str, str]) -> Any:
    """The value of a file with the keys in its texts replaced by library numbers, as readers see it."""
    if isinstance(value, list):
        return [spelt(entry, numbers) for entry in value]
    if isinstance(value, dict):
        return {name: spelt(entry, numbers) for name, entry in value.items()}
    if isinstance(value, str):
        return re.sub(r"\b[SPN]-\d\d\b", lambda match: numbers[match[0]], value)
    return value


def stored(name: str, revision: Revision) -> Any:
    found = revision.precedent
    readers = {
        "key": lambda: found.external_id.removeprefix("starter:"),
        "kind": lambda: found.kind,
        "tier": lambda: found.tier,
        "owner_department": lambda: found.owner_department.code,
        "matter": lambda: revision.matter.name,
        "more_matters": lambda: [matter.name for matter in revision.more_matters.order_by("pk")],
        "theme": lambda: revision.theme.name,
        "region": lambda: revision.region.full_name,
        "causes": lambda: sorted(cause.name for cause in revision.causes.all()),
        "tags": lambda: sorted(tag.name for tag in revision.tags.all()),
        "classifications": lambda: {row.scheme.key: row.name for row in revision.categories.all()},
        "outcome": lambda: {key: value for key, value in revision.outcome.items() if value},
        "flexibility": lambda: revision.flexibility,
        "doubts": lambda: [doubt.reason for doubt in found.doubts.filter(citation=None)],
    }
    return readers[name]()


@pytest.mark.parametrize("key", CASES)
def test_every_field_of_the_file_is_in_the_library(key: str) -> None:
    numbers = dict(Precedent.objects.values_list("external_id", "number"))
    numbers = {external_id.removeprefix("starter:"): number for external_id, number in numbers.items()}
    revision = text_of(key)
    case = CASES[key]
    for name, value in case.items():
        if name in SAME_NAME:
            assert getattr(revision, name) == spelt(value, numbers), name
        elif name in RECORDS:
            rows = getattr(revision, name)
            told = spelt(value, numbers) if name == "detours" else value
            assert [{k: row[k] for k in entry} for row, entry in zip(rows, told, strict=True)] == told, name
        elif name == "unverified":
            told, added = revision.unverified[: len(value)], revision.unverified[len(value) :]
            assert told == value
            # What the source does not say is 待核 as well, and named once.
            assert set(added) <= set(DECLARABLE) - {name for name in case if name != "unverified"} - set(value), key
        elif name == "draft":
            assert revision.state == RevisionState.DRAFT
        elif name == "more_matters":
            assert sorted(stored(name, revision)) == sorted(value)
        elif name in ("causes", "tags"):
            assert stored(name, revision) == sorted(value), name
        elif name != "citations":
            assert stored(name, revision) == value, name


@pytest.mark.parametrize("key", [key for key in CASES if CASES[key].get("citations")])
def test_every_citation_of_the_file_is_in_the_library(key: str) -> None:
    rows = list(text_of(key).citations.select_related("version__policy", "clause"))
    assert len(rows) == len(CASES[key]["citations"])
    for row, line in zip(rows, CASES[key]["citations"], strict=True):
        assert row.version == version_of(line["policy"], line["version"])
        assert (row.clause.ref if row.clause else "") == str(line.get("article", ""))
        assert row.clause is None or row.clause.version_id == row.version_id
        assert (row.locator, row.note) == (line.get("locator", ""), line.get("note", ""))
        assert (row.relation, row.is_verified) == (line["relation"], line["verified"])
        assert [doubt.reason for doubt in row.doubts.all()] == ([line["doubt"]] if "doubt" in line else [])


def test_what_the_file_does_not_say_stays_empty() -> None:
    for key, case in CASES.items():
        revision = text_of(key)
        for name in (SAME_NAME - {"result_type", "measure"}) | RECORDS:
            if name not in case:
                assert not getattr(revision, name), (key, name)
        assert (revision.matter is None, revision.region is None) == ("matter" not in case, "region" not in case)
        assert bool(revision.outcome) == ("outcome" in case)


def test_texts_call_one_another_by_library_number() -> None:
    assert f"看 {precedent('N-01').number}" in text_of("S-01").not_when[0]
    for revision in Revision.objects.all():
        said = " ".join([revision.title, revision.gist, revision.problem, revision.resolution, *revision.not_when])
        assert not re.search(r"\b[SPN]-\d\d\b", said)


def test_each_way_out_of_the_starter_library_hangs_on_a_condition_and_leads_somewhere() -> None:
    numbers = set(Precedent.objects.exclude(number=None).values_list("number", flat=True))
    ways = [(revision, way) for revision in Revision.objects.all() for way in revision.detours]
    assert len(ways) == 44
    for revision, way in ways:
        assert way["condition"] in (*revision.applies_when, *revision.not_when)
        assert way["target"] in numbers or way["instead"]


def test_unverified_policies_leave_no_citation_verified() -> None:
    marked = [key for key, case in CASES.items() if "policies" in case["unverified"]]
    assert len(marked) == 35
    assert not Citation.objects.filter(revision__in=[text_of(key) for key in marked], is_verified=True).exists()


# --- precedents: what is published, and by whom ---


def test_records_without_an_outcome_are_drafts_and_nothing_else_is() -> None:
    drafts = Precedent.objects.filter(status=PrecedentStatus.DRAFT)
    assert {row.external_id.removeprefix("starter:") for row in drafts} == DRAFTS
    assert not drafts.exclude(number=None).exists()
    published = Precedent.objects.filter(status__in=[PrecedentStatus.PUBLISHED, PrecedentStatus.NEEDS_REVERIFICATION])
    assert published.count() == 94 - len(DRAFTS)


def test_samples_and_routing_cards_are_no_precedents() -> None:
    kinds = {row.external_id.removeprefix("starter:"): row.kind for row in Precedent.objects.exclude(kind="precedent")}
    assert kinds == {"S-07": "cause_sample", "S-08": "routing_card", "S-09": "intake_sample", "N-60": "routing_card"}


def test_every_published_text_was_read_by_another_pair_of_eyes() -> None:
    approved = Revision.objects.filter(state=RevisionState.APPROVED)
    assert approved.count() == 94 - len(DRAFTS)
    for revision in approved.prefetch_related("decisions"):
        (decision,) = revision.decisions.all()
        assert (revision.author.username, revision.approved_by.username) == ("editor", "reviewer")
        assert decision.digest_seen == revision.content_digest


def test_author_and_reviewer_hold_their_roles_where_they_used_them() -> None:
    owners = set(Precedent.objects.values_list("owner_department", flat=True))
    for username, role in (("editor", Role.EDITOR), ("reviewer", Role.REVIEWER)):
        assert owners <= scope_of(User.objects.get(username=username)).departments_with(role)


def test_drafts_are_for_the_editors_and_published_texts_for_everybody() -> None:
    seen = {
        username: Precedent.objects.visible_to(scope_of(User.objects.get(username=username))).count()
        for username in ("editor", "window", "window-changning", "sysadmin")
    }
    assert seen == {"editor": 94, "window": 87, "window-changning": 87, "sysadmin": 0}


def test_trail_of_the_load_is_unbroken() -> None:
    assert AuditEvent.objects.exists()
    assert list(broken_events()) == []


# --- citations in time ---


def holds_in_time(citation: Citation, doubts: list[str]) -> bool:
    """In force through all that is known of the case's time; else the choice is explained or the point is open."""
    start, end = citation.revision.occurred_on, citation.revision.occurred_until
    version = citation.version
    if start is None:
        return True
    if version.applied_on(start) and version.applied_on(end):
        return True
    title = (version.title or version.policy.title).removeprefix("中华人民共和国")
    named = any(f"《{title}" in doubt for doubt in doubts)
    return named or (bool(citation.note) and version.applied_on(end))


def test_citations_were_in_force_when_the_case_happened_or_are_open_points() -> None:
    live = Citation.objects.select_related("version__policy", "revision__precedent")
    wrong = []
    for citation in live:
        doubts = [doubt.reason for doubt in citation.revision.precedent.doubts.all()]
        if not holds_in_time(citation, doubts):
            wrong.append((citation.revision.precedent.external_id, str(citation)))
    assert wrong == []


@pytest.mark.parametrize(
    ("key", "policy", "version", "article"),
    [
        ("S-02", "P07", "2018修正", "183"),
        ("S-03", "P06", "2022", "33"),
        ("S-04", "P29", "2019", "7"),
        ("S-06", "P24", "2018", "25"),
        ("S-08", "P39", "2022", "23"),
        ("P-01", "P25", "2023", "12"),
        ("P-16", "P46", "2020", "29"),
        ("P-17", "P42", "2013危险化学品安全管理条例（前身）", "35"),
        ("N-08", "P05", "2016公司登记管理条例（前身）", "24"),
        ("N-46", "P22", "2019修订", "47"),
    ],
)
def test_policy_file_wins_over_what_the_case_cites(key: str, policy: str, version: str, article: str) -> None:
    assert text_of(key).citations.filter(version=version_of(policy, version), clause__ref=article).exists()


def test_doubted_precedents_need_verification_and_say_why() -> None:
    in_files = {
        key
        for key, case in CASES.items()
        if case.get("doubts") or any("doubt" in line for line in case.get("citations", []))
    }
    rows = Precedent.objects.filter(status=PrecedentStatus.NEEDS_REVERIFICATION)
    assert {row.external_id.removeprefix("starter:") for row in rows} == in_files
    assert {"S-06", "P-16", "P-17"} <= in_files
    found = precedent("S-01")
    troubles = troubles_of([found.live_revision_id], on=clock.today(), region_ids=frozenset())
    signal = signal_of(
        standing_of(found),
        troubles=troubles.get(found.live_revision_id, ()),
        doubts=found.doubts.all(),
        on=clock.today(),
    )
    assert signal.word == Word.CARE
    assert any("2024-03-20" in reason for reason in signal.reasons)


def signal_on(key: str, day: str) -> Signal:
    """As somebody reads it who stands nowhere."""
    everywhere = ViewerScope(departments={0: frozenset({Role.WINDOW})})
    rows = rows_of(Precedent.objects.filter(external_id=f"starter:{key}"), everywhere, on=dt.date.fromisoformat(day))
    return rows[0].signal


def test_the_social_assistance_act_reaches_what_rests_on_the_interim_measures_on_its_day() -> None:
    before, after = signal_on("S-06", "2026-06-30"), signal_on("S-06", "2026-07-01")
    for signal, kind in ((before, SignalKind.SOON), (after, SignalKind.HEIR)):
        told = [point for point in signal.points if "《中华人民共和国社会救助法》" in point.text and point.new]
        assert [point.kind for point in told] == [kind, kind]
        assert ["第二十六条" in told[0].text, "第二十九条" in told[1].text] == [True, True]
    assert not [point for point in signal_on("S-06", "2026-05-31").points if point.new and "社会救助法" in point.text]


def test_the_act_on_hazardous_chemicals_shows_article_35_beside_article_55() -> None:
    (point,) = [point for point in signal_on("P-17", "2026-05-01").points if point.kind is SignalKind.CHANGED]
    clauses = {clause.code: clause.label for clause in Clause.objects.filter(code__in=[point.old, point.new])}
    assert (clauses[point.old], clauses[point.new]) == ("第三十五条", "第五十五条")
    assert SignalKind.SOON in [point.kind for point in signal_on("P-17", "2026-04-30").points]


# --- policies ---


@pytest.mark.parametrize("key", POLICIES)
def test_every_field_of_the_policy_is_in_the_library(key: str) -> None:
    file = dict(POLICIES[key])
    policy = Policy.objects.select_related("region").get(external_id=f"starter:{file.pop('key')}")
    versions, related, verified = file.pop("versions"), file.pop("related", []), file.pop("verified")
    assert {name: getattr(policy, f"{name}_verified") for name in verified} == verified
    for name, value in file.items():
        found = getattr(policy, name)
        assert (str(found) if name in ("region", "issued_on", "status_as_of") else found) == value, name
    assert len(versions) == policy.versions.count()
    for version, row in zip(versions, policy.versions.all(), strict=True):
        assert_version_arrived(dict(version), row)
    relations = PolicyRelation.objects.filter(policy=policy).values_list("other__external_id", "relation")
    assert set(relations) == {(f"starter:{line['policy']}", line["relation"]) for line in related}


def assert_version_arrived(version: dict[str, Any], row: PolicyVersion) -> None:
    clauses = version.pop("clauses", [])
    for name, value in version.items():
        found = getattr(row, name)
        assert (str(found) if name in ("issued_on", "effective_from", "last_day") else found) == value, name
    if "last_day" not in version:
        assert row.effective_to is None
    assert len(clauses) == row.clauses.count()
    for line, clause in zip(clauses, row.clauses.all(), strict=True):
        assert (clause.ref, clause.label) == (str(line.get("article", "")), line["label"])
        assert (clause.gist, clause.verified) == (line["gist"], line["verified"])
        links = ClauseCounterpart.objects.filter(clause=clause).select_related("other__version__policy")
        assert {
            (link.other.version.policy.external_id, link.other.version.label, link.other.ref) for link in links
        } == {
            (f"starter:{other['policy']}", other["version"], str(other["article"]))
            for other in line.get("counterparts", [])
        }


def test_no_version_holds_a_stable_key_twice() -> None:
    keys = list(Clause.objects.values_list("version", "stable_key"))
    assert len(keys) == len(set(keys))


# --- vocabularies, departments, sources ---


def test_scheme_whose_classes_are_not_known_is_not_offered() -> None:
    sizes = {row.key: (row.is_active, row.categories.count()) for row in Scheme.objects.all()}
    assert sizes == {"hongkou": (True, 4), "anhui_intake": (True, 4), "jiading": (False, 0)}


def test_classes_say_what_suggests_them_and_what_they_need() -> None:
    rows = Category.objects.filter(scheme__key="anhui_intake").values_list("name", "min_visits", "needs_reference")
    assert [row for row in rows if row[1] or row[2]] == [
        ("两次以上未办成", 2, False),
        ("沪苏浙可办皖不可办", None, True),
    ]
    assert not Category.objects.exclude(scheme__key="anhui_intake").filter(min_visits__isnull=False).exists()


def test_vocabularies_hold_what_the_files_say() -> None:
    words = read(FOLDER / "vocabularies.yaml")
    assert [cause.name for cause in Cause.objects.all()] == words["causes"]
    assert [theme.name for theme in MatterTheme.objects.all()] == words["themes"]


def test_regions_form_one_tree() -> None:
    (root,) = Region.objects.filter(parent=None)
    assert root.full_name == "国家"
    street = Region.objects.get(full_name="上海市虹口区曲阳路街道")
    above = [Region.objects.get(pk=pk).full_name for pk in street.ancestor_ids]
    assert above == ["国家", "上海市", "上海市虹口区", "上海市虹口区曲阳路街道"]


def test_former_names_of_departments_are_names() -> None:
    for department in Department.objects.all():
        for name in department.former_names:
            assert re.fullmatch(r"[\u4e00-\u9fff]{2,12}", name), (department.name, name)


def test_sources_and_policies_point_at_governments_and_the_press_only() -> None:
    addresses = [source["address"] for case in CASES.values() for source in case["sources"] if "address" in source]
    addresses += [policy["official_url"] for policy in POLICIES.values() if "official_url" in policy]
    assert len(addresses) > 50
    hosts = {urlparse(address).hostname for address in addresses}
    assert {host for host in hosts if not host.endswith(".gov.cn") and host not in PRESS} == set()


# --- training packs ---


def test_packs_are_published_templates_that_window_staff_may_take() -> None:
    packs = visible_packs(scope_of(User.objects.get(username="window"))).select_related("live_version")
    assert {pack.external_id for pack in packs} == {"starter:T-01", "starter:T-02", "starter:T-03"}
    assert all(pack.is_template and pack.owner_department.code == "D02" for pack in packs)
    hands = {(pack.live_version.author.username, pack.live_version.approved_by.username) for pack in packs}
    assert hands == {("trainer", "reviewer")}


def test_lessons_pin_the_published_text_and_every_question_is_asked() -> None:
    for lesson in Lesson.objects.exclude(precedent=None).select_related("precedent", "revision"):
        assert lesson.revision_id == lesson.precedent.live_revision_id
        assert lesson.revision.state == RevisionState.APPROVED
    assert LessonQuestion.objects.values("text__question").distinct().count() == Question.objects.count() == 63
    for text in QuestionText.objects.select_related("clause__version", "revision"):
        said = " ".join([text.stem, text.explanation, str(text.body)])
        assert not re.search(r"\b[SPNT]-\d\d\b", said)
        assert text.revision is None or text.question.latest_id == text.pk


# --- again ---


def test_loading_again_changes_nothing() -> None:
    kinds = (AuditEvent, Revision, Precedent, Clause, Pack, Lesson, QuestionText)
    before = [kind.objects.count() for kind in kinds]
    digests = list(Revision.objects.values_list("pk", "content_digest", "saved_at"))
    out = io.StringIO()
    call_command("load_starter", stdout=out)
    assert [kind.objects.count() for kind in kinds] == before
    assert list(Revision.objects.values_list("pk", "content_digest", "saved_at")) == digests
    assert "本次新增：案例 0 件、政策 0 件、演示账号 0 个、培训包 0 个" in out.getvalue()
