"""Eight processes open the same points in the same moment, as two night jobs or a night job and an editor may: each once."""

import datetime as dt

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.precedents.keeping import Point, points_open
from caselib.precedents.models import Doubt, Precedent
from caselib.precedents.stale import flag
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


def test_the_same_point_is_opened_once_and_told_once():
    found = factories.published()
    points = {found.pk: [Point(reason="第三十三条要对照现行文本。")]}
    assert all_at_once(lambda number: points_open(points, actor=None)) == {"won": THREADS}
    assert Doubt.objects.filter(precedent=found).count() == 1
    assert AuditEvent.objects.filter(action=Action.PRECEDENT_DOUBTED).count() == 1


def test_the_night_runs_eight_times_at_once():
    found = factories.published()
    Precedent.objects.filter(pk=found.pk).update(reverify_due_on=clock.today() - dt.timedelta(days=1))
    assert all_at_once(lambda number: flag(now=clock.now(), on=clock.today())) == {"won": THREADS}
    assert Doubt.objects.filter(precedent=found).count() == 1
