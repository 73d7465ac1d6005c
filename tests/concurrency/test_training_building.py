"""Eight trainers at once: every order stands without gaps, one form makes one pack, and of eight texts one wins."""

import pytest

from caselib.core.ids import new_code
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.building.digests import lesson_digest
from caselib.training.building.services.lessons import LessonFacts, lesson_add_cases, lesson_save
from caselib.training.building.services.ordering import Place, lesson_move
from caselib.training.building.services.packs import PackFacts, pack_create
from caselib.training.building.services.removing import lesson_remove
from caselib.training.models import Lesson, Pack, PackVersion
from tests import factories, training_rows

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


@pytest.fixture
def pack():
    return training_rows.pack()


@pytest.fixture
def version(pack):
    return training_rows.open_version(pack)


@pytest.fixture
def scopes(pack):
    return [scope_of(factories.user(Role.TRAINER, within=pack.owner_department)) for _ in range(2)]


def test_two_who_order_at_once_both_get_what_they_asked_for(pack, version, scopes):
    keys = [training_rows.note(version, title=f"第{n}课").key for n in range(THREADS + 1)]
    # Each puts a lesson of its own to the front of the last one.
    outcome = all_at_once(lambda n: lesson_move(pack, keys[n], to=Place(before=keys[-1]), read=0, scope=scopes[n % 2]))
    assert outcome == {"won": THREADS}
    lessons = list(version.lessons.order_by("position"))
    assert [lesson.position for lesson in lessons] == list(range(THREADS + 1))
    assert lessons[-1].key == keys[-1] and {lesson.key for lesson in lessons} == set(keys)


def test_a_lesson_that_goes_while_others_are_put_before_it_is_told(pack, version, scopes):
    keys = [training_rows.note(version).key for _ in range(THREADS)]
    outcome = all_at_once(
        lambda n: (
            lesson_remove(pack, keys[0], scope=scopes[0])
            if n == 0
            else lesson_move(pack, keys[n], to=Place(before=keys[0]), read=0, scope=scopes[n % 2])
        )
    )
    assert sum(outcome.values()) == THREADS and set(outcome) <= {"won", "StaleState"}
    assert list(version.lessons.order_by("position").values_list("position", flat=True)) == list(range(THREADS - 1))


def test_eight_clicks_add_a_precedent_once(pack, version, scopes):
    codes = [factories.published().code]
    add = all_at_once(lambda n: lesson_add_cases(pack, codes, module="", hides=True, scope=scopes[n % 2]))
    assert add == {"won": THREADS} and version.lessons.count() == 1


def test_eight_presses_make_one_pack():
    scope, code = scope_of(factories.user(Role.TRAINER)), new_code()
    assert all_at_once(lambda _: pack_create(PackFacts("容缺"), code=code, scope=scope)) == {"won": THREADS}
    assert Pack.objects.count() == 1


def test_of_eight_texts_of_a_lesson_one_wins_and_the_others_are_told(pack, version, scopes):
    lesson = training_rows.note(version)
    was = lesson_digest(lesson)
    outcome = all_at_once(
        lambda n: lesson_save(pack, lesson.key, LessonFacts(f"第{n}份"), was=was, scope=scopes[n % 2])
    )
    assert outcome == {"won": 1, "StaleState": THREADS - 1}
    assert Lesson.objects.get().title.startswith("第") and PackVersion.objects.get().lock_version == 1
