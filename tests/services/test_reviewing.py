"""Decisions, remarks, the queue and the history: the rules that hold whoever calls."""

import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.core.marks import pending
from caselib.orgs.models import Role, User
from caselib.orgs.scope import scope_of
from caselib.precedents.commenting import MOST, comment_add, comment_answer, comment_withdraw, comments_for
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve, revision_reject, revision_return, warnings_mark
from caselib.precedents.history import history_of, texts_compared, trail_of
from caselib.precedents.keeping import precedent_retire, precedent_verify
from caselib.precedents.models import (
    Attachment,
    Precedent,
    PrivacyOverride,
    ReviewComment,
    ReviewDecision,
    Revision,
    RevisionState,
    SiblingDraft,
    Significance,
    Verification,
)
from caselib.precedents.points import desk_of
from caselib.precedents.privacy import hits_of
from caselib.precedents.review_queue import REVIEW_WITHIN, ReviewKind, queue_of, turn_of
from caselib.precedents.services import TOPIC, revision_save, revision_start, revision_submit, revision_withdraw
from caselib.precedents.stale import flag
from caselib.waiting import counts_waiting
from tests import factories

from .texts_in_review import CLUES, MOBILE, House, fresh

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 2)
DEEDS = {
    "approve": (revision_approve, RevisionState.APPROVED),
    "return": (revision_return, RevisionState.CHANGES_REQUESTED),
    "reject": (revision_reject, RevisionState.REJECTED),
}


@pytest.fixture
def house() -> House:
    return House()


# --- a decision is taken once ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", DEEDS)
def test_the_second_of_two_clicks_answers_with_what_the_first_did(house, verdict):
    deed, state = DEEDS[verdict]
    revision = house.submitted()
    read = house.read(revision)
    first = deed(fresh(revision), **read)
    events = AuditEvent.objects.count()
    again = deed(fresh(revision), **read)
    assert (again.pk, type(again)) == (first.pk, type(first))
    assert (ReviewDecision.objects.count(), AuditEvent.objects.count()) == (1, events)
    assert fresh(revision).state == state


@pytest.mark.parametrize("verdict", DEEDS)
@pytest.mark.parametrize("first", DEEDS)
def test_another_decision_after_the_first_is_told_who_decided(house, first, verdict):
    revision = house.submitted()
    read = house.read(revision)
    DEEDS[first][0](fresh(revision), **read)
    decided = fresh(revision).state
    with pytest.raises(StaleState) as told:
        DEEDS[verdict][0](fresh(revision), **(read | {"reviewer": house.second}))
    assert house.reviewer.display_name in told.value.message
    assert ReviewDecision.Verdict(first).label in told.value.message
    if first != verdict:
        with pytest.raises(StaleState):
            DEEDS[verdict][0](fresh(revision), **read)
    assert fresh(revision).state == decided
    assert ReviewDecision.objects.count() == 1


def test_a_text_that_comes_again_unchanged_is_another_decision(house):
    revision = house.submitted()
    old = house.read(revision)
    house.send_back(revision)
    revision_submit(revision, lock_version=revision.lock_version, actor=house.author)
    with pytest.raises(StaleState):
        revision_return(fresh(revision), **old)
    house.send_back(fresh(revision))
    assert ReviewDecision.objects.filter(revision=revision, verdict="return").count() == 2


@pytest.mark.parametrize("verdict", DEEDS)
def test_who_reads_a_text_that_was_taken_back_is_told(house, verdict):
    revision = house.submitted()
    read = house.read(revision)
    revision_withdraw(revision, lock_version=revision.lock_version, actor=house.author)
    with pytest.raises(StaleState) as told:
        DEEDS[verdict][0](fresh(revision), **read)
    assert "撤回" in told.value.message
    revision_save(revision, content_of(revision), lock_version=revision.lock_version, editor=house.author)
    revision_submit(revision, lock_version=revision.lock_version, actor=house.author)
    with pytest.raises(StaleState) as told:
        DEEDS[verdict][0](fresh(revision), **read)
    assert "又提交" in told.value.message
    assert not ReviewDecision.objects.exists()


