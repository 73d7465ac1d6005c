"""Operations that read. Each asks the selector that the page asks, with the scope of the system's account."""

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router

from caselib.catalog.selectors import matter_with_code, matters_by_theme
from caselib.connect.clients.models import Deed
from caselib.core import clock
from caselib.core.dates import read_day
from caselib.core.errors import NotVisible, RuleBroken
from caselib.core.ids import is_code
from caselib.core.paging import page_info
from caselib.core.text import article_refs, clean, library_numbers, normalise
from caselib.exchange.export import leaving_one
from caselib.policies.on_a_day import rule_on_day
from caselib.policies.selectors import clause_at, policies_for_list, policy_for_page
from caselib.precedents.selectors import rows_for_matter
from caselib.search.deep import matters_asked
from caselib.search.fields import MATTER
from caselib.search.selectors import results_for_page
from caselib.search.suggestions.selectors import suggestions_for

from . import answers, leaving, sent, shapes
from .doors import Door

NARROWED = ("theme", "department", "cause", "region", "year", "result_type", "decision_level")

router = Router(auth=Door(Deed.READ), by_alias=True)


@router.get("/search", response=shapes.SearchAnswer, operation_id="search", summary="检索案例", tags=["案例"])
def search(request: HttpRequest, asked: Query[sent.SearchAsked]):
    """和检索页查到的一样：同样的排序、同样的权限。fits 为 false 时结果只供参考。"""
    matters = matters_asked([asked.matter])
    if matters.unknown:
        raise NotVisible(gettext("没有这个事项：matter 写事项的名称、代码、基本编码或实施编码。"))
    chosen = {name: getattr(asked, name) for name in NARROWED}
    # Without words, what the matter is called stands in their place.
    text = clean(asked.q).strip() or "、".join(matters.names)
    results = results_for_page(
        scope=request.scope,
        text=text,
        filters={**chosen, MATTER: matters.names},
        sort=asked.sort,
        page=asked.page,
        per_page=asked.per_page,
        literal=asked.literal,
    )
    return answers.search(request, results, leaving.rows(results.rows))


@router.get("/suggest", response=shapes.SuggestAnswer, operation_id="suggest", summary="边打边提示", tags=["案例"])
def suggest(request: HttpRequest, asked: Query[sent.SuggestAsked]):
    """最多 8 条：案例标题、常问、事项、政策、标签。"""
    return answers.suggestions(suggestions_for(request.scope, asked.q))


@router.get(
    "/precedents/{key}", response=shapes.PrecedentAnswer, operation_id="precedent", summary="读一个案例", tags=["案例"]
)
def precedent(request: HttpRequest, key: str):
    """按代码或入库编号。个人信息已经隐去；signal 说能不能用、为什么。"""
    today = clock.today()
    return answers.precedent(request, leaving_one(request.scope, on=today, **named(key)), on=today)


def named(key: str) -> dict[str, str]:
    """A code or library number of an address, in any width, as what to look up by. Raises NotVisible for neither."""
    word = normalise(key).strip()
    if is_code(word):
        return {"code": word}
    numbers = library_numbers(key)
    if len(numbers) != 1:
        raise NotVisible()
    return {"number": numbers[0]}


@router.get("/policies", response=shapes.PoliciesAnswer, operation_id="policies", summary="查政策", tags=["政策"])
def policies(request: HttpRequest, asked: Query[sent.ListAsked]):
    """按效力级别排。要查条文里的字，用人看的检索页。"""
    lines = [line for group in policies_for_list(on=clock.today(), wanted=asked.q) for line in group.lines]
    info = page_info(asked.page, total=len(lines), per_page=asked.per_page)
    shown = lines[info.offset : info.offset + info.per_page]
    return {
        "schema": "caselib.policies/1",
        **answers.paged(request, info),
        "policies": [answers.policy_line(request, line) for line in shown],
    }


@router.get(
    "/policies/{code}", response=shapes.PolicyAnswer, operation_id="policy", summary="读一部政策", tags=["政策"]
)
def policy(request: HttpRequest, code: str, asked: Query[sent.PolicyAsked]):
    """它的版本、时效，和一个版本的条文。"""
    page = policy_for_page(code, version=clean(asked.version), on=clock.today())
    return answers.policy(request, page)


@router.get(
    "/policies/{code}/clauses",
    response=shapes.ClauseAnswer,
    operation_id="clauses_on",
    summary="某一天的条文",
    tags=["政策"],
)
def clauses_on(request: HttpRequest, code: str, asked: Query[sent.ClausesAsked]):
    """那一天适用的文本里的条文。没有就在 why 里说为什么。"""
    wanted = ""
    if plain := normalise(asked.article).strip():
        wanted = next(iter(article_refs(plain)), plain)
    return answers.rule(request, rule_on_day(code, on=_day(asked.on)), wanted=wanted)


@router.get(
    "/clauses/{code}", response=shapes.ClauseAnswer, operation_id="clause", summary="某一天的一条", tags=["政策"]
)
def clause(request: HttpRequest, code: str, asked: Query[sent.DayAsked]):
    """给这一条任何一个版本的代码，答那一天适用的样子。"""
    found = clause_at(code)
    return answers.rule(request, rule_on_day(found.version.policy.code, on=_day(asked.on), clause=code))


def _day(typed: str):
    day, wrong = read_day(typed)
    if wrong:
        raise RuleBroken(wrong, code="no_day", field="on")
    return day or clock.today()


@router.get("/matters", response=shapes.MattersAnswer, operation_id="matters", summary="查事项", tags=["事项"])
def matters(request: HttpRequest, asked: Query[sent.ListAsked]):
    """按主题排。"""
    rows = [(row, group.theme.name) for group in matters_by_theme(wanted=asked.q) for row in group.matters]
    info = page_info(asked.page, total=len(rows), per_page=asked.per_page)
    return {
        "schema": "caselib.matters/1",
        **answers.paged(request, info),
        "matters": [
            answers.matter_line(request, row, theme=theme)
            for row, theme in rows[info.offset : info.offset + info.per_page]
        ],
    }


@router.get("/matters/{code}", response=shapes.MatterAnswer, operation_id="matter", summary="读一个事项", tags=["事项"])
def matter(request: HttpRequest, code: str, asked: Query[sent.MatterAsked]):
    """按代码、基本编码或实施编码；附它的案例，用得多的在前。"""
    row = matter_with_code(code)
    listed = rows_for_matter(row, request.scope, page=asked.page, on=clock.today())
    return {
        "schema": "caselib.matter/1",
        "matter": answers.matter_line(request, row, theme=row.theme.name),
        "materials": list(row.materials),
        **answers.paged(request, listed.page),
        "precedents": [answers.matter_precedent(request, each, leaving.texts_of(each)) for each in listed.rows],
    }
