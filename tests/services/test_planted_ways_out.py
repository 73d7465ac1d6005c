"""Goal of the privacy gate on every way out: 500 planted items pass none of them, 500 look-alikes pass all."""

import dataclasses
from collections.abc import Iterator

import pytest

from caselib.audit.services import masked
from caselib.core.errors import RuleBroken
from caselib.core.personal_data import Severity
from caselib.precedents import attaching
from caselib.precedents.content import RevisionContent
from caselib.precedents.privacy import kinds_in, outgoing, refuse_personal
from caselib.precedents.sections import places_of
from tests import factories
from tests.unit.look_alikes import look_alikes
from tests.unit.planted_sentences import planted

pytestmark = pytest.mark.django_db
PLANTED = [sample for sample in planted(640, seed=11) if any(each[1] == Severity.BLOCK for each in sample.pieces)]
ALIKE = list(look_alikes(520, seed=21))


@pytest.fixture
def base(db) -> RevisionContent:
    return factories.content()


def pieces_of(sample) -> Iterator[str]:
    return (sample.text[start:end] for _, severity, start, end in sample.pieces if severity == Severity.BLOCK)


def is_refused(deed, *values, **named) -> bool:
    try:
        deed(*values, **named)
    except RuleBroken as error:
        assert error.code == "personal_data"
        return True
    return False


def test_enough_is_planted():
    assert sum(len(list(pieces_of(sample))) for sample in PLANTED) >= 400
    assert len(ALIKE) >= 500


def test_no_planted_item_is_submitted_or_approved(base):
    """Both ask `refuse_personal`: `test_a_claim_…` and the tests of deciding hold them to it."""
    texts = [dataclasses.replace(base, script=sample.text) for sample in PLANTED]
    assert [text.script for text in texts if not is_refused(refuse_personal, text, precedent=None)] == []


def test_no_planted_item_leaves_with_a_text_that_goes_out(base):
    for sample in PLANTED:
        gone = outgoing(dataclasses.replace(base, gist=sample.text, applies_when=(sample.text,)), precedent=None)
        assert kinds_in(gone.gist) == ()
        for piece in pieces_of(sample):
            assert all(piece not in place.text for place in places_of(gone)), sample.text


def test_many_planted_items_in_one_text_all_go(base):
    text = "\n\n".join(sample.text for sample in PLANTED[:60])
    gone = outgoing(dataclasses.replace(base, resolution=text), precedent=None).resolution
    assert kinds_in(gone) == ()
    assert [piece for sample in PLANTED[:60] for piece in pieces_of(sample) if piece in gone] == []


def test_no_planted_item_is_attached_in_a_file_or_in_its_name():
    for sample in PLANTED:
        assert is_refused(attaching._refuse_personal, sample.text, "附件.pdf"), sample.text
        if len(sample.text) < 90 and not {"/", "\\", "."} & set(sample.text):
            name = attaching._name(f"{sample.text}.pdf", ".pdf")
            assert is_refused(attaching._refuse_personal, "", name), name


def test_no_planted_item_stands_in_the_trail():
    for sample in PLANTED:
        kept = masked({"reason": [sample.text]})["reason"][0]
        assert [piece for piece in pieces_of(sample) if piece in kept] == [], sample.text


def test_look_alikes_pass_every_way_out(base):
    refused = [
        each for each in ALIKE if is_refused(refuse_personal, dataclasses.replace(base, script=each), precedent=None)
    ]
    assert len(refused) < 10
    changed = [
        each for each in ALIKE if outgoing(dataclasses.replace(base, script=each), precedent=None).script != each
    ]
    assert len(changed) < 10
    assert len([each for each in ALIKE if is_refused(attaching._refuse_personal, each, "附件.pdf")]) < 10
