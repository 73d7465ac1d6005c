"""What the pages of law in time show: two versions side by side, and the rule on a day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from caselib.orgs.scope import ViewerScope
from caselib.policies.comparing import Change, Comparison, Pair, comparison_of, versions_to_compare
from caselib.policies.models import PolicyVersion
from caselib.policies.on_a_day import ClauseOnDay, Life, RuleOnDay, life_of, rule_on_day
from caselib.precedents.relying import RelyingRows, relying_on


@dataclass(frozen=True, slots=True)
class PairScreen:
    """A pair with who relies on the older clause and on the newer one."""

    pair: Pair
    on_old: RelyingRows
    on_new: RelyingRows


@dataclass(frozen=True, slots=True)
class ComparisonScreen:
    """`pairs` are those that are shown; `hidden` is how many without a change were left out."""

    comparison: Comparison
    pairs: tuple[PairScreen, ...]
    hidden: int
    versions: tuple[PolicyVersion, ...]
    other: str
    changed_only: bool

    @property
    def is_gist(self) -> bool:
        return any(shown.pair.is_gist for shown in self.pairs)

    @property
    def older_choices(self) -> tuple[PolicyVersion, ...]:
        return tuple(each for each in self.versions if each.policy_id == self.comparison.older.policy_id)

    @property
    def newer_choices(self) -> tuple[PolicyVersion, ...]:
        return tuple(each for each in self.versions if each.policy_id == self.comparison.newer.policy_id)


def comparison_screen(
    scope: ViewerScope, code: str, *, older: str, newer: str, other: str, changed_only: bool, on: dt.date
) -> ComparisonScreen:
    """Raises NotVisible. 10 queries for any number of clauses and precedents."""
    old, new, versions = versions_to_compare(code, older=older, newer=newer, other=other)
    comparison = comparison_of(old, new)
    on_old, on_new = relying_on(old, scope, on=on).by_clause, relying_on(new, scope, on=on).by_clause
    quiet = {Change.SAME} if changed_only else set()
    nobody = RelyingRows()
    pairs = tuple(
        PairScreen(
            pair,
            on_old.get(pair.old.pk, nobody) if pair.old else nobody,
            on_new.get(pair.new.pk, nobody) if pair.new else nobody,
        )
        for pair in comparison.pairs
        if pair.change not in quiet
    )
    return ComparisonScreen(comparison, pairs, len(comparison.pairs) - len(pairs), versions, other, changed_only)


@dataclass(frozen=True, slots=True)
class DayScreen:
    """`clause`: code of the clause that was asked for, empty for the whole text. `error`: what is wrong with the day typed."""

    rule: RuleOnDay
    lives: tuple[Life, ...]
    clause: str
    typed: str
    error: str

    @property
    def label(self) -> str:
        """What the clause that was asked for is called in its last form."""
        return self.lives[-1].clause.label if self.lives else ""


def day_screen(code: str, *, clause: str, on: dt.date, typed: str, error: str) -> DayScreen:
    """Raises NotVisible. 4 queries, 6 for a clause."""
    rule = rule_on_day(code, on=on, clause=clause)
    lives = life_of(code, clause, on=on) if clause else ()
    return DayScreen(rule, lives, clause, typed, error)


def as_plain(screen: DayScreen) -> dict[str, Any]:
    """The same for programs: stable names, days as ISO dates, None for what there is not. `schema` counts changes."""
    rule = screen.rule
    return {
        "schema": 1,
        "policy": {"code": rule.policy.code, "title": rule.policy.title, "doc_number": rule.policy.doc_number},
        "on": None if screen.error else rule.on.isoformat(),
        "version": _version(rule.version) if rule.version and not screen.error else None,
        "validity": (
            {"word": str(rule.validity.word), "label": rule.validity.label, "verified": rule.validity.is_verified}
            if rule.validity and not screen.error
            else None
        ),
        "clauses": [] if screen.error else [_clause(clause) for clause in rule.clauses],
        "why": screen.error or rule.why,
    }


def _version(version: PolicyVersion) -> dict[str, Any]:
    return {
        "label": version.label,
        "title": version.title or version.policy.title,
        "effective_from": version.effective_from.isoformat() if version.effective_from else None,
        "effective_to": version.effective_to.isoformat() if version.effective_to else None,
        "verified": version.verified,
    }


def _clause(on_day: ClauseOnDay) -> dict[str, Any]:
    clause, since = on_day.clause, on_day.repealed_from
    return {
        "code": clause.code,
        "key": clause.stable_key,
        "ref": clause.ref,
        "label": clause.label,
        "text": clause.text,
        "gist": clause.gist,
        "verified": clause.verified,
        "repealed": on_day.is_out,
        "repealed_from": since.isoformat() if since and since != dt.date.min else None,
    }
