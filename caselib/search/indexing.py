"""From a precedent in the database to a document of the index. What belongs into the index is decided in `eligible`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from django.db.models import Count, F, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from caselib.catalog.models import Cause, Matter, Tag
from caselib.core import clock, prepared
from caselib.core.text import article_refs, library_numbers
from caselib.precedents.models import Citation, Precedent, Relation, Revision, Tier
from caselib.precedents.visibility import PrecedentQuerySet, audience_of
from caselib.search.contrasts import contrasted
from caselib.search.engine.port import IndexDocument
from caselib.search.exact import article_steps, basis_token, law_token, own_token
from caselib.search.fields import (
    AUDIENCE,
    ERA,
    FAILS,
    MATTER,
    PLACE,
    PUBLISHED,
    REUSED,
    STATUS,
    TEACH,
    USES,
    era_of,
    fails_of,
    places_of,
    teaching_of,
    uses_of,
)
from caselib.search.lexicon.facts import FITS, UNFITS, DocumentFacts, facts_of
from caselib.search.lexicon.subjects import SUBJECTS, subjects_of
from caselib.search.lexicon.traits import TRAITS, trait_token, traits_of

_KEY = "precedents.precedent."
BATCH = 500


def key_of(pk: int) -> str:
    """The key of a precedent in the index; haystack's own form."""
    return f"{_KEY}{pk}"


def pk_of(key: str) -> int | None:
    """The precedent behind a key; None for a key of something else."""
    number = key.removeprefix(_KEY)
    return int(number) if number != key and number.isascii() and number.isdigit() else None


def eligible() -> PrecedentQuerySet:
    """The precedents that belong into the index: published, not retired, with a live text."""
    return Precedent.objects.findable().filter(live_revision__isnull=False)


def _in_one_row(pks: Sequence[int]) -> PrecedentQuerySet:
    """Those of the keys that are eligible, with all of a document that is no list."""
    related = ("owner_department", "region", "live_revision__theme", "live_revision__matter", "live_revision__region")
    return eligible().filter(pk__in=pks).select_related(*related).annotate(failed_by=_failed_by()).order_by("pk")


def _failed_by() -> Coalesce:
    """How many departments noted 照办未成 of the live text; what was noted of an earlier one was written anew since."""
    rows = Precedent.objects.filter(
        pk=OuterRef("pk"),
        # reuse stands above search: its rows are asked for by the names of their columns.
        reuse_records__outcome="failed",
        reuse_records__undone_at=None,
        reuse_records__revision=F("live_revision"),
    )
    counted = rows.order_by().values("pk").annotate(failed=Count("reuse_records__department", distinct=True))
    return Coalesce(Subquery(counted.values("failed")), 0)


def _citations() -> QuerySet[Citation]:
    return Citation.objects.select_related("version__policy", "clause")


def _loaded(pks: Sequence[int]) -> PrecedentQuerySet:
    """Those of the keys that are eligible, with all that a document needs. 5 queries."""
    return _in_one_row(pks).prefetch_related(
        "live_revision__tags",
        "live_revision__causes",
        "live_revision__more_matters",
        Prefetch("live_revision__citations", queryset=_citations()),
    )


# The lists of a revision that a document needs.
_LISTS: Mapping[str, Callable[[int], QuerySet]] = {
    "tags": lambda revision: Tag.objects.filter(revisions=revision),
    "causes": lambda revision: Cause.objects.filter(revisions=revision),
    "more_matters": lambda revision: Matter.objects.filter(
        pk__in=Revision.more_matters.through.objects.filter(revision=revision).values("matter")
    ),
    "citations": lambda revision: _citations().filter(revision=revision),
}


def _loaded_alone(pk: int) -> Iterator[Precedent]:
    """The same for one precedent, whose editor waits for it: 5 queries, each composed once in a thread."""
    for precedent in prepared.objects_of("document", pk, shape=None, build=lambda pk: _in_one_row([pk])):
        revision = precedent.live_revision
        for name, build in _LISTS.items():
            rows = prepared.objects_of(f"document {name}", revision.pk, shape=None, build=build)
            prepared.remember(revision, name, rows)
        yield precedent


def documents_of(pks: Iterable[int], *, apart: frozenset[int] | None = None) -> Iterator[IndexDocument]:
    """The documents of those keys that are eligible, as the database has them now. 5 queries for each 500.

    `apart`: the keys of those that have one in contrast beside them, as far as their matters go; looked for if not given, with
    2 queries more for each 500.
    """
    remaining = iter(pks)
    while batch := list(islice(remaining, BATCH)):
        loaded = list(_loaded(batch) if len(batch) > 1 else _loaded_alone(batch[0]))
        beside = contrasted({row.matter_id for row in loaded if row.matter_id}) if apart is None else apart
        for precedent in loaded:
            yield document_of(precedent, is_contrast=precedent.pk in beside)


def all_documents(*, apart: frozenset[int] | None = None) -> Iterator[IndexDocument]:
    """The documents of the whole library. `apart`: as for `documents_of`."""
    pks = list(eligible().order_by("pk").values_list("pk", flat=True))
    yield from documents_of(pks, apart=contrasted() if apart is None else apart)


