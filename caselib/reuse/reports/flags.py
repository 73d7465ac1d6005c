"""The small flag at each section of a page: report it, or mend it at once."""

from dataclasses import dataclass

from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision

from .access import may_report


@dataclass(frozen=True, slots=True)
class Flag:
    """`code` of the precedent, `revision`: number of the text that is read; `fixes`: for who may change it, a revision instead."""

    code: str
    revision: int
    fixes: bool


def flag_of(precedent: Precedent, revision: Revision, scope: ViewerScope, *, may_edit: bool) -> Flag | None:
    """None where there is nothing to report: drafts, what is off view, accounts without a department. No query."""
    if not may_report(scope, precedent):
        return None
    # What is out of use is not changed any more, by nobody.
    fixes = may_edit and bool(may_report(scope, precedent, kind="wrong"))
    return Flag(precedent.code, revision.number, fixes)
