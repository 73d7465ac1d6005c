"""What was typed beside somebody else's save is kept, put together by a person, and gone only long after."""

import dataclasses
import datetime as dt
import io

import pytest
import time_machine
from django.core.management import call_command

from caselib.audit.models import AuditEvent
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents import siblings
from caselib.precedents.content import content_of
from caselib.precedents.models import Revision, SiblingDraft
from caselib.precedents.services import revision_save
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 14, 3, 22, tzinfo=dt.UTC)


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def editor(home):
    return factories.user(Role.EDITOR, within=home)


@pytest.fixture
def draft(home, editor):
    return factories.draft(owner=home, author=editor)


def kept(draft, editor, typed=None, *, window="one", now=NOW):
    typed = typed or {"problem": ["我写的"]}
    return siblings.sibling_keep(draft, typed=typed, based_on=0, window=window, author=editor, now=now)


def of(draft, **values):
    return dataclasses.replace(content_of(draft), **values)


def actions() -> list[str]:
    return list(AuditEvent.objects.filter(action__contains="sibling").values_list("action", flat=True))


def test_the_next_save_of_a_window_goes_into_the_same_row(draft, editor):
    first = kept(draft, editor, {"problem": ["一"]})
    second = kept(draft, editor, {"problem": ["一二"]}, now=NOW + dt.timedelta(seconds=5))
    other = kept(draft, editor, {"problem": ["三"]}, window="two")
    assert first.pk == second.pk != other.pk
    assert SiblingDraft.objects.get(pk=first.pk).typed == {"problem": ["一二"]}


def test_a_closed_row_is_not_written_into_again(draft, editor):
    first = kept(draft, editor)
    siblings.sibling_close(first, how="不要了", by=editor, now=NOW)
    assert kept(draft, editor).pk != first.pk


def test_what_is_no_text_is_not_kept_and_a_nul_does_no_harm(draft, editor):
    typed = {"problem": ["字\x00"], "csrfmiddlewaretoken": ["x"], "lock_version": ["1"], "~settled": ["problem"]}
    assert kept(draft, editor, typed).typed == {"problem": ["字"]}


def test_the_same_text_twice_is_one_deed(draft, editor):
    kept(draft, editor)
    kept(draft, editor)
    assert actions() == ["precedent.sibling_kept"]


def test_the_trail_tells_of_a_sibling_and_holds_no_word_of_it(draft, editor):
    kept(draft, editor, {"problem": ["张三的电话"]})
    event = AuditEvent.objects.get(action="precedent.sibling_kept")
    assert "张三" not in f"{event.before}{event.after}{event.object_label}"
    assert event.after["characters"] == 5


def test_more_than_a_person_types_is_refused_and_written_nowhere(draft, editor):
    with pytest.raises(RuleBroken) as refused:
        kept(draft, editor, {"problem": ["字" * 1_000_001]})
    assert refused.value.code == "too_large"
    assert not SiblingDraft.objects.exists()


def test_twenty_thousand_characters_in_each_long_field_are_kept(draft, editor):
    typed = {name: ["字" * 20_000] for name in ("problem", "resolution", "script", "lasting_rule", "assessment")}
    assert kept(draft, editor, typed).typed == typed


def test_a_section_that_is_taken_goes_into_the_draft_and_the_others_stay(draft, editor):
    row = kept(draft, editor)
    mine = of(draft, problem="我写的问题", blocker="我写的卡点")
    before = draft.blocker
    siblings.sibling_take(
        row, ["problem"], into=draft, mine=mine, lock_version=draft.lock_version, editor=editor, now=NOW
    )
    draft.refresh_from_db()
    assert (draft.problem, draft.blocker) == ("我写的问题", before)
    row.refresh_from_db()
    assert row.closed_at is None
    assert [each.field for each in siblings.contrasts_of(row, content_of(draft), mine)] == ["blocker"]


def test_a_sibling_is_closed_when_each_section_was_decided(draft, editor):
    row = kept(draft, editor)
    mine = of(draft, problem="我写的问题", blocker="我写的卡点")
    siblings.sibling_leave(row, ["blocker"], into=draft, mine=mine, editor=editor, now=NOW)
    row.refresh_from_db()
    assert row.closed_at is None
    siblings.sibling_take(
        row, ["problem"], into=draft, mine=mine, lock_version=draft.lock_version, editor=editor, now=NOW
    )
    row.refresh_from_db()
    assert (row.closed_how, row.closed_by_name) == (siblings.TAKEN, str(editor))
    assert "precedent.sibling_merged" in actions()
    assert "precedent.sibling_closed" in actions()


