"""What is typed of a policy and its version becomes facts, or sentences that say what is wrong, all of them at once."""

import copy
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from caselib.core.days import read_day
from caselib.core.errors import RuleBroken
from caselib.core.text import clean, document_numbers, normalise
from caselib.orgs.models import Region

from .models import Level, Policy, PolicyVersion, Verified
from .services import PolicyFacts, VersionFacts, check_period, refuse_same_label
from .texts.pairing import KnownDocument, Pair, check_pair, title_key

FIELDS = (
    "title", "short_titles", "doc_number", "issuer", "level", "region", "issued_on",
    "label", "effective_from", "last_day", "changed_by", "official_url", "note", "verified",
)  # fmt: skip
_NAMES = {
    "title": "标题",
    "short_titles": "简称",
    "doc_number": "文号",
    "issuer": "发文机关",
    "level": "效力级别",
    "region": "适用地区",
    "label": "版本名称",
    "changed_by": "因何修改",
    "official_url": "官方网址",
    "note": "来源和说明",
}
_LONGEST = {
    "title": 200, "short_titles": 400, "doc_number": 200, "issuer": 100, "label": 64, "changed_by": 300,
    "official_url": 300, "note": 500,
}  # fmt: skip
# Beyond every bound, so that what is too long is told instead of cut off silently.
_MOST_KEPT = 2000
_is_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """`policy`: of a new policy alone. `errors`: sentence by field. `likely`: the document that was meant most likely.

    With errors neither `policy` nor `version` is there.
    """

    policy: PolicyFacts | None = None
    version: VersionFacts | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    likely: KnownDocument | None = None


