"""不是个人信息, said in the form of a draft."""

import pytest

from caselib.precedents.models import PrivacyOverride, RevisionState
from tests.web.test_writing_room import PHONE, Room, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db) -> Room:
    return Room(problem=f"电话 {PHONE}，可联系。")


def key_on(room: Room) -> str:
    return room.page().partition('name="claim" value="')[2].partition('"')[0]


def test_who_writes_says_why_and_a_second_person_is_asked(room):
    key = key_on(room)
    response = room.press(f"claim={key}", **{f"why-{key}": "这是热线的号码，公开的"}, gist="同时写的要旨")
    assert response.status_code == 302
    asked = PrivacyOverride.objects.get()
    assert (asked.claim, asked.claimed_by, asked.field) == ("这是热线的号码，公开的", room.editor, "problem")
    assert room.stored.gist == "同时写的要旨"
    assert "等第二个人看" in room.page()
    assert room.press("submit").status_code == 422


def test_a_claim_says_why(room):
    key = key_on(room)
    response = room.press(f"claim={key}")
    assert response.status_code == 422
    assert "写一句为什么" in words_of(response)
    assert not PrivacyOverride.objects.exists()


def test_nothing_is_claimed_of_a_text_that_was_changed(room):
    key = key_on(room)
    response = room.press(f"claim={key}", **{f"why-{key}": "公开的"}, problem=f"前面多写了字，电话 {PHONE}")
    assert response.status_code == 422
    assert not PrivacyOverride.objects.exists()


def test_what_a_second_person_let_pass_is_not_marked_any_more(room):
    key = key_on(room)
    room.press(f"claim={key}", **{f"why-{key}": "公开的热线"})
    PrivacyOverride.objects.update(decision=PrivacyOverride.Decision.ALLOWED)
    assert PHONE in room.page()
    assert 'class="pii"' not in room.page()
    assert room.press("submit").status_code == 302
    assert room.stored.state == RevisionState.SUBMITTED
