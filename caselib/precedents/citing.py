"""Citations that were typed or pasted: which policy, which version on a day, which clause; and what could not be found."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from caselib.core.text import clean
from caselib.policies.known import policy_table
from caselib.policies.models import Clause, PolicyVersion
from caselib.policies.texts.citing import Cited, Why, named_in, placed
from caselib.policies.texts.mentions import ref_label
from caselib.policies.texts.names import PolicyTable
from caselib.policies.validity import Validity

from .shelf import Shelf, Spot

LOCATOR_LENGTH = 64
# Four that may be meant are a choice, forty are none.
MOST_CHOICES = 8
NO_LAW = "没有写明是哪部政策，补上名称再认一次。"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may become a citation. `words`: from which it was read; `caution`: what to look at before, or empty.

    `clause`: of `version`; None for the document as a whole, or an article that is not entered, which `locator` names.
    """

    words: str
    version: PolicyVersion
    clause: Clause | None
    locator: str
    caution: str
    validity: Validity

    @property
    def token(self) -> str:
        """By which a form names it."""
        clause = self.clause.code if self.clause else ""
        return f"{self.version.policy.code}~{self.version.position}~{clause}~{self.locator}"

    @property
    def is_whole(self) -> bool:
        """Whether it cites the document and no place in it."""
        return self.clause is None and not self.locator

    @property
    def label(self) -> str:
        return self.locator or (self.clause.label if self.clause else "整份文件")

    @property
    def title(self) -> str:
        return self.version.title or self.version.policy.title

    @property
    def exact(self) -> str:
        """What to type for this very place."""
        return f"《{self.version.policy.title}》{'' if self.is_whole else self.label}"

    def __str__(self) -> str:
        return f"《{self.title}》（{self.version.label}）{self.label}"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Words that cite something which was not found. `why` of UnresolvedCitation.Why; `choices`: what may be meant.

    `is_named`: whether the words name a policy at all; an article alone says nothing to who has not read the text.
    """

    words: str
    why: str
    hint: str
    choices: tuple[Proposal, ...] = ()
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Read:
    """Each place once, in the order of the text."""

    proposals: tuple[Proposal, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.proposals or self.unresolved)

    @property
    def offered(self) -> dict[str, Proposal]:
        """Everything that may be chosen, by token."""
        choices = [choice for each in self.unresolved for choice in each.choices]
        return {each.token: each for each in (*choices, *self.proposals)}


def read_citations(text: str, *, on: dt.date, today: dt.date | None = None) -> Read:
    """What a text cites, in the versions that applied on a day. `today`: for whose validity to tell, if not that of `on`.

    Reads the first 50,000 characters. 5 queries at the most while no policy changes.
    """
    return read_all([text], on=on, today=today)[0]


def read_all(texts: Sequence[str], *, on: dt.date, today: dt.date | None = None) -> list[Read]:
    """The same for each of several texts, with the same number of queries."""
    table = policy_table()
    texts = [clean(text) for text in texts]
    named = [named_in(text, table=table) for text in texts]
    laws = [each.whole for found in named for each in found]
    shelf = Shelf({code for law in laws for code in (law.policy, *law.candidates) if code}, on=on, today=today or on)
    # The clauses of a library do not fit into memory: those of the policies that are named do.
    full = [placed(found, shelf.refs) for found in named]
    shelf.fetch(spot for found in full for each in found for spot in _spots(each))
    return [_Reading(text, table, shelf).read(found) for text, found in zip(texts, full, strict=True)]


def _spots(each: Cited) -> Iterator[Spot]:
    codes = [each.policy] if each.policy else each.candidates[:MOST_CHOICES]
    return (Spot(code, each.ref, each.label) for code in codes)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One text with what its words may mean."""

    text: str
    table: PolicyTable
    shelf: Shelf

    def read(self, found: Iterable[Cited]) -> Read:
        proposals: dict[str, Proposal] = {}
        unresolved: dict[str, Unresolved] = {}
        for each in found:
            words = self._words(each)
            proposal = self._found(each, words)
            if proposal is not None:
                proposals.setdefault(proposal.token, proposal)
            else:
                unresolved.setdefault(words, self._missed(each, words))
        return Read(tuple(proposals.values()), tuple(unresolved.values()))

    def _words(self, each: Cited) -> str:
        """The words that cite: the name of the law with the article, without what stands between the two."""
        start, end = each.span
        own = self.text[start:end].strip()
        words = own if not each.named or own == each.named or (not each.ref and not each.label) else each.named + own
        return " ".join(words.split())

    def _found(self, each: Cited, words: str) -> Proposal | None:
        if each.policy is None or each.why not in (Why.FOUND, Why.NO_SUCH_CLAUSE):
            return None
        spot = Spot(each.policy, each.ref, each.label)
        if each.why is Why.NO_SUCH_CLAUSE and self.shelf.lacks(spot):
            return None
        return self._proposal(spot, words)

    def _proposal(self, spot: Spot, words: str) -> Proposal | None:
        held = self.shelf.version(spot.policy)
        if held is None:
            return None
        clause = self.shelf.clause(spot)
        is_exact = clause is not None and spot.key in (clause.ref, clause.label)
        locator = "" if is_exact or not spot.key else (ref_label(spot.ref) if spot.ref else spot.label)
        return Proposal(
            words=words,
            version=held.version,
            clause=clause,
            locator=locator[:LOCATOR_LENGTH],
            caution="；".join(filter(None, (held.caution, self._not_entered(spot, clause) if locator else ""))),
            validity=held.validity,
        )

    def _not_entered(self, spot: Spot, clause: Clause | None) -> str:
        """What to say of a place that the version has no clause for."""
        if clause is not None:
            return f"款、项没有单独录入，条文看{clause.label}"
        return "；".join(filter(None, ("这一条还没有录入，只记条号", self.shelf.elsewhere(spot))))

    def _missed(self, each: Cited, words: str) -> Unresolved:
        # What is cited of a policy without any version waits like what is cited of none.
        why = Why.UNKNOWN_POLICY if each.why is Why.FOUND else each.why
        choices = tuple(filter(None, (self._proposal(spot, words) for spot in _spots(each) if each.candidates)))
        is_named = bool(each.named) and each.named[:1] not in "本该同"
        return Unresolved(words, str(why), self._hint(each, is_named)[:500], choices, is_named)

    def _hint(self, each: Cited, is_named: bool) -> str:
        if each.why is Why.NO_SUCH_CLAUSE:
            return self.shelf.lacking(Spot(each.policy or "", each.ref, each.label))
        if each.policy:
            return f"库里有《{self.table.titles[each.policy]}》，还没有录入它的任何版本。"
        names = "、".join(f"《{self.table.titles[code]}》" for code in each.candidates[:MOST_CHOICES])
        if each.why is Why.WRONG_NUMBER:
            return f"文号和标题对不上，可能是{names}。"
        if each.candidates:
            return f"可能是{names}。"
        return "录入以后会自己认出来。" if is_named else NO_LAW