def document_of(precedent: Precedent, *, is_contrast: bool) -> IndexDocument:
    """The document of one precedent, from its live revision."""
    revision = precedent.live_revision
    citations = list(revision.citations.all())
    causes = [cause.name for cause in revision.causes.all()]
    facts = facts_of(revision)
    traits = traits_of(precedent)
    return IndexDocument(
        key=key_of(precedent.pk),
        order=precedent.pk,
        zones={
            "title": revision.title,
            "tags": "\n".join(_tag_words(revision, causes)),
            "wording": "\n".join(revision.requester_wording),
            "matter": "\n".join(_matter_words(precedent, revision)),
            "body": "\n".join(filter(None, [*_body(revision), *_basis(citations)])),
        },
        exact=tuple(dict.fromkeys([*_exact(citations), *facts.tokens, *map(trait_token, traits), *_own(precedent)])),
        facets={
            **_facets_of(precedent, causes=causes, citations=citations, facts=facts, traits=traits),
            TEACH: teaching_of(
                is_contrast=is_contrast,
                is_exemplary=precedent.tier == Tier.EXEMPLARY,
                reuse_count=precedent.reuse_count,
            ),
        },
        numbers={PUBLISHED: precedent.published_at.timestamp(), REUSED: float(precedent.reuse_count)},
    )


def _facets_of(
    precedent: Precedent,
    *,
    causes: Sequence[str],
    citations: Sequence[Citation],
    facts: DocumentFacts,
    traits: Sequence[str],
) -> dict[str, tuple[str, ...]]:
    """What it can be narrowed by, and what moves it up or down."""
    revision = precedent.live_revision
    year = revision.occurred[:4] or f"{precedent.published_at:%Y}"
    return {
        "theme": (revision.theme.name,) if revision.theme else (),
        "department": (precedent.owner_department.name,),
        "cause": tuple(causes),
        "region": (revision.region.full_name,) if revision.region else (),
        MATTER: tuple(dict.fromkeys(matter.name for matter in _matters_of(revision))),
        "policy_status": tuple(dict.fromkeys(citation.version.policy.status for citation in citations)),
        "result_type": (revision.result_type,),
        "decision_level": (revision.decision_level,) if revision.decision_level else (),
        "year": (year,),
        # As of today: stale.flag marks it on the night that it changes.
        ERA: (era_of(precedent.applies_until, on=clock.today()),),
        AUDIENCE: (audience_of(precedent),),
        # What no reader narrows by, but what moves a result up or down: see caselib.search.ranking.
        FITS: facts.fits,
        UNFITS: facts.unfits,
        SUBJECTS: subjects_of(precedent),
        TRAITS: tuple(traits),
        PLACE: tuple(places_of(precedent.region)),
        STATUS: (precedent.status,),
        USES: (uses_of(precedent.reuse_count),),
        FAILS: (fails_of(precedent.failed_by),),
    }


def _tag_words(revision: Revision, causes: Sequence[str]) -> Iterator[str]:
    for tag in revision.tags.all():
        yield tag.name
        yield from tag.synonyms
    yield from causes


def _matters_of(revision: Revision) -> list[Matter]:
    return [*([revision.matter] if revision.matter else ()), *revision.more_matters.all()]


def _matter_words(precedent: Precedent, revision: Revision) -> Iterator[str]:
    """What it is about and what it is called by: matters with their other names, numbers, the department's names."""
    for matter in _matters_of(revision):
        yield matter.name
        yield from matter.aliases
        yield from (matter.basic_code, matter.impl_code)
    if revision.theme:
        yield revision.theme.name
    yield revision.matter_note
    yield precedent.number or ""
    yield precedent.external_id or ""
    department = precedent.owner_department
    yield from (department.name, *department.short_names, *department.former_names)


def _body(revision: Revision) -> Iterator[str]:
    yield from (revision.gist, revision.problem, revision.blocker, revision.resolution, revision.script)
    yield from (revision.lead_org, *revision.partner_orgs, revision.who_can_decide, revision.lasting_rule)
    yield from (*revision.applies_when, *revision.not_when)
    yield from (step.get("what", "") for step in revision.handling_steps)
    for paper in revision.materials:
        yield from (paper.get("name", ""), paper.get("common_mistake", ""))
    for paper in revision.deferred_material:
        yield from (paper.get("item", ""), paper.get("why_minor", ""))
    for way in revision.alternatives:
        yield from (way.get("wanted", ""), way.get("instead", ""), way.get("reason", ""))
    # Its condition is said above; a second time it would count twice.
    yield from (way.get("instead", "") for way in revision.detours)
    yield from (entrance.get("label", "") for entrance in revision.entrances)


def _basis(citations: Iterable[Citation]) -> Iterator[str]:
    """Titles and articles that it relies on; the analysis takes document numbers and articles out of the text."""
    for citation in citations:
        policy, version, clause = citation.version.policy, citation.version, citation.clause
        yield from (version.title or policy.title, *policy.short_titles, version.doc_number or policy.doc_number)
        yield f"{clause.label} {clause.gist}" if clause else citation.locator
        yield citation.note


def _own(precedent: Precedent) -> Iterator[str]:
    """Its own number, apart from those that it mentions."""
    return map(own_token, library_numbers(precedent.number or ""))


def _exact(citations: Iterable[Citation]) -> Iterator[str]:
    for citation in citations:
        policy, clause = citation.version.policy, citation.clause
        if policy.number_key:
            yield f"doc:{policy.number_key}"
        articles = [clause.ref] if clause and clause.ref else article_refs(clause.label if clause else citation.locator)
        for article in ("", *(step for found in articles for step in article_steps(found))):
            yield law_token(policy.code, article)
            if citation.relation == Relation.BASIS:
                yield basis_token(policy.code, article)
