"""Answers of other packages: collected in one place, counted in the header, told once, in the daily mail too."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.db.models import DateTimeField, QuerySet, Value
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.core.told import Told
from caselib.following import answers, services
from caselib.following.digest import digests_send
from caselib.following.selectors import notices_for_page
from caselib.following.unread import following_of
from caselib.orgs.models import Role, User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.orgs.services import user_asked
from caselib.training.people import told as training
from tests import factories

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def reader():
    return asking(factories.user(Role.WINDOW))


def asking(user: User) -> User:
    """Somebody who asked something once."""
    user_asked(user.pk)
    user.refresh_from_db()
    return user


class Package:
    """A package below that hands up one answer, to one reader."""

    def __init__(self, row: Told, reader: User) -> None:
        self.row, self.reader = row, reader

    def answers_for(self, scope: ViewerScope) -> tuple[Told, ...]:
        return (self.row,) if scope.user_id == self.reader.pk else ()

    def answered_at(self, scope: ViewerScope) -> QuerySet:
        asked = User.objects.filter(pk=self.reader.pk).filter(pk=scope.user_id).order_by()
        return asked.values_list(Value(self.row.at, output_field=DateTimeField()))


@pytest.fixture
def told(monkeypatch, reader) -> list[Told]:
    """What packages below hand up to the reader, and to nobody else."""

    class Rows(list):
        def __iter__(self):
            return (Package(row, reader) for row in list.__iter__(rows))

    rows: list[Told] = []
    monkeypatch.setattr(answers, "SOURCES", Rows())
    return rows


def answer(minute: int = 0, title: str = "您报的过期") -> Told:
    return Told(START + minute * MINUTE, title, "改好了", "pages:matters")


@pytest.fixture
def travel():
    with time_machine.travel(START + dt.timedelta(hours=1), tick=False) as traveller:
        yield traveller


def test_packages_hand_up_what_came_of_reports_gaps_and_consultations_and_what_training_has_to_tell(reader):
    assert [source.__name__ for source in answers.SOURCES[:3]] == [
        "caselib.reuse.reports.selectors", "caselib.search.gaps.selectors", "caselib.consulting.selectors",
    ]  # fmt: skip
    assert answers.SOURCES[3:] == training.SOURCES
    for source in answers.SOURCES:
        assert source.answers_for(scope_of(reader)) == ()
        assert list(source.answered_at(scope_of(reader))) == []


def test_answers_are_listed_newest_first_and_counted_until_they_are_read(told, reader, travel):
    told += [answer(0, "先问的"), answer(5, "后问的")]
    page = notices_for_page(reader, scope_of(reader), page=1, on=dt.date(2026, 11, 30))
    assert [(each.title, each.is_new, each.address) for each in page.answers] == [
        ("后问的", True, "/matters/"), ("先问的", True, "/matters/"),
    ]  # fmt: skip
    assert (page.unread, following_of(reader, scope_of(reader)).unread) == (2, 2)
    services.notices_read(reader, moment=START + MINUTE)
    assert following_of(reader, scope_of(reader)).unread == 1
    services.notices_read(reader)
    assert following_of(reader, scope_of(reader)).unread == 0
    page = notices_for_page(reader, scope_of(reader), page=1, on=dt.date(2026, 11, 30))
    assert [each.is_new for each in page.answers] == [False, False]


def test_the_mark_never_goes_back_and_none_reaches_the_future(told, reader, travel):
    told += [answer(0)]
    services.notices_read(reader, moment=START + dt.timedelta(days=999))
    services.notices_read(reader, moment=START - dt.timedelta(days=999))
    reader.reading.refresh_from_db()
    assert reader.reading.seen_at == START + dt.timedelta(hours=1)


def test_the_answers_of_all_packages_are_asked_for_with_one_query_a_minute(told, reader, travel):
    told += [answer(0), answer(1)]
    for user, unread in ((asking(factories.user(Role.WINDOW)), 0), (reader, 2)):
        scope = scope_of(user)
        for queries in (1, 0):
            with CaptureQueriesContext(connection) as captured:
                assert following_of(user, scope).unread == unread
            assert len(captured) == queries


def test_who_never_asked_anything_pays_nothing(told):
    user = factories.user(Role.WINDOW)
    with CaptureQueriesContext(connection) as captured:
        assert following_of(user, scope_of(user)).unread == 0
    assert [query for query in captured.captured_queries if "membership" not in query["sql"]] == []


def test_the_page_shows_them_and_says_so_in_the_header(told, reader, travel):
    told += [answer(0, "<b>标题</b>")]
    client = Client()
    client.force_login(reader)
    text = client.get("/notices/").content.decode()
    assert "您问的有回音" in text and "&lt;b&gt;标题&lt;/b&gt;" in text
    assert '关注<span class="count">1' in text
    client.post("/notices/read/", {"until": "0", "moment": "2026-11-30T11:00:00+08:00"})
    assert 'class="count"' not in client.get("/notices/").content.decode()


@pytest.mark.parametrize("moment", ["", "x", "2026-11-30", "9999-99-99T00:00:00Z", "２０２６", "1" * 5000])
def test_a_moment_that_is_none_reads_what_there_is_now(told, reader, travel, moment):
    told += [answer(0)]
    client = Client()
    client.force_login(reader)
    assert client.post("/notices/read/", {"until": "0", "moment": moment}).status_code == 302
    assert following_of(reader, scope_of(reader)).unread == 0


def test_the_daily_mail_tells_each_once_by_its_title_alone(told, reader, travel):
    travel.move_to(START - MINUTE)
    told += [answer(-5, "开邮件以前的")]
    services.daily_mail_set(reader, "a@example.org", scope=scope_of(reader))
    travel.shift(2 * MINUTE)
    told.insert(0, answer(0))
    assert len(list(digests_send())) == 1
    assert "有回音：您报的过期" in mail.outbox[0].body
    assert "开邮件以前的" not in mail.outbox[0].body
    assert "改好了" not in mail.outbox[0].body and "过期" not in mail.outbox[0].subject
    travel.shift(dt.timedelta(days=1))
    assert list(digests_send()) == []
    told.insert(0, answer(24 * 60 + 30, "又一个"))
    travel.shift(dt.timedelta(days=1))
    assert len(list(digests_send())) == 1
    assert "您报的过期" not in mail.outbox[1].body
