"""What is typed of a fact about the force of a policy becomes the fact, or sentences that say what is wrong."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from caselib.core.days import read_day
from caselib.core.errors import RuleBroken
from caselib.core.text import clean, document_numbers, normalise

from .models import Clause, Policy, PolicyStatus, Verified
from .standing import StatusFacts
from .texts.mentions import mentions
from .texts.pairing import title_key
from .validity import ENDED

FIELDS = ("status", "from_on", "clauses", "by", "source", "source_url", "as_of", "verified")
TAKES_FORCE = ENDED | {PolicyStatus.PARTLY_REPEALED}
_LONGEST = {"clauses": 500, "by": 300, "source": 300, "source_url": 300}
_MOST_KEPT = 2000
_BETWEEN = re.compile(r"[、,;\s]+")
_BARE = re.compile(r"(\d{1,4}|[零〇一二两三四五六七八九十百千]{1,9})条?")
_JOINS = re.compile(r"以及|或者|[、,;.。和及与或至到—-]|\s")
_is_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class ReadStatus:
    """`facts` is None with errors (sentence by field)."""

    facts: StatusFacts | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def takes_force(self) -> bool:
        return self.facts is not None and self.facts.status in TAKES_FORCE


def typed_from(given: Mapping[str, str]) -> dict[str, str]:
    return {name: clean(str(given.get(name, "")))[:_MOST_KEPT].strip() for name in FIELDS}


def digest_of(typed: Mapping[str, str]) -> str:
    """Tells whether what is saved is what the impact was shown for."""
    return hashlib.sha256("\x1f".join(typed[name] for name in FIELDS).encode()).hexdigest()[:16]


def read_status(typed: Mapping[str, str], *, policy: Policy) -> ReadStatus:
    """The fact that was typed. 1 to 4 queries."""
    days, errors = _read(typed)
    clauses = _clauses(typed, policy, days["from_on"], errors)
    other = policy_named(typed["by"])
    if other == policy:
        errors.setdefault("by", "修改或替代它的文件不能是它自己。")
    if errors:
        return ReadStatus(errors=errors)
    return ReadStatus(
        StatusFacts(
            status=typed["status"],
            from_on=days["from_on"],
            clauses=clauses,
            other=other,
            by_note="" if other else typed["by"],
            source=typed["source"],
            source_url=typed["source_url"],
            as_of=days["as_of"],
            verified=typed["verified"],
        )
    )


def _read(typed: Mapping[str, str]) -> tuple[dict[str, dt.date | None], dict[str, str]]:
    """(the days, what is wrong by field) as far as each field can be read by itself."""
    errors: dict[str, str] = {}
    for name, most in _LONGEST.items():
        if len(typed[name]) > most:
            errors[name] = f"这一栏最多 {most} 字，现在 {len(typed[name])} 字。"
    days: dict[str, dt.date | None] = {}
    for name in ("from_on", "as_of"):
        try:
            days[name] = read_day(typed[name])
        except RuleBroken as error:
            errors[name], days[name] = error.message, None
    if typed["status"] not in PolicyStatus.values:
        errors["status"] = "选一下时效。"
    if typed["verified"] not in Verified.values:
        errors["verified"] = "选一下核对到什么程度。"
    if typed["verified"] == Verified.TEXT and not typed["source"]:
        errors.setdefault("source", "写明对照的是哪里的正文，再选“已对照正文”。")
    try:
        refuse_address(typed["source_url"], field="source_url")
    except RuleBroken as error:
        errors.setdefault("source_url", error.message)
    return days, errors


def refuse_address(typed: str, *, field: str = "official_url") -> None:
    """Raises RuleBroken for what is no address of a page; nothing typed is fine."""
    message = "网址要以 http:// 或 https:// 开头，照官网的地址写，最多 300 字。"
    try:
        if typed:
            _is_address(typed)
    except ValidationError:
        raise RuleBroken(message, code="no_address", field=field) from None
    if len(typed) > _LONGEST["source_url"]:
        raise RuleBroken(message, code="no_address", field=field)


def policy_named(words: str) -> Policy | None:
    """The one policy with that number or title, short ones too; None where there is none or more than one. 1 query."""
    if not words.strip():
        return None
    numbers, key = set(document_numbers(words)), title_key(words)
    columns = ("pk", "title", "short_titles", "number_key")
    found = [
        pk
        for pk, title, short, number in Policy.objects.values_list(*columns)
        if number in numbers or key in {title_key(name) for name in (title, *short)}
    ]
    return Policy.objects.get(pk=found[0]) if len(found) == 1 else None


def clauses_named(words: str) -> tuple[list[str], str]:
    """(normal forms of the articles that are named, a bare 33 and all of a range among them; what could not be read).

    Nothing of what was typed may be passed over: what is left out of a repeal stays in force.
    """
    parts = [part.strip() for part in _BETWEEN.split(normalise(words))]
    source = "、".join(f"第{found[1]}条" if (found := _BARE.fullmatch(part)) else part for part in parts)
    refs: list[str] = []
    rest, at = [], 0
    for mention in mentions(source, 0, len(source), is_behind_name=False):
        refs += [place.ref for place in mention.places]
        rest.append(source[at : mention.start])
        at = mention.end
    unread = "".join(_JOINS.sub("", piece) for piece in (*rest, source[at:]))
    return list(dict.fromkeys(refs)), unread


def _clauses(
    typed: Mapping[str, str], policy: Policy, from_on: dt.date | None, errors: dict[str, str]
) -> tuple[Clause, ...]:
    """The clauses that are named, in the version that holds on the day, or the last one."""
    if typed["status"] != PolicyStatus.PARTLY_REPEALED:
        if typed["clauses"]:
            errors.setdefault("clauses", "只有“部分失效”要写哪几条。选“部分失效”，或清空这一栏。")
        return ()
    if not typed["clauses"]:
        errors.setdefault("clauses", "部分失效要写明哪几条，如 第三条、第五条。")
        return ()
    versions = policy.versions.order_by("-position")
    version = (versions.in_force(on=from_on - dt.timedelta(days=1)).first() if from_on else None) or versions.first()
    wanted, unread = clauses_named(typed["clauses"])
    if unread:
        errors.setdefault("clauses", f"没有读懂“{unread[:30]}”。照条号写，如 第三条、第五条，或 第三条至第五条。")
        return ()
    found = {clause.ref: clause for clause in Clause.objects.filter(version=version, ref__in=wanted)}
    missing = [ref for ref in wanted if ref not in found]
    if missing or not wanted:
        label = version.label if version else ""
        names = "、".join(f"第{ref.replace('/', '条第')}{'款' if '/' in ref else '条'}" for ref in missing) or "条号"
        errors.setdefault("clauses", f"“{label}”这一版里没有{names}。照条号写，如 第三条、第五条。")
        return ()
    return tuple(found[ref] for ref in wanted)