@pytest.mark.parametrize("verdict", DEEDS)
@pytest.mark.parametrize(("comment", "code"), [("", "required"), (" \n", "required"), ("长" * 1001, "too_long")])
def test_each_decision_needs_a_reason_of_bounded_length(house, verdict, comment, code):
    revision = house.submitted()
    with pytest.raises(RuleBroken) as wrong:
        DEEDS[verdict][0](revision, **(house.read(revision) | {"comment": comment}))
    assert (wrong.value.code, wrong.value.field) == (code, "comment")
    assert fresh(revision).state == RevisionState.SUBMITTED


def test_a_reason_is_stored_without_personal_data(house):
    house.send_back(house.submitted(), comment=f"问过了，{MOBILE}")
    assert "13812345678" not in ReviewDecision.objects.get().comment
    assert "13812345678" not in str(list(AuditEvent.objects.values_list("after", flat=True)))


@pytest.mark.parametrize("late_lock", [True, False], ids=["from the lock it knew", "from the lock of now"])
def test_a_late_autosave_does_not_change_a_text_in_review(house, late_lock):
    revision = house.draft()
    typed = dataclasses.replace(content_of(revision), title="迟到的自动保存")
    late, known = fresh(revision), revision.lock_version
    revision_submit(revision, lock_version=revision.lock_version, actor=house.author)
    digest = revision.content_digest
    with pytest.raises(StaleState if late_lock else RuleBroken):
        subject, lock = (late, known) if late_lock else (fresh(revision), revision.lock_version)
        revision_save(subject, typed, lock_version=lock, editor=house.author)
    found = fresh(revision)
    assert (found.content_digest, found.title, found.state) == (digest, revision.title, RevisionState.SUBMITTED)


@pytest.mark.parametrize("column", ["author", "last_editor"])
def test_the_database_itself_refuses_the_own_approval(house, column):
    revision = house.submitted()
    Revision.objects.filter(pk=revision.pk).update(**{column: house.reviewer})
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(approved_by=house.reviewer, state="approved")
    Revision.objects.filter(pk=revision.pk).update(approved_by=house.second)


def test_who_edited_it_meanwhile_does_not_decide_by_an_older_reading(house):
    revision = house.submitted()
    older = fresh(revision)
    Revision.objects.filter(pk=revision.pk).update(last_editor=house.reviewer)
    with pytest.raises(RuleBroken) as wrong:
        house.approve(older)
    assert wrong.value.code == "four_eyes"


# --- warnings of the privacy gate -------------------------------------------------------------------------------------


def test_warnings_have_to_be_looked_at_before_a_text_is_published(house):
    revision = house.submitted(problem=CLUES)
    with pytest.raises(RuleBroken) as wrong:
        house.approve(fresh(revision))
    assert (wrong.value.code, wrong.value.field) == ("warnings_unseen", "warnings")
    with pytest.raises(StaleState):
        house.approve(fresh(revision), warnings_seen="0" * 64)
    assert fresh(revision).state == RevisionState.SUBMITTED
    house.send_back(fresh(revision))


def test_what_was_looked_at_stands_in_the_trail_by_kind_and_never_by_word(house):
    revision = house.submitted(problem=CLUES)
    mark = warnings_mark(hits_of(content_of(revision)))
    house.approve(revision, warnings_seen=mark)
    after = AuditEvent.objects.get(action="precedent.revision_approved").after
    assert after["warnings_seen"]["surname"] == 1
    assert not any(word in str(after) for word in ("王女士", "曲阳路", mark))


def test_nothing_to_look_at_needs_no_tick_and_says_nothing(house):
    house.published()
    assert "warnings_seen" not in AuditEvent.objects.get(action="precedent.revision_approved").after


def test_personal_data_is_refused_at_publishing_as_well(house):
    revision = house.submitted()
    Revision.objects.filter(pk=revision.pk).update(problem=MOBILE)
    with pytest.raises(RuleBroken) as wrong:
        house.approve(fresh(revision))
    assert wrong.value.code == "personal_data"


# --- significance -----------------------------------------------------------------------------------------------------


