"""Saved searches: what is new or changed is told once, to who may see it, as often as was wished."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.http import QueryDict

from caselib.core import clock
from caselib.core.errors import NotAllowed, RuleBroken
from caselib.following import services
from caselib.following.models import SavedSearch, SearchNews
from caselib.following.searches import services as saving
from caselib.following.searches.asked import asked_from, asked_of, gone_in, words_of
from caselib.following.searches.checking import LAG, MOST_KNOWN, is_due, search_told, searches_check
from caselib.following.searches.selectors import searches_for_page, searches_told
from caselib.following.searches.services import search_edit, search_looked, search_save
from caselib.following.unread import following_of
from caselib.orgs.models import Role, User
from caselib.orgs.scope import scope_of
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Significance
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.precedents.visibility import Audience
from caselib.precedents.withholding import precedent_withhold
from caselib.search.live import live_engine
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]
START = dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
QUESTION = "q=前租户没有注销"


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def reader(home):
    return factories.user(Role.WINDOW, within=home)


@pytest.fixture
def travel():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def save(reader, address: str = QUESTION, *, name: str = "", frequency: str = "at_once") -> SavedSearch:
    return search_save(reader, asked_from(QueryDict(address)), name=name, frequency=frequency, scope=scope_of(reader))[
        0
    ]


def check(index, travel, after: dt.timedelta = HOUR) -> int:
    """The library's index is brought up, then the command runs some time later. How many things were told."""
    index.refresh()
    travel.shift(after)
    return sum(checked.told for checked in searches_check())


def change(precedent, significance: str = Significance.SUBSTANTIAL, **values) -> None:
    owner = precedent.owner_department
    editor, reviewer = (factories.user(role, within=owner) for role in (Role.EDITOR, Role.REVIEWER))
    precedent.refresh_from_db()
    draft = revision_start(precedent, author=editor)
    content = content_of(draft)
    values = values or {"gist": f"{content.gist}改了。"}
    draft = revision_save(
        draft, type(content)(**{**{name: getattr(content, name) for name in content.__dataclass_fields__}, **values}),
        lock_version=draft.lock_version, editor=editor,
    )  # fmt: skip
    draft = revision_submit(draft, lock_version=draft.lock_version, actor=editor)
    revision_approve(
        draft, lock_version=draft.lock_version, reviewer=reviewer, digest_seen=draft.content_digest, comment="核对过",
        significance=significance,
    )  # fmt: skip


def told(reader) -> list[tuple[str, str]]:
    """(what happened, to what) as the page of notices says it; the number of the header has to agree."""
    searches = searches_told(reader.pk, scope_of(reader))
    reader.refresh_from_db()
    assert following_of(reader, scope_of(reader)).unread == sum(each.count for each in searches)
    return [(found.word, found.title) for each in searches for found in each.found]


def test_what_is_there_already_is_no_news_and_what_comes_is_told_once(index, travel, reader):
    factories.published(title="早就有的")
    index.refresh()
    travel.shift(HOUR)
    save(reader)
    assert check(index, travel) == 0
    factories.published(title="新来的")
    assert check(index, travel) == 1
    assert told(reader) == [("新增", "新来的")]
    assert check(index, travel) == 0
    assert told(reader) == [("新增", "新来的")]
    services.notices_read(reader)
    assert told(reader) == []
    assert check(index, travel) == 0


def test_a_change_in_substance_is_told_and_a_typo_is_not(index, travel, reader):
    precedent = factories.published(title="会改的")
    index.refresh()
    travel.shift(HOUR)
    save(reader)
    travel.shift(HOUR)
    change(precedent, significance=Significance.MINOR)
    assert check(index, travel) == 0
    change(precedent)
    assert check(index, travel) == 1
    assert told(reader) == [("有改动", "会改的")]


def test_what_changes_again_before_anybody_looked_is_one_line_and_stays_new(index, travel, reader):
    save(reader)
    travel.shift(HOUR)
    precedent = factories.published(title="新来的")
    assert check(index, travel) == 1
    change(precedent)
    assert check(index, travel) == 1
    assert told(reader) == [("新增", "新来的")]
    search_looked(SavedSearch.objects.get(), until=clock.now())
    travel.shift(HOUR)
    change(precedent)
    assert check(index, travel) == 1
    assert told(reader) == [("有改动", "新来的")]


