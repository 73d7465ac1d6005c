"""What the pages of the tuning desk read from a form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict

from caselib.search.models import RelevanceJudgement, RelevanceQuestion
from caselib.search.tuning.relevance import BEST, Judged

# Empty lines that the form offers beside those that are filled.
_SPARE = 3
# Far above what is kept, so that what was typed comes back whole beside an error.
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class RelevanceForm:
    """What stands in the form of a question. `lines`: numbers and grades as typed; `seen`: when it was changed last.
    `nothing`: that nothing should fit, said on purpose.

    `error` with `field` (text, doc or grade) says what is wrong.
    """

    text: str = ""
    note: str = ""
    lines: tuple[Judged, ...] = ()
    seen: str = ""
    nothing: bool = False
    error: str = ""
    field: str = ""

    @property
    def offered(self) -> tuple[Judged, ...]:
        """The lines of the form with empty ones to fill in."""
        return (*self.lines, *(Judged("", BEST) for _ in range(_SPARE)))

    def with_error(self, message: str, field: str) -> "RelevanceForm":
        return replace(self, error=message, field=field or "text")


def form_of(question: RelevanceQuestion, judgements: list[RelevanceJudgement]) -> RelevanceForm:
    lines = (Judged(row.precedent.number or row.precedent.external_id or "", row.grade) for row in judgements)
    told = tuple(lines)
    return RelevanceForm(question.text, question.note, told, question.changed_at.isoformat(), nothing=not told)


def blank_form(asked: Mapping[str, str]) -> RelevanceForm:
    """A new question, with what the address gives: `text` and `doc`."""
    doc = asked.get("doc", "")[:128]
    return RelevanceForm(text=asked.get("text", "")[:_LONGEST], lines=(Judged(doc, BEST),) if doc else ())


def posted_form(posted: QueryDict) -> RelevanceForm:
    docs, grades = posted.getlist("doc"), posted.getlist("grade")
    lines = [
        Judged(doc[:128].strip(), int(grade) if grade in {"1", "2", "3"} else 0)
        for doc, grade in zip(docs, grades, strict=False)
        if doc.strip()
    ]
    return RelevanceForm(
        text=posted.get("text", "")[:_LONGEST],
        note=posted.get("note", "")[:_LONGEST],
        lines=tuple(lines),
        seen=posted.get("seen", ""),
        nothing=posted.get("nothing") == "1",
    )
