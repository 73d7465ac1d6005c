"""经过: everything that was done to a precedent, from the first draft on, for those who keep it; for readers a part without
texts and names."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from django.utils.translation import gettext

from caselib.audit.actions import LABELS, Action
from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import PolicyVersion

from .access import may_edit, may_see_drafts
from .comparing import Compared, contents_compared
from .content import content_of
from .models import OPEN_STATES, Precedent, ReviewDecision, Revision, RevisionState, Significance, Verification
from .past import PUBLIC_STATES
from .shown import holds_personal, title_shown
from .visibility import PrecedentStatus

# A precedent with more events has them in the trail of the auditor.
MOST_EVENTS = 200
# Told by the versions and checks themselves, or by somebody else's desk.
_TOLD_ELSEWHERE = (
    Action.PRECEDENT_CREATED,
    Action.REVISION_STARTED,
    Action.PRECEDENT_VERIFIED,
    Action.REUSE_RECORDED,
    Action.REUSE_UNDONE,
)
_OF_TEXT = (Action.REVISION_SUBMITTED, Action.REVISION_WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `who` and `note` may be empty."""

    at: dt.datetime
    what: str
    who: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A text with the decisions about it, oldest first. For readers only `number`, `on`, `significance` and `is_live`.

    `on`: the day on which it was published, None for one that never was.
    """

    number: int
    state: str
    on: dt.date | None
    is_live: bool
    significance: str
    revision: Revision | None = None
    decisions: tuple[ReviewDecision, ...] = ()
    may_restore: bool = False


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A verification: of which text, with what outcome, against which versions of policies. `by` is empty for readers."""

    on: dt.date
    by: str
    outcome: str
    note: str
    text: int
    versions: tuple[PolicyVersion, ...]


@dataclass(frozen=True, slots=True)
class History:
    """`is_full`: with texts, names and drafts. Each newest first."""

    precedent: Precedent
    title: str
    is_full: bool
    versions: tuple[VersionLine, ...]
    checks: tuple[CheckLine, ...]
    events: tuple[Step, ...]

    @property
    def is_comparable(self) -> bool:
        return self.is_full and len(self.versions) > 1


def history_of(scope: ViewerScope, code: str) -> History:
    """The whole history for who writes and reviews in the owning department, dates and verdicts alone for other readers.

    Raises NotVisible for what the viewer may not see. 7 queries for any number of texts.
    """
    precedent = _precedent(scope, code)
    full = bool(may_see_drafts(scope, precedent))
    texts = precedent.revisions.order_by("-number")
    if not full:
        texts = texts.filter(state__in=PUBLIC_STATES)
    found = list(texts.select_related("approved_by"))
    decisions = _decisions(found)
    restorable = bool(may_edit(scope, precedent)) and _may_start(precedent, found)
    versions = tuple(_version(text, decisions[text.pk], precedent, full, restorable) for text in found)
    return History(
        precedent,
        _title(precedent, found) if full else title_shown(precedent),
        full,
        versions,
        tuple(_check(row, full) for row in _checks(precedent)),
        tuple(_events(precedent, full)),
    )


def _precedent(scope: ViewerScope, code: str) -> Precedent:
    related = Precedent.objects.visible_to(scope).select_related("owner_department", "live_revision")
    found = related.annotate(is_personal=holds_personal()).filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found


def _title(precedent: Precedent, texts: list[Revision]) -> str:
    if precedent.live_revision is not None:
        return precedent.live_revision.title
    return texts[0].title if texts else ""


def _may_start(precedent: Precedent, texts: list[Revision]) -> bool:
    """Whether a new draft can be begun at all: see `revision_start`."""
    is_open = any(text.state in OPEN_STATES for text in texts)
    return not is_open and precedent.live_revision_id is not None and precedent.status != PrecedentStatus.RETIRED


def _decisions(texts: list[Revision]) -> dict[int, list[ReviewDecision]]:
    found: dict[int, list[ReviewDecision]] = defaultdict(list)
    rows = ReviewDecision.objects.filter(revision__in=[text.pk for text in texts]).defer("content_seen")
    for decision in rows.order_by("at", "pk"):
        found[decision.revision_id].append(decision)
    return found


def _version(
    text: Revision, decisions: list[ReviewDecision], precedent: Precedent, full: bool, restorable: bool
) -> VersionLine:
    is_public = text.state in PUBLIC_STATES
    is_live = text.pk == precedent.live_revision_id
    said = [decision.significance for decision in decisions if decision.verdict == ReviewDecision.Verdict.APPROVE]
    line = VersionLine(
        number=text.number,
        state=RevisionState(text.state).label,
        on=clock.day_of(text.decided_at or text.created_at) if is_public else None,
        is_live=is_live,
        significance=_SHORT.get(said[-1], "") if said else "",
    )
    if not full:
        return line
    may_restore = restorable and not is_live and text.state not in OPEN_STATES
    return VersionLine(
        line.number, line.state, line.on, is_live, line.significance, text, tuple(decisions), may_restore
    )


