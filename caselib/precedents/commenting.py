"""批注: what reviewers remark about one section of a submitted text, and what its authors answer."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from .access import may_answer, may_see_drafts, may_withdraw_comment
from .models import OPEN_STATES, Precedent, ReviewComment, Revision, RevisionState
from .sections import ORDER
from .services import name_of

TEXT_LENGTH = ReviewComment._meta.get_field("text").max_length
# More than three for each section: whoever has that many ought to send the text back.
MOST = 150


@transaction.atomic
def comment_add(
    revision: Revision,
    *,
    section: str,
    text: str,
    reviewer: User,
    digest_seen: str,
    now: dt.datetime | None = None,
) -> ReviewComment:
    """A remark about a section of the text that was read (the name of a field, empty for all of it); once for two clicks.

    Raises RuleBroken for an empty or too long text, an unknown section or one's own text, StaleState when another text
    stands there or it is not in review any more. Writes ReviewComment and AuditEvent review.commented without the words.
    """
    found = _in_review(revision, digest_seen)
    if reviewer.pk in (found.author_id, found.last_editor_id):
        raise RuleBroken(gettext("这一版是您写的或改的，批注由审核的人写。"), code="four_eyes", field="reviewer")
    if section and section not in ORDER:
        raise RuleBroken(gettext("没有这一节，打开审核页重新写。"), code="unknown_section", field="section")
    kept = _kept(text, field="text", what="批注")
    values = {"section": section, "text": kept, "digest_seen": digest_seen, "author": reviewer}
    before = found.comments.filter(**values, withdrawn_at=None, answered_at=None).first()
    if before is not None:
        return before
    if found.comments.count() >= MOST:
        raise RuleBroken(
            gettext("这一版已经有 {most} 条批注，不再加。退回修改，一起说清楚。").format(most=MOST),
            code="too_many",
            field="text",
        )
    comment = ReviewComment.objects.create(
        revision=found, author_name=name_of(reviewer), at=now or clock.now(), **values
    )
    record(Action.REVIEW_COMMENTED, revision, actor=reviewer, after={"section": section, "length": len(kept)})
    return comment


@transaction.atomic
def comment_answer(comment: ReviewComment, *, text: str, actor: User, now: dt.datetime | None = None) -> ReviewComment:
    """What the author's side says to it, once; the same answer again changes nothing.

    Raises RuleBroken for an empty or too long text or a text that is decided about, StaleState when somebody answered
    or the remark was taken back first. Writes ReviewComment and AuditEvent review.answered without the words.
    """
    kept = _kept(text, field="answer", what="答复")
    _refuse_closed(comment)
    values = {"answer": kept, "answered_by_name": name_of(actor), "answered_at": now or clock.now()}
    if not ReviewComment.objects.filter(pk=comment.pk, answered_at=None, withdrawn_at=None).update(**values):
        comment.refresh_from_db()
        if (comment.answer, comment.answered_by_name) == (kept, name_of(actor)):
            return comment
        raise StaleState(
            gettext("审核人收回了这条批注，不用答了。")
            if comment.withdrawn_at
            else gettext("{answered_by_name} 已经答了这条批注。").format(answered_by_name=comment.answered_by_name)
        )
    for name, value in values.items():
        setattr(comment, name, value)
    after = {"comment": comment.pk, "section": comment.section, "length": len(kept)}
    record(Action.REVIEW_ANSWERED, comment.revision, actor=actor, after=after)
    return comment


@transaction.atomic
def comment_withdraw(comment: ReviewComment, *, actor: User, now: dt.datetime | None = None) -> ReviewComment:
    """Takes a remark back that nobody answered; twice is once. It stays in the history.

    Raises RuleBroken when it is somebody else's or the text is decided about, StaleState when it was answered first.
    Writes ReviewComment, AuditEvent review.comment_withdrawn.
    """
    if comment.author_id is None or comment.author_id != actor.pk:
        raise RuleBroken(gettext("批注由写的人自己收回。"), code="other_author", field="author")
    _refuse_closed(comment)
    at = now or clock.now()
    if not ReviewComment.objects.filter(pk=comment.pk, answered_at=None, withdrawn_at=None).update(withdrawn_at=at):
        comment.refresh_from_db()
        if comment.withdrawn_at is not None:
            return comment
        raise StaleState(
            gettext("{answered_by_name} 已经答了这条批注，收不回了。").format(answered_by_name=comment.answered_by_name)
        )
    comment.withdrawn_at = at
    after = {"comment": comment.pk, "section": comment.section}
    record(Action.REVIEW_COMMENT_WITHDRAWN, comment.revision, actor=actor, after=after)
    return comment


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A remark with what the viewer may do with it."""

    comment: ReviewComment
    may_answer: bool
    may_withdraw: bool


def comments_for(revision: Revision, *, scope: ViewerScope | None = None) -> dict[str, tuple[CommentLine, ...]]:
    """The remarks about a text that nobody took back, by the name of their field, oldest first. 1 query.

    `scope`: who looks; without one nothing may be done with them.
    Whether the viewer may see the text at all, the caller has asked. Needs the precedent with its department loaded.
    """
    is_open = scope is not None and revision.state in OPEN_STATES
    answers = is_open and bool(may_answer(scope, revision))
    found: dict[str, list[CommentLine]] = defaultdict(list)
    for comment in revision.comments.filter(withdrawn_at=None):
        waits = comment.answered_at is None
        withdraws = is_open and waits and bool(may_withdraw_comment(scope, comment))
        found[comment.section].append(CommentLine(comment, answers and waits, withdraws))
    return {section: tuple(lines) for section, lines in found.items()}


def comment_of(scope: ViewerScope, key: int) -> ReviewComment:
    """The remark with that key. Raises NotVisible for who may not see texts in review there. 1 query."""
    related = ReviewComment.objects.select_related("revision__precedent__owner_department")
    found = related.filter(pk=key).first()
    if found is None or not may_see_drafts(scope, found.revision.precedent):
        raise NotVisible()
    return found


def _in_review(revision: Revision, digest_seen: str) -> Revision:
    """The text as it stands now, held against a decision in the same moment."""
    Precedent.objects.select_for_update(of=("self",)).only("pk").get(pk=revision.precedent_id)
    found = Revision.objects.get(pk=revision.pk)
    if found.state != RevisionState.SUBMITTED:
        raise StaleState(gettext("这一版现在是“{label}”，批注没有记。").format(label=RevisionState(found.state).label))
    if found.content_digest != digest_seen:
        raise StaleState(gettext("您看的不是最新的文字，批注没有记。重新看一遍再写。"))
    return found


def _refuse_closed(comment: ReviewComment) -> None:
    state = RevisionState(Revision.objects.values_list("state", flat=True).get(pk=comment.revision_id))
    if state not in OPEN_STATES:
        raise RuleBroken(
            gettext("这一版已经是“{label}”，批注不再改。").format(label=state.label), code="closed", field="state"
        )


def _kept(text: str, *, field: str, what: str) -> str:
    """As it is stored: without personal data. Raises RuleBroken when nothing is left or it is too long."""
    kept = mask(clean(text).strip())
    if not kept:
        raise RuleBroken(gettext("{what}还没有写。").format(what=what), code="required", field=field)
    if len(kept) > TEXT_LENGTH:
        raise RuleBroken(
            gettext("{what}最多 {text_length} 字，现在 {count} 字。").format(
                what=what, text_length=TEXT_LENGTH, count=len(kept)
            ),
            code="too_long",
            field=field,
        )
    return kept
