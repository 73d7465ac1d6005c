"""A floor under the answers to the questions of queries.jsonl, which were written before anything was tuned."""

import io

import pytest
from django.core.management import call_command

from caselib.search.outbox import rebuild
from caselib.search.policies import keeping

from .asking import figures, questions

pytestmark = pytest.mark.django_db


def test_each_question_has_an_answer_and_an_identifier_of_its_own():
    asked = questions()
    assert len({each.id for each in asked}) == len(asked) >= 60
    assert all(each.grades for each in asked)


def test_starter_policies_are_found_as_well_as_when_this_was_measured(index, settings):
    settings.CASELIB_INDEX_INLINE = False
    call_command("load_starter", stdout=io.StringIO())
    rebuild()
    keeping.rebuild()
    measured = figures()
    assert measured["all"]["ndcg"] >= 0.955
    assert measured["all"]["first"] >= 0.95
    for kind, least in (("title", 0.99), ("short", 0.97), ("number", 0.999), ("clause", 0.95), ("citizen", 0.85)):
        assert measured[kind]["ndcg"] >= least, kind
    assert measured["article"]["clause"] == 1.0
