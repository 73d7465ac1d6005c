"""What a change of a policy leaves for whoever keeps policies searchable: see caselib.core.marks."""

from caselib.core.marks import mark_dirty

from .models import Policy

# The object of a mark is the policy: its versions and clauses are looked at with it.
TOPIC = "policy"


def mark_policy(policy: Policy | int) -> None:
    """Marks a policy, by row or key. Call it in the transaction of the change. 2 queries. Writes DirtyMark."""
    mark_dirty(TOPIC, [policy if isinstance(policy, int) else policy.pk])
