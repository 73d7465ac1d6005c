"""批注 in the form of a draft: an answer goes with the text, is never lost, and reaches no remark of another text."""

import pytest

from caselib.orgs.models import Role
from caselib.precedents.commenting import comment_add, comment_answer
from caselib.precedents.deciding import revision_return
from caselib.precedents.models import ReviewComment, RevisionState
from caselib.precedents.services import revision_submit
from tests import factories
from tests.web.test_writing_room import PHONE, Room, words_of

pytestmark = pytest.mark.django_db


class Returned(Room):
    """A text that was sent back with one remark."""

    def __init__(self) -> None:
        super().__init__()
        self.reviewer = factories.user(Role.REVIEWER, within=self.department)
        sent = revision_submit(self.draft, lock_version=self.draft.lock_version, actor=self.editor)
        seen = {"reviewer": self.reviewer, "digest_seen": sent.content_digest}
        self.remark = comment_add(sent, section="gist", text="谁来办？", **seen)
        revision_return(sent, lock_version=sent.lock_version, comment="答一下批注", **seen)

    @property
    def answer(self) -> str:
        return ReviewComment.objects.get(pk=self.remark.pk).answer

    def press_with(self, deed: str, answer: str, *, key: int | None = None, **typed):
        return self.press(deed, **{f"answer-{key or self.remark.pk}": answer}, **typed)


@pytest.fixture
def room(db) -> Returned:
    return Returned()


def test_the_form_offers_an_answer_to_each_remark(room):
    page = room.page()
    assert f'name="answer-{room.remark.pk}" form="draft"' in page and "记下答复" in page


@pytest.mark.parametrize("deed", ["do=answer", "do=save", "do=preview"])
def test_any_button_stores_the_answer_with_the_text(room, deed):
    assert room.press_with(deed, "窗口来办。", gist="改过的要旨").status_code == 302
    assert (room.answer, room.stored.gist) == ("窗口来办。", "改过的要旨")
    assert "谁来办？" not in room.page()


def test_a_submission_takes_the_answer_along(room):
    assert room.press_with("submit", "窗口来办。").status_code == 302
    assert (room.answer, room.stored.state) == ("窗口来办。", RevisionState.SUBMITTED)


def test_an_answer_that_is_too_long_comes_back_and_the_text_is_saved(room):
    response = room.press_with("do=answer", "长" * 1001, gist="改过的要旨")
    assert response.status_code == 422
    assert "长" * 1001 in words_of(response) and "最多 1000 字" in words_of(response)
    assert (room.answer, room.stored.gist) == ("", "改过的要旨")


def test_an_answer_comes_back_where_another_field_breaks_a_rule(room):
    response = room.press_with("do=answer", "窗口来办。", gist="长" * 300)
    assert response.status_code == 422 and "窗口来办。" in words_of(response)


def test_who_answers_second_is_told_and_keeps_the_words(room):
    comment_answer(room.remark, text="已经答过", actor=factories.user(Role.EDITOR, within=room.department))
    response = room.press_with("do=answer", "我也想答")
    assert response.status_code == 409
    assert "我也想答" in words_of(response) and "已经答了" in words_of(response)
    assert room.answer == "已经答过"


def test_a_remark_about_another_text_is_not_answered(room):
    other = Returned()
    response = room.press_with("do=answer", "越界的答复", key=other.remark.pk)
    assert response.status_code == 422
    assert other.answer == ""


def test_an_answer_is_stored_without_personal_data(room):
    room.press_with("do=answer", f"问 {PHONE}")
    assert room.answer and PHONE not in room.answer


def test_a_late_autosave_answers_nothing(room):
    form = room.form() | {f"answer-{room.remark.pk}": ["写到一半"], "account": [str(room.editor.pk)]}
    assert room.client.post(f"{room.address}autosave/", form).status_code == 200
    assert room.answer == ""