def test_what_came_while_the_page_was_open_stays_new(index, travel, reader):
    search = save(reader)
    opened = clock.now()
    travel.shift(HOUR)
    factories.published(title="后来的")
    assert check(index, travel) == 1
    search_looked(search, until=opened)
    assert told(reader) == [("新增", "后来的")]


@pytest.mark.parametrize("away", ["withheld", "retired"])
def test_a_hit_that_turned_invisible_is_not_told(index, travel, reader, away):
    save(reader)
    travel.shift(HOUR)
    precedent = factories.published(title="会没有的")
    assert check(index, travel) == 1
    editor = factories.user(Role.EDITOR, within=precedent.owner_department)
    if away == "withheld":
        precedent_withhold(precedent, reason="有人的手机号", actor=editor)
    else:
        precedent_retire(precedent, reason="政策变了", actor=editor)
    assert told(reader) == []
    (line,) = searches_for_page(reader.pk, scope_of(reader))
    assert (line.new, line.changed) == (0, 0)


def test_a_search_is_asked_with_what_its_owner_may_see_now(index, travel, reader, home):
    stranger = factories.user(Role.WINDOW)
    save(reader)
    save(stranger)
    travel.shift(HOUR)
    factories.published(title="本部门的", owner=home, audience=Audience.DEPARTMENT)
    assert check(index, travel) == 1
    assert (told(reader), told(stranger)) == ([("新增", "本部门的")], [])
    reader.memberships.all().delete()
    assert searches_told(reader.pk, scope_of(reader)) == ()


def test_filters_hold_as_the_address_has_them(index, travel, reader):
    wanted, other = factories.theme("主题甲"), factories.theme("主题乙")
    save(reader, "theme=主题甲&sort=newest&page=7&from=x&made=up")
    assert SavedSearch.objects.get().address == "theme=%E4%B8%BB%E9%A2%98%E7%94%B2&sort=newest"
    travel.shift(HOUR)
    factories.published(title="要的", theme=wanted)
    factories.published(title="不要的", theme=other)
    assert check(index, travel) == 1
    assert told(reader) == [("新增", "要的")]


def test_a_filter_that_is_no_more_is_said_by_name(reader):
    factories.theme("还在的")
    asked = asked_of("q=x&theme=还在的&theme=没有了&year=2024&result_type=solved_x&colour=red&sort=odd&typed=sounds")
    (gone,) = gone_in([asked])
    assert gone == ("事项主题：没有了", "结果：solved_x", "colour：red", "sort：odd")
    assert words_of(asked) == ("事项主题：还在的", "事项主题：没有了", "年份：2024", "结果：solved_x")


@pytest.mark.parametrize(
    ("frequency", "after", "due"),
    [("at_once", 0, True), ("daily", 1, False), ("daily", 24, True), ("weekly", 6 * 24, False), ("weekly", 7 * 24, True),
     ("off", 1000, False)],
)  # fmt: skip
def test_it_is_asked_as_often_as_was_wished(travel, reader, frequency, after, due):
    search = save(reader, frequency=frequency)
    assert is_due(search, now=START + after * HOUR) is due


def test_a_day_is_one_of_the_hall(travel, reader):
    search = save(reader, frequency="daily")
    search.checked_at = dt.datetime(2026, 11, 30, 15, 59, tzinfo=dt.UTC)
    assert is_due(search, now=dt.datetime(2026, 11, 30, 16, 1, tzinfo=dt.UTC))


def test_nothing_is_asked_while_the_library_stands_still(index, travel, reader, monkeypatch):
    factories.published()
    index.refresh()
    save(reader)
    travel.shift(LAG + HOUR)
    assert [checked.asked for checked in searches_check()] == [True], "young enough for an index that is late"
    travel.shift(HOUR)
    assert [checked.asked for checked in searches_check()] == [False]


def test_an_index_that_cannot_be_read_loses_nothing(index, travel, reader):
    save(reader)
    travel.shift(HOUR)
    factories.published(title="新来的")
    index.refresh()
    index.remove()
    assert [(checked.failed, checked.told) for checked in searches_check()] == [(True, 0)]
    with pytest.raises(SystemExit):
        call_command("saved_searches_check")
    live_engine().create()
    factories.published(title="新来的二")
    assert check(index, travel) == 1