def test_a_small_change_moves_no_date_and_a_substantial_one_asks_for_a_check(house):
    precedent = house.published()
    before = (precedent.changed_at, precedent.reverify_due_on)
    small = house.approve(house.changed(precedent), significance=Significance.MINOR)
    assert (small.changed_at, small.reverify_due_on) == before
    later = dt.datetime(2026, 12, 1, 2, tzinfo=dt.UTC)
    large = house.approve(house.changed(small, gist="又改了。"), significance=Significance.SUBSTANTIAL, now=later)
    assert (large.changed_at, large.reverify_due_on) == (later, dt.date(2026, 12, 31))
    said = list(ReviewDecision.objects.order_by("pk").values_list("significance", flat=True))
    assert said == ["first", "minor", "substantial"]
    assert AuditEvent.objects.filter(after__significance="minor").count() == 1


def test_the_desk_of_checks_gets_a_substantial_change_when_it_is_due(house):
    precedent = house.published()
    precedent = house.approve(house.changed(precedent), significance=Significance.SUBSTANTIAL, now=NOW)
    due = precedent.reverify_due_on
    for on, shown in ((due - dt.timedelta(days=1), 0), (due + dt.timedelta(days=1), 1)):
        flag(now=dt.datetime.combine(on, dt.time(2), dt.UTC), on=on)
        desk = desk_of(house.scope(), kind="review_due", on=on)
        assert desk.page.total == shown


@pytest.mark.parametrize("wanted", ["", "first", "huge"])
def test_a_change_needs_one_of_the_two(house, wanted):
    revision = house.changed()
    with pytest.raises(RuleBroken) as wrong:
        house.approve(revision, significance=wanted)
    assert wrong.value.field == "significance"


def test_the_first_text_is_always_the_first(house):
    house.approve(house.submitted(), significance=Significance.MINOR)
    assert ReviewDecision.objects.get().significance == Significance.FIRST


def test_a_publication_leaves_its_mark_in_the_outbox_and_a_refusal_none(house):
    house.send_back(house.submitted())
    assert not pending(TOPIC).exists()
    precedent = house.published()
    assert list(pending(TOPIC).values_list("object_id", flat=True)) == [precedent.pk]


# --- remarks ----------------------------------------------------------------------------------------------------------


def remark(house: House, revision: Revision, **values) -> ReviewComment:
    said = {"section": "gist", "text": "写清楚。", "reviewer": house.reviewer, "digest_seen": revision.content_digest}
    return comment_add(revision, **(said | values))


def test_a_remark_is_stored_once_masked_and_audited_without_its_words(house):
    revision = house.submitted()
    first = remark(house, revision, text=f"问{MOBILE}再写")
    again = remark(house, revision, text=f"问{MOBILE}再写")
    assert first == again
    assert "13812345678" not in ReviewComment.objects.get().text
    event = AuditEvent.objects.get(action="review.commented")
    assert event.after == {"section": "gist", "length": len(first.text)}
    assert not list(broken_events())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "长" * 1001}, "text"),
        ({"section": "nothing"}, "section"),
        ({"section": "__class__"}, "section"),
    ],
)
def test_a_remark_is_bounded_and_about_a_section_that_there_is(house, values, field):
    with pytest.raises(RuleBroken) as wrong:
        remark(house, house.submitted(), **values)
    assert wrong.value.field == field


def test_nobody_remarks_without_end(house):
    revision = house.submitted()
    ReviewComment.objects.bulk_create(
        ReviewComment(revision=revision, text=str(n), author_name="某人", at=NOW, digest_seen="") for n in range(MOST)
    )
    with pytest.raises(RuleBroken) as wrong:
        remark(house, revision)
    assert wrong.value.code == "too_many"


def test_nobody_remarks_on_the_own_text_or_one_that_is_not_in_review(house):
    revision = house.submitted()
    with pytest.raises(RuleBroken) as wrong:
        remark(house, revision, reviewer=house.author)
    assert wrong.value.code == "four_eyes"
    with pytest.raises(StaleState):
        remark(house, revision, digest_seen="0" * 64)
    house.send_back(revision)
    with pytest.raises(StaleState):
        remark(house, revision)


def test_an_answer_is_given_once(house):
    revision = house.submitted()
    asked = remark(house, revision)
    house.send_back(revision)
    comment_answer(asked, text="写了。", actor=house.author)
    comment_answer(ReviewComment.objects.get(), text="写了。", actor=house.author)
    other = house.person(Role.EDITOR)
    with pytest.raises(StaleState) as told:
        comment_answer(ReviewComment.objects.get(), text="另一个答复", actor=other)
    assert house.author.display_name in told.value.message
    assert AuditEvent.objects.filter(action="review.answered").count() == 1
    with pytest.raises(StaleState):
        comment_withdraw(ReviewComment.objects.get(), actor=house.reviewer)