def typed_from(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form as they were typed, without what nobody types on purpose."""
    return {name: clean(str(given.get(name, "")))[:_MOST_KEPT].strip() for name in FIELDS}


def typed_of(policy: Policy) -> dict[str, str]:
    """What a form for the next version of a policy begins with."""
    return {**typed_from({}), "title": policy.title, "issuer": policy.issuer}


def known_documents(*, without: Policy | None = None) -> list[KnownDocument]:
    """Every policy and every version with a name or number of its own, but those of one policy. 2 queries."""
    found = []
    for policy in Policy.objects.exclude(pk=without.pk if without else None):
        short = tuple(policy.short_titles)
        found.append(
            KnownDocument(
                code=policy.code, title=policy.title, number_key=policy.number_key, doc_number=policy.doc_number,
                short_titles=short, issued_on=policy.issued_on, issuer=policy.issuer,
            )
        )  # fmt: skip
    named = PolicyVersion.objects.exclude(doc_number="").exclude(policy=without).select_related("policy")
    for version in named:
        numbers = document_numbers(version.doc_number)
        found.append(
            KnownDocument(
                code=version.policy.code, title=version.title or version.policy.title,
                number_key=numbers[0] if numbers else "", doc_number=version.doc_number,
                issued_on=version.issued_on, issuer=version.issuer or version.policy.issuer,
            )
        )  # fmt: skip
    return found


def read_facts(typed: Mapping[str, str], *, policy: Policy | None) -> ReadFacts:
    """The facts of a new policy, or of another version of `policy`. 4 queries.

    Checked are the pair of number and title, the days, and that no two versions hold on one day.
    """
    reading = _Reading(typed)
    version = reading.version(policy)
    facts = None if policy else reading.policy()
    likely = reading.pair(known_documents(without=policy), is_new=policy is None)
    if policy is not None and not reading.errors:
        reading.check_versions(policy, version)
    if reading.errors:
        return ReadFacts(errors=reading.errors, likely=likely)
    return ReadFacts(policy=facts, version=version)


class _Reading:
    """Reads field by field; the first thing wrong with a field is kept."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed = {name: typed.get(name, "") for name in FIELDS}
        self.errors: dict[str, str] = {}
        for name, most in _LONGEST.items():
            if (size := len(self.typed[name])) > most:
                self.wrong(name, f"{_NAMES[name]}最多 {most} 字，现在 {size} 字。")
        self._days = {name: self._day(name) for name in ("issued_on", "effective_from", "last_day")}

    def wrong(self, name: str, message: str) -> None:
        self.errors.setdefault(name, message)

    def version(self, policy: Policy | None) -> VersionFacts:
        typed, days = self.typed, self._days
        if not typed["label"]:
            self.wrong("label", "写版本名称，如 2024 或 2023修订。")
        start, last = days["effective_from"], days["last_day"]
        if start and last and last < start:
            self.wrong("last_day", f"最后一天 {last:%Y-%m-%d} 早于施行日 {start:%Y-%m-%d}。核对两个日期。")
        if typed["verified"] not in Verified.values:
            self.wrong("verified", "选一下核对到什么程度。")
        if typed["verified"] == Verified.TEXT and not (typed["official_url"] or typed["note"]):
            self.wrong("note", "写明对照的是哪里的正文，再选“已对照正文”。")
        own = policy is not None
        return VersionFacts(
            label=typed["label"],
            title=typed["title"] if own and typed["title"] != policy.title else "",
            doc_number=typed["doc_number"] if own and typed["doc_number"] != policy.doc_number else "",
            issuer=typed["issuer"] if own and typed["issuer"] != policy.issuer else "",
            issued_on=days["issued_on"],
            effective_from=start,
            effective_to=last + dt.timedelta(days=1) if last else None,
            changed_by=typed["changed_by"],
            note=typed["note"],
            verified=typed["verified"],
        )

    def policy(self) -> PolicyFacts | None:
        typed = self.typed
        if typed["level"] not in Level.values:
            self.wrong("level", "选一下效力级别。")
        region = Region.objects.filter(full_name=typed["region"]).first() if typed["region"] else None
        if region is None:
            self.wrong("region", "选一下适用地区；全国适用的选“国家”。")
            return None
        return PolicyFacts(
            title=typed["title"],
            short_titles=split_names(typed["short_titles"]),
            doc_number=typed["doc_number"],
            issuer=typed["issuer"],
            level=typed["level"],
            region=region,
            issued_on=self._days["issued_on"],
            official_url=typed["official_url"],
            title_verified=typed["verified"],
            number_verified=typed["verified"],
            dates_verified=typed["verified"],
        )

    def pair(self, known: Sequence[KnownDocument], *, is_new: bool) -> KnownDocument | None:
        """Checks title, number and address; gives what was meant most likely where they do not fit."""
        typed = self.typed
        if not typed["title"]:
            self.wrong("title", "写标题，照正式文本的全称。")
            return None
        if typed["official_url"]:
            try:
                _is_address(typed["official_url"])
            except ValidationError:
                self.wrong("official_url", "网址要以 http:// 或 https:// 开头，照官网的地址写。")
        found = check_pair(
            typed["doc_number"], typed["title"], known=known,
            issued_on=self._days["issued_on"], issuer=typed["issuer"],
        )  # fmt: skip
        if found.is_refused:
            self.wrong(found.field or "title", found.message)
            return found.likely
        twin = found.likely if found.pair is Pair.KNOWN else _same_title(typed, known)
        if is_new and twin is not None:
            self.wrong("title", f"库里已有《{twin.title}》，没有另建。要录的是它的新文本，就接着录它的新版本。")
            return twin
        return None

    def check_versions(self, policy: Policy, facts: VersionFacts) -> None:
        versions = [copy.copy(version) for version in policy.versions.all()]
        if facts.effective_from:
            # What holds until then ends on that day; see precedents.impact.version_enter.
            eve = facts.effective_from - dt.timedelta(days=1)
            for version in versions:
                if version.applied_on(eve) and version.effective_to is None:
                    version.effective_to = facts.effective_from
        try:
            refuse_same_label(versions, facts)
            check_period(versions, facts)
        except RuleBroken as error:
            self.wrong({"effective_to": "last_day"}.get(error.field, error.field), error.message)

    def _day(self, name: str) -> dt.date | None:
        try:
            return read_day(self.typed[name])
        except RuleBroken as error:
            self.wrong(name, error.message)
            return None


def split_names(typed: str) -> tuple[str, ...]:
    """Short titles, parted by 、 or commas, semicolons and line breaks; each once."""
    for mark in "，,；;\n":
        typed = typed.replace(mark, "、")
    return tuple(dict.fromkeys(name.strip() for name in typed.split("、") if name.strip()))


def _same_title(typed: Mapping[str, str], known: Iterable[KnownDocument]) -> KnownDocument | None:
    """A document of the same name where none of the two has a number that could tell them apart."""
    if document_numbers(typed["doc_number"]):
        return None
    key, issuer = title_key(typed["title"]), normalise(typed["issuer"])
    same = (each for each in known if title_key(each.title) == key)
    return next((each for each in same if not issuer or not each.issuer or normalise(each.issuer) == issuer), None)
