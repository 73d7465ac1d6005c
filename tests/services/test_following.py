"""Following: what makes a notice, from when on, for whom, and how far it is read."""

import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.audit.services import record
from caselib.catalog.models import Matter
from caselib.core import clock
from caselib.core.errors import NotAllowed, RuleBroken
from caselib.following import selectors, services
from caselib.following.models import Follow, Reading
from caselib.following.notices import notices_of
from caselib.following.selectors import LOOKED_AT, notices_for_page
from caselib.following.services import daily_mail_set, follow, notices_read, unfollow
from caselib.following.trail import newest_event
from caselib.following.unread import MOST, following_of, forget
from caselib.orgs.models import Role, User
from caselib.orgs.scope import scope_of
from caselib.policies.models import PolicyStatus
from caselib.policies.services import VersionFacts, policy_relate, policy_version_add
from caselib.policies.standing import StatusFacts, policy_version_close, status_fact_confirm, status_fact_withdraw
from caselib.precedents.bulk import NewPrecedent, precedents_import
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_doubt, precedent_retire, precedent_verify
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.precedents.visibility import Audience
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 7, 1)


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def reader(home):
    return factories.user(Role.WINDOW, within=home)


def told(user: User) -> list[tuple[str, str]]:
    """(what happened, to what), newest first, as the page lists it; the number of the header has to agree."""
    scope = scope_of(user)
    page = notices_for_page(user, scope, page=1, on=clock.today())
    user.refresh_from_db()
    unread = following_of(user, scope).unread
    assert unread == min(page.unread, MOST)
    forget()
    assert following_of(user, scope).unread == unread, "counted bit by bit or at once"
    return [(notice.word, notice.what.label) for day in page.days for notice in day.notices]


def followed_policy(user: User):
    policy = factories.clause(effective_from=dt.date(2020, 1, 1)).version.policy
    follow(user, policy, scope=scope_of(user))
    return policy


def followed_matter(user: User, name: str = "企业设立登记") -> Matter:
    matter = factories.matter(name)
    follow(user, matter, scope=scope_of(user))
    return matter


def test_what_is_followed_for_the_first_time_tells_nothing_of_the_past(reader):
    policy = factories.clause().version.policy
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED, from_on=DAY), actor=None)
    follow(reader, policy, scope=scope_of(reader))
    assert told(reader) == []


def test_precedents_that_were_there_before_are_no_news(reader, home):
    clause, matter = factories.clause(), factories.matter()
    precedent = factories.published(owner=home, matter=matter, citations=(factories.citation(clause),))
    items = [NewPrecedent(factories.content(matter=matter), home)]
    precedents_import(items, publish=True, actor=None, now=clock.now())
    for thing in (clause.version.policy, matter):
        follow(reader, thing, scope=scope_of(reader))
    assert told(reader) == []
    precedent_doubt(precedent, reason="要看一看", actor=None)
    assert [word for word, _ in told(reader)] == ["案例待复核"]


def test_a_follower_of_a_policy_hears_of_its_versions_force_and_relations(reader):
    policy = followed_policy(reader)
    other = factories.clause().version.policy
    policy_version_close(policy.versions.get(), on=DAY, actor=None)
    policy_version_add(policy, VersionFacts(label="2026", effective_from=DAY), actor=None)
    fact = status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED, from_on=DAY), actor=None)
    status_fact_withdraw(fact, reason="看错了文件", actor=None)
    policy_relate(policy, other, relation="配套", actor=None)
    policy_relate(other, policy, relation="上位", actor=None)
    assert [word for word, _ in told(reader)] == [
        "关联政策", "关联政策", "撤回时效", "时效：已被修改", "新增版本", "版本截止",
    ]  # fmt: skip


def test_a_follower_of_a_policy_hears_of_precedents_that_cite_it_and_of_their_end(reader, home):
    policy = followed_policy(reader)
    clause = policy.versions.get().clauses.get()
    precedent = factories.published(owner=home, citations=(factories.citation(clause),), title="引用它的")
    precedent_doubt(precedent, reason="要看一看", actor=None)
    precedent_retire(precedent, reason="不用了", actor=None)
    factories.published(owner=home, citations=(factories.citation(factories.clause()),))
    assert told(reader) == [("案例出库", "引用它的"), ("新案例", "引用它的")]


