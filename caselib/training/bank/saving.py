"""From what was typed to what is stored and to what is looked at."""

import datetime as dt
from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext

from caselib.catalog.models import Cause
from caselib.core.errors import RuleBroken
from caselib.orgs.models import Department
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision
from caselib.search.gaps.views import matter_typed

from ..access import TRAINERS
from ..choices import Aspect
from ..questions.kinds import body_checked
from .basis import basis_told, basis_typed, clauses_cited
from .facts import QuestionFacts
from .form import Row, Typed
from .look import Look, given_in, look_of
from .services import READ


def facts_typed(typed: Typed, *, precedent: Precedent | None, on: dt.date) -> QuestionFacts:
    """What a form says. Raises RuleBroken for a matter, cause or clause that is none, and for too long a basis. 9 queries at most."""
    revision = revision_of(precedent, typed.revision)
    clause, locator = basis_typed(typed.clause, typed.locator, offered=clauses_cited(revision), on=on)
    return QuestionFacts(
        kind=typed.kind,
        stem=typed.stem,
        body=typed.body,
        explanation=typed.explanation,
        clause=clause,
        locator=locator,
        aspect=typed.aspect,
        matter=matter_typed(typed.matter),
        cause=_cause(typed.cause),
        revision=revision,
    )


def _cause(key: str) -> Cause | None:
    if not key:
        return None
    found = Cause.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if found is None:
        raise RuleBroken(gettext("没有存：没有这个原因。从列出来的里选，写的都在。"), code="cause", field="cause")
    return found


def revision_of(precedent: Precedent | None, number: int) -> Revision | None:
    """The text of that number which readers could read, else the live one; None without a precedent. 1 query."""
    if precedent is None:
        return None
    live = precedent.live_revision
    if live is not None and live.number == number:
        return live
    return precedent.revisions.filter(number=number, state__in=READ).first() or live


def owners_of(scope: ViewerScope, *, to_choose: bool = False) -> list[Department]:
    """Departments whose questions the viewer may write, the own one first. 1 query.

    `to_choose`: for a list to choose from, which is empty without a query where there is one department alone.
    """
    if to_choose and len(scope.departments_with(*TRAINERS)) < 2:
        return []
    rows = Department.objects.filter(pk__in=scope.departments_with(*TRAINERS), is_active=True).order_by("code")
    return sorted(rows, key=lambda each: each.pk != scope.home_department_id)


def owner_chosen(owners: list[Department], typed: Typed) -> Department | None:
    """The department that was chosen; where there is one alone nobody is asked."""
    if len(owners) == 1:
        return owners[0]
    return next((each for each in owners if str(each.pk) == typed.owner), None)


def look_typed(typed: Typed, posted: QueryDict | None, *, basis: str = "") -> Look:
    """What was typed as a learner sees it; with `posted` its answer is marked. Raises RuleBroken for what nobody could answer."""
    body = body_checked(typed.kind, typed.body)
    given = given_in(typed.kind, body, posted, prefix=typed.prefix) if posted is not None else None
    return look_of(
        typed.kind,
        body,
        stem=typed.stem,
        explanation=typed.explanation,
        basis=basis or typed.locator,
        seed=typed.code,
        given=given,
        prefix=typed.prefix,
    )


def blank(kind: str, precedent: Precedent | None, *, code: str) -> Typed:
    """An empty form; about a precedent it is sorted under its matter and written against its live text."""
    return Typed(
        kind=kind,
        aspect=Aspect.OTHER,
        matter=precedent.matter.name if precedent and precedent.matter else "",
        revision=precedent.live_revision.number if precedent and precedent.live_revision else 0,
        rows=(Row(), Row(), Row()),
        code=code,
    )


def with_basis(typed: Typed, facts: QuestionFacts) -> tuple[Typed, str]:
    """The form with the clause that its words named, and the basis as a learner reads it."""
    code = facts.clause.code if facts.clause else ""
    return replace(typed, clause=code, locator=facts.locator), basis_told(facts.clause, facts.locator)
