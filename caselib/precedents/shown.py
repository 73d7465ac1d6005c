"""What readers see of a text in which personal data was found after it went live: the text with that hidden.

Ordinary texts passed the gate and are shown as they are, at no cost. Looked through are only those with an open point
about personal data and those out of use, which have no points.
"""

import copy
import dataclasses
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef

from caselib.catalog.models import Tag
from caselib.core import prepared

from .content import columns, content_of
from .models import Citation, Doubt, DoubtKind, Precedent, Revision
from .past import OpenPoint
from .privacy import outgoing, outgoing_text
from .visibility import PrecedentStatus


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """A text as readers see it. `citations` and `tags` belong to it."""

    revision: Revision
    citations: list[Citation]
    tags: tuple[str, ...]


def holds_personal() -> Exists:
    """The condition on Precedent: an open point says that personal data may stand in its text."""
    return Exists(Doubt.objects.open().filter(precedent=OuterRef("pk"), kind=DoubtKind.PRIVACY))


def is_doubtful(precedent: Precedent, points: Iterable[OpenPoint]) -> bool:
    """Whether the text has to be looked through before it is shown. No query."""
    return precedent.status == PrecedentStatus.RETIRED or any(point.kind == DoubtKind.PRIVACY for point in points)


def as_shown(precedent: Precedent, revision: Revision, *, citations: Sequence[Citation], tags: Sequence[str]) -> Shown:
    """The text with what blocks hidden. Nothing is stored. 1 query where something blocks, else none; call it where `is_doubtful`.

    `citations`, `tags`: those of the text. What else it is filed under comes from lists of the library and is not looked through.
    """
    masked = copy.copy(revision)
    masked.__dict__["_prefetched_objects_cache"] = {}
    known = {"citations": list(citations), "tags": [Tag(name=name) for name in tags]}
    for relation in ("citations", "tags", "causes", "categories", "more_matters"):
        prepared.remember(masked, relation, known.get(relation, []))
    content = outgoing(content_of(masked), precedent=precedent)
    for name, value in columns(content).items():
        if name != "content_digest":
            setattr(masked, name, value)
    return Shown(masked, [_cited(row, content.citations) for row in citations], content.tags)


def _cited(citation: Citation, specs: Sequence) -> Citation:
    shown = copy.copy(citation)
    if citation.position < len(specs):
        shown.note, shown.locator = specs[citation.position].note, specs[citation.position].locator
    return shown


_IN_LISTS = ("title", "gist", "problem", "script", "lead_org")


def in_list(revision: Revision) -> Revision:
    """The text as a list shows it, of a precedent with an open point about personal data. No query.

    What two people let through is hidden here as well: a list does not ask for that.
    """
    masked = copy.copy(revision)
    for name in _IN_LISTS:
        setattr(masked, name, outgoing_text(getattr(revision, name), decided={}))
    return masked


def title_shown(precedent: Precedent) -> str:
    """The title of the live text where the text itself is not read: in notices, in mails, above a history. No query.

    Needs `live_revision`, and whether personal data may stand in it as `is_personal` of `holds_personal`.
    """
    title = precedent.live_revision.title if precedent.live_revision else ""
    is_looked_through = precedent.is_personal or precedent.status == PrecedentStatus.RETIRED
    return outgoing_text(title, decided={}) if is_looked_through else title