def test_the_notice_of_a_precedent_leads_to_the_clause_that_it_cites(reader, home):
    policy = followed_policy(reader)
    version = policy.versions.get()
    clause = version.clauses.get()
    factories.published(owner=home, citations=(factories.citation(clause),))
    page = notices_for_page(reader, scope_of(reader), page=1, on=clock.today())
    (link,) = page.days[0].notices[0].about
    assert link.address == f"/policies/{policy.code}/?v=1#c-{clause.code}"
    assert link.label == f"依据 {policy.title} {clause.label}"


def test_the_notice_of_a_partial_repeal_leads_to_the_clauses_that_went(reader):
    policy = followed_policy(reader)
    clause = policy.versions.get().clauses.get()
    facts = StatusFacts(status=PolicyStatus.PARTLY_REPEALED, from_on=DAY, clauses=(clause,))
    status_fact_confirm(policy, facts, actor=None)
    notice = notices_for_page(reader, scope_of(reader), page=1, on=clock.today()).days[0].notices[0]
    assert (notice.word, notice.note) == ("时效：部分失效", "2026-07-01 起")
    assert [(link.label, link.address) for link in notice.about] == [
        (clause.label, f"/policies/{policy.code}/?v=1#c-{clause.code}")
    ]


def test_a_follower_of_a_matter_hears_of_all_that_happens_to_its_precedents(reader, home):
    matter = followed_matter(reader)
    checker = factories.user(Role.REVIEWER, within=home)
    precedent = factories.published(owner=home, matter=matter, title="这个事项的")
    precedent_doubt(precedent, reason="要看一看", actor=None)
    precedent_verify(precedent, by=checker, note="看过了")
    factories.matter(matter.name, aliases=["新说法"])
    precedent_retire(precedent, reason="不用了", actor=None)
    assert told(reader) == [
        ("案例出库", "这个事项的"), ("事项有修改", matter.name), ("案例复核过", "这个事项的"), ("案例待复核", "这个事项的"),
        ("新案例", "这个事项的"),
    ]  # fmt: skip


def test_a_further_matter_of_a_text_counts_as_well(reader, home):
    matter = followed_matter(reader)
    factories.published(owner=home, more_matters=(matter,), title="也属于这个事项")
    assert told(reader) == [("新案例", "也属于这个事项")]


def test_what_concerns_two_followed_things_is_one_notice(reader, home):
    policy, matter = followed_policy(reader), followed_matter(reader)
    cited = factories.citation(policy.versions.get().clauses.get())
    factories.published(owner=home, matter=matter, citations=(cited,))
    policy_relate(policy, followed_policy(reader), relation="配套", actor=None)
    assert [word for word, _ in told(reader)] == ["关联政策", "新案例"]


def test_a_changed_text_that_cites_it_now_is_told_of_as_changed(reader, home):
    policy = followed_policy(reader)
    precedent = factories.published(owner=home, title="先没有引用")
    assert told(reader) == []
    author = factories.user(Role.EDITOR, within=home)
    revision = revision_start(precedent, author=author)
    cited = factories.citation(policy.versions.get().clauses.get())
    text = factories.content(title="现在引用了", citations=(cited,))
    revision = revision_save(revision, text, lock_version=revision.lock_version, editor=author)
    assert told(reader) == [], "a draft is not told of"
    revision_submit(revision, lock_version=revision.lock_version, actor=author)
    assert told(reader) == []
    revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=factories.user(Role.REVIEWER, within=home),
        digest_seen=revision.content_digest,
        comment="核对过，可以入库",
    )
    assert told(reader) == [("案例改了", "现在引用了")]


def test_an_import_is_told_of_once_for_all_that_it_brought(reader, home):
    policy = followed_policy(reader)
    cited = factories.citation(policy.versions.get().clauses.get())
    texts = [factories.content(title="第一件", citations=(cited,)), factories.content(citations=(cited,))]
    items = [NewPrecedent(text, home) for text in (*texts, factories.content(title="没有引用"))]
    precedents_import(items, publish=True, actor=None, now=clock.now())
    assert told(reader) == [("新案例", "第一件")]
    page = notices_for_page(reader, scope_of(reader), page=1, on=clock.today())
    assert page.days[0].notices[0].note == "同一批导入的还有 1 件"


