"""The pinned texts of lessons beside the live ones, as readers may see both: read at once, whatever their number."""

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from django.db.models import F, Model, QuerySet, Value

from caselib.catalog.models import Category, Cause, Matter, Scheme, Tag
from caselib.core import prepared
from caselib.precedents.comparing import Compared, contents_compared
from caselib.precedents.content import RevisionContent, content_of
from caselib.precedents.models import Citation, Revision
from caselib.precedents.privacy import outgoing_text
from caselib.precedents.sections import with_texts
from caselib.precedents.visibility import PrecedentStatus

from ..pins import Pin


def compared_with_live(pins: Iterable[Pin]) -> dict[int, Compared]:
    """What changed from the pinned to the live text of each pin that has a newer one, by the key of its lesson. Hidden pins are left out.
    3 queries for any number, none where nothing is newer.

    The older text is looked through for personal data in any case, because nobody watches it any more; what two people let through
    is hidden in both, as in a list. Which precedent a text takes the place of is left out: who reads it may not know that one.
    """
    wanted = [pin for pin in pins if pin.row is not None and pin.is_newer]
    keys = {pin.lesson.revision_id for pin in wanted} | {pin.row.revision.pk for pin in wanted}
    texts = _texts(keys) if keys else {}
    return {
        pin.lesson.pk: contents_compared(
            _readable(texts[pin.lesson.revision_id], is_doubtful=True),
            _readable(texts[pin.row.revision.pk], is_doubtful=_is_doubtful(pin)),
        )
        for pin in wanted
    }


def _is_doubtful(pin: Pin) -> bool:
    precedent = pin.row.precedent
    return precedent.is_personal or precedent.status == PrecedentStatus.RETIRED


def _readable(content: RevisionContent, *, is_doubtful: bool) -> RevisionContent:
    content = dataclasses.replace(content, supersedes=None)
    return with_texts(content, lambda place: outgoing_text(place.text, decided={})) if is_doubtful else content


def _texts(keys: Collection[int]) -> dict[int, RevisionContent]:
    """Contents by key of the text. 3 queries."""
    rows = Revision.objects.filter(pk__in=keys).select_related("matter", "theme", "region")
    filed: dict[tuple[int, str], list[Model]] = defaultdict(list)
    for revision, kind, name, scheme, _ in _filed(keys):
        filed[revision, kind].append(_named(kind, name, scheme))
    cited: dict[int, list[Citation]] = defaultdict(list)
    citations = Citation.objects.filter(revision__in=keys).select_related("version__policy", "clause")
    for citation in citations.order_by("revision", "position"):
        cited[citation.revision_id].append(citation)
    found = {}
    for row in rows:
        row.supersedes = None
        for kind in _KINDS:
            prepared.remember(row, kind, filed.get((row.pk, kind), ()))
        prepared.remember(row, "citations", cited.get(row.pk, ()))
        found[row.pk] = content_of(row)
    return found


_KINDS = {"causes": "cause", "tags": "tag", "categories": "category", "more_matters": "matter"}


def _filed(keys: Collection[int]) -> QuerySet:
    """(text, relation, name, scheme) of all that the texts are filed under, as one query."""
    parts = list(_filed_under(keys))
    return parts[0].union(*parts[1:], all=True).order_by("text", "kind", "place")


def _filed_under(keys: Collection[int]) -> Iterator[QuerySet]:
    for relation, name in _KINDS.items():
        rows = getattr(Revision, relation).through.objects.filter(revision__in=keys).order_by()
        scheme = F("category__scheme__name") if relation == "categories" else Value("")
        columns = {"text": F("revision_id"), "kind": Value(relation), "named": F(f"{name}__name"), "scheme": scheme}
        yield rows.annotate(**columns, place=F("pk")).values_list("text", "kind", "named", "scheme", "place")


def _named(kind: str, name: str, scheme: str) -> Model:
    """Something with a name, never stored."""
    if kind == "causes":
        return Cause(name=name)
    if kind == "tags":
        return Tag(name=name)
    if kind == "more_matters":
        return Matter(name=name)
    return Category(name=name, scheme=Scheme(name=scheme))
