"""Eight windows save one draft in the same moment: one wins each round, and the words of the seven others are all kept."""

import dataclasses

import pytest

from caselib.core import clock
from caselib.desk.writing.saving import Seen, State, base_of, form_saved
from caselib.orgs.models import Role
from caselib.precedents.content import content_of
from caselib.precedents.models import Revision, SiblingDraft
from caselib.precedents.services import revision_submit
from caselib.precedents.siblings import sibling_keep, sibling_take
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]
ROUNDS = 5


@pytest.fixture
def editors():
    home = factories.department()
    return [factories.user(Role.EDITOR, within=home) for _ in range(THREADS)]


@pytest.fixture
def draft(editors):
    home = editors[0].memberships.get().department
    return factories.draft(owner=home, author=editors[0])


def now_of(draft) -> Revision:
    return Revision.objects.select_related("precedent__owner_department").get(pk=draft.pk)


def seen_of(revision, window: str) -> Seen:
    return Seen(revision.lock_version, revision.number, base_of(content_of(revision)), window)


def save(draft, n: int, *, words: str, seen: Seen, editor) -> State:
    typed = {"problem": [words]}
    return form_saved(draft.precedent, typed, seen=seen, editor=editor, now=clock.now()).state


def test_one_of_eight_wins_each_round_and_nothing_is_lost(draft, editors):
    for turn in range(ROUNDS):
        current = now_of(draft)
        seen = [seen_of(current, f"w{n}") for n in range(THREADS)]
        states: list[State] = []
        all_at_once(
            lambda n, seen=seen, states=states, turn=turn: states.append(
                save(draft, n, words=f"第{turn}轮第{n}人写的", seen=seen[n], editor=editors[n])
            )
        )
        assert sorted(states) == sorted([State.SAVED, *[State.SIBLING] * (THREADS - 1)])
        kept = {row.typed["problem"][0] for row in SiblingDraft.objects.filter(closed_at=None)}
        assert {now_of(draft).problem} | kept >= {f"第{turn}轮第{n}人写的" for n in range(THREADS)}
        rows = SiblingDraft.objects.filter(closed_at=None)
        assert rows.count() == len({(row.author_id, row.window) for row in rows})


def test_eight_tabs_of_one_person_are_eight_windows(draft, editors):
    seen = [seen_of(now_of(draft), f"tab{n}") for n in range(THREADS)]
    all_at_once(lambda n: save(draft, n, words=f"标签页{n}", seen=seen[n], editor=editors[0]))
    kept = [row.typed["problem"][0] for row in SiblingDraft.objects.all()]
    assert sorted([now_of(draft).problem, *kept]) == [f"标签页{n}" for n in range(THREADS)]


def test_eight_saves_of_one_window_are_one_row(draft, editors):
    typed = [{"problem": [f"同一窗口{n}"]} for n in range(THREADS)]
    all_at_once(
        lambda n: sibling_keep(draft, typed=typed[n], based_on=0, window="one", author=editors[0], now=clock.now())
    )
    assert SiblingDraft.objects.count() == 1


def test_a_late_save_beside_a_submit_is_saved_before_it_or_kept_beside_it(draft, editors):
    seen = seen_of(now_of(draft), "w")
    states: list[State] = []

    def race(n: int) -> None:
        if n == 0:
            revision_submit(now_of(draft), lock_version=seen.lock_version, actor=editors[0])
        else:
            window = dataclasses.replace(seen, window=f"w{n}")
            states.append(save(draft, n, words=f"第{n}人", seen=window, editor=editors[n]))

    all_at_once(race)
    kept = {row.typed["problem"][0] for row in SiblingDraft.objects.all()}
    assert len(states) == THREADS - 1
    assert {now_of(draft).problem} | kept >= {f"第{n}人" for n in range(1, THREADS)}


def test_eight_who_take_the_same_section_take_it_once(draft, editors):
    row = sibling_keep(draft, typed={"problem": ["并存的"]}, based_on=0, window="x", author=editors[0], now=clock.now())
    mine = dataclasses.replace(content_of(draft), problem="并存的")
    lock = draft.lock_version
    results = all_at_once(
        lambda n: sibling_take(
            row, ["problem"], into=now_of(draft), mine=mine, lock_version=lock, editor=editors[n], now=clock.now()
        )
    )
    assert results == {"won": 1, "StaleState": THREADS - 1}
    assert now_of(draft).problem == "并存的"