@pytest.mark.parametrize("publish", [True, False])
def test_an_import_of_drafts_or_of_what_is_not_followed_is_not_told_of(reader, home, publish):
    policy = followed_policy(reader)
    cited = factories.citation(policy.versions.get().clauses.get() if not publish else factories.clause())
    items = [NewPrecedent(factories.content(citations=(cited,)), home)]
    precedents_import(items, publish=publish, actor=None, now=clock.now())
    assert told(reader) == []


def test_nobody_is_told_of_the_own_deeds(reader):
    policy = followed_policy(reader)
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=reader)
    assert told(reader) == []
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.REPEALED), actor=factories.user())
    assert [word for word, _ in told(reader)] == ["时效：已废止"]


def test_what_happens_to_anything_else_is_not_told(reader, home):
    followed_policy(reader), followed_matter(reader)
    other = factories.clause()
    policy_version_add(other.version.policy, VersionFacts(label="2026"), actor=None)
    status_fact_confirm(other.version.policy, StatusFacts(status=PolicyStatus.REPEALED), actor=None)
    factories.matter("别的事项")
    factories.theme("别的主题")
    factories.published(owner=home, matter=factories.matter("别的事项"), citations=(factories.citation(other),))
    assert told(reader) == []


def test_an_event_of_another_kind_with_the_same_key_is_not_told(reader):
    """Keys of different tables are the same small numbers."""
    policy, matter = followed_policy(reader), followed_matter(reader)
    theme = matter.theme
    theme.pk = matter.pk
    record(Action.MATTER_SAVED, theme)
    version = policy.versions.get()
    version.pk = policy.pk + 1000
    record(Action.STATUS_CONFIRMED, version, after={"status": "repealed"})
    assert told(reader) == []


def test_following_twice_is_following_once_and_begins_with_the_first(reader):
    policy = followed_policy(reader)
    first = Follow.objects.get()
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=None)
    assert follow(reader, policy, scope=scope_of(reader)) == first
    reader.refresh_from_db()
    assert (Follow.objects.count(), reader.follow_count) == (1, 1)
    assert len(told(reader)) == 1


def test_what_is_not_followed_any_more_is_not_told_of_and_a_second_time_changes_nothing(reader):
    policy = followed_policy(reader)
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=None)
    assert len(told(reader)) == 1
    assert unfollow(reader, policy)
    assert not unfollow(reader, policy)
    reader.refresh_from_db()
    assert reader.follow_count == 0
    assert told(reader) == []


def test_the_number_forgets_what_is_not_followed_any_more(reader):
    kept, ended = followed_policy(reader), followed_policy(reader)
    for policy in (kept, ended):
        status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=None)
    reader.refresh_from_db()
    assert following_of(reader, scope_of(reader)).unread == 2
    unfollow(reader, ended)
    assert following_of(reader, scope_of(reader)).unread == 1


def test_a_hidden_precedent_makes_no_notice_even_of_a_key_that_was_found(home):
    stranger = factories.user(Role.WINDOW)
    policy = followed_policy(stranger)
    cited = factories.citation(policy.versions.get().clauses.get())
    precedent = factories.published(owner=home, audience=Audience.DEPARTMENT, citations=(cited,))
    precedent_retire(precedent, reason="不用了", actor=None)
    keys = list(AuditEvent.objects.values_list("pk", flat=True))
    assert notices_of(keys, user=stranger.pk, scope=scope_of(stranger)) == []


def test_who_follows_again_begins_anew(reader):
    policy = followed_policy(reader)
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=None)
    unfollow(reader, policy)
    follow(reader, policy, scope=scope_of(reader))
    assert told(reader) == []


def test_neither_following_nor_reading_leaves_an_event(reader):
    policy = factories.clause().version.policy
    before = AuditEvent.objects.count()
    follow(reader, policy, scope=scope_of(reader))
    notices_read(reader)
    unfollow(reader, policy)
    assert AuditEvent.objects.count() == before


def test_more_than_the_bound_is_refused_and_says_what_to_do(reader, monkeypatch):
    monkeypatch.setattr(services, "MOST_FOLLOWED", 1)
    followed_policy(reader)
    with pytest.raises(RuleBroken, match="取消几项再来") as error:
        follow(reader, factories.matter(), scope=scope_of(reader))
    assert error.value.code == "too_many"


