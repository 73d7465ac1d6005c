"""工作日历: reading a year, pasting a notice (read, looked at, confirmed), entering one day, taking back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core import clock, workdays
from caselib.core.dates import read_day
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.ids import new_code
from caselib.core.personal_data import mask
from caselib.core.text import clean

from . import keeping, screens
from .access import may_keep_calendar, may_see_calendar
from .asking import missing_year
from .keeping import Changed
from .notice import LONGEST, NAME_LENGTH, NoticeDay, Read, read_notice

HERE = "calendar"
GET_OR_POST = ["GET", "HEAD", "POST"]
_ENTERED = "录好了 {days} 天。"
_ENTERED_MOVED = "录好了 {days} 天，{points} 个复核、{tickets} 件工单反馈、{asked} 件纠错、缺口和会商的到期日跟着变了。"
_WITHDRAWN = "撤回了 {days} 天。"
_WITHDRAWN_MOVED = (
    "撤回了 {days} 天，{points} 个复核、{tickets} 件工单反馈、{asked} 件纠错、缺口和会商的到期日跟着变了。"
)
_NOTHING_LEFT = "已经撤回过了，没有再动。"
_TITLE = "国务院办公厅关于{year}年部分节假日安排的通知"


@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """A year as twelve months, with where each day comes from."""
    may_see_calendar(request.scope).require()
    return _year(request, request.GET.get("year", ""))


def _year(request: HttpRequest, asked: str, *, wrong: str = "", status: int = 200) -> HttpResponse:
    today = clock.today()
    screen = screens.year_screen(request.scope, screens.year_asked(asked, on=today), on=today, wrong=wrong)
    return render(request, "calendar/year.html", {"screen": screen, "here": HERE}, status=status)


@require_http_methods(GET_OR_POST)
def notice(request: HttpRequest) -> HttpResponse:
    """The text of a notice: read and shown first (看一看), entered when somebody confirms (录入)."""
    may_keep_calendar(request.scope).require()
    today = clock.today()
    if request.method != "POST":
        asked = request.GET.get("year", "")
        wanted = screens.year_asked(asked, on=today) if asked else missing_year(today) or today.year
        return _notice(request, {"text": "", "source": "", "year": str(wanted)}, code=new_code())
    typed = {name: clean(request.POST.get(name, "")) for name in ("text", "source", "year")}
    code, is_sure = request.POST.get("code", ""), request.POST.get("do") == "enter"
    if len(typed["text"]) > LONGEST:
        error = f"最多 {LONGEST:,} 个字，现在 {len(typed['text']):,} 个。没有读，您贴的还在；只留放假安排那几段再看。"
        return _notice(request, typed, code=code, errors={"text": error}, status=422)
    read = read_notice(typed["text"], year=screens.year_asked(typed["year"], on=today) if typed["year"] else None)
    if not read.days:
        return _notice(request, typed, code=code, errors={"text": _nothing(typed["text"])}, read=read, status=422)
    typed["source"] = typed["source"].strip() or _source_of(read)
    return _enter(request, typed, read, code=code) if is_sure else _notice(request, typed, code=code, read=read)


def _nothing(text: str) -> str:
    if not text.strip():
        return "还没有贴通知。把放假安排那几段贴进来，再点“看一看”。"
    return "没有读出哪天放假、哪天上班。通知里要有“10月1日至8日放假”这样的话；也可以一天一天录。"


def _source_of(read: Read) -> str:
    """What a notice is called, for a form that left it empty; nothing for a text that does not say what it is."""
    if not read.is_titled:
        return read.number
    title = _TITLE.format(year=read.year)
    return f"{title}（{read.number}）" if read.number else title


def _enter(request: HttpRequest, typed: dict[str, str], read: Read, *, code: str) -> HttpResponse:
    chosen, days = screens.chosen_of(request.POST.getlist("day"), read)
    shown = {"code": code, "read": read, "chosen": chosen}
    if read.doubts and request.POST.get("sure") != "1":
        wrong = {"sure": "还有对不上的地方，什么都没有录。核对过，勾上再点“录入”。"}
        return _notice(request, typed, **shown, errors=wrong, status=422)
    try:
        changed = keeping.days_enter(days, source=typed["source"], seen=_seen(request), actor=request.user, code=code)
    except RuleBroken as error:
        return _notice(request, typed, **shown, errors={error.field: error.message}, status=error.status)
    except StaleState as error:
        return _notice(request, typed, **shown, stale=error.message, status=error.status)
    return _done(request, read.year or days[0].on.year, changed, frames=(_ENTERED, _ENTERED_MOVED))


def _notice(
    request: HttpRequest,
    typed: dict[str, str],
    *,
    code: str,
    read: Read | None = None,
    chosen: frozenset | None = None,
    errors: dict[str, str] | None = None,
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    calendar, today = workdays.calendar_read(), clock.today()
    days = screens.proposed(calendar, read, chosen) if read else ()
    screen = screens.NoticeScreen(
        typed=typed,
        code=code,
        generation=calendar.generation,
        years=tuple(range(today.year - 1, today.year + keeping.YEARS_AHEAD + 1)),
        read=read,
        days=days,
        missing=screens.still_missing(calendar, read, days) if read else (),
        errors=errors or {},
        stale=stale,
    )
    return render(request, "calendar/notice.html", {"screen": screen, "here": HERE}, status=status)


@require_http_methods(GET_OR_POST)
def day(request: HttpRequest) -> HttpResponse:
    """One day: worked on or not, against the weekday or against what is there."""
    may_keep_calendar(request.scope).require()
    typed = {name: clean(request.POST.get(name, ""))[:1000] for name in ("on", "works", "name", "source")}
    code = request.POST.get("code", "")
    if request.method != "POST":
        return _day(request, typed, code=new_code())
    on, wrong = read_day(typed["on"])
    errors = {"on": wrong or ("" if on else "写一写是哪一天。")} | {
        "works": "" if typed["works"] in ("0", "1") else "选放假还是上班。",
        "name": f"名称最多 {NAME_LENGTH} 个字。" if len(typed["name"].strip()) > NAME_LENGTH else "",
    }
    if any(errors.values()):
        return _day(request, typed, code=code, errors=errors, status=422)
    entered = NoticeDay(on, typed["works"] == "1", mask(" ".join(typed["name"].split()))[:NAME_LENGTH])
    try:
        changed = keeping.days_enter(
            [entered], source=typed["source"], seen=_seen(request), actor=request.user, code=code
        )
    except RuleBroken as error:
        field = "on" if error.field == "days" else error.field
        return _day(request, typed, code=code, errors={field: error.message}, status=error.status)
    except StaleState as error:
        return _day(request, typed, code=code, stale=error.message, status=error.status)
    return _done(request, on.year, changed, frames=(_ENTERED, _ENTERED_MOVED))


def _day(
    request: HttpRequest,
    typed: dict[str, str],
    *,
    code: str,
    errors: dict[str, str] | None = None,
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    generation = workdays.calendar_read().generation
    wrong = {name: message for name, message in (errors or {}).items() if message}
    screen = screens.DayScreen(typed, code, generation, wrong, stale)
    return render(request, "calendar/day.html", {"screen": screen, "here": HERE}, status=status)


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Takes back what was entered together, or one day of it."""
    may_keep_calendar(request.scope).require()
    on, wrong = read_day(request.POST.get("on", ""))
    asked = request.POST.get("year", "")
    if wrong:
        # Without its day the form would mean all of them.
        return _year(request, asked, wrong=f"没有撤回：{wrong}", status=422)
    try:
        changed = keeping.days_withdraw(
            clean(request.POST.get("entry", ""))[:12], on=on, seen=_seen(request), actor=request.user
        )
    except StaleState as error:
        return _year(request, asked, wrong=error.message, status=error.status)
    shown = screens.year_asked(asked, on=clock.today())
    return _done(request, shown, changed, frames=(_WITHDRAWN, _WITHDRAWN_MOVED))


def _done(request: HttpRequest, shown: int, changed: Changed, *, frames: tuple[str, str]) -> HttpResponse:
    """`frames`: what is told without and with due dates that moved."""
    frame = frames[changed.is_moving] if changed.days else _NOTHING_LEFT
    counts = {"days": changed.days, "points": changed.points, "tickets": changed.tickets, "asked": changed.asked}
    messages.success(request, frame.format(**counts))
    return redirect(f"{reverse('desk:calendar:year')}?{urlencode({'year': shown})}")


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
