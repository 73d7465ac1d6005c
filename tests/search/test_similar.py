"""Similar precedents: what shares rare words and a subject, with the fact in which they part; nothing where none is."""

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.search import similar as module
from caselib.search.similar import MOST, similar_to, similar_to_text
from tests import factories

pytestmark = pytest.mark.django_db

LOST = {
    "title": "前租户失联，新店办不了营业执照",
    "problem": "店铺地址被前租户的营业执照占着，前租户没有注销，联系不上。",
    "applies_when": ("前租户联系不上",),
}
UNWILLING = {
    "title": "前租户不肯注销，新店办不了营业执照",
    "problem": "店铺地址被前租户的营业执照占着，前租户没有注销，不肯配合。",
    "applies_when": ("前租户不配合",),
}
OTHER = {
    "title": "驾驶证逾期怎么恢复",
    "problem": "驾驶证过期三年。",
    "blocker": "逾期",
    "gist": "驾驶证逾期后恢复。",
    "resolution": "考过科目一。",
    "applies_when": ("驾驶证过期",),
    "not_when": ("驾驶证吊销",),
}


@pytest.fixture
def owner():
    return factories.department()


@pytest.fixture
def library(index, owner):
    """Three of which two tell the same trouble, among others that share no word with them."""
    made = {name: factories.published(owner=owner, **text) for name, text in
            (("lost", LOST), ("unwilling", UNWILLING), ("other", OTHER))}  # fmt: skip
    for number in range(12):
        words = f"公园{number}树木修剪"
        factories.published(owner=owner, title=words, problem=words, blocker=words, applies_when=(words,), not_when=(words,),
                            gist=words, resolution=words)  # fmt: skip
    index.refresh()
    return made


@pytest.fixture
def scope(owner):
    return scope_of(factories.user(Role.WINDOW, within=owner))


def found(precedent, scope) -> list[str]:
    return [one.row.title for one in similar_to(precedent, precedent.live_revision, scope=scope)]


def test_the_one_with_the_same_trouble_is_similar_and_nothing_else(library, scope):
    assert found(library["lost"], scope) == [UNWILLING["title"]]
    assert found(library["unwilling"], scope) == [LOST["title"]]


def test_where_nothing_is_similar_nothing_is_shown(library, scope):
    assert found(library["other"], scope) == []


def test_the_deciding_fact_in_which_both_part_is_told(library, scope):
    (one,) = similar_to(library["lost"], library["lost"].live_revision, scope=scope)
    assert "——这件：" in one.difference
    here, _, there = one.difference.partition("；那件：")
    assert here.endswith(("失联", "联系不上"))
    assert "不配合" in there or "不肯" in there


def test_a_precedent_that_was_taken_out_is_not_offered_and_finds_what_takes_its_place(library, scope, owner, index):
    reviewer = factories.user(Role.REVIEWER, within=owner)
    precedent_retire(library["unwilling"], reason="政策变了", actor=reviewer)
    # Before the index knows, and after it.
    assert found(library["lost"], scope) == []
    assert found(library["unwilling"], scope) == [LOST["title"]]
    index.refresh()
    assert found(library["lost"], scope) == []
    assert found(library["unwilling"], scope) == [LOST["title"]]


def test_the_signal_of_a_similar_one_is_its_own(library, scope):
    precedent_doubt(library["unwilling"], reason="所引条例已修改", actor=None)
    (one,) = similar_to(library["lost"], library["lost"].live_revision, scope=scope)
    assert one.row.signal.label == "慎用"


def test_there_are_never_more_than_five(library, scope, owner, index):
    for number in range(8):
        factories.published(owner=owner, **{**LOST, "title": f"{LOST['title']}{number}"})
    index.refresh()
    assert len(found(library["lost"], scope)) == MOST


def test_a_draft_finds_what_its_text_resembles_and_not_itself(library, scope, owner):
    draft = factories.draft(owner=owner, **LOST)
    names = [one.row.title for one in similar_to(draft.precedent, draft, scope=scope)]
    assert set(names) == {LOST["title"], UNWILLING["title"]}


def test_a_text_that_is_being_written_finds_what_it_resembles(library, scope):
    asked = {"title": "前租户没注销，执照办不了", "problem": LOST["problem"], "applies_when": ("前租户愿意配合",)}
    rows = similar_to_text(**asked, scope=scope)
    assert {one.row.title for one in rows} == {LOST["title"], UNWILLING["title"]}
    assert all("那件：" in one.difference for one in rows)
    own = library["lost"].pk
    assert {one.row.pk for one in similar_to_text(**asked, scope=scope, own=own)} == {library["unwilling"].pk}


@pytest.mark.parametrize("text", ["", " ", "办" * 50_000, "\ud800\x00<script>", "1" * 3000, "😀" * 900])
def test_no_text_fails(library, scope, text):
    assert similar_to_text(title=text, problem=text, applies_when=(text,), tags=(text,), scope=scope) == ()


def test_without_an_index_nothing_is_similar_and_nothing_fails(library, scope, index):
    index.remove()
    assert found(library["lost"], scope) == []


def test_closeness_by_meaning_decides_between_those_that_share_words(library, scope, owner, index, monkeypatch):
    import numpy as np

    from caselib.search.semantic.snapshot import Closeness

    third = factories.published(owner=owner, **{**UNWILLING, "title": f"{UNWILLING['title']}了"})
    index.refresh()

    def closest(pk: int, other: int):
        pks = sorted([pk, other, library["other"].pk])
        scores = np.array([{pk: 0.9, other: 0.5}.get(each, 0.8) for each in pks], np.float32)
        return lambda own: Closeness(np.array(pks, np.int64), scores, 0.5, 0.9)

    for first, second in ((third, library["unwilling"]), (library["unwilling"], third)):
        monkeypatch.setattr(module, "closeness_of_object", closest(first.pk, second.pk))
        rows = similar_to(library["lost"], library["lost"].live_revision, scope=scope)
        # What is only close and shares no word is not similar.
        assert [one.row.pk for one in rows] == [first.pk, second.pk]
