"""Working on knowledge gaps: urgency and due days, claims, joining, answers with words, drafts, and who is told."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core.errors import NotAllowed, RuleBroken, StaleState
from caselib.desk.reviewing.approving import text_approved
from caselib.desk.writing.from_gap import draft_begin_from_gap
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_reject
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Revision
from caselib.precedents.services import revision_save, revision_submit, revision_withdraw
from caselib.precedents.visibility import Audience
from caselib.search.gaps.closing import LONGEST_ANSWER, gap_answer
from caselib.search.gaps.meaning import Asked, matters_meant, near_ones
from caselib.search.gaps.missed import missed_for_desk
from caselib.search.gaps.selectors import answers_for, gap_for_page, gaps_for_desk, mine_for_page
from caselib.search.gaps.services import gap_close, gap_file
from caselib.search.gaps.working import gap_join, gap_part, gap_release, gap_sort, gap_take
from caselib.search.models import KnowledgeGap, SearchLogEntry
from caselib.waiting import counts_waiting
from tests import factories

pytestmark = pytest.mark.django_db
QUESTION = "宠物殡葬店的执照经营范围登记怎么写"
SAME = "宠物殡葬，营业执照经营范围怎么登记"
TODAY = dt.date(2026, 3, 2)
State = KnowledgeGap.State


@pytest.fixture
def clerk():
    return scope_of(factories.user(Role.WINDOW))


@pytest.fixture
def editor():
    return scope_of(factories.user(Role.EDITOR))


@pytest.fixture
def other():
    return scope_of(factories.user(Role.EDITOR))


@pytest.fixture
def gap(clerk):
    return gap_file(QUESTION, scope=clerk).gap


# --- urgency, matter ---


@pytest.mark.parametrize(
    ("urgency", "due"),
    # Thursday before the days off of 国庆 2026 (1 to 7 October).
    [("waiting", dt.date(2026, 9, 30)), ("soon", dt.date(2026, 10, 9)), ("nonsense", dt.date(2026, 10, 19))],
)
def test_a_gap_is_due_after_working_days(clerk, urgency, due):
    with time_machine.travel("2026-09-29T10:00+08:00", tick=False):
        gap = gap_file(QUESTION, scope=clerk, urgency=urgency).gap
    assert gap.due_on == due


def test_the_most_urgent_filing_says_by_when_a_gap_is_due(clerk):
    with time_machine.travel("2026-03-02T10:00+08:00", tick=False):
        gap_file(QUESTION, scope=clerk)
        gap = gap_file(QUESTION, scope=scope_of(factories.user(Role.WINDOW)), urgency="waiting").gap
        later = gap_file(QUESTION, scope=scope_of(factories.user(Role.WINDOW)), urgency="soon").gap
    assert (gap.urgency, gap.due_on) == ("waiting", dt.date(2026, 3, 3))
    assert (later.urgency, later.due_on, later.times) == ("waiting", dt.date(2026, 3, 3), 3)


def test_who_files_again_makes_it_more_urgent_and_counts_once(clerk):
    gap_file(QUESTION, scope=clerk)
    again = gap_file(QUESTION, scope=clerk, urgency="waiting")
    assert (again.is_new, again.is_hurried, again.gap.times, again.gap.urgency) == (False, True, 1, "waiting")
    slower = gap_file(QUESTION, scope=clerk, urgency="normal")
    assert (slower.is_new, slower.is_hurried, slower.gap.urgency) == (False, False, "waiting")
    assert AuditEvent.objects.filter(action=Action.GAP_FILED).count() == 2


def test_the_matter_is_the_one_that_the_question_names_unless_one_was_picked(clerk):
    named = factories.matter("食品经营许可", aliases=["食品摊贩备案"])
    picked = factories.matter("公司设立登记")
    assert gap_file("食品摊贩备案要不要健康证", scope=clerk).gap.matter == named
    assert gap_file("食品经营许可怎么延续", scope=clerk, matter=picked).gap.matter == picked
    assert gap_file("完全不相干的事", scope=clerk).gap.matter is None


def test_two_matters_of_equal_names_decide_nothing_and_the_longer_name_wins():
    longer = factories.matter("食品经营许可注销")
    factories.matter("食品经营许可")
    factories.matter("甲类执照", aliases=["丙证照"])
    factories.matter("乙类执照", aliases=["丙证照"])
    assert matters_meant(["食品经营许可注销怎么办", "丙证照怎么办", ""]) == (longer, None, None)


# --- claims ---


def test_a_claim_shows_to_others_and_keeps_them_from_closing(gap, editor, other):
    taken = gap_take(gap, scope=editor)
    assert (taken.taken_by_id, counts_waiting(editor)["gaps_taken"]) == (editor.user_id, 1)
    for deed in (
        lambda: gap_take(gap, scope=other),
        lambda: gap_close(gap, scope=other, reason="不收"),
        lambda: gap_answer(gap, words="可以", basis="没有明文", scope=other),
        lambda: gap_sort(gap, None, scope=other),
    ):
        with pytest.raises(StaleState, match="正在处理"):
            deed()
    assert counts_waiting(other)["gaps_taken"] == 0
    gap_take(gap, scope=editor)
    assert AuditEvent.objects.filter(action=Action.GAP_TAKEN).count() == 1


def test_who_took_it_lets_go_and_an_administrator_may_for_who_is_away(gap, editor, other):
    gap_take(gap, scope=editor)
    with pytest.raises(NotAllowed, match="由他放手"):
        gap_release(gap, scope=other)
    gap_release(gap, scope=scope_of(factories.user(Role.DEPARTMENT_ADMIN)))
    assert gap_take(gap, scope=other).taken_by_id == other.user_id
    assert gap_release(gap, scope=other).taken_by_name == ""
    gap_release(gap, scope=other)
    assert AuditEvent.objects.filter(action=Action.GAP_RELEASED).count() == 2


def test_a_closed_account_holds_no_gap(gap, other):
    away = factories.user(Role.EDITOR)
    gap_take(gap, scope=scope_of(away))
    KnowledgeGap.objects.filter(pk=gap.pk).update(taken_by=None)
    assert gap_close(gap, scope=other, reason="不归窗口").state == State.DECLINED


# --- near-same questions ---


def test_questions_in_other_words_are_proposed_and_other_questions_are_not():
    asked = [SAME, "小区停车难，车位不够归谁管", "营业执照丢了怎么补办", "宠物医院开业"]
    found = near_ones(Asked(0, QUESTION, None), [Asked(n, text, None) for n, text in enumerate(asked, start=1)])
    assert [one.question for one in found] == [SAME]


def test_the_same_matter_brings_questions_nearer_and_another_keeps_them_apart():
    one, other = "驾驶证过期一年怎么换证", "驾驶证遗失了怎么换证照片"
    near = [bool(near_ones(Asked(1, one, 7), [Asked(2, other, matter)])) for matter in (7, None, 8)]
    assert near == [True, False, False]


def test_joined_gaps_count_people_once_and_keep_everybodys_words(gap, clerk, editor):
    colleague = scope_of(factories.user(Role.WINDOW))
    same = gap_file(SAME, scope=colleague, urgency="waiting").gap
    gap_file(SAME, scope=clerk)
    whole = gap_join(same, into=gap, scope=editor)
    assert (whole.times, whole.urgency) == (2, "waiting")
    page = gap_for_page(whole.pk, scope=editor, on=TODAY)
    assert {filing.gap.question for filing in page.filings} == {QUESTION, SAME}
    assert len(page.departments) == 2
    # Who asks in the words of the joined one again is counted there, and once.
    filed = gap_file(SAME, scope=scope_of(factories.user(Role.WINDOW)))
    assert (filed.gap.pk, filed.gap.times) == (whole.pk, 3)
    assert not gap_file(SAME, scope=colleague).is_new


def test_joining_is_taken_back(gap, editor):
    same = gap_file(SAME, scope=scope_of(factories.user(Role.WINDOW))).gap
    gap_join(same, into=gap, scope=editor)
    parted = gap_part(same, scope=editor)
    gap.refresh_from_db()
    assert (parted.state, parted.times, gap.times) == (State.OPEN, 1, 1)
    with pytest.raises(StaleState):
        gap_part(same, scope=editor)


def test_what_was_joined_into_a_joined_gap_goes_along(gap, editor):
    second = gap_file("第二种问法", scope=scope_of(factories.user(Role.WINDOW))).gap
    third = gap_file("第三种问法", scope=scope_of(factories.user(Role.WINDOW))).gap
    gap_join(second, into=third, scope=editor)
    whole = gap_join(third, into=gap, scope=editor)
    second.refresh_from_db()
    assert (second.joined_into_id, whole.times) == (gap.pk, 3)


def test_a_gap_is_not_joined_into_itself_a_closed_one_or_one_that_somebody_holds(gap, editor, other):
    same = gap_file(SAME, scope=scope_of(factories.user(Role.WINDOW))).gap
    with pytest.raises(RuleBroken):
        gap_join(gap, into=gap, scope=editor)
    gap_take(same, scope=other)
    with pytest.raises(StaleState):
        gap_join(gap, into=same, scope=editor)
    gap_close(same, scope=other, reason="不收")
    with pytest.raises(StaleState):
        gap_join(gap, into=same, scope=other)
    gap.refresh_from_db()
    assert gap.state == State.OPEN


# --- answers ---


def test_words_answer_with_their_basis_and_everybody_who_asked_is_told(gap, clerk, editor):
    colleague = scope_of(factories.user(Role.WINDOW))
    same = gap_file(SAME, scope=colleague).gap
    gap_join(same, into=gap, scope=editor)
    closed = gap_answer(gap, words="可以登记。\n电话13800138000", basis="没有明文，由市场局定", scope=editor)
    assert (closed.state, closed.answer) == (State.WORDS, "可以登记。\n电话〔手机号〕")
    for scope, title in ((clerk, QUESTION), (colleague, SAME)):
        told = answers_for(scope)
        assert [(one.title, one.view) for one in told] == [(title, "search:gaps:mine")]
        assert "不是先例" in told[0].text
        assert mine_for_page(scope, on=TODAY).rows[0].gap == closed
    assert answers_for(editor) == ()


@pytest.mark.parametrize(
    ("words", "basis", "field"),
    [
        ("", "依据", "answer"),
        ("可以", " \n", "basis"),
        ("长" * (LONGEST_ANSWER + 1), "x", "answer"),
        ("可以", "长" * 501, "basis"),
    ],
)
def test_words_without_basis_or_beyond_the_limit_close_nothing(gap, editor, words, basis, field):
    with pytest.raises(RuleBroken, match="没有答复") as refused:
        gap_answer(gap, words=words, basis=basis, scope=editor)
    assert refused.value.field == field
    gap.refresh_from_db()
    assert gap.state == State.OPEN


def test_who_may_not_see_the_answering_precedent_is_told_no_title(gap, clerk):
    home = factories.department()
    hidden = factories.published(owner=home, audience=Audience.DEPARTMENT, title="本部门才看的办法")
    gap_close(gap, scope=scope_of(factories.user(Role.EDITOR, within=home)), number=hidden.number)
    (told,) = answers_for(clerk)
    assert (told.view, told.args) == ("search:gaps:mine", ())
    assert "本部门才看的办法" not in told.text


def test_a_decline_and_a_precedent_are_told_with_where_to_read(gap, clerk, editor):
    precedent = factories.published()
    gap_close(gap, scope=editor, number=precedent.number)
    gap_close(gap_file("另一件", scope=clerk).gap, scope=editor, reason="不归窗口")
    told = answers_for(clerk)
    assert [one.view for one in told] == ["search:gaps:mine", "pages:precedent"]
    assert "不归窗口" in told[0].text
    precedent_retire(precedent, reason="过时", actor=None)
    assert len(answers_for(clerk)) == 2


# --- drafts ---


def drafted(gap):
    home = factories.department()
    author = factories.user(Role.EDITOR, within=home)
    precedent, is_new = draft_begin_from_gap(gap, department=home, scope=scope_of(author), author=author)
    return home, author, precedent, is_new


def completed(revision: Revision, author) -> Revision:
    text = factories.content(title=content_of(revision).title)
    revision_save(revision, text, lock_version=revision.lock_version, editor=author)
    return revision_submit(revision, lock_version=revision.lock_version, actor=author)


def test_a_draft_begins_with_question_wordings_and_matter_and_takes_the_gap(clerk):
    matter = factories.matter("食品经营许可")
    gap = gap_file("食品经营许可怎么延续？", scope=clerk, matter=matter).gap
    gap_file("食品经营许可怎么延续", scope=scope_of(factories.user(Role.WINDOW)))
    home, author, precedent, is_new = drafted(gap)
    text = content_of(precedent.revisions.get())
    assert is_new
    assert (text.title, text.matter, text.theme) == ("食品经营许可怎么延续？", matter, matter.theme)
    assert text.requester_wording == ("食品经营许可怎么延续？", "食品经营许可怎么延续")
    gap.refresh_from_db()
    assert (gap.draft, gap.taken_by, gap.state) == (precedent, author, State.OPEN)
    again, is_new = draft_begin_from_gap(gap, department=home, scope=scope_of(author), author=author)
    assert (again, is_new) == (precedent, False)


def test_an_approved_draft_answers_the_gap_and_the_link_stays(gap, clerk):
    home, author, precedent, _ = drafted(gap)
    revision = completed(precedent.revisions.get(), author)
    reviewer = factories.user(Role.REVIEWER, within=home)
    read = {"lock_version": revision.lock_version, "digest_seen": revision.content_digest, "comment": "可以"}
    for _ in range(2):
        text_approved(revision, reviewer=reviewer, **read)
    gap.refresh_from_db()
    assert (gap.state, gap.answered_by, gap.draft) == (State.ANSWERED, precedent, precedent)
    assert AuditEvent.objects.filter(action=Action.GAP_CLOSED).count() == 1
    (told,) = answers_for(clerk)
    assert (told.view, told.args) == ("pages:precedent", (precedent.code,))


def test_a_draft_that_is_turned_down_or_given_up_leaves_the_gap_open_for_another(gap):
    home, author, precedent, _ = drafted(gap)
    revision = completed(precedent.revisions.get(), author)
    reviewer = factories.user(Role.REVIEWER, within=home)
    read = {"lock_version": revision.lock_version, "digest_seen": revision.content_digest, "comment": "不收"}
    revision_reject(revision, reviewer=reviewer, **read)
    gap.refresh_from_db()
    assert gap.state == State.OPEN
    second, is_new = draft_begin_from_gap(gap, department=home, scope=scope_of(author), author=author)
    assert is_new
    assert second != precedent
    draft = second.revisions.get()
    revision_withdraw(draft, lock_version=draft.lock_version, actor=author)
    assert gap_for_page(gap.pk, scope=scope_of(author), on=TODAY).draft is None


def approved(precedent, author, home) -> None:
    revision = completed(precedent.revisions.get(), author)
    read = {"lock_version": revision.lock_version, "digest_seen": revision.content_digest, "comment": "可以"}
    text_approved(revision, reviewer=factories.user(Role.REVIEWER, within=home), **read)


def test_of_two_drafts_of_joined_gaps_the_first_that_is_published_answers_everybody(gap, clerk):
    home, author, precedent, _ = drafted(gap)
    asker = scope_of(factories.user(Role.WINDOW))
    whole = gap_file(SAME, scope=asker).gap
    draft_begin_from_gap(whole, department=home, scope=scope_of(author), author=author)
    gap_join(gap, into=whole, scope=scope_of(author))
    approved(precedent, author, home)
    whole.refresh_from_db()
    assert (whole.state, whole.answered_by) == (State.ANSWERED, precedent)
    assert [told.args for told in (*answers_for(clerk), *answers_for(asker))] == [(precedent.code,)] * 2


def test_a_gap_that_was_parted_again_is_not_answered_by_the_draft_of_the_other(gap):
    home, author, precedent, _ = drafted(gap)
    whole = gap_file(SAME, scope=scope_of(factories.user(Role.WINDOW))).gap
    gap_join(gap, into=whole, scope=scope_of(author))
    gap_part(gap, scope=scope_of(author))
    approved(precedent, author, home)
    gap.refresh_from_db()
    whole.refresh_from_db()
    assert (gap.state, whole.state, whole.draft) == (State.ANSWERED, State.OPEN, None)


def test_an_answer_that_was_given_just_now_is_told_before_fifty_old_ones(gap, clerk, editor):
    whole = gap_file(SAME, scope=scope_of(factories.user(Role.WINDOW))).gap
    with time_machine.travel(dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC), tick=False):
        gap_join(gap, into=whole, scope=editor)
    for number in range(50):
        gap_close(gap_file(f"第 {number} 个问题", scope=clerk).gap, scope=editor, reason="不归本厅")
    gap_close(whole, scope=editor, reason="不归")
    assert answers_for(clerk)[0].title == QUESTION


def test_what_was_answered_with_words_may_still_become_a_precedent(gap, editor, clerk):
    gap_answer(gap, words="可以", basis="没有明文", scope=editor)
    home, author, precedent, is_new = drafted(gap)
    assert is_new
    revision = completed(precedent.revisions.get(), author)
    read = {"lock_version": revision.lock_version, "digest_seen": revision.content_digest, "comment": "可以"}
    text_approved(revision, reviewer=factories.user(Role.REVIEWER, within=home), **read)
    gap.refresh_from_db()
    assert (gap.state, gap.answer) == (State.ANSWERED, "可以")


def test_a_declined_gap_and_one_of_somebody_else_are_not_drafted_from(gap, editor, other):
    gap_take(gap, scope=other)
    author = factories.user(Role.EDITOR)
    for state in (State.OPEN, State.DECLINED):
        KnowledgeGap.objects.filter(pk=gap.pk).update(state=state)
        with pytest.raises(StaleState):
            draft_begin_from_gap(gap, department=factories.department(), scope=scope_of(author), author=author)


# --- the desk ---


def test_the_desk_shows_what_is_due_first_and_how_many_ask_the_same(gap, editor):
    urgent = gap_file(SAME, scope=scope_of(factories.user(Role.WINDOW)), urgency="waiting").gap
    page = gaps_for_desk(scope=editor, on=TODAY)
    assert [(row.gap.question, row.near) for row in page.rows] == [(SAME, 1), (QUESTION, 1)]
    assert page.rows[0].due.on == urgent.due_on


def test_questions_of_the_log_that_find_nothing_are_proposed_until_they_are_gaps(clerk):
    now = timezone.now()
    matter = factories.matter("食品经营许可", department_kind="市场监督管理局")

    def asked(question, times, **values):
        row = {"total": 0, "fits": False, "question_key": question} | values
        SearchLogEntry.objects.bulk_create([SearchLogEntry(at=now, question=question, **row) for _ in range(times)])

    asked("食品经营许可证能不能挂在阳台", 3)
    asked("没人点的问题", 4, total=5, fits=True)
    asked("只问一次的", 1)
    asked("筛得太窄的", 5, narrowed=True)
    asked("有人点的", 4, total=5, fits=True, opened_rank=1)
    found = missed_for_desk(now=now)
    assert [(one.question, one.asked, one.missed) for one in found] == [
        ("食品经营许可证能不能挂在阳台", 3, 3),
        ("没人点的问题", 4, 0),
    ]
    assert (found[0].matter, found[0].owner, found[1].owner) == (matter, "市场监督管理局", "")
    gap_file("食品经营许可证能不能挂在阳台", scope=clerk)
    assert [one.question for one in missed_for_desk(now=now)] == ["没人点的问题"]


@pytest.mark.parametrize("role", [Role.WINDOW, Role.REVIEWER, Role.TRAINER, Role.SYSTEM_ADMIN])
def test_only_editors_work_on_gaps(gap, role):
    scope = scope_of(factories.user(role))
    other = gap_file(SAME, scope=scope_of(factories.user(Role.WINDOW))).gap
    for deed in (
        lambda: gap_take(gap, scope=scope),
        lambda: gap_release(gap, scope=scope),
        lambda: gap_sort(gap, None, scope=scope),
        lambda: gap_join(other, into=gap, scope=scope),
        lambda: gap_part(gap, scope=scope),
        lambda: gap_answer(gap, words="可以", basis="x", scope=scope),
    ):
        with pytest.raises(NotAllowed):
            deed()
