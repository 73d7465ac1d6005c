"""Suggestions tell a viewer of nothing that the viewer does not find: role x place x audience x status."""

import itertools

import pytest

from caselib.catalog.services import tags_named
from caselib.core import clock
from caselib.orgs.models import CONTENT_ROLES, Role
from caselib.orgs.scope import NOBODY
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import FINDABLE, Audience, PrecedentStatus, audiences_for
from caselib.search.models import SearchLogEntry
from caselib.search.suggestions import store
from caselib.search.suggestions.selectors import suggestions_for
from tests import factories

from .test_visibility import PLACES, built

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """The world of the visibility matrix, each precedent with a title and a tag of its own."""
    made = built()
    for number, precedent in enumerate(made.precedents.values()):
        revision = precedent.live_revision or precedent.revisions.get()
        revision.title = f"秘办件{number:02d}"
        revision.save()
        revision.tags.set(tags_named([f"密标签{number:02d}"], actor=None))
    store.rebuild()
    return made


def offered(scope, typed: str) -> set[str]:
    return {row.text for group in suggestions_for(scope, typed) for row in group.suggestions}


def test_titles_and_tags_are_offered_exactly_to_those_who_find_them(world):
    shown = 0
    for scope in [*world.viewers.values(), NOBODY]:
        found = set(Precedent.objects.visible_to(scope).findable().values_list("pk", flat=True))
        for precedent in world.precedents.values():
            revision = Precedent.objects.get(pk=precedent.pk).live_revision or precedent.revisions.get()
            (tag,) = revision.tags.all()
            expected = {True: {revision.title}, False: set()}[precedent.pk in found]
            assert offered(scope, revision.title) == expected
            assert offered(scope, tag.name) == ({tag.name} if expected else set())
            shown += len(expected)
    assert shown


def test_the_files_alone_keep_what_is_hidden_back(world):
    """What the database would have to throw away takes no place of what it would let through."""
    read = store.reading()
    assert len(read.titles) == len(FINDABLE) * len(Audience)
    for (role, place), scope in world.viewers.items():
        found = set(Precedent.objects.visible_to(scope).findable().values_list("pk", flat=True))
        assert set(read.titles.keys[read.titles.allowed(audiences_for(scope))].tolist()) == found, (role, place)


def test_past_questions_are_offered_exactly_to_those_who_find_what_was_opened(world):
    for number, precedent in enumerate(world.precedents.values()):
        for thread in "abc":
            SearchLogEntry.objects.create(
                at=clock.now(), question=f"问过的{number:02d}", question_key=str(number),
                thread=thread, total=1, fits=True, opened=precedent, opened_rank=1,
            )  # fmt: skip
    store.rebuild()
    for scope in world.viewers.values():
        found = set(Precedent.objects.visible_to(scope).findable().values_list("pk", flat=True))
        for number, precedent in enumerate(world.precedents.values()):
            question = f"问过的{number:02d}"
            # What is typed already is not offered as a whole.
            assert offered(scope, question) == set()
            assert (question in offered(scope, question[1:])) is (precedent.pk in found)


def test_who_reads_no_content_is_offered_nothing_and_asks_nothing(world, django_assert_num_queries):
    factories.matter("秘办件登记")
    store.rebuild()
    for (role, _), scope in world.viewers.items():
        if role not in CONTENT_ROLES:
            with django_assert_num_queries(0):
                assert offered(scope, "秘办件") == set()
    assert "秘办件登记" in offered(world.viewers[Role.WINDOW, "elsewhere"], "秘办件")


def test_hidden_titles_do_not_change_what_letters_mean(world):
    """yyzz stands for what the viewer's own titles make of it, not for what hidden ones do."""
    owner = world.departments["own"]
    for number in range(3):
        factories.published(title=f"游泳执照{number}", owner=owner, audience=Audience.DEPARTMENT)
    factories.published(title="又一张游泳执照", owner=owner)
    for number in range(2):
        factories.published(title=f"又要证照之{number}")
    store.rebuild()
    stranger, colleague = world.viewers[Role.WINDOW, "elsewhere"], world.viewers[Role.WINDOW, "own"]
    first = {name: suggestions_for(scope, "yyzz")[0].suggestions[0].text for name, scope in
             (("stranger", stranger), ("colleague", colleague))}  # fmt: skip
    assert first["stranger"].startswith("又要证照")
    assert first["colleague"].startswith("游泳执照")


def test_hidden_tags_do_not_change_what_letters_mean(world):
    scope = world.viewers[Role.WINDOW, "elsewhere"]
    for name in ("业余组织", "营业执照", "营业执照换发"):
        factories.matter(name)
    store.rebuild()
    before = suggestions_for(scope, "yyzz")
    hidden = factories.published(title="不给看", owner=world.departments["own"], audience=Audience.DEPARTMENT)
    hidden.live_revision.tags.set(tags_named([f"游泳执照{number}" for number in range(3)], actor=None))
    store.rebuild()
    assert before == suggestions_for(scope, "yyzz")
    assert before[0].suggestions[0].text == "营业执照"
    assert "游泳执照0" in offered(world.viewers[Role.WINDOW, "own"], "yyzz")


def test_hidden_tags_take_no_second_chance_from_what_sounds_alike(world):
    scope = world.viewers[Role.WINDOW, "elsewhere"]
    factories.matter("注销登记")
    hidden = factories.published(title="不给看", owner=world.departments["own"], audience=Audience.DEPARTMENT)
    store.rebuild()
    assert offered(scope, "注消登记") == {"注销登记"}
    hidden.live_revision.tags.set(tags_named(["注消登记"], actor=None))
    store.rebuild()
    assert offered(scope, "注消登记") == {"注销登记"}


def test_hidden_titles_do_not_change_which_of_two_equal_meanings_comes_first(world):
    """The characters of hidden titles stand in one alphabet with those of the others."""
    scope = world.viewers[Role.WINDOW, "elsewhere"]
    for title in ("丁山", "顶上", "定损", "订送", "叮嗓"):
        factories.published(title=title)
    store.rebuild()
    before = suggestions_for(scope, "ds")
    for number in range(5):
        odd = "".join(chr(0x4E00 + 37 * (number + 1) * step) for step in range(1, 8))
        factories.published(title=odd, owner=world.departments["own"], audience=Audience.DEPARTMENT)
        store.rebuild()
        assert before == suggestions_for(scope, "ds")


def test_what_was_hidden_or_taken_out_is_gone_before_the_files_know(world):
    scope = world.viewers[Role.WINDOW, "elsewhere"]
    precedent = Precedent.objects.get(pk=world.precedents[PrecedentStatus.PUBLISHED, Audience.LIBRARY].pk)
    title = precedent.live_revision.title
    assert offered(scope, title) == {title}
    Precedent.objects.filter(pk=precedent.pk).update(audience=Audience.DEPARTMENT)
    assert offered(scope, title) == set()


def test_every_place_is_in_the_matrix(world):
    assert {place for _, place in world.viewers} == set(PLACES)
    assert len(world.precedents) == len(list(itertools.product(PrecedentStatus, Audience)))