def test_one_that_nothing_fits_tells_of_nothing_near(index, travel, reader):
    save(reader, "q=火星移民签证怎么办")
    travel.shift(HOUR)
    factories.published()
    assert check(index, travel) == 0


def test_saved_twice_is_one_and_there_is_an_end(reader, monkeypatch):
    first = save(reader)
    again, is_new = search_save(
        reader, asked_from(QueryDict(QUESTION)), name="别的", frequency="off", scope=scope_of(reader)
    )
    assert (again, is_new, SavedSearch.objects.count()) == (first, False, 1)
    reader.refresh_from_db()
    assert reader.follow_count == 1
    monkeypatch.setattr(saving, "MOST_SAVED", 1)
    with pytest.raises(RuleBroken, match="最多存 1 个搜索"):
        save(reader, "q=别的")
    saving.search_delete(first)
    reader.refresh_from_db()
    assert reader.follow_count == 0


@pytest.mark.parametrize(
    ("address", "code"),
    [("", "nothing_asked"), ("page=2", "nothing_asked"), ("q=13800138000", "personal_data"),
     ("q=a&theme=13800138000", "personal_data"), (f"q={'长' * 301}", "too_long"),
     ("&".join(f"theme=主题{n}" for n in range(100)), "too_long")],
)  # fmt: skip
def test_what_is_not_saved(reader, address, code):
    with pytest.raises(RuleBroken) as raised:
        save(reader, address)
    assert (raised.value.code, SavedSearch.objects.count()) == (code, 0)


def test_name_and_frequency_are_checked_and_the_name_is_masked(reader):
    search = save(reader, name="打 13800138000 的")
    assert search.name == "打 〔手机号〕 的"
    with pytest.raises(RuleBroken):
        search_edit(search, name=" ", frequency="daily")
    with pytest.raises(RuleBroken):
        search_edit(search, name="好", frequency="hourly")
    assert search_edit(search, name="好", frequency="off").frequency == "off"


def test_who_reads_no_content_saves_none():
    admin = factories.user(Role.SYSTEM_ADMIN)
    with pytest.raises(NotAllowed):
        save(admin)
    assert SavedSearch.objects.count() == 0


def test_off_tells_nothing_and_what_is_old_goes(index, travel, reader):
    search = save(reader)
    travel.shift(HOUR)
    factories.published()
    assert check(index, travel) == 1
    search_edit(search, name="停", frequency="off")
    assert told(reader) == []
    travel.shift(91 * DAY)
    list(searches_check())
    assert SearchNews.objects.count() == 0


def test_two_checks_at_once_tell_once_and_what_is_remembered_is_bounded(travel, reader):
    search, precedent = save(reader), factories.published()
    hits = {precedent.pk: ("digest", clock.now() + HOUR)}
    assert [search_told(search, hits, now=clock.now()) for _ in range(2)] == [1, 0]
    SavedSearch.objects.update(known={str(n): "x" for n in range(10**6, 10**6 + 2 * MOST_KNOWN)})
    search_told(search, hits, now=clock.now())
    known = SavedSearch.objects.get().known
    assert (len(known), known[str(precedent.pk)]) == (MOST_KNOWN, "digest")


def test_the_daily_mail_tells_it_once(index, travel, reader):
    services.daily_mail_set(reader, "a@example.org", scope=scope_of(reader))
    save(reader, name="前租户", frequency="daily")
    travel.shift(DAY)
    factories.published(title="新来的")
    index.refresh()
    call_command("send_digest")
    (sent,) = mail.outbox
    assert "存的搜索“前租户”：1 件新的或改了的" in sent.body
    assert "新增：新来的" in sent.body
    assert "新来的" not in sent.subject and "1 件新的或改了的" in sent.subject
    travel.shift(DAY)
    call_command("send_digest")
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("gone", ["account", "department"])
def test_no_mail_to_a_closed_account_and_none_about_the_department_that_was_left(index, travel, reader, home, gone):
    services.daily_mail_set(reader, "a@example.org", scope=scope_of(reader))
    save(reader, name="前租户", frequency="daily")
    travel.shift(DAY)
    factories.published(title="本部门的", owner=home, audience=Audience.DEPARTMENT)
    assert check(index, travel) == 1
    if gone == "account":
        User.objects.filter(pk=reader.pk).update(is_active=False)
    else:
        reader.memberships.update(department=factories.department())
    call_command("send_digest")
    assert not mail.outbox
