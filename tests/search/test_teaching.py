"""适合教学: which precedents are worth teaching stands in the index, also where it depends on another one; trainers alone narrow by it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent, ResultType
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.precedents.tiers import precedent_tier_set
from caselib.search import contrasts
from caselib.search.fields import CONTRAST, EXEMPLARY, OFTEN, OFTEN_USED, TEACH
from caselib.search.outbox import drain, drift, rebuild
from caselib.search.selectors import results_for_page
from tests import factories
from tests.search.conftest import index
from tests.services.reporting import decision

__all__ = ["index"]
pytestmark = pytest.mark.django_db


def found(value: str, person=None) -> set[int]:
    trainer = person or factories.user(Role.TRAINER)
    page = results_for_page(scope=scope_of(trainer), text="", filters={TEACH: [value]})
    return {row.pk for row in page.rows}


def pair(**values) -> tuple[Precedent, Precedent]:
    """One story with two ends, of one matter and cause."""
    matter = factories.matter()
    other = {"result_type": ResultType.GUIDANCE, **values}
    return factories.published(matter=matter), factories.published(matter=matter, **other)


def rewritten(precedent: Precedent, **values) -> None:
    draft = revision_start(precedent, author=factories.user(Role.EDITOR, within=precedent.owner_department))
    content = factories.content(matter=precedent.matter, **values)
    draft = revision_save(draft, content, lock_version=draft.lock_version, editor=draft.author)
    draft = revision_submit(draft, lock_version=draft.lock_version, actor=draft.author)
    revision_approve(draft, **decision(draft))


def test_two_ends_of_one_story_are_in_contrast_and_the_like_are_not(index):
    one, other = pair()
    factories.published(matter=factories.matter("另一事项"))
    index.refresh()
    assert found(CONTRAST) == {one.pk, other.pk}
    assert drift().count == 0


def test_a_condition_that_rules_the_other_out_is_another_end(index):
    one, other = pair(result_type=ResultType.SOLVED, not_when=("前租户联系得上",))
    index.refresh()
    assert found(CONTRAST) == {one.pk, other.pk}


def test_another_cause_or_another_story_is_no_contrast(index):
    pair(causes=(factories.cause("口径不一"),))
    pair(title="门牌更正", problem="路名改过以后没有换。", blocker="系统里查不到地址")
    index.refresh()
    assert found(CONTRAST) == set()


def test_whoever_changes_one_of_a_pair_changes_the_other_in_the_index(index):
    one, other = pair()
    index.refresh()
    rewritten(other, result_type=ResultType.SOLVED)
    index.refresh()
    assert found(CONTRAST) == set()
    rewritten(one, result_type=ResultType.GUIDANCE)
    index.refresh()
    assert found(CONTRAST) == {one.pk, other.pk}
    precedent_retire(one, reason="不再用", actor=None)
    index.refresh()
    assert found(CONTRAST) == set()
    assert drift().count == 0


def test_the_word_does_not_tell_of_one_that_readers_may_not_see(index):
    one, other = pair(audience="department")
    index.refresh()
    assert found(CONTRAST) == set()
    inside = factories.user(Role.TRAINER, within=other.owner_department)
    # Of the hidden one its own readers learn, since they may read both.
    assert found(CONTRAST, inside) == {other.pk}
    assert one.pk not in found(CONTRAST, inside)


def test_of_a_large_matter_the_newest_are_compared_and_the_index_agrees(index, monkeypatch):
    monkeypatch.setattr(contrasts, "MOST_COMPARED", 2)
    one, other = pair()
    index.refresh()
    third = factories.published(matter=one.matter)
    index.refresh()
    assert found(CONTRAST) == {other.pk, third.pk}
    assert drift().count == 0


def test_exemplary_and_often_used_ones_are_found(index):
    one = factories.published()
    often = factories.published()
    precedent_tier_set(one, tier="exemplary", conferred_by="市政务办", on=clock.today(), actor=None)
    Precedent.objects.filter(pk=often.pk).update(reuse_count=OFTEN_USED)
    index.refresh()
    assert (found(EXEMPLARY), found(OFTEN)) == ({one.pk}, {often.pk})


def test_a_new_index_knows_the_pairs(index):
    one, other = pair()
    rebuild()
    assert found(CONTRAST) == {one.pk, other.pk}
    assert drain() == 0


def test_a_change_in_one_matter_asks_as_often_for_many_precedents_as_for_few(index):
    counts = []
    for more in (2, 12):
        matter = factories.matter()
        for _ in range(more):
            changed = factories.published(matter=matter)
        index.refresh()
        rewritten(changed)
        with CaptureQueriesContext(connection) as captured:
            index.refresh()
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_others_have_no_such_facet_whatever_the_address_says(index):
    pair()
    index.refresh()
    window, trainer = Client(), Client()
    window.force_login(factories.user(Role.WINDOW))
    trainer.force_login(factories.user(Role.TRAINER))
    plain = window.get("/search/?q=前租户").content
    assert "适合教学" not in plain.decode()
    narrowed = window.get("/search/?q=前租户&teach=exemplary").content.decode()
    assert "典型案例" not in narrowed and narrowed.count('<li class="hit') == plain.decode().count('<li class="hit')
    page = trainer.get("/search/?q=前租户").content.decode()
    assert "适合教学" in page and "有对照的" in page
