"""From what selectors give to what goes out. No query."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from caselib.catalog.models import Matter
from caselib.core.paging import PageInfo
from caselib.exchange.export import Leaving, line_of
from caselib.policies.models import Clause, Policy, PolicyVersion
from caselib.policies.on_a_day import RuleOnDay
from caselib.policies.selectors import PolicyLine, PolicyPage
from caselib.policies.validity import Validity, ValidityWord
from caselib.precedents.selectors import PrecedentRow
from caselib.precedents.signal import Signal
from caselib.search.results import ResultsPage
from caselib.search.rows import ResultRow
from caselib.search.suggestions.selectors import SuggestionGroup

from .leaving import plain
from .sent import MOST_PAGES


def page_url(request: HttpRequest, name: str, *args: object) -> str:
    """The page for people."""
    return request.build_absolute_uri(reverse(name, args=args))


def paged(request: HttpRequest, info: PageInfo) -> dict[str, Any]:
    """Where in the list this is; pages beyond the 50th are not given out: who needs more narrows the question."""
    following = None
    if info.has_next and info.number < MOST_PAGES:
        asked = request.GET.copy()
        asked["page"] = str(info.number + 1)
        following = f"{request.path}?{asked.urlencode()}"
    return {"total": info.total, "page": info.number, "pages": min(info.pages, MOST_PAGES), "next": following}


def signal(found: Signal) -> dict[str, Any]:
    return {"code": str(found.word), "label": found.label, "reasons": list(found.reasons)}


def found(request: HttpRequest, row: ResultRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "number": row.number,
        "title": row.plain_title,
        "gist": "".join(text for text, _ in row.gist),
        "kind": row.kind,
        "tier": row.tier,
        "matter": row.matter,
        "lead_org": row.lead_org,
        "uses": row.reuse_count,
        "signal": signal(row.signal),
        "place": {"label": row.place.label, "full_name": row.place.full_name} if row.place else None,
        "snippet": [{"text": text, "marked": is_marked} for text, is_marked in row.snippet],
        "why": list(row.why),
        "against": list(row.against),
        "url": page_url(request, "pages:precedent", row.code),
    }


def search(request: HttpRequest, results: ResultsPage, rows: Iterable[ResultRow]) -> dict[str, Any]:
    return {
        "schema": "caselib.search/1",
        "query": results.query,
        "fits": results.fits,
        "notes": list(results.notes),
        **paged(request, results.page),
        "results": [found(request, row) for row in rows],
    }


def suggestions(groups: Iterable[SuggestionGroup]) -> dict[str, Any]:
    return {
        "schema": "caselib.suggest/1",
        "suggestions": [
            {"kind": str(each.kind), "label": group.label, "text": plain(each.text), "code": each.code}
            for group in groups
            for each in group.suggestions
        ],
    }


def precedent(request: HttpRequest, leaving: Leaving, *, on: dt.date) -> dict[str, Any]:
    """The line of docs/precedent-schema.md, with the code and the address of the page."""
    line = line_of(leaving, on=on)
    code = leaving.precedent.code
    line["signal"] = {**line["signal"], "code": leaving.signal_code}
    return {**line, "code": code, "url": page_url(request, "pages:precedent", code)}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _validity(found: Validity | None) -> dict[str, Any] | None:
    return {"word": str(found.word), "label": found.label, "verified": found.is_verified} if found else None


def _version(version: PolicyVersion | None, policy: Policy) -> dict[str, Any] | None:
    if version is None:
        return None
    return {
        "label": version.label,
        "title": version.title or policy.title,
        "effective_from": _day(version.effective_from),
        "effective_to": _day(version.effective_to),
        "verified": version.verified,
    }


def _clause(clause: Clause, *, is_out: bool, since: dt.date | None) -> dict[str, Any]:
    return {
        "code": clause.code,
        "ref": clause.ref,
        "label": clause.label,
        "text": clause.text,
        "gist": clause.gist,
        "verified": clause.verified,
        "repealed": is_out,
        "repealed_from": _day(since) if since and since != dt.date.min else None,
    }


def _policy(request: HttpRequest, policy: Policy) -> dict[str, Any]:
    url = page_url(request, "pages:policy", policy.code)
    return {"code": policy.code, "title": policy.title, "doc_number": policy.doc_number, "url": url}


def rule(request: HttpRequest, on_day: RuleOnDay, *, wanted: str = "") -> dict[str, Any]:
    """`wanted`: the normal form of an article, empty for all of the text."""
    clauses = [
        _clause(each.clause, is_out=each.is_out, since=each.repealed_from)
        for each in on_day.clauses
        if not wanted or each.clause.ref == wanted or each.clause.ref.startswith(f"{wanted}/")
    ]
    return {
        "schema": "caselib.clause/1",
        "policy": _policy(request, on_day.policy),
        "on": on_day.on.isoformat(),
        "version": _version(on_day.version, on_day.policy),
        "validity": _validity(on_day.validity),
        "clauses": clauses,
        "why": on_day.why or ("" if clauses else "那一天的文本里没有这一条。"),
    }


def policy(request: HttpRequest, page: PolicyPage) -> dict[str, Any]:
    document = page.policy
    return {
        "schema": "caselib.policy/1",
        "policy": _policy(request, document),
        "short_titles": list(document.short_titles),
        "issuer": document.issuer,
        "level": document.get_level_display(),
        "region": document.region.full_name,
        "issued_on": _day(document.issued_on),
        "official_url": document.official_url,
        "unsure": sorted(page.unsure),
        "version": _version(page.shown, document),
        "validity": _validity(page.validity),
        "versions": [_version(mark.version, document) for mark in page.timeline],
        "clauses": [
            _clause(
                line.clause,
                is_out=line.repeal is not None and line.repeal.word == ValidityWord.STOP,
                since=line.clause.repealed_from,
            )
            for line in page.clauses
        ],
    }


def policy_line(request: HttpRequest, line: PolicyLine) -> dict[str, Any]:
    return {**_policy(request, line.policy), "validity": _validity(line.validity)}


def matter_line(request: HttpRequest, row: Matter, *, theme: str) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "basic_code": row.basic_code,
        "impl_code": row.impl_code,
        "theme": theme,
        "aliases": list(row.aliases),
        "department_kind": row.department_kind,
        "url": page_url(request, "pages:matter", row.code),
    }


def matter_precedent(request: HttpRequest, row: PrecedentRow, texts: Mapping[str, str]) -> dict[str, Any]:
    """`texts`: title and gist as they may leave."""
    return {
        "code": row.precedent.code,
        "number": row.precedent.number or "",
        **texts,
        "signal": signal(row.signal),
        "url": page_url(request, "pages:precedent", row.precedent.code),
    }