def test_the_database_keeps_a_follow_to_one_thing(reader):
    policy, matter = factories.clause().version.policy, factories.matter()
    for things in ({}, {"policy": policy, "matter": matter}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Follow.objects.create(user=reader, created_at=clock.now(), since_event=0, **things)
    Follow.objects.create(user=reader, policy=policy, created_at=clock.now(), since_event=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(user=reader, policy=policy, created_at=clock.now(), since_event=0)


def test_read_is_what_the_page_showed_and_not_what_came_meanwhile(reader):
    policy = followed_policy(reader)
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=None)
    shown = newest_event()
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.REPEALED), actor=None)
    reader.refresh_from_db()
    assert following_of(reader, scope_of(reader)).unread == 2
    notices_read(reader, until=shown)
    assert following_of(reader, scope_of(reader)).unread == 1
    assert len(told(reader)) == 2, "what was read stays on the page"


@pytest.mark.parametrize("until", [-1, 0])
def test_the_mark_never_goes_back(reader, until):
    followed_policy(reader)
    notices_read(reader)
    mark = Reading.objects.get().seen_event
    notices_read(reader, until=until)
    assert Reading.objects.get().seen_event == mark == newest_event()


def test_the_mark_never_goes_ahead_of_the_trail(reader):
    policy = followed_policy(reader)
    notices_read(reader, until=10**15)
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=None)
    reader.refresh_from_db()
    assert following_of(reader, scope_of(reader)).unread == 1


def test_the_number_is_counted_on_from_what_was_counted(reader, django_assert_num_queries):
    policy = followed_policy(reader)
    reader.refresh_from_db()
    scope = scope_of(reader)
    for count, status in enumerate((PolicyStatus.AMENDED, PolicyStatus.REPEALED, PolicyStatus.EXPIRED), start=1):
        status_fact_confirm(policy, StatusFacts(status=status), actor=None)
        with django_assert_num_queries(1):
            assert following_of(reader, scope).unread == count


def test_the_number_ends_at_99_plus(reader):
    policy = followed_policy(reader)
    for _ in range(MOST + 5):
        record(Action.STATUS_CONFIRMED, policy, after={"status": "amended"})
    reader.refresh_from_db()
    counted = following_of(reader, scope_of(reader))
    assert (counted.unread, counted.label) == (MOST, "99+")


def test_a_trail_that_was_restored_from_a_backup_is_counted_anew(reader):
    policy = followed_policy(reader)
    reader.refresh_from_db()
    for status in (PolicyStatus.AMENDED, PolicyStatus.REPEALED):
        status_fact_confirm(policy, StatusFacts(status=status), actor=None)
    scope = scope_of(reader)
    assert following_of(reader, scope).unread == 2
    AuditEvent.objects.filter(pk=newest_event()).delete()
    assert following_of(reader, scope).unread == 1


def test_the_page_looks_at_the_newest_events_and_says_that_there_are_more(reader):
    policy = followed_policy(reader)
    for number in range(LOOKED_AT + 3):
        record(Action.STATUS_CONFIRMED, policy, after={"status": "amended", "from_on": f"第{number}次"})
    page = notices_for_page(reader, scope_of(reader), page=1, on=DAY)
    assert page.is_cut
    assert page.page.total == LOOKED_AT
    assert page.days[0].notices[0].note == f"第{LOOKED_AT + 2}次 起"


def test_what_few_of_a_long_trail_tell_is_found_behind_the_window_too(reader, monkeypatch):
    policy = followed_policy(reader)
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=None)
    for _ in range(5):
        record(Action.SIGNED_IN, reader, actor=reader)
    monkeypatch.setattr(selectors, "WINDOW", 3)
    assert [word for word, _ in told(reader)] == ["时效：已被修改"]


def test_the_first_follow_begins_at_the_end_of_the_trail(reader):
    """Or the first page would look through all that ever happened."""
    for _ in range(2):
        factories.clause()
        policy = followed_policy(reader)
        mark = newest_event()
        assert (reader.reading.seen_event, reader.reading.digested_event) == (mark, mark)
        unfollow(reader, policy)
        reader = User.objects.get(pk=reader.pk)


def test_a_further_follow_leaves_the_marks_where_they_are(reader):
    policy = followed_policy(reader)
    mark = newest_event()
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=None)
    followed_policy(reader)
    daily_mail_set(reader, "a@example.org", scope=scope_of(reader))
    assert Reading.objects.get().seen_event == mark
    assert len(told(reader)) == 1


