"""Imports as notices: one event tells of many precedents by their codes, and a follower hears of those that concern him."""

from collections.abc import Sequence

from caselib.audit.models import AuditEvent
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision

from .trail import citing, in_matter, tagged


def imported_by(events: Sequence[int], user: int, scope: ViewerScope) -> dict[int, list[tuple[int, int]]]:
    """(precedent, its first text) of what each of these imports published and the user follows, by key of the event.

    An import that brought nothing of the kind is left out. An event names the first 1,000 codes of its department: of a
    larger import the rest is not counted. 1 query, and 1 for each import.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    for event in AuditEvent.objects.filter(pk__in=events):
        # Only what is published is there to be read; a draft becomes news by its approval.
        codes = event.after.get("codes", ()) if event.after.get("published") else ()
        of_mine = citing(user, text="pk", event=event.pk) | in_matter(user, text="pk", event=event.pk)
        of_mine |= tagged(user, text="pk", event=event.pk)
        visible = Precedent.objects.visible_to(scope).filter(code__in=codes)
        texts = Revision.objects.filter(of_mine, number=1, precedent__in=visible).order_by("precedent")
        if pairs := list(texts.values_list("precedent", "pk")):
            found[event.pk] = pairs
    return found
