"""Eight learners hand in at one moment: the owner of the precedent is told once."""

import pytest

from caselib.core import clock
from caselib.reuse.models import Report, ReportFiling
from caselib.training.insight.flowing import noted_after
from caselib.training.models import Response, Unclear
from tests import factories, training_rows
from tests.services.missed import answered

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


def test_eight_at_once_tell_the_owner_once():
    text = training_rows.question(precedent=factories.published()).latest
    answered(text, wrong=THREADS, right=0)
    responses = list(Response.objects.all())
    assert all_at_once(lambda n: noted_after([responses[n]], now=clock.now())) == {"won": THREADS}
    assert (Unclear.objects.count(), Report.objects.count(), ReportFiling.objects.count()) == (1, 1, 1)
