"""What was the rule on that day? For a policy and for a clause, from dated facts alone."""

import datetime as dt
from dataclasses import dataclass

from caselib.core.diff import Mark, marked
from caselib.core.errors import NotVisible

from .models import Clause, Policy, PolicyVersion, Verified
from .validity import Validity, ValidityWord, fact_on, facts_of, repeal_on, status_on, taken_out_from, validity_of

NOT_YET = "那一天还没有施行。"
NOT_ENTERED = "那一天的文本没有录入。"
UNKNOWN = "有的版本施行日待核，答不出那一天适用哪个文本。"
NO_CLAUSES = "这个文本还没有录入条文，看官方文本。"
NO_SUCH_CLAUSE = "那一天的文本里没有这一条。"


@dataclass(frozen=True, slots=True)
class ClauseOnDay:
    """A clause of the version of that day. `repealed_from`: when a 部分失效 takes it out, `dt.date.min` for a day unknown."""

    clause: Clause
    repealed_from: dt.date | None
    repeal: Validity | None

    @property
    def is_out(self) -> bool:
        return self.repeal is not None and self.repeal.word is ValidityWord.STOP


@dataclass(frozen=True, slots=True)
class RuleOnDay:
    """`version` and `clause` as of that day; None with the reason in `why` where there is none or it is not known.

    `validity`: of the version on that day. `status`: words of the fact that decided, with its evidence; empty for none.
    """

    policy: Policy
    on: dt.date
    version: PolicyVersion | None
    clauses: tuple[ClauseOnDay, ...]
    validity: Validity | None
    why: str
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Life:
    """One form of a clause through time, oldest first. `marks`: what changed against the form before it."""

    clause: Clause
    marks: tuple[Mark, ...]
    is_gist: bool
    is_asked: bool

    @property
    def is_unsure(self) -> bool:
        return self.clause.verified != Verified.TEXT or self.clause.version.verified != Verified.TEXT


def rule_on_day(code: str, *, on: dt.date, clause: str = "") -> RuleOnDay:
    """The text of a policy on a day, or one clause of it (`clause`: code of any of its forms).

    Raises NotVisible for an unknown policy, or a clause that is not of this policy. 4 queries.
    """
    policy = Policy.objects.select_related("region").prefetch_related(facts_of("")).filter(code=code).first()
    if policy is None:
        raise NotVisible()
    key = _key(policy, clause) if clause else ""
    versions = list(policy.versions.order_by("position"))
    for version in versions:
        version.policy = policy
    version = next((each for each in reversed(versions) if each.applied_on(on)), None)
    clauses = _clauses_on(version, key, on=on) if version else ()
    fact = fact_on(policy.status_facts.all(), on=on)
    return RuleOnDay(
        policy=policy,
        on=on,
        version=version,
        clauses=clauses,
        validity=validity_of(version, on=on, status=status_on(policy, on=on)) if version else None,
        why=_why(versions, version, on=on) or ("" if clauses else NO_SUCH_CLAUSE if key else NO_CLAUSES),
        status=fact.get_status_display() if fact else "",
        source=fact.source if fact else "",
    )


def life_of(code: str, clause: str, *, on: dt.date) -> tuple[Life, ...]:
    """All forms of a clause, oldest first. Raises NotVisible. 2 queries."""
    asked = Clause.objects.filter(version__policy__code=code, code=clause).first()
    if asked is None:
        raise NotVisible()
    forms = Clause.objects.filter(stable_key=asked.stable_key, version__policy__code=code)
    lives: list[Life] = []
    before: Clause | None = None
    for form in forms.select_related("version__policy").order_by("version__position"):
        # Two paraphrases, alike or not, say nothing about the texts behind them.
        comparable = before is not None and bool(before.text and form.text)
        marks = marked(before.text, form.text) if comparable else ()
        lives.append(Life(form, marks, not form.text, form.version.applied_on(on)))
        before = form
    return tuple(lives)


def _clauses_on(version: PolicyVersion, key: str, *, on: dt.date) -> tuple[ClauseOnDay, ...]:
    taken_out = taken_out_from("stable_key", version="version__effective_from")
    found = version.clauses.filter(**({"stable_key": key} if key else {})).annotate(repealed_from=taken_out)
    return tuple(ClauseOnDay(clause, clause.repealed_from, repeal_on(clause.repealed_from, on=on)) for clause in found)


def _key(policy: Policy, clause: str) -> str:
    found = Clause.objects.filter(version__policy=policy, code=clause).values_list("stable_key", flat=True).first()
    if found is None:
        raise NotVisible()
    return found


def _why(versions: list[PolicyVersion], version: PolicyVersion | None, *, on: dt.date) -> str:
    if version is not None:
        return ""
    if any(each.effective_from is None for each in versions):
        return UNKNOWN
    begins = [each.effective_from for each in versions if each.effective_from]
    if begins and on < min(begins):
        return NOT_YET
    return NOT_ENTERED
