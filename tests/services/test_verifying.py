"""One form tells what came of a check: once, for what was read, and nothing typed is lost on the way."""

import datetime as dt

import pytest
import time_machine

from caselib.audit.models import AuditEvent
from caselib.core.errors import NotAllowed, RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import RevisionState, Verification
from caselib.precedents.points import desk_of
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.precedents.verifying import check_noted
from caselib.precedents.visibility import Audience, PrecedentStatus
from caselib.waiting import counts_waiting
from tests import factories

from .tasks_of_law import NOW, TODAY, House, house_with_task, scope, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> House:
    return house_with_task()


def noted(house: House, form, by):
    return check_noted(house.precedent, form, scope=scope(by), by=by)


# --- the three outcomes ---


def test_still_holds_needs_no_note_and_closes_what_was_read(house):
    found = noted(house, told(house, "holds"), house.person(Role.REVIEWER))
    house.precedent.refresh_from_db()
    assert (found.closed, found.is_repeat) == (1, False)
    assert house.precedent.status == PrecedentStatus.PUBLISHED
    assert not house.precedent.doubts.open().exists()


def test_holds_with_changes_opens_the_draft_of_the_one_who_says_so(house):
    editor = house.person(Role.EDITOR)
    found = noted(house, told(house, "changes", note="期限改成十日"), editor)
    draft = house.precedent.revisions.get(state=RevisionState.DRAFT)
    assert (found.draft, draft.author) == (draft.number, editor)
    assert house.precedent.doubts.open().count() == 1


def test_no_longer_holds_takes_the_successor_by_number_in_any_writing(house):
    successor = factories.published()
    form = told(house, "no_longer", note="新条不准了", successor=f" 编号：{successor.number.lower()} ")
    assert noted(house, form, house.person(Role.REVIEWER)).successor == successor
    house.precedent.refresh_from_db()
    assert (house.precedent.status, house.precedent.replaced_by) == (PrecedentStatus.RETIRED, successor)


def test_a_successor_is_found_by_its_code_too_and_counts_for_that_outcome_alone(house):
    successor = factories.published()
    noted(house, told(house, "holds", successor="没有这个编号"), house.person(Role.REVIEWER))
    form = told(house, "no_longer", note="不准了", successor=successor.code)
    assert noted(house, form, house.person(Role.REVIEWER)).successor == successor


def test_the_note_is_kept_without_personal_data(house):
    noted(house, told(house, "holds", note="问过13800138000\n意思没变"), house.person(Role.REVIEWER))
    assert house.precedent.verifications.get().note == "问过〔手机号〕 意思没变"
    assert "13800138000" not in "".join(str(event.after) for event in AuditEvent.objects.all())


