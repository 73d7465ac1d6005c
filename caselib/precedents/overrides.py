"""不是个人信息: one person claims it of a finding, a second one decides. Of what was found only its mark is ever kept."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.paging import PageInfo, page_info
from caselib.core.personal_data import Kind, Severity, mask
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from .guarding import SECOND, may_decide_override, wrote
from .models import OPEN_STATES, Precedent, PrivacyOverride, Revision
from .privacy import Decided, Hit, decided_of, hits_in
from .rescan import scan
from .sections import places_in_bulk
from .services import name_of

Decision = PrivacyOverride.Decision
LONGEST = 300
# So much of the text is shown on each side of what was found.
AROUND = 40
RECENT = 10


@transaction.atomic
def override_ask(
    precedent: Precedent, hit: Hit, *, claim: str, actor: User, now: dt.datetime | None = None
) -> PrivacyOverride:
    """Claims that a finding is no personal data, with the reason; what was claimed already is returned as it stands.

    Raises RuleBroken without a reason, for a finding that stops nothing, and for one that was refused.
    Writes PrivacyOverride, AuditEvent precedent.override_asked with kind, place and mark, never the words.
    """
    if hit.finding.severity != Severity.BLOCK:
        raise RuleBroken(gettext("这一处只是提醒，不拦提交，不用放行。"), code="not_blocking", field="mark")
    claim = said(claim, words=(hit.words,), field="claim")
    override, is_new = PrivacyOverride.objects.get_or_create(
        precedent=precedent,
        kind=hit.finding.kind.value,
        mark=hit.mark,
        defaults={
            "field": hit.place.field,
            "claim": claim,
            "claimed_by": actor,
            "claimed_by_name": name_of(actor),
            "claimed_at": now or clock.now(),
        },
    )
    if override.decision == Decision.REFUSED:
        message = f"这一处已经由{override.decided_by_name}定了要改掉：{override.reason}"
        raise RuleBroken(message, code="override_refused", field="claim")
    if is_new:
        record(Action.OVERRIDE_ASKED, precedent, actor=actor, after={**_place_of(override, hit), "claim": claim})
    return override


@transaction.atomic
def override_decide(
    override: PrivacyOverride,
    *,
    allow: bool,
    reason: str,
    by: User,
    seen: str = Decision.ASKED,
    now: dt.datetime | None = None,
) -> PrivacyOverride:
    """Lets exactly these words of this kind pass in this precedent, in later revisions too, or has them changed.

    `seen`: the decision that stood on the page, so that one that was made may be taken back by name. Twice the same by
    the same person is one. Taking back what was let through opens a point where readers can see it.
    Raises RuleBroken without a reason and for the claimer, the author and the last editor of the text, StaleState when
    somebody decided first, and for letting through what is gone from the text. Writes AuditEvent precedent.override_decided.
    """
    precedent = override.precedent
    text = text_of(precedent)
    if by.pk == override.claimed_by_id or wrote(text, by.pk):
        raise RuleBroken(gettext("这一处是您提的、写的或改的，要由另一个人定。"), code="four_eyes", field="by")
    hit = _hit(override, text)
    if allow and hit is None:
        raise StaleState(gettext("这几个字已经不在文字里了，没有放行。可以定“要改掉”；再写进来，再看。"))
    reason = said(reason, words=(hit.words,) if hit else (), field="reason")
    wanted = Decision.ALLOWED if allow else Decision.REFUSED
    values = {"reason": reason, "decided_by": by, "decided_by_name": name_of(by), "decided_at": now or clock.now()}
    if not PrivacyOverride.objects.filter(pk=override.pk, decision=seen).update(decision=wanted, **values):
        override.refresh_from_db()
        if (override.decision, override.decided_by_id) == (wanted, by.pk):
            return override
        raise StaleState(
            gettext("有人先定了：{decision}。您这一次没有记。").format(decision=override.get_decision_display())
        )
    override.refresh_from_db()
    after = {**_place_of(override, hit), "decision": str(wanted), "reason": reason}
    record(Action.OVERRIDE_DECIDED, precedent, actor=by, before={"decision": str(seen)}, after=after)
    if seen == Decision.ALLOWED:
        scan(keys=[precedent.pk], now=now or clock.now())
    return override


def said(text: str, *, words: Sequence[str], field: str) -> str:
    """A reason as it is stored: one paragraph without the words that it is about. Raises RuleBroken for none or too long."""
    plain = " ".join(clean(text).split())
    for each in sorted(filter(None, words), key=len, reverse=True):
        plain = plain.replace(" ".join(clean(each).split()), "〔原文〕")
    plain = mask(plain)
    if not plain:
        raise RuleBroken(gettext("写一句为什么，以后的人才知道。"), code="required", field=field)
    if len(plain) > LONGEST:
        raise RuleBroken(
            gettext("理由最多 {longest} 字，现在 {count} 字。").format(longest=LONGEST, count=len(plain)),
            code="too_long",
            field=field,
        )
    return plain


def _place_of(override: PrivacyOverride, hit: Hit | None) -> dict[str, Any]:
    where = {"kind": override.kind, "field": override.field, "mark": override.mark}
    if hit is not None:
        where |= {"field": hit.place.field, "index": hit.place.index, "part": hit.place.part}
        where |= {"offset": hit.finding.start}
    return where


def text_of(precedent: Precedent) -> Revision | None:
    """The text that is being worked on: the open one, else the live one, else the last. 1 query."""
    return texts_of([precedent.pk]).get(precedent.pk)


def texts_of(precedents: Sequence[int]) -> dict[int, Revision]:
    """`text_of` for many, by key of the precedent. 1 query."""
    rows = Revision.objects.filter(precedent__in=precedents).select_related("precedent").order_by("number")
    found: dict[int, Revision] = {}
    for row in rows:
        found[row.precedent_id] = max(found.get(row.precedent_id, row), row, key=_nearness)
    return found


def _nearness(revision: Revision) -> tuple[bool, bool, int]:
    is_live = revision.pk == revision.precedent.live_revision_id
    return revision.state in OPEN_STATES, is_live, revision.number


def _hit(override: PrivacyOverride, text: Revision | None) -> Hit | None:
    """Where the words stand now; None where they are gone."""
    hits = hits_in(places_in_bulk([text.pk])[text.pk], {}) if text is not None else ()
    return next((hit for hit in hits if (hit.finding.kind.value, hit.mark) == (override.kind, override.mark)), None)


# -- pages


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was found with what stands around it, read from the text of now."""

    before: str
    words: str
    after: str
    where: str


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """A claim on a desk. `sentence` is None where the words are gone from the text; `why_not`: why the viewer may not decide."""

    override: PrivacyOverride
    title: str
    kind: str
    sentence: Sentence | None
    why_not: str

    @property
    def is_waiting(self) -> bool:
        return self.override.decision == Decision.ASKED


