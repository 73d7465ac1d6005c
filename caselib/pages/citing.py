"""What the page of citations and the queue show of what was read from typed words, prepared for their templates."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.policies.validity import ValidityWord
from caselib.precedents.citation_edits import Chosen
from caselib.precedents.citing import Proposal, Read, Unresolved, read_citations
from caselib.precedents.models import Relation, UnresolvedCitation

MOST_TYPED = 20_000
RELATIONS = tuple((relation.value, f"{relation.label}（{relation.reverse_label}）") for relation in Relation)
TOO_LONG = "这一段有 {count} 个字，最多 {most} 个。没有识别，分几次粘贴。"


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal with what stands in its row. `relation` of Relation."""

    proposal: Proposal
    is_ticked: bool
    relation: str = Relation.BASIS.value

    @property
    def token(self) -> str:
        return self.proposal.token


@dataclass(frozen=True, slots=True)
class Missed:
    """What was not found, with what may be meant."""

    found: Unresolved
    offers: tuple[Offer, ...]

    @property
    def why(self) -> str:
        return UnresolvedCitation.Why(self.found.why).label


@dataclass(frozen=True, slots=True)
class Found:
    """What was read from `text`. `box`: one or paste, where it was typed; `then`: whether as of the day of the case."""

    text: str
    box: str
    then: bool
    offers: tuple[Offer, ...] = ()
    missed: tuple[Missed, ...] = ()
    wrong: str = ""
    was_read: bool = False


def found_in(text: str, *, box: str, then: dt.date | None, today: dt.date, posted: QueryDict | None = None) -> Found:
    """Reads a text. `then`: the day of the case if its text is wanted; `posted`: ticks and relations to be kept."""
    if len(text) > MOST_TYPED:
        wrong = TOO_LONG.format(count=len(text), most=MOST_TYPED)
        return Found(text, box, bool(then), wrong=wrong)
    if not text.strip():
        return Found(text, box, bool(then))
    read = read_citations(text, on=then or today, today=today)
    is_alone = len(read.proposals) == 1 and not read.unresolved
    return Found(
        text=text,
        box=box,
        then=bool(then),
        offers=tuple(
            _offer(each, posted, is_alone or each.validity.word != ValidityWord.STOP) for each in read.proposals
        ),
        missed=tuple(
            Missed(each, tuple(_offer(choice, posted, False) for choice in each.choices)) for each in read.unresolved
        ),
        was_read=True,
    )


def _offer(proposal: Proposal, posted: QueryDict | None, is_ticked: bool) -> Offer:
    if posted is None:
        return Offer(proposal, is_ticked)
    token = proposal.token
    return Offer(proposal, token in posted.getlist("pick"), relation_in(posted.get(f"relation~{token}", "")).value)


def chosen_in(found: Found) -> tuple[list[Chosen], list[Unresolved]]:
    """What was ticked, and what was not found and has no choice ticked either: that one waits in the queue.

    Raises RuleBroken for a text that was too long to be read, and where there is nothing at all to do.
    """
    if found.wrong:
        raise RuleBroken(found.wrong, code="too_long", field="text")
    ticked = [offer for offer in found.offers if offer.is_ticked]
    ticked += [offer for missed in found.missed for offer in missed.offers if offer.is_ticked]
    left = [missed.found for missed in found.missed if not any(offer.is_ticked for offer in missed.offers)]
    if not ticked and not left:
        raise RuleBroken(gettext("没有勾选引用，没有改动。勾上要加的，再点一次。"), code="nothing_chosen", field="pick")
    return [Chosen(offer.proposal, relation_in(offer.relation)) for offer in ticked], left


def relation_in(value: str) -> Relation:
    """依据 for anything that is no relation."""
    return Relation(value) if value in Relation.values else Relation.BASIS


def proposal_in(reads: Iterable[Read], token: str) -> Proposal:
    """The proposal of that token among what was read. Raises RuleBroken where it is not there (any more)."""
    for read in reads:
        if token in read.offered:
            return read.offered[token]
    raise RuleBroken(gettext("没有处理：先选定是哪一条。"), code="nothing_chosen", field="typed")
