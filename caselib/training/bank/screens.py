"""What the form of a question is drawn from: the question or precedent that it is about, with the lists to choose from."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from caselib.catalog.models import Cause
from caselib.core.errors import NotVisible
from caselib.core.text import clean
from caselib.orgs.models import Department
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Clause
from caselib.policies.selectors import clause_at
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import PrecedentRow, rows_of
from caselib.precedents.visibility import PrecedentStatus
from caselib.search.gaps.meaning import matter_names

from .basis import basis_told, clauses_cited, name_of
from .form import Typed
from .look import Look
from .saving import owners_of, revision_of
from .selectors import Into, Option


@dataclass(frozen=True, slots=True)
class FormScreen:
    """`row`: the precedent, as the viewer may see it; `clauses`: to choose the basis from; `newer`: number of the live text where the
    question was written against an earlier one, else 0; `look`: as a learner sees it, where that was asked for."""

    typed: Typed
    row: PrecedentRow | None
    clauses: tuple[Option, ...]
    causes: tuple[Option, ...]
    matters: tuple[str, ...]
    owners: tuple[Option, ...]
    basis: str
    into: Into | None
    look: Look | None = None
    newer: int = 0


def form_screen(
    scope: ViewerScope, typed: Typed, *, row: PrecedentRow | None, into: Into | None, look: Look | None, is_new: bool
) -> FormScreen:
    """5 queries at most."""
    precedent = row.precedent if row else None
    revision = revision_of(precedent, typed.revision)
    offered = clauses_cited(revision)
    chosen = _chosen(typed.clause, offered)
    live = row.revision.number if row else 0
    return FormScreen(
        typed=typed,
        row=row,
        clauses=tuple(
            Option(code, name_of(clause), code == typed.clause) for code, clause in (offered | chosen).items()
        ),
        causes=cause_options(typed.cause),
        matters=matter_names(),
        owners=owner_options(owners_of(scope, to_choose=True) if is_new else [], typed.owner),
        basis=basis_told(chosen.get(typed.clause) or offered.get(typed.clause), typed.locator),
        into=into,
        look=look,
        newer=live if not is_new and revision is not None and live > revision.number else 0,
    )


def _chosen(code: str, offered: dict[str, Clause]) -> dict[str, Clause]:
    """A clause that is cited although the precedent does not cite it."""
    if not code or code in offered:
        return {}
    try:
        return {code: clause_at(code[:12])}
    except NotVisible:
        return {}


def cause_options(chosen: str) -> tuple[Option, ...]:
    """Causes that are in use, and the one that is chosen whether it is or not. 1 query."""
    rows = Cause.objects.order_by("position", "name")
    return tuple(
        Option(str(each.pk), each.name, str(each.pk) == chosen)
        for each in rows
        if each.is_active or str(each.pk) == chosen
    )


def owner_options(owners: Sequence[Department], chosen: str) -> tuple[Option, ...]:
    """Empty where there is nothing to choose. No query."""
    if len(owners) < 2:
        return ()
    return tuple(Option(str(each.pk), each.name, str(each.pk) == chosen) for each in owners)


def precedent_asked_about(scope: ViewerScope, code: str, *, on: dt.date) -> PrecedentRow | None:
    """The published precedent with that code; None for no code. Raises NotVisible for one that is off view or not there. 2 queries."""
    if not code:
        return None
    rows = rows_of(Precedent.objects.filter(code=clean(code)[:12]), scope, on=on)
    if not rows or rows[0].precedent.status == PrecedentStatus.WITHHELD:
        raise NotVisible()
    return rows[0]
