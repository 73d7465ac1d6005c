"""Addresses that more than one page makes."""

from django.urls import reverse

from caselib.policies.models import Clause


def clause_address(clause: Clause) -> str:
    """The page of the policy, at the version and the clause. Needs `version` and `policy` loaded."""
    version = clause.version
    return f"{reverse('pages:policy', args=[version.policy.code])}?v={version.position + 1}#c-{clause.code}"


def compare_address(old: str, new: str) -> str:
    """Where to read what became of a clause, by codes: beside the one that took its place, alone where there is none."""
    if old and new:
        return reverse("pages:clauses_compared", args=[old, new])
    return reverse("pages:clause", args=[old or new])
