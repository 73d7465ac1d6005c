"""What suggestions are made of, read from the database."""

import datetime as dt
import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncHour

from caselib.catalog.models import Matter, Tag
from caselib.core import prepared
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
# What a name leads to vouches that it may be told; so many stand for all of it, for each audience.
MOST_VOUCHERS = 4
_BATCH = 5_000
# Worth: uses first, then the newer one. A second is small enough beside a use, and large enough for a float.
_SECOND = 1e-11


class Kind(StrEnum):
    PRECEDENT = "precedent"
    QUESTION = "question"
    MATTER = "matter"
    POLICY = "policy"
    TAG = "tag"


# Keys of precedents by audience token.
Vouchers = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is no title. `text` is what is matched, `label` what it is called, `code` its address or key.

    `vouchers`: keys of some precedents that it leads to, by audience token: who sees none of them is not told the name.
    None for what everybody is told.
    """

    kind: str
    text: str
    label: str
    code: str
    vouchers: Vouchers | None = None

    def vouched_by(self, tokens: Iterable[str]) -> list[int]:
        """A few precedents meant for these audiences that it leads to."""
        return [pk for token in tokens for pk in (self.vouchers or {}).get(token, ())][:MOST_VOUCHERS]


# What the audience of a precedent follows from.
_AUDIENCE = ("audience", "owner_department", "owner_department__region")


@functools.lru_cache(maxsize=4_000)
def _audience(audience: str, department: int, region: int) -> str:
    owner = Department(pk=department, region_id=region)
    return audience_of(Precedent(audience=audience, owner_department=owner))


def titles(keys: Collection[int] | None = None) -> Names:
    """The titles of the library, or of those precedents as far as they are to be found. 1 query."""
    rows = _title_rows().iterator(_BATCH) if keys is None else _asked("titles", keys, _title_rows)
    found = [
        (used + published.timestamp() * _SECOND, pk, title, _audience(*owner))
        for pk, title, used, published, *owner in rows
    ]
    found.sort(key=lambda row: (-row[0], row[1]))
    worth, pks, texts, audiences = zip(*found, strict=True) if found else ((), (), (), ())
    return Names(texts=texts, keys=pks, worth=worth, audiences=audiences)


def _title_rows(keys: Collection[int] | None = None) -> QuerySet:
    rows = eligible() if keys is None else eligible().filter(pk__in=keys)
    return rows.order_by().values_list("pk", "live_revision__title", "reuse_count", "published_at", *_AUDIENCE)


def _asked(name: str, keys: Collection[int], build: Callable[[Sequence[int]], QuerySet]) -> prepared.Rows:
    return prepared.rows_of(name, list(keys), shape=None, build=build)


def vocabulary(tag_vouchers: Mapping[str, Vouchers]) -> Iterator[Name]:
    """Matters, policies and the tags that are vouched for, by all that they are called. 3 queries."""
    for code, name, aliases in (
        Matter.objects.filter(is_active=True).order_by("name").values_list("code", "name", "aliases")
    ):
        for text in dict.fromkeys((name, *aliases)):
            yield Name(Kind.MATTER, text, name, code)
    columns = ("code", "title", "short_titles", "doc_number")
    for code, title, short_titles, doc_number in Policy.objects.order_by("title").values_list(*columns):
        for text in dict.fromkeys(filter(None, (title, *short_titles, doc_number))):
            yield Name(Kind.POLICY, text, title, code)
    for pk, name, synonyms in (
        Tag.objects.filter(merged_into=None).order_by("name").values_list("pk", "name", "synonyms")
    ):
        for text in dict.fromkeys((name, *synonyms)) if str(pk) in tag_vouchers else ():
            yield Name(Kind.TAG, text, name, str(pk), tag_vouchers[str(pk)])


def tag_vouchers(keys: Collection[int] | None = None) -> dict[str, Vouchers]:
    """What each tag leads to, in the library or among those precedents, by the tag's key. 1 query.

    Keys are texts, as JSON will have them.
    """
    rows = _tag_rows().iterator(_BATCH) if keys is None else _asked("tags", keys, _tag_rows)
    found: dict[str, Vouchers] = {}
    for pk, tag, *owner in rows:
        _vouch(found.setdefault(str(tag), {}), _audience(*owner), pk)
    return found


def _tag_rows(keys: Collection[int] | None = None) -> QuerySet:
    rows = eligible().filter(live_revision__tags__isnull=False)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    return rows.order_by("-pk").values_list("pk", "live_revision__tags", *_AUDIENCE)


def merged(
    newer: Mapping[str, Vouchers], older: Mapping[str, Vouchers], *, read: Collection[int]
) -> dict[str, Vouchers]:
    """What each tag leads to by either, the newer first. `read`: all precedents that the newer was read from."""
    found: dict[str, Vouchers] = {}
    for vouchers, replaced in ((newer, ()), (older, frozenset(read))):
        for tag, by_token in vouchers.items():
            for token, keys in by_token.items():
                for pk in keys:
                    if pk not in replaced:
                        _vouch(found.setdefault(tag, {}), token, pk)
    return found


def is_vouched(newer: Mapping[str, Vouchers], older: Mapping[str, Vouchers], *, read: Collection[int]) -> bool:
    """Whether the older says of these precedents what the newer says, or has enough without them."""
    for tag, by_token in newer.items():
        for token, keys in by_token.items():
            held = older.get(tag, {}).get(token, ())
            if len(held) < MOST_VOUCHERS and not set(keys) <= set(held):
                return False
    gone = frozenset(read)
    return not any(
        not gone.isdisjoint(held) and not gone.intersection(held) <= set(newer.get(tag, {}).get(token, ()))
        for tag, by_token in older.items()
        for token, held in by_token.items()
    )


def _vouch(vouchers: Vouchers, token: str, pk: int) -> None:
    keys = vouchers.setdefault(token, [])
    if len(keys) < MOST_VOUCHERS and pk not in keys:
        keys.append(pk)


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
    opened: dict[str, Vouchers] = {row["question_key"]: {} for row in rows}
    owners = [f"opened__{column}" for column in _AUDIENCE]
    pairs = asked.order_by().filter(question_key__in=opened, opened__isnull=False)
    times = pairs.values("question_key", "opened", *owners).annotate(times=Count("pk")).order_by("-times")
    for key, pk, *owner in times.values_list("question_key", "opened", *owners):
        _vouch(opened[key], _audience(*owner), pk)
    return [Name(Kind.QUESTION, row["wording"], row["wording"], "", opened[row["question_key"]]) for row in rows]


def _is_worth_asking(wording: str) -> bool:
    """Not a pasted ticket, nor what spoke of a person: the mask of 〔手机号〕 would be searched for."""
    return len(wording) <= LONGEST_QUESTION and not _MASKED.search(wording)


def as_json(names: Collection[Name]) -> list[list]:
    return [[name.kind, name.text, name.label, name.code, name.vouchers] for name in names]


def from_json(rows: Collection[list]) -> list[Name]:
    return [Name(*row) for row in rows]
