"""What a ticket gives becomes the draft, once."""

import dataclasses
from dataclasses import dataclass

import pytest

from caselib.catalog.services import scheme_save
from caselib.desk.writing.starting import draft_begin_from, draft_from_facts
from caselib.orgs.services import region_save
from caselib.precedents.content import HandlingStep, checked, content_of
from caselib.precedents.models import FailedStage, Precedent
from caselib.precedents.services import revision_withdraw
from tests import factories

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Named:
    name: str


@dataclass(frozen=True)
class Done:
    day: int
    who: str
    what: str


@dataclass(frozen=True)
class Facts:
    """As `cases.drafting.DraftFacts`."""

    title: str = "来办变更，只差原件"
    problem: str = "第 1 天来电，主件齐。"
    wording: tuple[str, ...] = ("能不能先办",)
    matter: object = None
    matter_words: str = "变更登记"
    causes: tuple = (Named("材料缺失"), Named("没有这个原因"))
    timeline: tuple = (Done(-1, "窗口", "受理"), Done(0, "", "核验"))
    requester_type: str = "企业"
    visits: int | None = 2
    failed_stage: str = "未受理"
    situation: str = "两次以上未办成"


def test_every_fact_of_the_ticket_is_in_the_draft():
    scheme_save(key="anhui_intake", name="受理情形", is_active=True, categories=["两次以上未办成"], actor=None)
    cause = factories.cause("材料缺失")
    content = draft_from_facts(Facts())
    assert content.title == "来办变更，只差原件"
    assert content.requester_wording == ("能不能先办",)
    assert content.causes == (cause,)
    assert [category.name for category in content.categories] == ["两次以上未办成"]
    assert content.handling_steps == (HandlingStep("受理", "窗口", -1), HandlingStep("核验", "", 0))
    assert (content.visits, content.failed_stage, content.requester_type) == (2, FailedStage.NOT_ACCEPTED, "企业")
    assert content.matter_note == "变更登记"


def test_the_matter_of_the_ticket_brings_its_theme():
    matter = factories.matter()
    content = draft_from_facts(dataclasses.replace(Facts(), matter=matter))
    assert (content.matter, content.theme, content.matter_note) == (matter, matter.theme, "")


@pytest.mark.parametrize(
    "facts",
    [
        Facts(title="长" * 500),
        Facts(title=""),
        Facts(problem="长" * 30_000),
        Facts(timeline=tuple(Done(n, "", "办") for n in range(300))),
        Facts(wording=tuple(f"第{n}句" for n in range(300))),
        Facts(matter_words="长" * 300),
        Facts(requester_type="长" * 50, failed_stage="别的", situation="没有"),
    ],
)
def test_a_ticket_of_any_size_begins_a_draft(facts):
    content = draft_from_facts(facts)
    assert checked(content) == content


def test_one_ticket_makes_one_draft():
    department, editor = factories.department(), factories.user()
    content = draft_from_facts(Facts())
    first, is_new = draft_begin_from(content, ticket="abc", department=department, author=editor)
    again, is_newer = draft_begin_from(content, ticket="abc", department=department, author=factories.user())
    assert (first, is_new, is_newer) == (again, True, False)
    assert Precedent.objects.count() == 1
    assert first.origin_ticket == "abc"
    assert content_of(first.revisions.get()).problem == content.problem


def test_a_draft_that_was_given_up_does_not_stand_in_the_way():
    department, editor = factories.department(), factories.user()
    content = draft_from_facts(Facts())
    first, _ = draft_begin_from(content, ticket="abc", department=department, author=editor)
    revision_withdraw(first.revisions.get(), lock_version=0, actor=editor)
    again, is_new = draft_begin_from(content, ticket="abc", department=department, author=editor)
    assert is_new and again != first


@pytest.mark.parametrize(
    ("name", "level"),
    [("曲阳路街道", "街镇"), ("虹口区", "区"), ("临港新片区", "区"), ("崇明县", "区"), ("上海市", "市"), ("甲地", "")],
)
def test_where_and_at_which_level_comes_from_the_department(name, level):
    region = region_save(full_name=f"上海市{name}", name=name, parent=None, actor=None)
    department = factories.department(within=region)
    made, _ = draft_begin_from(draft_from_facts(Facts()), ticket="abc", department=department, author=factories.user())
    revision = made.revisions.get()
    assert (revision.region, revision.admin_level) == (region, level)
