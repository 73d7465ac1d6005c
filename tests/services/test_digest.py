"""每日邮件提醒: each notice once, to who wants it, and nothing that he may not see."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command

from caselib.following.digest import IN_A_MAIL, digests_send
from caselib.following.models import Reading
from caselib.following.services import daily_mail_set, follow, notices_read
from caselib.following.trail import newest_event
from caselib.orgs.models import Membership, Role, User
from caselib.orgs.scope import scope_of
from caselib.policies.models import Policy, PolicyStatus
from caselib.policies.standing import StatusFacts, status_fact_confirm
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.services import revision_submit
from caselib.precedents.visibility import Audience
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy() -> Policy:
    return factories.clause(title="市场主体登记管理条例").version.policy


def reader(policy: Policy, *, address: str = "clerk@example.org", role: Role = Role.WINDOW, within=None) -> User:
    user = factories.user(role, within=within)
    daily_mail_set(user, address, scope=scope_of(user))
    follow(user, policy, scope=scope_of(user))
    return user


def change(policy: Policy, status: PolicyStatus = PolicyStatus.AMENDED) -> None:
    status_fact_confirm(policy, StatusFacts(status=status), actor=None)


def send(**options) -> int:
    return len(list(digests_send(**options)))


def test_one_mail_tells_of_all_that_is_new_and_the_next_run_of_nothing(policy):
    reader(policy)
    change(policy)
    change(policy, PolicyStatus.REPEALED)
    assert send() == 1
    (sent,) = mail.outbox
    assert sent.to == ["clerk@example.org"]
    assert sent.subject == "案例库：您关注的有 2 条新变化"
    assert "时效：已废止：市场主体登记管理条例" in sent.body
    assert "时效：已被修改：市场主体登记管理条例" in sent.body
    assert send() == 0
    assert len(mail.outbox) == 1


def test_nothing_new_is_no_mail(policy):
    reader(policy)
    assert send() == 0
    assert mail.outbox == []


def test_who_gave_no_address_gets_no_mail_and_the_others_theirs(policy):
    reader(policy, address="")
    reader(policy, address="other@example.org")
    change(policy)
    send()
    assert [sent.to for sent in mail.outbox] == [["other@example.org"]]


def test_what_happened_before_the_address_was_given_is_not_mailed(policy):
    user = reader(policy, address="")
    change(policy)
    daily_mail_set(user, "late@example.org", scope=scope_of(user))
    assert send() == 0
    change(policy, PolicyStatus.REPEALED)
    send()
    assert "已废止" in mail.outbox[0].body
    assert "已被修改" not in mail.outbox[0].body


def test_a_new_address_goes_on_where_the_old_one_was(policy):
    user = reader(policy)
    change(policy)
    daily_mail_set(user, "new@example.org", scope=scope_of(user))
    send()
    assert mail.outbox[0].to == ["new@example.org"]


def test_reading_the_page_and_reading_the_mail_are_two_things(policy):
    user = reader(policy)
    change(policy)
    notices_read(user)
    assert send() == 1


def test_a_dry_run_sends_and_moves_nothing(policy, capsys):
    reader(policy)
    change(policy)
    before = Reading.objects.get().digested_event
    call_command("send_digest", dry_run=True)
    said = capsys.readouterr().out
    assert "时效：已被修改：市场主体登记管理条例" in said
    assert "会发 1 封" in said
    assert mail.outbox == []
    assert Reading.objects.get().digested_event == before
    assert send() == 1


def test_the_mail_holds_the_titles_that_its_reader_may_see_and_no_other(policy):
    owner = factories.department()
    cited = (factories.citation(policy.versions.get().clauses.get()),)
    reader(policy, address="colleague@example.org", within=owner)
    reader(policy, address="stranger@example.org")
    factories.published(owner=owner, audience=Audience.DEPARTMENT, title="只给本部门看的标题", citations=cited)
    send()
    assert [sent.to for sent in mail.outbox] == [["colleague@example.org"]]
    factories.published(owner=owner, title="大家看的标题", citations=cited)
    send()
    assert "依据 市场主体登记管理条例" in mail.outbox[-1].body
    (stranger,) = [sent for sent in mail.outbox if sent.to == ["stranger@example.org"]]
    assert "大家看的标题" in stranger.body
    assert "只给本部门看的标题" not in stranger.body
    assert stranger.subject.endswith("1 条新变化")


def test_a_mail_that_could_not_be_handed_over_is_sent_by_the_next_run(policy, monkeypatch, capsys):
    reader(policy, address="first@example.org")
    reader(policy, address="second@example.org")
    change(policy)
    reached = []

    def refuse_first(message, **_) -> int:
        if message.to == ["first@example.org"] and not reached:
            reached.append(message)
            raise ConnectionRefusedError("refused")
        mail.outbox.append(message)
        return 1

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse_first)
    with pytest.raises(SystemExit) as ended:
        call_command("send_digest")
    assert ended.value.code == 1
    assert "不会漏" in capsys.readouterr().err
    assert [sent.to[0] for sent in mail.outbox] == ["second@example.org"]
    call_command("send_digest")
    assert [sent.to[0] for sent in mail.outbox] == ["second@example.org", "first@example.org"]


def test_a_run_that_dies_while_sending_leaves_the_mark_where_it_was(policy, monkeypatch):
    reader(policy)
    change(policy)
    before = Reading.objects.get().digested_event

    def die(*_, **__) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("django.core.mail.EmailMessage.send", die)
        with pytest.raises(KeyboardInterrupt):
            send()
    assert Reading.objects.get().digested_event == before
    assert send() == 1
    assert len(mail.outbox) == 1


def test_of_two_runs_at_the_same_time_one_sends(policy):
    """The second has looked before the first moved the mark."""
    reader(policy)
    change(policy)
    readings = digests_send()
    with pytest.MonkeyPatch.context() as patched:
        # What the other run does between this one's look and its move.
        patched.setattr("caselib.following.digest.newest_event", lambda: _meanwhile(newest_event))
        assert list(readings) == []
    assert mail.outbox == []


def _meanwhile(newest) -> int:
    Reading.objects.update(digested_event=newest())
    return newest()


def test_what_was_said_about_a_precedent_stays_inside(policy):
    cited = (factories.citation(policy.versions.get().clauses.get()),)
    precedent = factories.published(citations=cited, title="出库的那件")
    reader(policy)
    precedent_retire(precedent, reason="里面说的原因", actor=None)
    send()
    assert "案例出库：出库的那件" in mail.outbox[0].body
    assert "里面说的原因" not in mail.outbox[0].body


@pytest.mark.parametrize("lost", ["membership", "account"])
def test_who_may_not_read_any_more_gets_no_mail(policy, lost):
    user = reader(policy)
    change(policy)
    if lost == "membership":
        Membership.objects.filter(user=user).delete()
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)
    assert send() == 0
    assert mail.outbox == []


def test_links_are_there_where_the_site_knows_its_address(policy, settings):
    reader(policy)
    settings.CASELIB_SITE_URL = "https://library.example"
    change(policy)
    send()
    assert f"https://library.example/policies/{policy.code}/" in mail.outbox[0].body
    settings.CASELIB_SITE_URL = ""
    change(policy, PolicyStatus.REPEALED)
    send()
    assert "http" not in mail.outbox[1].body


def test_a_long_mail_is_cut_and_says_how_many_there_are(policy):
    reader(policy)
    statuses = [status for status in PolicyStatus.values if status not in ("partly_repealed", "in_force")]
    for number in range(IN_A_MAIL + 2):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        status_fact_confirm(policy, StatusFacts(status=statuses[number % len(statuses)], from_on=day), actor=None)
    send()
    assert mail.outbox[0].subject.endswith(f"{IN_A_MAIL + 2} 条新变化")
    assert "还有 2 条" in mail.outbox[0].body
    assert mail.outbox[0].body.count("市场主体登记管理条例") == IN_A_MAIL


def submitted_to(reviewer_within) -> None:
    editor = factories.user(Role.EDITOR, within=reviewer_within)
    revision = factories.draft(owner=reviewer_within, author=editor)
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)


def test_what_waits_is_mailed_when_there_is_more_of_it_and_not_every_day():
    home = factories.department()
    reviewer = factories.user(Role.REVIEWER, within=home)
    daily_mail_set(reviewer, "reviewer@example.org", scope=scope_of(reviewer))
    assert send() == 0
    submitted_to(home)
    assert send() == 1
    (sent,) = mail.outbox
    assert sent.subject == "案例库：有 1 件等您处理"
    assert "等您处理：待我审核 1 件。" in sent.body
    assert "前租户" not in sent.body, "the titles stay inside"
    assert send() == 0
    submitted_to(home)
    assert send() == 1
    assert "待我审核 2 件" in mail.outbox[1].body


def test_news_and_work_are_one_mail(policy):
    home = factories.department()
    reader(policy, role=Role.REVIEWER, within=home)
    change(policy)
    submitted_to(home)
    assert send() == 1
    assert mail.outbox[0].subject == "案例库：您关注的有 1 条新变化，有 1 件等您处理"
    assert send() == 0
