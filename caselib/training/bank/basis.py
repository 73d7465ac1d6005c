"""What an explanation cites: a clause that the precedent cites, any other that was typed, or a place in words."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext

from caselib.core.errors import NotVisible, RuleBroken
from caselib.policies.models import Clause
from caselib.policies.selectors import clause_at
from caselib.precedents.citing import read_citations
from caselib.precedents.models import Citation, Revision

from .facts import LONGEST_LOCATOR


def clauses_cited(revision: Revision | None) -> dict[str, Clause]:
    """The clauses that a text cites, by code, in its order. 1 query, none for no text."""
    if revision is None:
        return {}
    cited = Citation.objects.filter(revision=revision, clause__isnull=False).select_related("clause__version__policy")
    return {each.clause.code: each.clause for each in cited.order_by("position")}


def name_of(clause: Clause) -> str:
    """《办法》第三条. Needs the version and its policy loaded."""
    return f"《{clause.version.title or clause.version.policy.title}》{clause.label}"


def basis_typed(code: str, words: str, *, offered: Mapping[str, Clause], on: dt.date) -> tuple[Clause | None, str]:
    """(clause, locator) of what was chosen and typed. Words that name a clause of the library win; others are kept as they are.

    Raises RuleBroken for too long words and for a clause that is not there. 6 queries at most.
    """
    words = " ".join(words.split())
    if len(words) > LONGEST_LOCATOR:
        told = gettext("没有存：依据最多 {longest} 个字，现在 {count:,} 个。写的都在。")
        raise RuleBroken(told.format(longest=LONGEST_LOCATOR, count=len(words)), code="too_long", field="locator")
    found = read_citations(words, on=on).proposals if words else ()
    if len(found) == 1 and found[0].clause is not None:
        return found[0].clause, found[0].locator
    if not code:
        return None, words
    try:
        return offered.get(code) or clause_at(code), words
    except NotVisible:
        told = gettext("没有存：选的那一条不在政策库里了。换一条，写的都在。")
        raise RuleBroken(told, code="no_clause", field="clause") from None


def basis_told(clause: Clause | None, locator: str) -> str:
    """As a learner reads it: the clause, and the place in it or beside it; empty for none."""
    return " ".join(filter(None, (name_of(clause) if clause else "", locator)))
