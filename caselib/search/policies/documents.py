"""From a policy in the database to documents of its index: one for the policy, one for each clause of each version."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db.models import Prefetch, QuerySet

from caselib.core.text import document_numbers
from caselib.policies.models import Clause, Policy, PolicyVersion
from caselib.search.engine.port import IndexDocument
from caselib.search.exact import article_steps, basis_token, law_token
from caselib.search.fields import PLACE, STATUS

# Facets that each hit brings along: the code of its policy, and from when to when its version applies.
POLICY = "policy"
SPAN = "span"
# And what moves them: the full name of the region whose rule it is.
REGION = "region"
BATCH = 50
_KEY = "policies"
# Ties go to the policy before its clauses.
_CLAUSES_FROM = 2**40


def key_of(policy: int, clause: int = 0) -> str:
    """The key of a policy in the index, or of one of its clauses."""
    return f"{_KEY}.{policy}.{clause}"


def place_of(region: int) -> str:
    """The value of the facet for the region whose rule it is, by its key."""
    return f"at:{region}"


def pks_of(key: str) -> tuple[int, int]:
    """(policy, clause) behind a key; the clause is 0 for the policy itself. Both 0 for a key of something else."""
    name, _, rest = key.partition(".")
    numbers = rest.split(".")
    if name != _KEY or len(numbers) != 2 or not all(number.isascii() and number.isdigit() for number in numbers):
        return 0, 0
    return int(numbers[0]), int(numbers[1])


def _loaded(pks: Sequence[int]) -> QuerySet[Policy]:
    """The policies with all that their documents need. 3 queries."""
    versions = PolicyVersion.objects.order_by("position", "pk").prefetch_related(
        Prefetch("clauses", queryset=Clause.objects.order_by("position", "pk"))
    )
    policies = Policy.objects.filter(pk__in=pks).select_related("region").order_by("pk")
    return policies.prefetch_related(Prefetch("versions", queryset=versions))


def documents_of(pks: Iterable[int]) -> Iterator[IndexDocument]:
    """The documents of these policies as the database has them now. 3 queries for each 50."""
    remaining = iter(pks)
    while batch := list(islice(remaining, BATCH)):
        for policy in _loaded(batch):
            yield from _documents(policy)


def all_documents() -> Iterator[IndexDocument]:
    """The documents of all policies."""
    yield from documents_of(list(Policy.objects.order_by("pk").values_list("pk", flat=True)))


def _documents(policy: Policy) -> Iterator[IndexDocument]:
    versions = list(policy.versions.all())
    facets = {
        POLICY: (policy.code,),
        STATUS: (policy.status,),
        # One value only: where a rule lies in is not asked, and a facet of one value costs a third to weigh.
        PLACE: (place_of(policy.region_id),),
        REGION: (policy.region.full_name,),
    }
    numbers = [policy.doc_number, *(version.doc_number for version in versions)]
    keys = document_numbers("\n".join(numbers))
    yield IndexDocument(
        key=key_of(policy.pk),
        order=policy.pk,
        zones={
            "title": "\n".join(dict.fromkeys([policy.title, *filter(None, (version.title for version in versions))])),
            "tags": "\n".join(policy.short_titles),
            "body": "\n".join(filter(None, [*numbers, policy.issuer, policy.region.full_name])),
        },
        exact=tuple(dict.fromkeys([law_token(policy.code), basis_token(policy.code), *(f"doc:{key}" for key in keys)])),
        facets=facets,
    )
    for version in versions:
        span = (span_of(version),)
        for clause in version.clauses.all():
            yield IndexDocument(
                key=key_of(policy.pk, clause.pk),
                order=_CLAUSES_FROM + clause.pk,
                zones={"wording": clause.label, "body": "\n".join(filter(None, (clause.gist, clause.text)))},
                exact=tuple(_exact(policy, clause)),
                facets={**facets, SPAN: span},
            )


def span_of(version: PolicyVersion) -> str:
    """2022-03-01/2024-07-01: the half-open time in which a version applies, empty where a day is not known."""
    return f"{version.effective_from or ''}/{version.effective_to or ''}"


def _exact(policy: Policy, clause: Clause) -> Iterator[str]:
    """What a clause answers to: its policy, and each step of its article."""
    yield law_token(policy.code)
    for step in article_steps(clause.ref) if clause.ref else ():
        yield law_token(policy.code, step)
        yield basis_token(policy.code, step)