@dataclass(frozen=True, slots=True)
class OverridesDesk:
    waiting: tuple[OverrideLine, ...]
    page: PageInfo
    decided: tuple[OverrideLine, ...]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """Something that was found in the text of a precedent, for the page of who mends it."""

    hit: Hit
    sentence: Sentence
    decision: PrivacyOverride | None


def overrides_desk(scope: ViewerScope, *, page: object) -> OverridesDesk:
    """放行: what waits in the viewer's departments, oldest first, and the last decisions. 7 queries for any number."""
    own = scope.departments_with(*SECOND)
    all_own = PrivacyOverride.objects.filter(precedent__owner_department__in=own).select_related(
        "precedent__owner_department"
    )
    waiting = all_own.filter(decision=Decision.ASKED).order_by("claimed_at", "pk")
    info = page_info(page, total=waiting.count())
    shown = list(waiting[info.offset : info.offset + info.per_page])
    recent = list(all_own.exclude(decision=Decision.ASKED).order_by("-decided_at", "-pk")[:RECENT])
    lines = _lines([*shown, *recent], scope)
    return OverridesDesk(tuple(lines[: len(shown)]), info, tuple(lines[len(shown) :]))


def _lines(overrides: Sequence[PrivacyOverride], scope: ViewerScope) -> list[OverrideLine]:
    texts = texts_of(sorted({row.precedent_id for row in overrides}))
    places = places_in_bulk([text.pk for text in texts.values()])
    hits: dict[int, dict[tuple[str, str], Hit]] = {
        precedent: {(hit.finding.kind.value, hit.mark): hit for hit in reversed(hits_in(places[text.pk], {}))}
        for precedent, text in texts.items()
    }
    lines = []
    for row in overrides:
        text = texts.get(row.precedent_id)
        hit = hits.get(row.precedent_id, {}).get((row.kind, row.mark))
        answer = may_decide_override(scope, row, text=text)
        lines.append(
            OverrideLine(
                override=row,
                title=text.title if text else str(row.precedent),
                kind=kind_label(row.kind),
                sentence=sentence_of(hit) if hit else None,
                why_not="" if answer else answer.reason,
            )
        )
    return lines


def findings_of(precedent: Precedent) -> tuple[FindingLine, ...]:
    """What stops the text that is being worked on, with what was claimed of it, each words once. 5 queries."""
    text = text_of(precedent)
    if text is None:
        return ()
    decided: Decided = decided_of(precedent)
    hits: dict[tuple[str, str], Hit] = {}
    for hit in hits_in(places_in_bulk([text.pk])[text.pk], decided):
        if hit.finding.severity == Severity.BLOCK:
            hits.setdefault((hit.finding.kind.value, hit.mark), hit)
    return tuple(FindingLine(hit, sentence_of(hit), hit.decision) for hit in hits.values())


def finding_at(precedent: Precedent, *, kind: str, mark: str) -> Hit:
    """That finding of the text that is being worked on. Raises StaleState when the text changed meanwhile. 4 queries."""
    text = text_of(precedent)
    for hit in hits_in(places_in_bulk([text.pk])[text.pk], {}) if text is not None else ():
        if (hit.finding.kind.value, hit.mark) == (kind, mark):
            return hit
    raise StaleState(gettext("这几个字已经不在文字里了，没有记。看一下最新的草稿。"))


def override_at(scope: ViewerScope, pk: int) -> PrivacyOverride:
    """That claim, with its precedent. Raises NotVisible for one of a precedent that the viewer may not see. 1 query."""
    visible = Precedent.objects.visible_to(scope).filter(pk=OuterRef("precedent"))
    rows = PrivacyOverride.objects.select_related("precedent__owner_department")
    found = rows.filter(Exists(visible), pk=pk).first()
    if found is None:
        raise NotVisible()
    return found


def sentence_of(hit: Hit) -> Sentence:
    text, start, end = hit.place.text, hit.finding.start, hit.finding.end
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Sentence(
        before=("…" if start > AROUND else "") + before,
        words=text[start:end],
        after=after + ("…" if len(text) > end + AROUND else ""),
        where=hit.place.label,
    )


def kind_label(value: str) -> str:
    """How a stored kind reads; the value itself for one that the rules no longer know."""
    return _KINDS.get(value, value)


_KINDS = {kind.value: kind.label for kind in Kind}
