"""结果回到案例: a question that most learners miss marks the precedent's section as unclear for its owner."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.precedents.models import Precedent
from caselib.precedents.privacy import outgoing_text
from caselib.precedents.visibility import FINDABLE
from caselib.reuse.reports.trained import misses_filed

from ..choices import Aspect
from ..models import QuestionText, Response, Unclear
from .misses import UNCLEAR_FROM, Misses, misses_of, read

# Which section of the precedent answers what a question asks for, as reports name it.
SECTION_OF_ASPECT = {
    Aspect.TYPE: "sorting",
    Aspect.CONDITION: "fits",
    Aspect.PAPERS: "deferred",
    Aspect.BASIS: "basis",
    Aspect.SAY: "script",
    Aspect.STEPS: "steps",
    Aspect.OTHER: "whole",
}
# The owner reads the report beside the text: the beginning of a question says which one is meant.
_STEM = 300


def noted_after(responses: Sequence[Response], *, now: dt.datetime) -> None:
    """Looks at what was just marked. Call it after answers got their scores: handed in, or marked by somebody later.

    A text is told once, and only while the precedent still says what the question was written against. 2 queries where nothing is
    to be told. Writes what `unclear_note` writes; raises nothing.
    """
    wanted = {response.text_id for response in responses if response.score is not None}
    open_texts = QuestionText.objects.filter(pk__in=wanted, unclear=None, question__precedent__isnull=False)
    texts = {text.pk: text for text in open_texts.select_related("question__owner_department")} if wanted else {}
    if texts:
        for misses in read(misses_of(list(texts), least=UNCLEAR_FROM)):
            unclear_note(texts[misses.text], misses, now=now)


@transaction.atomic
def unclear_note(text: QuestionText, misses: Misses, *, now: dt.datetime) -> Unclear | None:
    """Tells the owner of the precedent; None where that was done, where the precedent is not in use, or where it says something else by
    now than the question asks about: that is for the trainers, whose desk has the lesson.

    Writes Unclear, AuditEvent training.section_unclear and what `misses_filed` writes.
    """
    precedent = Precedent.objects.select_for_update(of=("self",)).get(pk=text.question.precedent_id)
    is_outdated = text.revision_id is None or precedent.live_revision_id != text.revision_id
    if is_outdated or precedent.status not in FINDABLE or Unclear.objects.filter(text=text).exists():
        return None
    section = SECTION_OF_ASPECT[Aspect(text.question.aspect)]
    stem = outgoing_text(" ".join(text.stem.split()), decided={})
    stem = stem if len(stem) <= _STEM else f"{stem[:_STEM]}……"
    report = misses_filed(
        precedent,
        text.revision,
        section=section,
        text=f"培训中 {misses.answered} 人里 {misses.missed} 人答错：{stem}",
        department=text.question.owner_department,
        now=now,
    )
    made = Unclear.objects.create(
        text=text,
        precedent=precedent,
        section=section,
        answered=misses.answered,
        missed=misses.missed,
        at=now,
        report=report.pk,
    )
    told = {"section": section, "answered": misses.answered, "missed": misses.missed, "revision": text.revision.number}
    record(Action.SECTION_UNCLEAR, precedent, after={"question": text.question.code, **told})
    return made
