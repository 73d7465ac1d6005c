"""What the measurements are made with."""

import pytest

from caselib.precedents.models import Precedent
from caselib.search.evaluation import STARTER
from tests import factories
from tests.bench.texts import starter_contents


@pytest.mark.django_db
def test_texts_come_from_the_starter_library_alone_however_many_others_there_are():
    of_the_starter = factories.published(title="起始库的一件")
    Precedent.objects.filter(pk=of_the_starter.pk).update(external_id=f"{STARTER}S-01")
    factories.published(title="后来的一件")
    assert [content.title for content in starter_contents()] == ["起始库的一件"]