def test_who_wrote_a_remark_takes_it_back_and_nobody_else(house):
    asked = remark(house, house.submitted())
    with pytest.raises(RuleBroken):
        comment_withdraw(asked, actor=house.second)
    comment_withdraw(asked, actor=house.reviewer)
    comment_withdraw(ReviewComment.objects.get(), actor=house.reviewer)
    assert AuditEvent.objects.filter(action="review.comment_withdrawn").count() == 1
    with pytest.raises(StaleState):
        comment_answer(ReviewComment.objects.get(), text="迟了", actor=house.author)


def test_remarks_about_a_text_that_is_decided_about_stay_as_they_are(house):
    revision = house.submitted()
    asked = remark(house, revision)
    house.approve(revision)
    for deed in (
        lambda: comment_answer(asked, text="迟了", actor=house.author),
        lambda: comment_withdraw(asked, actor=house.reviewer),
    ):
        with pytest.raises(RuleBroken) as wrong:
            deed()
        assert wrong.value.code == "closed"


def test_the_form_of_the_author_gets_remarks_by_section_with_what_may_be_done(house):
    revision = house.submitted()
    remark(house, revision)
    remark(house, revision, section="", text="整篇")
    taken = remark(house, revision, text="收回的")
    comment_withdraw(taken, actor=house.reviewer)
    found = comments_for(fresh(revision), scope=house.scope(house.author))
    assert {section: [line.comment.text for line in lines] for section, lines in found.items()} == {
        "gist": ["写清楚。"],
        "": ["整篇"],
    }
    assert (found["gist"][0].may_answer, found["gist"][0].may_withdraw) == (True, False)
    mine = comments_for(fresh(revision), scope=house.scope())["gist"][0]
    assert (mine.may_answer, mine.may_withdraw) == (False, True)


# --- the queue --------------------------------------------------------------------------------------------------------


def waiting(house: House, *, days: int, **values) -> Revision:
    revision = house.submitted(**values)
    Revision.objects.filter(pk=revision.pk).update(submitted_at=NOW - dt.timedelta(days=days))
    return fresh(revision)


def test_the_longest_wait_comes_first_and_five_working_days_are_the_limit(house):
    # Over the Spring Festival of 2026, whose last Saturday is worked on.
    texts = [waiting(house, days=days) for days in (1, 9, 6)]
    queue = queue_of(house.scope(), on=TODAY)
    assert [row.revision for row in queue.rows] == [texts[1], texts[2], texts[0]]
    assert [row.days for row in queue.rows] == [9, 6, 1]
    assert [row.due.words for row in queue.rows] == ["超期 1 个工作日", "今天到期", "剩 4 个工作日，3月6日到期"]
    assert (queue.late, REVIEW_WITHIN, queue.unsure) == (1, 5, "")


def test_the_queue_tells_a_first_text_a_change_and_one_that_came_back(house):
    precedent = house.published()
    first = precedent.live_revision
    house.approve(house.changed(precedent))
    precedent.refresh_from_db()
    back = revision_start(precedent, author=house.author, like=first)
    # Another reason over the one that the restoring wrote: the text is the old one all the same.
    content = content_of(back)
    revision_save(back, content, lock_version=back.lock_version, editor=house.author, change_note="旧办法对")
    revision_submit(back, lock_version=back.lock_version, actor=house.author)
    house.changed()
    house.submitted()
    rows = queue_of(house.scope(), on=TODAY).rows
    assert [row.kind for row in rows] == [ReviewKind.RESTORE, ReviewKind.CHANGE, ReviewKind.FIRST]
    assert len(queue_of(house.scope(), kind="restore", on=TODAY).rows) == 1
    assert len(queue_of(house.scope(), kind="huge", on=TODAY).rows) == 3