_SHORT = {Significance.FIRST: "首次入库", Significance.MINOR: "小改", Significance.SUBSTANTIAL: "实质改动"}


def _checks(precedent: Precedent) -> Iterable[Verification]:
    rows = precedent.verifications.select_related("revision").prefetch_related("versions_seen__policy")
    return rows.order_by("-on", "-pk")


def _check(row: Verification, full: bool) -> CheckLine:
    seen = sorted(row.versions_seen.all(), key=attrgetter("policy_id", "position"))
    outcome = Verification.Outcome(row.outcome).label
    return CheckLine(row.on, row.by_name if full else "", outcome, row.note, row.revision.number, tuple(seen))


def _events(precedent: Precedent, full: bool) -> Iterator[Step]:
    """What was done to the precedent itself: doubts, tiers, taking out and back."""
    found = AuditEvent.objects.filter(object_type=Precedent._meta.label, object_id=str(precedent.pk))
    found = found.exclude(action__in=_TOLD_ELSEWHERE) if full else found.filter(action=Action.PRECEDENT_RETIRED)
    for event in found.order_by("-pk")[:MOST_EVENTS]:
        note = event.after.get("reason") or "；".join(map(str, event.after.get("reasons") or ()))
        yield Step(event.at, LABELS[Action(event.action)], event.actor_name if full else "", str(note))


def trail_of(revision: Revision) -> tuple[Step, ...]:
    """What happened to one text: begun, submitted, taken back, decided, remarked on; newest first. 3 queries."""
    steps = [Step(revision.created_at, "开始写", revision.author_name)]
    events = AuditEvent.objects.filter(
        object_type=Revision._meta.label, object_id=str(revision.pk), action__in=_OF_TEXT
    )
    steps += [Step(event.at, LABELS[Action(event.action)], event.actor_name) for event in events]
    steps += [
        Step(decision.at, ReviewDecision.Verdict(decision.verdict).label, decision.reviewer_name, decision.comment)
        for decision in revision.decisions.defer("content_seen")
    ]
    remarks: dict[tuple[dt.date, str], list[dt.datetime]] = defaultdict(list)
    for at, name in revision.comments.values_list("at", "author_name"):
        remarks[clock.day_of(at), name].append(at)
    steps += [Step(moments[-1], f"批注 {len(moments)} 条", name) for (_, name), moments in remarks.items()]
    return tuple(sorted(steps, key=attrgetter("at"), reverse=True))


@dataclass(frozen=True, slots=True)
class TwoTexts:
    """Two texts of a precedent with what changed from `old` to `new`; `numbers`: all that there are to choose from."""

    precedent: Precedent
    title: str
    old: Revision
    new: Revision
    what: Compared
    numbers: tuple[Revision, ...]


def texts_compared(scope: ViewerScope, code: str, *, a: str = "", b: str = "") -> TwoTexts:
    """What changed between two texts, by their numbers; without them the last two.

    Raises NotVisible for a hidden precedent and for what has not two texts, NotAllowed for who may not read earlier ones.
    """
    precedent = _precedent(scope, code)
    may_see_drafts(scope, precedent).require()
    related = ("matter", "theme", "region", "supersedes")
    texts = list(precedent.revisions.select_related(*related).order_by("number"))
    if len(texts) < 2:
        raise NotVisible(gettext("这个案例只有一版，还没有可以对照的。"))
    new = _numbered(texts, b) or texts[-1]
    old = _numbered(texts, a) or texts[max(0, texts.index(new) - 1)]
    if old.pk == new.pk:
        raise NotVisible(gettext("同一版不用对照。选两个不同的版本。"))
    what = contents_compared(content_of(old), content_of(new))
    return TwoTexts(precedent, _title(precedent, texts[::-1]), old, new, what, tuple(texts))


def text_numbered(scope: ViewerScope, code: str, number: str) -> Revision:
    """One text of a precedent by its number. Raises NotVisible and NotAllowed like `texts_compared`."""
    precedent = _precedent(scope, code)
    may_see_drafts(scope, precedent).require()
    related = precedent.revisions.select_related(
        "precedent__owner_department", "matter", "theme", "region", "supersedes"
    )
    found = _numbered(list(related), number)
    if found is None:
        raise NotVisible(gettext("没有这一版。"))
    return found


def _numbered(texts: list[Revision], number: str) -> Revision | None:
    return next((text for text in texts if str(text.number) == number), None)
