"""Addresses that more than one page makes."""

from django.urls import reverse
from django.utils.http import urlencode

from caselib.policies.models import Clause


def clause_address(clause: Clause) -> str:
    """The page of the policy, at the version and the clause. Needs `version` and `policy` loaded."""
    version = clause.version
    return f"{reverse('pages:policy', args=[version.policy.code])}?v={version.position + 1}#c-{clause.code}"


def versions_address(old: Clause, new: Clause) -> str:
    """The comparison of the two versions in which the clauses stand, at the new one. Needs `version` and `policy` loaded."""
    asked = {"from": old.version.position + 1, "to": new.version.position + 1}
    if new.version.policy_id != old.version.policy_id:
        asked["with"] = new.version.policy.code
    return f"{reverse('pages:compare', args=[old.version.policy.code])}?{urlencode(asked)}#c-{new.code}"


def compare_address(old: str, new: str) -> str:
    """Where to read what became of a clause, by codes: beside the one that took its place, alone where there is none."""
    if old and new:
        return reverse("pages:clauses_compared", args=[old, new])
    return reverse("pages:clause_by_code", args=[old or new])