def test_own_texts_are_listed_with_why_not_and_take_no_turn(house):
    own = factories.draft(owner=house.owner, author=house.reviewer)
    revision_submit(own, lock_version=own.lock_version, actor=house.reviewer)
    other = house.submitted()
    queue = queue_of(house.scope(), on=TODAY)
    assert [bool(row.deciding) for row in queue.rows] == [False, True]
    assert "另一个人" in queue.rows[0].deciding.reason
    assert (queue.page.total, queue.own) == (2, 1)
    turn = turn_of(fresh(other), house.scope())
    assert (turn.number, turn.total, turn.following) == (1, 1, "")
    assert turn_of(fresh(own), house.scope()).number == 0


def test_the_turn_goes_round(house):
    texts = [waiting(house, days=days) for days in (3, 2, 1)]
    turns = [turn_of(text, house.scope()) for text in texts]
    codes = [text.precedent.code for text in texts]
    assert [turn.number for turn in turns] == [1, 2, 3]
    assert [turn.following for turn in turns] == [codes[1], codes[2], codes[0]]


def test_the_queue_counts_citations_that_hold_no_more(house):
    gone = factories.clause(effective_from=dt.date(2020, 1, 1), effective_to=dt.date(2025, 1, 1))
    holds = factories.clause(effective_from=dt.date(2020, 1, 1))
    house.submitted(citations=(factories.citation(gone), factories.citation(holds)))
    house.submitted(citations=(factories.citation(holds),))
    assert [row.troubled for row in queue_of(house.scope(), on=TODAY).rows] == [1, 0]


@pytest.mark.parametrize("role", Role)
def test_the_number_that_waits_is_that_of_the_texts_one_may_decide_about(house, role):
    own = factories.draft(owner=house.owner, author=house.reviewer)
    revision_submit(own, lock_version=own.lock_version, actor=house.reviewer)
    house.submitted()
    assert counts_waiting(house.scope()).get("reviews", 0) == 1
    assert counts_waiting(house.scope(house.person(role))).get("reviews", 0) == (2 if role is Role.REVIEWER else 0)


def test_an_administrator_sees_the_queue_and_decides_nothing(house):
    house.submitted()
    queue = queue_of(house.scope(house.person(Role.DEPARTMENT_ADMIN)), on=TODAY)
    assert [bool(row.deciding) for row in queue.rows] == [False]
    assert not queue_of(scope_of(factories.user(Role.REVIEWER)), on=TODAY).rows


# --- history ----------------------------------------------------------------------------------------------------------


def test_the_history_holds_every_text_with_reasons_verdicts_and_checks(house):
    clause = factories.clause()
    precedent = house.published(citations=(factories.citation(clause),))
    changed = house.changed(precedent)
    house.send_back(changed, comment="再写清楚")
    revision_submit(changed, lock_version=changed.lock_version, actor=house.author)
    house.approve(changed, comment="可以了", significance=Significance.MINOR)
    precedent.refresh_from_db()
    precedent_verify(precedent, by=house.reviewer, note="对过了")
    history = history_of(house.scope(), precedent.code)
    assert [line.number for line in history.versions] == [2, 1]
    newest = history.versions[0]
    assert [(each.verdict, each.comment) for each in newest.decisions] == [
        ("return", "再写清楚"),
        ("approve", "可以了"),
    ]
    assert (newest.significance, newest.revision.change_note, newest.is_live) == ("小改", "规定改了", True)
    assert [(check.outcome, check.versions) for check in history.checks] == [("仍然适用", (clause.version,))]
    steps = [step.what for step in trail_of(changed)]
    assert steps == ["通过", "提交审核", "退回修改", "提交审核", "开始写"]


def test_other_readers_learn_of_versions_and_never_of_texts_names_or_drafts(house):
    precedent = house.published()
    house.approve(house.changed(precedent, gist="改过的。"), significance=Significance.MINOR)
    precedent.refresh_from_db()
    precedent_verify(precedent, by=house.reviewer, note="对过了")
    revision_start(precedent, author=house.author)
    reader = scope_of(factories.user(Role.WINDOW))
    history = history_of(reader, precedent.code)
    assert not history.is_full
    assert [(line.number, line.significance, line.revision, line.decisions) for line in history.versions] == [
        (2, "小改", None, ()),
        (1, "首次入库", None, ()),
    ]
    assert [check.by for check in history.checks] == [""]
    with pytest.raises(NotAllowed):
        texts_compared(reader, precedent.code)


