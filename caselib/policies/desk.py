"""Reads for the desk of who enters policies: open drafts, and what nobody has checked against the official text."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q

from caselib.core.paging import PageInfo, page_info
from caselib.core.text import document_numbers, normalise
from caselib.orgs.scope import ViewerScope

from .drafts import drafts_open
from .models import Policy, StatusFact, Verified, VersionDraft

# More open drafts than these are not work in hand any more.
MOST_DRAFTS = 50
_FACTS = (("title", "标题"), ("number", "文号"), ("dates", "日期"), ("status", "时效"))


@dataclass(frozen=True, slots=True)
class DraftLine:
    draft: VersionDraft
    is_mine: bool
    has_text: bool

    @property
    def title(self) -> str:
        return self.draft.facts.get("title") or str(self.draft.policy or "没有标题")

    @property
    def label(self) -> str:
        return self.draft.facts.get("label", "")


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A policy with what nobody checked; `unsure` is empty for one that only the search brought."""

    policy: Policy
    unsure: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    mine: tuple[DraftLine, ...]
    others: tuple[DraftLine, ...]
    lines: tuple[DeskLine, ...]
    page: PageInfo
    wanted: str


def desk_for(scope: ViewerScope, *, wanted: str = "", page: object = 1) -> Desk:
    """Open drafts and one page of policies: those with something unchecked, the oldest evidence first, or what is wanted.

    3 queries for any number; 4 with `wanted`.
    """
    drafts = [
        DraftLine(draft, draft.author_id == scope.user_id, bool(draft.has_text))
        for draft in drafts_open().annotate(has_text=~Q(text=""))[:MOST_DRAFTS]
    ]
    rows = policies_matching(wanted) if wanted.strip() else Policy.objects.filter(_unchecked())
    info = page_info(page, total=rows.count())
    ordered = rows.select_related("region").order_by(F("status_as_of").asc(nulls_first=True), "title", "pk")
    return Desk(
        mine=tuple(line for line in drafts if line.is_mine),
        others=tuple(line for line in drafts if not line.is_mine),
        lines=tuple(DeskLine(policy, _unsure(policy)) for policy in ordered[info.offset : info.offset + info.per_page]),
        page=info,
        wanted=wanted,
    )


def policies_matching(wanted: str) -> "Iterable[Policy]":
    """The policies whose title, short title, number or issuer holds what is wanted, as a query. 1 query to find them.

    Compared in normal form, which no database does: 国发2022 5号 finds 国发〔2022〕5号.
    """
    word, numbers = normalise(wanted).strip(), set(document_numbers(wanted))
    columns = ("pk", "title", "short_titles", "doc_number", "issuer", "number_key")
    found = [
        pk
        for pk, title, short, number, issuer, key in Policy.objects.values_list(*columns)
        if key in numbers or word in normalise(" ".join([title, *short, number, issuer]))
    ]
    return Policy.objects.filter(pk__in=found)


def status_facts_for(policy: Policy) -> list[StatusFact]:
    """Every fact about the force of a policy, withdrawn ones too, the latest first. 2 queries."""
    facts = StatusFact.objects.filter(policy=policy).select_related("other").prefetch_related("clauses__version")
    return list(facts.order_by(F("from_on").desc(nulls_last=True), "-pk"))


def _unchecked() -> Q:
    checked = Verified.TEXT
    return (
        ~Q(title_verified=checked)
        | (~Q(number_verified=checked) & ~Q(doc_number=""))
        | ~Q(dates_verified=checked)
        | ~Q(status_verified=checked)
    )


def _unsure(policy: Policy) -> tuple[str, ...]:
    return tuple(
        word
        for fact, word in _FACTS
        if getattr(policy, f"{fact}_verified") != Verified.TEXT and not (fact == "number" and not policy.doc_number)
    )
