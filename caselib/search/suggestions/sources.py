"""What suggestions are made of, read from the database."""

import datetime as dt
import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncHour

from caselib.catalog.models import Matter, Tag
from caselib.orgs.models import Department
from caselib.policies.models import Policy
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import audience_of
from caselib.search.indexing import eligible
from caselib.search.models import SearchLogEntry

from .part import Names

# A question is offered when it was asked this often within these days, and somebody opened what it found.
ASKED_DAYS = 180
ASKED_TIMES = 3
MOST_QUESTIONS = 500
LONGEST_QUESTION = 40
# What took the place of personal data; the brackets of a document number hold a year.
_MASKED = re.compile(r"〔\D")
# What was opened for a question vouches that it finds something; these few stand for all of it.
_VOUCHERS = 5
_BATCH = 5_000
# Worth: uses first, then the newer one. A second is small enough beside a use, and large enough for a float.
_SECOND = 1e-11


class Kind(StrEnum):
    PRECEDENT = "precedent"
    QUESTION = "question"
    MATTER = "matter"
    POLICY = "policy"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is no title. `text` is what is matched, `label` what it is called, `code` its address or key.

    `vouchers`: keys of precedents of which the viewer must see one; without any, everybody sees the name.
    """

    kind: str
    text: str
    label: str
    code: str
    vouchers: tuple[int, ...] = ()


@functools.lru_cache(maxsize=4_000)
def _audience(audience: str, department: int, region: int) -> str:
    owner = Department(pk=department, region_id=region)
    return audience_of(Precedent(audience=audience, owner_department=owner))


def titles(keys: Collection[int] | None = None) -> Names:
    """The titles of the library, or of those precedents as far as they are to be found. 1 query."""
    rows: QuerySet = eligible() if keys is None else eligible().filter(pk__in=keys)
    columns = (
        "pk",
        "live_revision__title",
        "reuse_count",
        "published_at",
        "audience",
        "owner_department",
        "owner_department__region",
    )
    found = [
        (used + published.timestamp() * _SECOND, pk, title, _audience(audience, department, region))
        for pk, title, used, published, audience, department, region in rows.order_by()
        .values_list(*columns)
        .iterator(_BATCH)
    ]
    found.sort(key=lambda row: (-row[0], row[1]))
    worth, pks, texts, audiences = zip(*found, strict=True) if found else ((), (), (), ())
    return Names(texts=texts, keys=pks, worth=worth, audiences=audiences)


def vocabulary() -> Iterator[Name]:
    """Matters, policies and tags by all that they are called. 3 queries."""
    for code, name, aliases in Matter.objects.order_by("name").values_list("code", "name", "aliases"):
        for text in dict.fromkeys((name, *aliases)):
            yield Name(Kind.MATTER, text, name, code)
    columns = ("code", "title", "short_titles", "doc_number")
    for code, title, short_titles, doc_number in Policy.objects.order_by("title").values_list(*columns):
        for text in dict.fromkeys(filter(None, (title, *short_titles, doc_number))):
            yield Name(Kind.POLICY, text, title, code)
    for pk, name, synonyms in (
        Tag.objects.filter(merged_into=None).order_by("name").values_list("pk", "name", "synonyms")
    ):
        for text in dict.fromkeys((name, *synonyms)):
            yield Name(Kind.TAG, text, name, str(pk))


def questions(*, now: dt.datetime) -> list[Name]:
    """Past questions that were asked in several sittings and led to something, the commonest first. 2 queries.

    The sign of a sitting is blanked after a day; from then on an hour counts as one sitting.
    """
    asked = SearchLogEntry.objects.filter(
        at__gte=now - dt.timedelta(days=ASKED_DAYS), fits=True, page=1, narrowed=False
    )
    often = (
        asked.order_by()
        .values("question_key")
        .annotate(
            sittings=Count("thread", distinct=True, filter=~Q(thread="")),
            hours=Count(TruncHour("at"), distinct=True, filter=Q(thread="")),
            times=Count("pk"),
            opens=Count("opened"),
            wording=Max("question"),
        )
        .filter(times__gte=ASKED_TIMES, opens__gte=1)
        .order_by("-times", "question_key")[:MOST_QUESTIONS]
    )
    rows = [row for row in often if row["sittings"] + row["hours"] >= ASKED_TIMES and _is_worth_asking(row["wording"])]
    opened: dict[str, list[int]] = {row["question_key"]: [] for row in rows}
    pairs = asked.order_by().filter(question_key__in=opened, opened__isnull=False).values_list("question_key", "opened")
    for key, pk in pairs.annotate(times=Count("pk")).order_by("-times").values_list("question_key", "opened"):
        if len(opened[key]) < _VOUCHERS:
            opened[key].append(pk)
    return [Name(Kind.QUESTION, row["wording"], row["wording"], "", tuple(opened[row["question_key"]])) for row in rows]


def _is_worth_asking(wording: str) -> bool:
    """Not a pasted ticket, nor what spoke of a person: the mask of 〔手机号〕 would be searched for."""
    return len(wording) <= LONGEST_QUESTION and not _MASKED.search(wording)


def as_json(names: Collection[Name]) -> list[dict]:
    return [asdict(name) for name in names]


def from_json(rows: Collection[dict]) -> list[Name]:
    return [Name(**{**row, "vouchers": tuple(row["vouchers"])}) for row in rows]