def test_who_takes_a_section_after_another_save_overwrites_nothing(draft, editor):
    row, seen = kept(draft, editor), draft.lock_version
    mine = of(draft, problem="我写的问题")
    revision_save(Revision.objects.get(pk=draft.pk), of(draft, problem="对方又改了"), lock_version=seen, editor=editor)
    with pytest.raises(StaleState):
        siblings.sibling_take(row, ["problem"], into=draft, mine=mine, lock_version=seen, editor=editor, now=NOW)
    draft.refresh_from_db()
    row.refresh_from_db()
    assert (draft.problem, row.closed_at) == ("对方又改了", None)


def test_a_section_of_a_closed_sibling_is_not_taken(draft, editor):
    row = kept(draft, editor)
    assert siblings.sibling_close(row, how=siblings.THROWN_AWAY, by=editor, now=NOW)
    assert not siblings.sibling_close(row, how=siblings.THROWN_AWAY, by=editor, now=NOW)
    with pytest.raises(StaleState):
        siblings.sibling_take(
            row, ["problem"], into=draft, mine=of(draft, problem="x"), lock_version=0, editor=editor, now=NOW
        )


def test_a_section_that_there_is_not_is_refused(draft, editor):
    row = kept(draft, editor)
    for fields in (["state"], []):
        with pytest.raises(RuleBroken):
            siblings.sibling_take(row, fields, into=draft, mine=of(draft), lock_version=0, editor=editor, now=NOW)


def test_causes_in_another_order_are_no_difference(draft, editor):
    causes = (factories.cause("甲"), factories.cause("乙"))
    row = kept(draft, editor)
    one, other = of(draft, causes=causes), of(draft, causes=causes[::-1])
    assert siblings.contrasts_of(row, one, other) == ()


def test_a_window_whose_text_is_saved_after_all_leaves_nothing_open(draft, editor):
    row, other = kept(draft, editor), kept(draft, editor, window="two")
    siblings.window_saved(draft, window="one", author=editor, now=NOW)
    assert list(siblings.siblings_open(draft.precedent)) == [other]
    row.refresh_from_db()
    assert row.closed_how == siblings.SAVED_AFTER_ALL


def test_only_what_was_closed_more_than_thirty_days_ago_is_pruned(draft, editor):
    rows = [kept(draft, editor, window=str(n)) for n in range(3)]
    siblings.sibling_close(rows[0], how="不要了", by=editor, now=NOW - dt.timedelta(days=31))
    siblings.sibling_close(rows[1], how="不要了", by=editor, now=NOW - dt.timedelta(days=29))
    assert siblings.siblings_prune(now=NOW, dry_run=True) == 1
    assert SiblingDraft.objects.count() == 3
    with time_machine.travel(NOW, tick=False):
        call_command("prune", "--dry-run", stdout=(told := io.StringIO()))
        assert SiblingDraft.objects.count() == 3
        call_command("prune", stdout=told)
    lines = [line for line in told.getvalue().splitlines() if "并存稿" in line]
    assert lines == ["会删除收起超过 30 天的并存稿：1 份", "已删除收起超过 30 天的并存稿：1 份"]
    assert set(SiblingDraft.objects.all()) == set(rows[1:])
    assert actions().count("precedent.sibling_pruned") == 1


@pytest.mark.parametrize("role", Role)
def test_who_sees_siblings_is_who_sees_drafts_even_of_a_published_precedent(role, home):
    precedent = factories.published(owner=home)
    at_home, elsewhere = (scope_of(factories.user(role, within=place)) for place in (home, None))
    sees = role in (Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN)
    for scope, may in ((at_home, sees), (elsewhere, False)):
        if may:
            siblings.require_sees_siblings(scope, precedent)
        else:
            with pytest.raises(NotVisible):
                siblings.require_sees_siblings(scope, precedent)


def test_a_sibling_that_is_still_typed_into_is_neither_taken_nor_closed(draft, editor):
    row, mine = kept(draft, editor), of(draft, problem="我写的")
    kept(draft, editor, {"problem": ["我写的，又添了"]}, now=NOW + dt.timedelta(seconds=2))
    with pytest.raises(StaleState):
        siblings.sibling_take(row, ["problem"], into=draft, mine=mine, lock_version=0, editor=editor, now=NOW)
    with pytest.raises(StaleState):
        siblings.sibling_close(row, how=siblings.THROWN_AWAY, by=editor, now=NOW)
    row.refresh_from_db()
    assert row.closed_at is None
