"""The room of the working-day calendar: a year, a pasted notice, one day, taking back."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from caselib.core import workdays
from caselib.core.holidays import announced_years
from caselib.core.models import CalendarDay
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
ROOM = "/desk/calendar/"
NOTICE, DAY = f"{ROOM}notice/", f"{ROOM}day/"
NEXT = max(announced_years()) + 1
WHOLE = f"""国务院办公厅关于{NEXT}年部分节假日安排的通知
一、元旦：1月1日放假。二、春节：2月6日至12日放假，共7天。三、清明节：4月5日放假。四、劳动节：5月1日至3日放假，共3天。
五、端午节：6月9日放假。六、中秋节：9月15日放假。七、国庆节：10月1日至7日放假，共7天。"""


@pytest.fixture(autouse=True)
def autumn():
    with time_machine.travel(dt.datetime(NEXT - 1, 11, 9, 2, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def client_of(role: Role = Role.DEPARTMENT_ADMIN) -> Client:
    client = Client()
    client.force_login(factories.user(role))
    return client


@pytest.fixture
def keeper() -> Client:
    return client_of()


def text(response) -> str:
    return response.content.decode()


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(code|seen)" value="([^"]*)"', page))


def ticked(page: str) -> list[str]:
    return re.findall(r'name="day" value="([\d-]+)" autocomplete="off" checked', page)


def looked_at(client: Client, notice: str, **values) -> str:
    values = {"text": notice, "year": str(NEXT), "source": "", "do": "look", **values}
    return text(client.post(NOTICE, {**hidden(text(client.get(NOTICE))), **values}))


def entered(client: Client, notice: str, **values):
    page = looked_at(client, notice)
    typed = {"text": notice, "year": str(NEXT), "source": "国办通知", "do": "enter", "day": ticked(page)}
    return client.post(NOTICE, {**hidden(page), **typed, **values})


# --- a year ---


def test_a_year_shows_what_is_worked_on_and_where_it_comes_from(keeper):
    page = text(keeper.get(ROOM, {"year": NEXT - 1}))
    assert "10月1日至7日" in page and "国庆节" in page
    assert 'class="is-worked"' in page and 'class="is-off"' in page
    assert "出自国务院办公厅的放假通知" in page
    assert page.count("<table") == 12


@pytest.mark.parametrize("asked", ["", "abc", "1999", "9999", "２０２６", "2026\x00", "-1"])
def test_a_year_that_is_none_is_this_one(keeper, asked):
    assert keeper.get(ROOM, {"year": asked}).context["screen"].year == NEXT - 1


def test_a_year_that_nobody_entered_says_so_and_counts_weekends(keeper):
    page = text(keeper.get(ROOM, {"year": NEXT}))
    assert f"{NEXT}年的节假日安排还没有录入，只按周末算" in page
    assert 'class="is-off"' not in page


@pytest.mark.parametrize(("month", "is_said"), [(10, False), (11, True), (12, True)])
def test_the_missing_year_is_asked_for_from_november_on(autumn, month, is_said):
    autumn.move_to(dt.datetime(NEXT - 1, month, 9, 2, tzinfo=dt.UTC))
    words = f"明年（{NEXT}年）的节假日还没有录入"
    keeper = client_of()  # signed in after the clock has moved
    for client in (keeper, client_of(Role.WINDOW)):
        assert (words in text(client.get(ROOM))) is is_said
    assert (words in text(keeper.get("/desk/"))) is is_said
    assert words not in text(client_of(Role.EDITOR).get("/desk/")), "only who can enter it is asked"


def test_in_the_year_itself_it_is_asked_for_at_once(autumn):
    autumn.move_to(dt.datetime(NEXT, 3, 2, 2, tzinfo=dt.UTC))
    assert f"今年（{NEXT}年）的节假日还没有录入" in text(client_of(Role.SYSTEM_ADMIN).get("/desk/"))


# --- a notice ---


def test_a_notice_is_shown_before_anything_is_entered(keeper):
    page = looked_at(keeper, WHOLE)
    assert len(ticked(page)) == 21
    assert "其中 21 天和现在的日历不一样" in page
    assert not CalendarDay.objects.exists()


def test_what_was_confirmed_holds_and_the_year_is_known(keeper):
    response = entered(keeper, WHOLE)
    assert (response.status_code, response["Location"]) == (302, f"{ROOM}?year={NEXT}")
    page = text(keeper.get(ROOM, {"year": NEXT}))
    assert "录好了 21 天。" in page
    assert "还没有录入" not in page
    assert "国办通知" in page and "10月1日至7日" in page
    assert workdays.known_until() == dt.date(NEXT, 12, 31)
    assert "还没有录入" not in text(keeper.get("/desk/"))


def test_only_ticked_days_are_entered_and_what_is_missing_is_told(keeper):
    day = f"{NEXT}-01-01"
    assert entered(keeper, WHOLE, day=[day, "2026-99-99", "x"]).status_code == 302
    assert [row.on.isoformat() for row in CalendarDay.objects.all()] == [day]
    words = "还缺：春节、清明节、劳动节、端午节、中秋节、国庆节"
    assert words in text(keeper.get(ROOM))


def test_nothing_ticked_enters_nothing_and_keeps_the_text(keeper):
    response = entered(keeper, WHOLE, day=[])
    assert response.status_code == 422
    assert "一天也没有选，什么都没有录。" in text(response)
    assert "一、元旦：1月1日放假" in text(response)


def test_what_does_not_fit_has_to_be_looked_at_before_it_is_entered(keeper):
    weekday = "二三四五六日一"[dt.date(NEXT, 10, 1).weekday()]
    wrong = f"国庆节：10月1日（星期{weekday}）至7日放假，共8天。"
    page = looked_at(keeper, wrong)
    assert "2 处对不上" in page
    refused = entered(keeper, wrong)
    assert (refused.status_code, "还有对不上的地方" in text(refused)) == (422, True)
    assert not CalendarDay.objects.exists()
    assert entered(keeper, wrong, sure="1").status_code == 302
    assert CalendarDay.objects.count() == 7


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        ("", "还没有贴通知"),
        ("各位同事，节日快乐。", "没有读出哪天放假、哪天上班"),
        ("😀" * 300, "没有读出"),
        ("一" * 20_001, "最多 20,000 个字，现在 20,001 个"),
    ],
)
def test_a_text_that_is_no_notice_is_told_what_to_do(keeper, notice, words):
    response = keeper.post(NOTICE, {"text": notice, "year": str(NEXT), "do": "enter"})
    assert response.status_code == 422
    assert words in text(response)
    assert (notice[:5] or "看一看") in text(response)


def test_the_second_tab_keeps_its_text_and_enters_nothing(keeper):
    page = looked_at(keeper, WHOLE)
    entered(keeper, "元旦：1月4日放假。")
    typed = {"text": WHOLE, "year": str(NEXT), "source": "国办通知", "do": "enter", "day": ticked(page)}
    response = keeper.post(NOTICE, {**hidden(page), **typed})
    assert response.status_code == 409
    assert "有人先改了日历" in text(response) and "二、春节" in text(response)
    assert CalendarDay.objects.count() == 1
    # What was drawn anew carries what was read now.
    assert keeper.post(NOTICE, {**typed, **hidden(text(response)), "day": ticked(text(response))}).status_code == 302


def test_a_double_click_enters_once(keeper):
    page = looked_at(keeper, WHOLE)
    typed = {"text": WHOLE, "year": str(NEXT), "source": "国办通知", "do": "enter", "day": ticked(page), **hidden(page)}
    assert [keeper.post(NOTICE, typed).status_code for _ in range(2)] == [302, 302]
    assert CalendarDay.objects.count() == 21


def test_personal_data_in_the_source_is_not_kept(keeper):
    entered(keeper, WHOLE, source="王芳 13800138000 转来的通知")
    assert "13800138000" not in text(keeper.get(ROOM, {"year": NEXT}))


# --- one day ---


def test_a_day_is_entered_and_taken_back(keeper):
    form = hidden(text(keeper.get(DAY)))
    typed = {"on": f"{NEXT - 1}年１１月１０日", "works": "0", "name": "停电", "source": "市里通知"}
    assert keeper.post(DAY, {**form, **typed}).status_code == 302
    row = CalendarDay.objects.get()
    assert (row.on, row.is_working) == (dt.date(NEXT - 1, 11, 10), False)
    page = text(keeper.get(ROOM))
    assert "停电" in page and "市里通知" in page and " is-own" in page
    back = {"entry": row.entry, "seen": "1", "year": str(NEXT - 1)}
    assert "撤回了 1 天。" in text(keeper.post(f"{ROOM}withdraw/", back, follow=True))
    assert "已经撤回过了" in text(keeper.post(f"{ROOM}withdraw/", back, follow=True))
    assert not CalendarDay.objects.live().exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"on": ""}, "写一写是哪一天。"),
        ({"on": "2月30日"}, "不是日期"),
        ({"on": "1999-01-04"}, "1999-01-04 不能录"),
        ({"works": ""}, "选放假还是上班。"),
        ({"name": "长" * 33}, "名称最多 32 个字。"),
        ({"source": "\x00 "}, "写一写依据"),
        ({"source": "源" * 20_000}, "依据最多 120 个字"),
    ],
)
def test_a_wrong_day_is_told_and_all_that_was_typed_stays(keeper, wrong, words):
    typed = {"on": f"{NEXT - 1}-11-10", "works": "0", "name": "停电停水", "source": "市里通知", **wrong}
    response = keeper.post(DAY, {**hidden(text(keeper.get(DAY))), **typed})
    page = text(response)
    assert response.status_code == 422
    assert words in page
    assert ("停电停水" in page) or "name" in wrong
    assert not CalendarDay.objects.exists()


def test_taking_back_from_an_old_page_is_refused(keeper):
    keeper.post(DAY, {"seen": "0", "on": f"{NEXT - 1}-11-10", "works": "0", "source": "通知"})
    entry = CalendarDay.objects.get().entry
    response = keeper.post(f"{ROOM}withdraw/", {"entry": entry, "seen": "0", "year": str(NEXT - 1)})
    assert (response.status_code, "有人先改了日历" in text(response)) == (409, True)
    assert keeper.post(f"{ROOM}withdraw/", {"entry": "\x00", "seen": "x"}).status_code == 302
    assert CalendarDay.objects.live().count() == 1
