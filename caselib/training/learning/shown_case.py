"""The precedent of a lesson: what the learner reads before deciding, and the essence of it beside the answer."""

import dataclasses
import datetime as dt
from dataclasses import dataclass

from django.utils.safestring import SafeString

from caselib.core.markdown import to_html
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import FailedStage, Revision
from caselib.precedents.privacy import outgoing_text
from caselib.precedents.selectors import CitationGroup, CitedClause, citations_of_text

from ..pins import Pin, PinState, text_of


@dataclass(frozen=True, slots=True)
class Facts:
    """What somebody at the counter hears and sees, and nothing of what was made of it. Numbers in `problem` are no links."""

    wording: tuple[str, ...]
    problem: SafeString
    blocker: str
    matter: str
    requester: str
    stage: str


@dataclass(frozen=True, slots=True)
class ShownCase:
    """The pinned text as this viewer may read it now. `basis`: what it cites, with the validity of today and without notes."""

    revision: Revision
    basis: tuple[CitationGroup, ...]
    is_stopped: bool

    @property
    def unverified(self) -> frozenset[str]:
        return frozenset(self.revision.unverified)


def _masked(pin: Pin) -> Revision | None:
    """The pinned text; personal data in it is masked where somebody may have written some. No query for an ordinary text."""
    if pin.row is None:
        return None
    if not pin.is_looked_through:
        return pin.lesson.revision
    return text_of(pin).revision


def facts_of(pin: Pin) -> Facts | None:
    """None for what is off view. Needs `revision` with its matter. At most 4 queries, none for an ordinary text."""
    text = _masked(pin)
    if text is None:
        return None
    is_known = text.failed_stage not in ("", FailedStage.UNKNOWN)
    return Facts(
        wording=tuple(str(words) for words in text.requester_wording if words),
        problem=to_html(text.problem),
        blocker=text.blocker,
        matter=text.matter.name if text.matter else text.matter_note,
        requester=text.requester_type,
        stage=text.get_failed_stage_display() if is_known else "",
    )


def case_of(pin: Pin, scope: ViewerScope, *, on: dt.date) -> ShownCase | None:
    """None for what is off view. At most 5 queries, 1 for an ordinary text."""
    text = _masked(pin)
    if text is None:
        return None
    basis = citations_of_text(pin.lesson.revision, scope, on=on)
    if pin.is_looked_through:
        basis = tuple(_without_words(group) for group in basis)
    return ShownCase(text, basis, pin.state is PinState.STOP)


def _without_words(group: CitationGroup) -> CitationGroup:
    """What somebody typed beside a citation, masked like the text around it."""
    documents = tuple(
        dataclasses.replace(document, clauses=tuple(_masked_clause(cited) for cited in document.clauses))
        for document in group.documents
    )
    return dataclasses.replace(group, documents=documents)


def _masked_clause(cited: CitedClause) -> CitedClause:
    return dataclasses.replace(cited, locator=outgoing_text(cited.locator, decided={}), note="")
