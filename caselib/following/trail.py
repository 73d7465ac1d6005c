"""Which events of the audit trail concern what somebody follows, read from the trail itself: nothing is sent ahead.

An event counts that came after the follow began, was not the reader's own deed, and tells of nothing hidden.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.catalog.models import Matter
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Policy, PolicyRelation, PolicyVersion
from caselib.precedents.models import Citation, Precedent, ReviewDecision, Revision, Significance

from .models import Follow

POLICY, VERSION, RELATION, MATTER = (model._meta.label for model in (Policy, PolicyVersion, PolicyRelation, Matter))

# What a follower of a policy hears of. Clauses that are added one by one belong to entering a version: no word of them.
OF_VERSION = (Action.POLICY_VERSION_ADDED, Action.POLICY_VERSION_CLOSED)
OF_FORCE = (Action.STATUS_CONFIRMED, Action.STATUS_WITHDRAWN)
# Of precedents that cite it: that one came, changed or went. Who follows a matter works by its precedents, and hears also
# that one is in doubt, or was checked.
ONLY_FOR_MATTERS = (Action.PRECEDENT_DOUBTED, Action.PRECEDENT_VERIFIED)


def newest_event() -> int:
    """The key of the last event, 0 for none. 1 query."""
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def concerning(user: Any, scope: ViewerScope, *, after: Any) -> list[QuerySet[AuditEvent]]:
    """All events after a mark that concern what the user follows, as querysets to unite; an event may be in two.

    `after`: a key, or an expression that gives one. Imports are not among them: see `imports`.
    """
    events = _of_others(user, after)
    return [*_of_things(events, user), _of_precedents(events, user, scope)]


def imports(user: Any, *, after: Any) -> QuerySet[AuditEvent]:
    """All imports after a mark: one event tells of many precedents by their codes, so that rows have to decide."""
    return _of_others(user, after).filter(action=Action.PRECEDENTS_IMPORTED)


def _of_others(user: Any, after: Any) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(Q(actor__isnull=True) | ~Q(actor=user), pk__gt=after).order_by()


def _of_things(events: QuerySet[AuditEvent], user: Any) -> Iterator[QuerySet[AuditEvent]]:
    """Events of the followed policies and matters themselves."""
    ways = (
        (POLICY, OF_FORCE, "policy"),
        (VERSION, OF_VERSION, "policy__versions"),
        (RELATION, (Action.POLICY_RELATED,), "policy__relations"),
        (RELATION, (Action.POLICY_RELATED,), "policy__related_from"),
        (MATTER, (Action.MATTER_SAVED,), "matter"),
    )
    for label, actions, way in ways:
        things = Follow.objects.filter(user=user, **{f"{way}__isnull": False}).order_by()
        keyed = things.annotate(text=Cast(F(way), CharField()))
        of_thing = events.filter(object_type=label, object_id__in=keyed.values("text"), action__in=actions)
        yield of_thing.filter(Exists(keyed.filter(text=OuterRef("object_id"), since_event__lt=OuterRef("pk"))))


def _of_precedents(events: QuerySet[AuditEvent], user: Any, scope: ViewerScope) -> QuerySet[AuditEvent]:
    """Events of precedents that the viewer may see, of a followed matter, with a followed tag or citing a followed policy.

    An approval is told by the text that was approved: a later one that cites something else tells of itself. One that
    its reviewer took for a small change is told to nobody.
    """
    told = (Action.REVISION_APPROVED, Action.PRECEDENT_RETIRED, *ONLY_FOR_MATTERS)
    keyed = events.filter(action__in=told).annotate(key=Cast("object_id", BigIntegerField()))
    visible = Precedent.objects.visible_to(scope)
    minor = ReviewDecision.objects.filter(revision=OuterRef("pk"), significance=Significance.MINOR)
    approved = Revision.objects.filter(
        in_matter(user, text="pk") | citing(user, text="pk") | tagged(user, text="pk"),
        Exists(visible.filter(pk=OuterRef("precedent"))),
        ~Exists(minor),
        pk=OuterRef("key"),
    )
    by_matter = visible.filter(in_matter(user), pk=OuterRef("key"))
    by_any = visible.filter(in_matter(user) | citing(user) | tagged(user), pk=OuterRef("key"))
    return keyed.filter(
        Q(Exists(approved), action=Action.REVISION_APPROVED)
        | Q(Exists(by_any), action=Action.PRECEDENT_RETIRED)
        | Q(Exists(by_matter), action__in=ONLY_FOR_MATTERS)
    )


# The three conditions are asked of Precedent or of Revision, `text` being the column with the key of the text, below a query of
# events or, with `event`, for that one. Exists in Exists and no joins: so the few rows of one text are looked at first,
# and not all that somebody follows.


def citing(user: Any, *, text: str = "live_revision", event: int | None = None) -> Q:
    """Whether the text cites a version of a policy that the user follows since before the event. See above."""
    mine = _begun(user, event, policy=OuterRef("version__policy"))
    return Q(Exists(Citation.objects.filter(Exists(mine), revision=OuterRef(text))))


def in_matter(user: Any, *, text: str = "live_revision", event: int | None = None) -> Q:
    """Whether the text belongs to a matter that the user follows since before the event. See above."""
    mine = _begun(user, event, matter=OuterRef("matter"))
    further = Revision.more_matters.through.objects.filter(Exists(mine), revision=OuterRef(text))
    first = _begun(user, event, depth=2, matter=OuterRef("matter"))
    return Q(Exists(first)) | Q(Exists(further))


def tagged(user: Any, *, text: str = "live_revision", event: int | None = None) -> Q:
    """Whether the text carries a tag that the user follows since before the event. See above."""
    mine = _begun(user, event, tag=OuterRef("tag"))
    return Q(Exists(Revision.tags.through.objects.filter(Exists(mine), revision=OuterRef(text))))


def _begun(user: Any, event: int | None, *, depth: int = 3, **thing: Any) -> QuerySet[Follow]:
    """The follows of that thing that began before the event, which stands `depth` queries further out."""
    before: Any = "pk"
    for _ in range(depth):
        before = OuterRef(before)
    return Follow.objects.filter(user=user, since_event__lt=before if event is None else Value(event), **thing)
