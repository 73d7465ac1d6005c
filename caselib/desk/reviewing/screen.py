"""What a reviewer has on one page: the text with what changed in it, what the gates found, what it cites, what was said."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from caselib.core.diff import Change, Mark
from caselib.core.due import Due, due_of
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import Answer, may_edit, may_retire, may_review, may_see_drafts
from caselib.precedents.commenting import CommentLine, comments_for
from caselib.precedents.comparing import Compared, Line, LineChange, compared, sections_seen
from caselib.precedents.completeness import Lack, lacks
from caselib.precedents.content import LABELS, RevisionContent, content_of
from caselib.precedents.deciding import is_older_than_withheld, warnings_among, warnings_mark
from caselib.precedents.history import Step, trail_of
from caselib.precedents.models import OPEN_STATES, Precedent, ReviewDecision, Revision, RevisionState
from caselib.precedents.privacy import Hit, hits_of
from caselib.precedents.review_queue import ReviewKind, Turn, due_on, kind_of, submitters_of, turn_of
from caselib.precedents.sections import Place, Section, sections_of
from caselib.precedents.selectors import CitationGroup, citations_of_text, visible_precedent
from caselib.precedents.visibility import FINDABLE
from caselib.search.similar import Similar, similar_to_text

# So much of a text is shown on both sides of what the privacy gate found.
_AROUND = 24
# The two texts that a submitted one can be held against.
LIVE, RETURNED = "live", "returned"


@dataclass(frozen=True, slots=True)
class HitLine:
    """What was found at one place for one reason. `parts`: the words around it, (text, whether it was found).

    `decision`: what two people made of it, empty where nobody claimed anything.
    """

    kinds: str
    reason: str
    parts: tuple[tuple[str, bool], ...]
    blocks: bool
    is_allowed: bool
    decision: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with its lines, what was found in it and what was said about it. `words`: how much changed."""

    field: str
    label: str
    lines: tuple[Line, ...]
    words: str = ""
    hits: tuple[HitLine, ...] = ()
    comments: tuple[CommentLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """What the privacy gate found. `mark`: what a reviewer sends back who looked at the warnings. `asked`: claims that wait."""

    blocking: int
    warnings: int
    mark: str
    asked: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The text itself: `shown` with changes, findings or remarks, `folded` without any of them."""

    shown: tuple[SectionView, ...]
    folded: tuple[SectionView, ...]
    changed: int
    gate: Gate
    lacks: tuple[Lack, ...]
    citations: tuple[CitationGroup, ...]
    similar: tuple[Similar, ...]

    @property
    def folded_names(self) -> str:
        return "、".join(section.label for section in self.folded)


@dataclass(frozen=True, slots=True)
class Replacing:
    """The precedent that goes out of use when the text is approved. `number` is empty where the viewer may not see it.

    `answer`: whether the viewer may take it out of use; who may not cannot approve the text either.
    """

    number: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class ReviewScreen:
    """`reading` is None when the text is not in review. `against`: what it is compared with, empty for the first text
    shown whole. `returned`: the last decision that sent it back, or None. `decision`: the last decision of all.
    `is_too_old`: the precedent was withheld after the text was submitted."""

    precedent: Precedent
    revision: Revision
    kind: ReviewKind
    due: Due
    submitted_by: str
    against: str
    returned: ReviewDecision | None
    decision: ReviewDecision | None
    deciding: Answer
    reading: Reading | None
    whole: tuple[CommentLine, ...]
    elsewhere: tuple[SectionView, ...]
    trail: tuple[Step, ...]
    turn: Turn
    replacing: "Replacing | None"
    is_too_old: bool
    preview: str
    overrides: str
    draft: str

    @property
    def is_first(self) -> bool:
        return self.kind is ReviewKind.FIRST


def text_of(scope: ViewerScope, code: str) -> Revision:
    """The newest text of a precedent, for who writes and reviews there.

    Raises NotVisible for a hidden precedent and NotAllowed for other readers. 2 queries.
    """
    precedent = visible_precedent(scope, code=code)
    may_see_drafts(scope, precedent).require()
    related = ("precedent__owner_department", "precedent__live_revision", "matter", "theme", "region", "supersedes")
    found = precedent.revisions.select_related(*related).order_by("-number").first()
    if found is None:
        raise NotVisible()
    return found


def screen_of(scope: ViewerScope, code: str, *, against: str = "", on: dt.date) -> ReviewScreen:
    """The page of one text. `against`: LIVE or RETURNED. Some 25 queries whatever its length, without the search's."""
    revision = text_of(scope, code)
    precedent = revision.precedent
    decisions = list(revision.decisions.all())
    sent_back = [each for each in decisions if each.verdict == ReviewDecision.Verdict.RETURN and each.content_seen]
    returned = sent_back[-1] if sent_back else None
    comments = comments_for(revision, scope=scope)
    kind = kind_of(revision) if revision.state in OPEN_STATES else ReviewKind.CHANGE
    against = _against(against, kind=kind, returned=returned)
    reading = None
    if revision.state == RevisionState.SUBMITTED:
        reading = _reading(revision, scope, against=against, returned=returned, comments=comments, on=on)
    told = {view.field for view in (*reading.shown, *reading.folded)} if reading else set()
    return ReviewScreen(
        precedent=precedent,
        revision=revision,
        kind=kind,
        due=due_of(due_on(revision), on=on),
        submitted_by=submitters_of([revision.pk]).get(revision.pk, revision.last_editor_name),
        against=against,
        returned=returned,
        decision=decisions[-1] if decisions else None,
        deciding=may_review(scope, revision),
        reading=reading,
        whole=comments.get("", ()),
        elsewhere=tuple(
            SectionView(field, LABELS.get(field, field), (), comments=lines)
            for field, lines in comments.items()
            if field and field not in told
        ),
        trail=trail_of(revision),
        turn=turn_of(revision, scope),
        replacing=replacing_of(revision, scope) if reading else None,
        is_too_old=is_older_than_withheld(precedent, revision),
        preview=address_if("desk:writing:preview", code),
        overrides=address_if("desk:keeping:overrides", code),
        draft=address_if("desk:writing:draft", code) if may_edit(scope, precedent) else "",
    )


def replacing_of(revision: Revision, scope: ViewerScope) -> Replacing | None:
    """None where the text takes the place of nothing in use. 1 query, 2 with one."""
    other = revision.supersedes
    if other is None or other.status not in FINDABLE:
        return None
    try:
        number = visible_precedent(scope, code=other.code).number or ""
    except NotVisible:
        number = ""
    return Replacing(number, may_retire(scope, other))


def address_if(name: str, *parts: str) -> str:
    """The address of a page of another room, empty where the site has no such room."""
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""


def _against(wanted: str, *, kind: ReviewKind, returned: ReviewDecision | None) -> str:
    if wanted == RETURNED and returned is not None:
        return RETURNED
    return "" if kind is ReviewKind.FIRST else LIVE


def _reading(
    revision: Revision,
    scope: ViewerScope,
    *,
    against: str,
    returned: ReviewDecision | None,
    comments: Mapping[str, tuple[CommentLine, ...]],
    on: dt.date,
) -> Reading:
    content = content_of(revision)
    hits = hits_of(content, precedent=revision.precedent)
    views = _views(_compared(revision, content, against=against, returned=returned), hits, comments)
    # Of a text that is compared with nothing all is new, and not worth saying of each section.
    changed = sum(bool(view.words) for view in views) if against else 0
    shown = tuple(view for view in views if not against or view.words or view.hits or view.comments)
    return Reading(
        shown=shown,
        folded=tuple(view for view in views if view not in shown),
        changed=changed,
        gate=_gate(hits),
        lacks=lacks(content),
        citations=citations_of_text(revision, scope, on=on),
        similar=similar_to_text(
            title=content.title,
            problem=content.problem,
            scope=scope,
            applies_when=content.applies_when,
            tags=content.tags,
            own=revision.precedent_id,
        ),
    )


def _compared(
    revision: Revision, content: RevisionContent, *, against: str, returned: ReviewDecision | None
) -> Compared:
    now = sections_of(content)
    if against == RETURNED and returned is not None:
        return compared(sections_seen(returned.content_seen), now)
    live = revision.precedent.live_revision
    return compared(sections_of(content_of(live)), now) if against == LIVE and live else Compared((), tuple(now))


def _views(
    what: Compared, hits: Iterable[Hit], comments: Mapping[str, tuple[CommentLine, ...]]
) -> tuple[SectionView, ...]:
    """All sections, those that changed first."""
    found: dict[str, list[HitLine]] = defaultdict(list)
    for together in _together(hits):
        found[together[0].place.field].append(_hit_line(together))
    changed = [(each.field, each.label, each.lines, each.words) for each in what.changed]
    same = [(each.field, each.label, _plain(each), "") for each in what.same]
    return tuple(
        SectionView(field, label, lines, words, tuple(found.get(field, ())), comments.get(field, ()))
        for field, label, lines, words in (*changed, *same)
    )


def _plain(section: Section) -> tuple[Line, ...]:
    return tuple(Line(LineChange.KEPT, (Mark(Change.KEPT, line),)) for line in section.lines)


def _together(hits: Iterable[Hit]) -> Iterable[list[Hit]]:
    """Clues that tell somebody only together are one finding for who reads."""
    groups: dict[tuple[Place, str, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[hit.place, hit.finding.reason, hit.decision.decision if hit.decision else ""].append(hit)
    return groups.values()


def _hit_line(hits: list[Hit]) -> HitLine:
    first, text = hits[0], hits[0].place.text
    spans = sorted((hit.finding.start, hit.finding.end) for hit in hits)
    at = max(0, spans[0][0] - _AROUND)
    parts: list[tuple[str, bool]] = [("…", False)] if at else []
    for start, end in spans:
        parts += [(text[at:start], False), (text[max(at, start) : end], True)]
        at = max(at, end)
    parts.append((text[at : at + _AROUND] + ("…" if at + _AROUND < len(text) else ""), False))
    return HitLine(
        kinds="、".join(dict.fromkeys(hit.finding.kind.label for hit in hits)),
        reason=first.finding.reason,
        parts=tuple(part for part in parts if part[0]),
        blocks=first.blocks,
        is_allowed=first.is_allowed,
        decision=first.decision.get_decision_display() if first.decision else "",
    )


def _gate(hits: tuple[Hit, ...]) -> Gate:
    asked = sum(hit.decision is not None and hit.decision.decision == "asked" for hit in hits)
    return Gate(sum(hit.blocks for hit in hits), len(warnings_among(hits)), warnings_mark(hits), asked)
