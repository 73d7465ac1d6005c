"""The rows that a page or a mail of notices needs, whatever their number: read at once, hidden ones left out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Clause, PolicyRelation, PolicyStatus, PolicyVersion
from caselib.precedents.models import Citation, Precedent, Revision
from caselib.precedents.shown import holds_personal

from .imported import imported_by
from .models import Follow
from .trail import OF_VERSION, ONLY_FOR_MATTERS


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows by key. `texts`: those that were approved or imported. `cited`: what texts cite of followed policies, `further`:
    their followed further matters, `tagged`: their followed tags, all by key of the text. `brought`: (precedent, text) of
    all that an import brought, by key of the event. `repealed`: clauses taken out of a policy, by its key and their label.
    """

    events: dict[int, AuditEvent]
    follows: tuple[Follow, ...]
    versions: dict[int, PolicyVersion]
    relations: dict[int, PolicyRelation]
    texts: dict[int, Revision]
    precedents: dict[int, Precedent]
    cited: dict[int, list[Citation]]
    further: dict[int, set[int]]
    tagged: dict[int, set[int]]
    brought: dict[int, list[tuple[int, int]]]
    repealed: dict[tuple[int, str], Clause]

    def begun(self, event: AuditEvent) -> Iterator[Follow]:
        """The follows that had begun when it happened."""
        return (follow for follow in self.follows if follow.since_event < event.pk)


def gathered(keys: Collection[int], *, user: int, scope: ViewerScope) -> Gathered:
    """The events of these keys with what they tell of. 8 queries, 1 more with followed matters, with followed tags and with
    imports, and 1 for each of these."""
    events = AuditEvent.objects.defer("before", "hash", "previous_hash").in_bulk(keys)
    by_action: dict[str, list[int]] = defaultdict(list)
    for event in events.values():
        by_action[event.action].append(int(event.object_id))

    def objects(*actions: Action) -> list[int]:
        return [key for action in actions for key in by_action[action]]

    imports = [event.pk for event in events.values() if event.action == Action.PRECEDENTS_IMPORTED]
    brought = imported_by(imports, user, scope) if imports else {}
    # Of what an import brought the first is named, and the rest counted.
    approved = {*objects(Action.REVISION_APPROVED), *(pairs[0][1] for pairs in brought.values())}
    texts = Revision.objects.only("number", "precedent", "matter").in_bulk(approved)
    wanted = {text.precedent_id for text in texts.values()}
    wanted.update(objects(Action.PRECEDENT_RETIRED, *ONLY_FOR_MATTERS))
    follows = tuple(Follow.objects.filter(user=user).select_related("policy", "matter", "tag"))
    precedents = _precedents(wanted, scope)
    shown = {*texts, *(precedent.live_revision_id for precedent in precedents.values())}
    return Gathered(
        events=events,
        follows=follows,
        versions=PolicyVersion.objects.select_related("policy").in_bulk(objects(*OF_VERSION)),
        relations=PolicyRelation.objects.select_related("policy", "other").in_bulk(objects(Action.POLICY_RELATED)),
        texts=texts,
        precedents=precedents,
        cited=_cited(shown, (follow.policy_id for follow in follows if follow.policy_id)),
        further=_links(
            Revision.more_matters, "matter", shown, [follow.matter_id for follow in follows if follow.matter_id]
        ),
        tagged=_links(Revision.tags, "tag", shown, [follow.tag_id for follow in follows if follow.tag_id]),
        brought=brought,
        repealed=_repealed(objects(Action.STATUS_CONFIRMED)),
    )


def _repealed(policies: Collection[int]) -> dict[tuple[int, str], Clause]:
    facts = {"status_facts__policy__in": policies, "status_facts__status": PolicyStatus.PARTLY_REPEALED}
    found = Clause.objects.filter(**facts).select_related("version__policy").order_by("pk")
    return {(clause.version.policy_id, clause.label): clause for clause in found}


def _precedents(keys: Collection[int], scope: ViewerScope) -> dict[int, Precedent]:
    columns = ("code", "number", "status", "retired_reason", "matter", "live_revision", "live_revision__title")
    visible = (
        Precedent.objects.visible_to(scope).filter(live_revision__isnull=False).annotate(is_personal=holds_personal())
    )
    return visible.select_related("live_revision").only(*columns).in_bulk(keys)


def _cited(texts: Collection[int], policies: Iterable[int]) -> dict[int, list[Citation]]:
    found: dict[int, list[Citation]] = defaultdict(list)
    rows = Citation.objects.filter(revision__in=texts, version__policy__in=list(policies))
    for citation in rows.select_related("version__policy", "clause").order_by("revision", "position"):
        found[citation.revision_id].append(citation)
    return found


def _links(relation: Any, name: str, texts: Collection[int], wanted: Collection[int]) -> dict[int, set[int]]:
    """Which of the followed things a text is linked to, by key of the text. 1 query, none where none is followed."""
    found: dict[int, set[int]] = defaultdict(set)
    if wanted:
        rows = relation.through.objects.filter(**{"revision__in": texts, f"{name}__in": wanted})
        for revision, thing in rows.values_list("revision", name):
            found[revision].add(thing)
    return found