def test_a_retirement_stands_in_the_history(house):
    precedent = house.published()
    precedent_retire(precedent, reason="规定废止", actor=house.reviewer)
    for person in (house.reviewer, factories.user(Role.WINDOW)):
        events = history_of(house.scope(person), precedent.code).events
        assert [(event.what, event.note) for event in events] == [("出库", "规定废止")]


def test_any_two_texts_are_compared_whichever_comes_first(house):
    precedent = house.published(gist="第一版的要旨。")
    house.approve(house.changed(precedent, gist="第二版的要旨。"))
    there = texts_compared(house.scope(), precedent.code, a="1", b="2").what.changed
    back = texts_compared(house.scope(), precedent.code, a="2", b="1").what.changed
    assert [each.field for each in there] == [each.field for each in back] == ["gist"]
    assert texts_compared(house.scope(), precedent.code).old.number == 1
    for a, b in (("1", "1"), ("2", "2")):
        with pytest.raises(NotVisible):
            texts_compared(house.scope(), precedent.code, a=a, b=b)
    assert texts_compared(house.scope(), precedent.code, a="x", b="99").new.number == 2


def test_an_earlier_text_comes_back_as_a_draft(house):
    precedent = house.published(gist="第一版的要旨。")
    first = precedent.live_revision
    house.approve(house.changed(precedent, gist="第二版的要旨。"))
    precedent.refresh_from_db()
    draft = revision_start(precedent, author=house.author, like=first)
    assert (draft.gist, draft.number, draft.state) == ("第一版的要旨。", 3, RevisionState.DRAFT)
    assert AuditEvent.objects.filter(after__restores=1).count() == 1
    precedent.refresh_from_db()
    assert precedent.live_revision.gist == "第二版的要旨。"


# --- accounts go, content stays ---------------------------------------------------------------------------------------


def test_deleting_accounts_deletes_nothing_and_keeps_every_name(house):
    revision = house.submitted()
    asked = remark(house, revision)
    comment_answer(asked, text="写了。", actor=house.author)
    precedent = house.approve(revision)
    precedent_verify(precedent, by=house.reviewer, note="对过了")
    names = {"author": house.author, "author_name": house.author.display_name}
    SiblingDraft.objects.create(revision=revision, typed={"title": ["另一稿"]}, based_on=0, saved_at=NOW, **names)
    PrivacyOverride.objects.create(
        precedent=precedent, kind="name", field="gist", mark="0" * 64, claim="是店名", claimed_at=NOW, decided_at=NOW,
        claimed_by=house.author, claimed_by_name=house.author.display_name,
        decided_by=house.reviewer, decided_by_name=house.reviewer.display_name,
    )  # fmt: skip
    Attachment.objects.create(
        precedent=precedent, name="样表", media_type="image/png", size=1, digest="0" * 64, uploaded_at=NOW,
        uploaded_by=house.author, uploaded_by_name=house.author.display_name,
    )  # fmt: skip
    tables = (
        Precedent,
        Revision,
        ReviewDecision,
        ReviewComment,
        SiblingDraft,
        PrivacyOverride,
        Attachment,
        Verification,
    )
    before = {table: table.objects.count() for table in tables}
    author, reviewer = house.author.display_name, house.reviewer.display_name
    for account in (house.author, house.reviewer, house.second):
        User.objects.get(pk=account.pk).delete()

    assert {table: table.objects.count() for table in tables} == before
    text, comment, override = Revision.objects.get(), ReviewComment.objects.get(), PrivacyOverride.objects.get()
    assert (text.author, text.author_name, text.last_editor_name, text.approved_by) == (None, author, author, None)
    assert (comment.author, comment.author_name, comment.answered_by_name) == (None, reviewer, author)
    assert (override.claimed_by_name, override.decided_by_name) == (author, reviewer)
    assert ReviewDecision.objects.get().reviewer_name == reviewer
    assert SiblingDraft.objects.get().author_name == Attachment.objects.get().uploaded_by_name == author
    assert Verification.objects.get().by_name == reviewer
    assert not list(broken_events())
    history = history_of(scope_of(factories.user(Role.REVIEWER, within=house.owner)), precedent.code)
    assert history.versions[0].decisions[0].reviewer_name == reviewer
