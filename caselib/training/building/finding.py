"""Precedents to put into a pack: those that somebody may read and that nobody took out of use. What is refused says why."""

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from caselib.core.text import clean, normalise
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import PrecedentRow, rows_of
from caselib.precedents.signal import Word
from caselib.precedents.visibility import FINDABLE

from ..audiences import q_wide_enough
from ..models import Pack
from .limits import MOST_AT_ONCE

_LONGEST_CODE = 40
_MOST_READ = 8_000


@dataclass(frozen=True, slots=True)
class Refused:
    """`label`: the number or title of what was not put in; `reason`: a full sentence."""

    label: str
    reason: str


def codes_in(typed: str) -> list[str]:
    """The numbers and codes in what somebody pasted, each once: between blanks, commas and lines, in any width. Never fails."""
    parts = re.split(r"[\s,，、;；|]+", normalise(clean(typed[:_MOST_READ])))
    return list(dict.fromkeys(part for part in parts if part and len(part) <= _LONGEST_CODE))[: MOST_AT_ONCE + 1]


def usable(scope: ViewerScope) -> QuerySet[Precedent]:
    """Published ones in use that the viewer may read."""
    return Precedent.objects.visible_to(scope).filter(live_revision__isnull=False, status__in=FINDABLE)


def found_by_codes(
    codes: Sequence[str], scope: ViewerScope, *, on: dt.date
) -> tuple[list[PrecedentRow], tuple[Refused, ...]]:
    """Those of the codes or library numbers that may be put into a pack, in their order, each once, and the others with reasons.

    Nothing tells a precedent that is hidden from the viewer from one that is not there. 2 queries, 3 with what is out of use.
    """
    lower, upper = [code.lower() for code in codes], [code.upper() for code in codes]
    named = Q(code__in=lower) | Q(number__in=upper)
    found: dict[str, PrecedentRow] = {}
    for row in rows_of(Precedent.objects.filter(named).order_by(), scope, on=on):
        found[row.precedent.code] = row
        found[(row.precedent.number or row.precedent.code).lower()] = row
    kept: dict[int, PrecedentRow] = {}
    refused: list[Refused] = []
    for code in lower:
        row = found.get(code)
        if reason := _reason(row):
            refused.append(Refused(row.precedent.number or row.revision.title if row else code, reason))
        else:
            kept[row.precedent.pk] = row
    return list(kept.values()), tuple(refused)


def _reason(row: PrecedentRow | None) -> str:
    """Why it is not put in, empty where it may be."""
    if row is None:
        return gettext("没有找到，或者您看不到。")
    if row.signal.word is Word.STOP:
        return gettext("已停用，不能放进培训包。") + " ".join(row.signal.reasons)
    if row.precedent.status not in FINDABLE:
        return gettext("不在用，不能放进培训包。")
    return ""


def too_narrow(pack: Pack, keys: Collection[int]) -> frozenset[int]:
    """Those of the precedents that are meant for fewer people than the pack. Needs `owner_department.region`. 1 query, none for none."""
    if not keys:
        return frozenset()
    narrow = Precedent.objects.filter(pk__in=keys).exclude(q_wide_enough(pack))
    return frozenset(narrow.values_list("pk", flat=True))