# --- what is refused ---


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "<b>"}, "outcome"),
        ({"outcome": "changes"}, "note"),
        ({"outcome": "changes", "note": " \u200b\n"}, "note"),
        ({"outcome": "no_longer"}, "note"),
        ({"outcome": "holds", "note": "长" * 501}, "note"),
        ({"outcome": "no_longer", "note": "不准了", "successor": "310109-2026-T001-9999"}, "successor"),
        ({"outcome": "no_longer", "note": "不准了", "successor": "\x00'; DROP" * 900}, "successor"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(house, values, field):
    with pytest.raises(RuleBroken) as error:
        noted(house, told(house, **values), house.person(Role.REVIEWER))
    assert error.value.field == field
    assert not Verification.objects.exists()
    assert house.precedent.doubts.open().count() == 1


def test_neither_itself_nor_a_draft_nor_a_retired_nor_a_hidden_one_is_a_successor(house):
    hidden = factories.published(audience=Audience.DEPARTMENT)
    retired = factories.published()
    precedent_retire(retired, reason="过时", actor=None)
    draft = factories.draft(owner=house.owner).precedent
    reviewer = house.person(Role.REVIEWER)
    for code in (house.precedent.code, hidden.code, retired.number, draft.code):
        with pytest.raises(RuleBroken) as error:
            noted(house, told(house, "no_longer", note="不准了", successor=code), reviewer)
        assert error.value.field == "successor"
    assert not Verification.objects.exists()


def test_an_editor_checks_but_does_not_take_out_of_use(house):
    with pytest.raises(NotAllowed, match="审核人或管理员"):
        noted(house, told(house, "no_longer", note="不准了"), house.person(Role.EDITOR))
    assert not Verification.objects.exists()


# --- who was overtaken ---


def test_a_second_click_writes_nothing_and_comes_to_the_same(house):
    for outcome, note in (("holds", ""), ("changes", "改期限")):
        reviewer = house.person(Role.REVIEWER)
        form = told(house, outcome, note=note)
        first, second = noted(house, form, reviewer), noted(house, form, reviewer)
        assert (second.verification, second.closed, second.draft) == (first.verification, first.closed, first.draft)
        assert second.is_repeat
    assert Verification.objects.count() == 2


def test_a_second_click_on_taking_out_of_use_is_no_error(house):
    reviewer, form = house.person(Role.REVIEWER), told(house, "no_longer", note="不准了")
    assert noted(house, form, reviewer).verification == noted(house, form, reviewer).verification


def test_who_reads_while_somebody_else_checks_is_told(house):
    form = told(house, "holds")
    noted(house, told(house, "holds"), house.person(Role.REVIEWER))
    with pytest.raises(StaleState, match="有人复核过"):
        noted(house, form, house.person(Role.EDITOR))
    assert Verification.objects.count() == 1


def test_a_point_that_nobody_has_read_is_never_closed(house):
    form = told(house, "holds")
    precedent_doubt(house.precedent, reason="刚刚又多了一个点", actor=None)
    with pytest.raises(StaleState, match="多了要复核的点"):
        noted(house, form, house.person(Role.REVIEWER))
    assert house.precedent.doubts.open().count() == 2


def published_anew(house: House) -> None:
    editor = house.person(Role.EDITOR)
    draft = revision_start(house.precedent, author=editor)
    content = content_of(draft)
    changed = type(content)(**{**{name: getattr(content, name) for name in content.__slots__}, "gist": "改过的要旨。"})
    draft = revision_save(draft, changed, lock_version=draft.lock_version, editor=editor)
    revision_submit(draft, lock_version=draft.lock_version, actor=editor)
    revision_approve(
        draft,
        lock_version=draft.lock_version,
        reviewer=house.person(Role.REVIEWER),
        digest_seen=draft.content_digest,
        comment="可以入库",
    )


def test_a_text_that_was_published_meanwhile_is_not_checked(house):
    form = told(house, "holds")
    published_anew(house)
    with pytest.raises(StaleState, match="不是现在的文字"):
        noted(house, form, house.person(Role.REVIEWER))
    assert not Verification.objects.exists()


def test_what_was_taken_out_of_use_meanwhile_is_not_checked(house):
    form = told(house, "holds")
    precedent_retire(house.precedent, reason="过时", actor=None)
    with pytest.raises(StaleState, match="出库"):
        noted(house, form, house.person(Role.REVIEWER))


# --- the desk ---


def test_the_desk_lists_the_own_departments_soonest_due_first(house):
    late = factories.published(owner=house.owner)
    precedent_doubt(late, reason="早就该看", actor=None)
    late.doubts.update(due_on=TODAY - dt.timedelta(days=3))
    factories_elsewhere = house_with_task()
    desk = desk_of(scope(house.person(Role.EDITOR)), on=TODAY)
    assert [row.row.precedent for row in desk.rows] == [late, house.precedent]
    assert (desk.rows[0].due.words, desk.rows[1].due.words, desk.late) == (
        "超期 2 个工作日",
        "剩 10 个工作日，7月15日到期",
        1,
    )
    assert counts_waiting(scope(house.person(Role.REVIEWER)))["points"] == 2
    assert counts_waiting(scope(factories_elsewhere.person(Role.REVIEWER)))["points"] == 1


def test_the_desk_is_filtered_by_kind_and_by_policy(house):
    other = factories.published(owner=house.owner)
    precedent_doubt(other, reason="有人说不对", actor=None)
    viewer = scope(house.person(Role.EDITOR))

    def shown(**values):
        return [row.row.precedent for row in desk_of(viewer, on=TODAY, **values).rows]

    assert shown(kind="noted") == [other]
    assert shown(kind="policy") == shown(policy=house.of.code) == [house.precedent]
    assert shown(kind="noted", policy=house.of.code) == []
    assert len(shown(kind="nonsense", policy="nonsense")) == 2
    desk = desk_of(viewer, on=TODAY)
    assert {choice.value: choice.count for choice in (*desk.kinds, *desk.policies)} == {
        "noted": 1,
        "policy": 1,
        house.of.code: 1,
    }


def test_what_is_out_of_use_waits_for_nobody(house):
    precedent_retire(house.precedent, reason="过时", actor=None)
    assert counts_waiting(scope(house.person(Role.EDITOR)))["points"] == 0
    assert desk_of(scope(house.person(Role.EDITOR)), on=TODAY).rows == ()