def test_the_list_says_how_each_thing_stands_and_what_changed_last(reader, home):
    matter = followed_matter(reader)
    policy = followed_policy(reader)
    factories.published(owner=home, matter=matter)
    status_fact_confirm(policy, StatusFacts(status=PolicyStatus.REPEALED, from_on=dt.date(2020, 1, 1)), actor=None)
    first, second = notices_for_page(reader, scope_of(reader), page=1, on=clock.today()).lines
    assert (first.kind, first.validity.label, first.newest.word, first.unread) == (
        "policy",
        "已废止",
        "时效：已废止",
        1,
    )
    assert (second.kind, second.count, second.newest.word, second.unread) == ("matter", 1, "新案例", 1)


@pytest.mark.parametrize(
    "after", [{}, {"status": "nonsense"}, {"status": None, "from_on": None, "clauses": "x"}, {"clauses": [1] * 9}]
)
def test_events_whose_words_are_not_known_are_told_all_the_same(reader, after):
    policy, matter = followed_policy(reader), followed_matter(reader)
    precedent = factories.published(matter=matter)
    for action, thing in (
        (Action.STATUS_CONFIRMED, policy), (Action.STATUS_WITHDRAWN, policy), (Action.PRECEDENT_DOUBTED, precedent),
        (Action.PRECEDENT_VERIFIED, precedent), (Action.PRECEDENTS_IMPORTED, precedent.owner_department),
    ):  # fmt: skip
        record(action, thing, after=after)
    assert len(told(reader)) == 5


def test_an_account_that_goes_takes_its_follows_along(reader):
    followed_policy(reader)
    Follow.objects.create(user=factories.user(), matter=factories.matter(), created_at=clock.now(), since_event=0)
    User.objects.filter(pk=reader.pk).delete()
    assert Follow.objects.count() == 1
    assert not Reading.objects.exists()


def test_who_reads_no_content_follows_nothing():
    admin = factories.user(Role.AUDIT_ADMIN)
    with pytest.raises(NotAllowed):
        follow(admin, factories.matter(), scope=scope_of(admin))
    with pytest.raises(NotAllowed):
        daily_mail_set(admin, "a@example.org", scope=scope_of(admin))
    assert not Follow.objects.exists()


@pytest.mark.parametrize(
    "address", ["x", "a@b", "a b@example.org", "a@example.org\nBcc: b@example.org", "x" * 300 + "@e.org"]
)
def test_what_is_no_address_is_refused(reader, address):
    with pytest.raises(RuleBroken):
        daily_mail_set(reader, address, scope=scope_of(reader))
    reader.refresh_from_db()
    assert reader.email == ""


def test_mail_leaves_for_the_domains_of_the_hall_alone(reader, settings):
    settings.CASELIB_MAIL_DOMAINS = ("hall.example",)
    with pytest.raises(RuleBroken, match=r"hall\.example"):
        daily_mail_set(reader, "a@elsewhere.example", scope=scope_of(reader))
    assert daily_mail_set(reader, " a@HALL.example ", scope=scope_of(reader)).email == "a@HALL.example"


def test_setting_an_address_leaves_an_event_without_the_address(reader):
    daily_mail_set(reader, "a@example.org", scope=scope_of(reader))
    daily_mail_set(reader, "a@example.org", scope=scope_of(reader))
    event = AuditEvent.objects.get(action=Action.MAIL_SET)
    assert (event.before, event.after) == ({"on": False}, {"on": True})


def changed(precedent, home, significance: str, **values):
    author = factories.user(Role.EDITOR, within=home)
    revision = revision_start(precedent, author=author)
    content = dataclasses.replace(content_of(revision), **values)
    revision_save(revision, content, lock_version=revision.lock_version, editor=author)
    revision_submit(revision, lock_version=revision.lock_version, actor=author)
    revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=factories.user(Role.REVIEWER, within=home),
        digest_seen=revision.content_digest,
        comment="核对过",
        significance=significance,
    )
    precedent.refresh_from_db()


def test_a_small_change_is_told_to_nobody_and_a_substantial_one_by_its_name(reader, home):
    matter = factories.matter()
    precedent = factories.published(owner=home, matter=matter)
    follow(reader, matter, scope=scope_of(reader))
    changed(precedent, home, "minor", gist="改了一个错字。")
    assert told(reader) == []
    changed(precedent, home, "substantial", gist="要件变了。")
    page = notices_for_page(reader, scope_of(reader), page=1, on=clock.today())
    assert [(notice.word, notice.note) for notice in page.days[0].notices] == [("案例改了", "第 3 版，实质改动")]
