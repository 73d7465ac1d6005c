"""Approval with what hangs on it above the precedents: reports that it answers, and the knowledge gaps that it was drafted from."""

from typing import Any

from django.db import transaction

from caselib.orgs.models import User
from caselib.precedents.models import Precedent, Revision
from caselib.reuse.reports.closing import revision_approve_answering
from caselib.search.gaps.closing import gaps_answered, gaps_of_draft


@transaction.atomic
def text_approved(text: Revision, *, reviewer: User, **decision: Any) -> Precedent:
    """`revision_approve_answering`, and the gaps that this precedent was begun from are answered by it. All of it or nothing.

    Raises what that raises; writes what it and `gaps_answered` write.
    """
    # Precedent, gaps, trail: in the order in which everybody takes them.
    held = Precedent.objects.select_for_update(of=("self",)).get(pk=text.precedent_id)
    gaps = gaps_of_draft(held)
    precedent = revision_approve_answering(text, reviewer=reviewer, **decision)
    gaps_answered(gaps, by=precedent, actor=reviewer)
    return precedent
