"""What an assistant may ask of the library. Every answer quotes what is published and what this one account may see now.

Nothing here draws a conclusion: the words are those of precedents and policies, and where nothing fits, that is the answer.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from caselib.catalog.models import Matter
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken
from caselib.core.text import library_numbers, normalise
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import PolicyVersion, Verified
from caselib.policies.on_a_day import ClauseOnDay, RuleOnDay, rule_on_day
from caselib.policies.selectors import policy_for_page
from caselib.precedents.access import may_see_impact
from caselib.precedents.impact import impact_of
from caselib.precedents.models import Kind, Precedent
from caselib.precedents.visibility import READABLE
from caselib.search.fields import MATTER
from caselib.search.log.notes import Asked, notes
from caselib.search.results import ResultsPage
from caselib.search.rows import ResultRow
from caselib.search.selectors import results_for_page

from .arguments import LONGEST_QUESTION, MOST, USUAL, Arguments
from .faults import NOT_FOUND
from .lookups import article_meant, clauses_meant, policy_meant
from .quoting import NOTICE, address_of, head_of, leaving_of, line_of, quoted, whole_of

# Nearest ones where nothing fits, and precedents that an answer about impact lists.
_NEAREST = 3
_TOUCHED = 20
# What the log reads of a question.
_NOTED = 5_000
NOTHING_FITS = "库里没有合适的先例。不要照最接近的推断，可以请用户在案例库里提请会商或记下知识缺口。"
CARD_FITS = "这件事可能不归大厅办，按分流卡说的找主管单位。"
NO_ARTICLE = "那一天的文本里没有录入这一条，不等于原文没有，请看官方文本。"


def search(scope: ViewerScope, sent: Arguments) -> dict[str, Any]:
    """Precedents for a question, at most 10. Raises RuleBroken. Notes the question in the search log, without the account."""
    question = sent.text("question", longest=LONGEST_QUESTION)
    matter = _matter(sent.text("matter", required=False))
    limit = sent.number("limit", usual=USUAL, most=MOST)
    # As on the results page: by any of the matters of a precedent, not by its first one alone.
    filters = {MATTER: (matter.name,)} if matter else {}
    found = results_for_page(scope=scope, text=question, filters=filters, per_page=max(limit, _NEAREST))
    _noted(question, found)
    rows = list(found.rows)
    fits = found.fits and bool(rows)
    card = _card(found, rows)
    shown = rows[:limit] if fits else []
    near = [] if fits else rows[:_NEAREST]
    on = clock.today()
    lines = leaving_of([row.pk for row in (*shown, *near, *([card] if card else []))], scope, on=on)
    return {
        "notice": NOTICE,
        "on": on.isoformat(),
        "fits": fits,
        "told": CARD_FITS if card else "" if fits else NOTHING_FITS,
        "routing_card": line_of(lines[card.pk]) if card and card.pk in lines else None,
        "precedents": [line_of(lines[row.pk]) for row in shown if row.pk in lines],
        "nearest_for_reference_only": [head_of(lines[row.pk]) for row in near if row.pk in lines],
        "matter": matter.name if matter else "",
        "notes": list(found.notes),
    }


def _card(found: ResultsPage, rows: list[ResultRow]) -> ResultRow | None:
    """The routing card that answers; where nothing fits, the nearest one if it stands in front."""
    first = rows[0] if rows else None
    speaks = found.fits or not found.signs.get("subject") or bool(found.signs.get("subject_first"))
    return first if first is not None and first.kind == Kind.ROUTING_CARD.label and speaks else None


def _matter(typed: str) -> Matter | None:
    """The matter of that code, name or other name; None for none asked."""
    if not typed:
        return None
    name = normalise(typed).strip()
    for matter in Matter.objects.select_related("merged_into").order_by("pk"):
        if typed == matter.code or name in {normalise(each).strip() for each in (matter.name, *matter.aliases)}:
            return matter.merged_into or matter
    raise RuleBroken(gettext("没有这个事项。写事项的全名，或者不写 matter 再查。"), code=NOT_FOUND, field="matter")


def _noted(question: str, found: ResultsPage) -> None:
    """As for a question on the results page: what was asked and whether something fits, and not by whom."""
    if settings.CASELIB_SEARCH_LOG_DAYS > 0 and found.from_index:
        notes.put(Asked("", "", question[:_NOTED], clock.now(), found.total, found.fits))


def precedent(scope: ViewerScope, sent: Arguments) -> dict[str, Any]:
    """One precedent by its library number or code. Raises NotVisible for what is hidden, not published or not there."""
    typed = sent.text("number")
    numbers = library_numbers(typed)
    lookup = {"number": numbers[0]} if numbers else {"code": typed.lower()}
    on = clock.today()
    visible = Precedent.objects.visible_to(scope).filter(status__in=READABLE, live_revision__isnull=False, **lookup)
    key = visible.values_list("pk", flat=True).first()
    lines = leaving_of([key], scope, on=on) if key else {}
    if key not in lines:
        raise NotVisible()
    return {"notice": NOTICE, "on": on.isoformat(), "precedent": whole_of(lines[key])}


def clause_at(scope: ViewerScope, sent: Arguments) -> dict[str, Any]:
    """What an article of a policy said on a day. Raises RuleBroken. Policies are read by everybody who reads content."""
    policy = policy_meant(sent.text("policy"))
    article = sent.text("article")
    article_meant(article)
    on = sent.day("date", today=clock.today())
    rule = rule_on_day(policy.code, on=on)
    found = clauses_meant(rule.clauses, article)
    return {
        "notice": NOTICE,
        "on": on.isoformat(),
        "policy": {
            "code": policy.code,
            "title": policy.title,
            "document_number": policy.doc_number,
            "link": address_of("pages:policy", policy.code),
        },
        "version": _version(rule),
        "fits": bool(found),
        "told": "" if found else (rule.why or NO_ARTICLE),
        "clauses": [_clause(each) for each in found[:MOST]],
    }


def _version(rule: RuleOnDay) -> dict[str, Any] | None:
    version = rule.version
    if version is None:
        return None
    return {
        "label": version.label,
        "effective_from": _iso(version.effective_from),
        "effective_to": _iso(version.effective_to),
        "validity": rule.validity.label if rule.validity else "",
        "verified": bool(rule.validity and rule.validity.is_verified and version.verified == Verified.TEXT),
    }


def _clause(each: ClauseOnDay) -> dict[str, Any]:
    clause = each.clause
    return {
        "label": clause.label,
        "text": quoted(clause.text),
        "paraphrase": quoted(clause.gist) if not clause.text else "",
        "verified": clause.verified == Verified.TEXT,
        "repealed": each.is_out,
        "link": address_of("pages:clause_by_code", clause.code),
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def impact(scope: ViewerScope, sent: Arguments) -> dict[str, Any]:
    """Which precedents rely on a version of a policy: for who works on the library. Raises NotAllowed, RuleBroken."""
    may_see_impact(scope).require()
    policy = policy_meant(sent.text("policy"))
    wanted = sent.text("version", required=False)
    on = clock.today()
    shown = policy_for_page(policy.code, version=wanted, on=on).shown
    if wanted and (shown is None or wanted not in (shown.label, str(shown.position + 1))):
        raise RuleBroken(
            gettext("没有录入这个版本。写版本的名称，或者不写 version 看现行的。"), code=NOT_FOUND, field="version"
        )
    found = impact_of([shown], scope=scope, on=on) if shown else None
    touched = found.touched[:_TOUCHED] if found else ()
    lines = leaving_of([each.row.precedent.pk for each in touched], scope, on=on)
    total = found.total if found else 0
    return {
        "notice": NOTICE,
        "on": on.isoformat(),
        "policy": {"code": policy.code, "title": policy.title, "document_number": policy.doc_number},
        "version": shown.label if shown else "",
        "total": total,
        "told": "" if total else "这个账号看得到的案例里，没有依据这个版本的。",
        "departments": [{"name": name, "count": count} for name, count in (found.departments if found else ())],
        "precedents": [
            head_of(lines[each.row.precedent.pk]) | {"clauses": list(each.labels)}
            for each in touched
            if each.row.precedent.pk in lines
        ],
        "left_out": max(0, total - len(lines)),
        "link": _impact_link(policy.code, shown),
    }


def _impact_link(code: str, shown: PolicyVersion | None) -> str:
    return address_of("pages:impact", code, query=f"?v={shown.position + 1}" if shown else "")
