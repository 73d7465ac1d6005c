"""Several decide about a version, hand it in or adopt texts in the same moment: one decision, one version, nothing lost."""

import pytest

from caselib.audit.services import broken_events
from caselib.core.errors import RuleBroken
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.checking.adopting import lessons_adopt
from caselib.training.checking.contents import digest_of
from caselib.training.checking.deciding import version_publish, version_return
from caselib.training.checking.opening import version_revise
from caselib.training.checking.submitting import version_submit
from caselib.training.choices import OPEN_VERSIONS, VersionState
from caselib.training.models import Pack, PackDecision, PackVersion
from tests import factories, training_rows

from .test_transitions import THREADS, all_at_once, shared_database

__all__ = ["shared_database"]


@pytest.fixture
def pack(shared_database) -> Pack:
    return training_rows.published_pack()


def trainers(pack: Pack) -> list:
    return [scope_of(factories.user(Role.TRAINER, within=pack.owner_department)) for _ in range(THREADS)]


def test_eight_who_decide_differently_make_one_decision(pack):
    scopes = trainers(pack)
    version_revise(pack, scope=scope_of(factories.user(Role.TRAINER, within=pack.owner_department)))
    version = training_rows.submitted(pack)
    readings = [PackVersion.objects.select_related("pack").get(pk=version.pk) for _ in range(THREADS)]

    def decide(number: int) -> None:
        deed = version_publish if number % 2 else version_return
        read = {"lock_version": version.lock_version, "digest_seen": version.content_digest, "comment": "看过"}
        deed(readings[number], scope=scopes[number], **read)

    assert all_at_once(decide) == {"won": 1, "StaleState": THREADS - 1}
    assert PackDecision.objects.count() == 1
    pack.refresh_from_db()
    assert pack.versions.filter(state=VersionState.PUBLISHED).get() == pack.live_version
    assert not list(broken_events())


def test_eight_who_adopt_at_once_open_one_version(pack):
    scopes = trainers(pack)
    training_rows.newer(pack.live_version.lessons.get().precedent)
    counts = []
    assert all_at_once(lambda number: counts.append(lessons_adopt(pack, scope=scopes[number]).count)) == {
        "won": THREADS
    }
    assert sorted(counts) == [0] * (THREADS - 1) + [1]
    assert pack.versions.filter(state__in=OPEN_VERSIONS).count() == 1


def test_adopting_while_it_is_handed_in_leaves_what_was_handed_in_as_it_was_read(pack):
    scopes = trainers(pack)
    version = version_revise(pack, scope=scopes[0])
    training_rows.newer(pack.live_version.lessons.get().precedent)

    def deed(number: int) -> None:
        if number % 2:
            lessons_adopt(pack, scope=scopes[number])
        else:
            found = PackVersion.objects.select_related("pack").get(pk=version.pk)
            try:
                version_submit(found, lock_version=0, anyway=True, scope=scopes[number])
            except RuleBroken as error:
                raise AssertionError(error.message) from error

    all_at_once(deed)
    version.refresh_from_db()
    if version.state == VersionState.SUBMITTED:
        assert version.content_digest == digest_of(version)
    assert version.lock_version == 1
