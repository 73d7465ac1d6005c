"""看成品: the page of a precedent as a draft would make it."""

import datetime as dt
from dataclasses import dataclass

from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope
from caselib.precedents import faces
from caselib.precedents.attaching import Paper, papers_of
from caselib.precedents.counter import Counter, counter_of
from caselib.precedents.models import ResultType
from caselib.precedents.selectors import PrecedentPage, page_of

from .opening import Opened


@dataclass(frozen=True, slots=True)
class PreviewScreen:
    """What the template of the page asks for besides the page; nothing that a draft cannot have."""

    page: PrecedentPage
    counter: Counter
    papers: tuple[Paper, ...] = ()
    is_preview: bool = True
    may_verify: bool = False
    similar: tuple[()] = ()
    fine: str = ""
    reuse: None = None
    draft: None = None

    @property
    def seam(self) -> str:
        return faces.seam_of(self.page.revision)

    @property
    def steps_title(self) -> str:
        return faces.steps_title(self.page.revision)

    @property
    def elsewhere(self) -> str:
        return faces.elsewhere(self.page.revision)

    @property
    def is_guidance(self) -> bool:
        return self.page.revision.result_type == ResultType.GUIDANCE

    @property
    def own_code(self) -> str:
        """The code where answers are sent back to, none from a preview."""
        return ""

    @property
    def far_text(self) -> str:
        return faces.far_words(self.page.place)


def preview_screen(found: Opened, *, scope: ViewerScope, on: dt.date) -> PreviewScreen:
    """Raises NotVisible where there is no text. 8 queries."""
    if found.revision is None:
        raise NotVisible()
    page = page_of(found.precedent, found.revision, scope=scope, on=on, is_draft=True)
    return PreviewScreen(page, counter_of(page), papers=papers_of(found.precedent, found.revision))
