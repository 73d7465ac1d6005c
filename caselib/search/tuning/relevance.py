"""检索考题: questions with the precedents that must be found. Writes are audited; questions are masked when saved."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.paging import PageInfo, page_info
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.shown import in_list
from caselib.precedents.visibility import FINDABLE
from caselib.search.evaluation import STARTER
from caselib.search.models import RelevanceJudgement, RelevanceQuestion
from caselib.search.questions import kept_note, kept_question, question_key

GRADES = {3: "应照此办", 2: "也能解答", 1: "有帮助"}
BEST = 3
MOST_JUDGED = 20
_NOTE = 200
# SQLite refuses a LIKE of more than 50,000 bytes, and nobody looks for more than this.
LONGEST_WANTED = 200
# Numbers asked for in one query: SQLite takes some 32,000 values.
_NUMBERS = 500
_EXISTS = "已经有同样的考题，改那一道就行。您填的还在下面，没有保存。"
_STALE = "这道考题在您打开之后有人改过。您填的还在下面，没有保存。先看看现在是什么样，再决定改不改。"


@dataclass(frozen=True, slots=True)
class Judged:
    """A line of the form: a library number or external number as it was typed, with its grade."""

    doc: str
    grade: int


@dataclass(frozen=True, slots=True)
class RelevanceRow:
    """A question in the list. `docs`: what the viewer may see of its precedents; nothing tells whether there are more."""

    question: RelevanceQuestion
    docs: tuple[RelevanceJudgement, ...]


def relevance_for_page(
    *, scope: ViewerScope, wanted: str = "", page: object = 1
) -> tuple[list[RelevanceRow], PageInfo]:
    """The questions whose text holds `wanted` (200 characters of it), the last changed first. 4 queries for any number."""
    wanted = wanted[:LONGEST_WANTED]
    questions = RelevanceQuestion.objects.order_by("-changed_at", "-pk").select_related("changed_by")
    if key := question_key(wanted):
        questions = questions.filter(Q(text_key__contains=key) | Q(note__contains=clean(wanted).strip()))
    info = page_info(page, total=questions.count())
    found = list(questions[info.offset : info.offset + info.per_page])
    judged = list(
        RelevanceJudgement.objects.filter(question__in=found)
        .select_related("precedent__live_revision")
        .order_by("-grade", "pk")
    )
    visible = set(
        Precedent.objects.visible_to(scope)
        .filter(pk__in={row.precedent_id for row in judged})
        .values_list("pk", flat=True)
    )
    rows = []
    for question in found:
        shown = [row for row in judged if row.question_id == question.pk and row.precedent_id in visible]
        for row in shown:
            if row.precedent.live_revision:
                row.precedent.live_revision = in_list(row.precedent.live_revision)
        rows.append(RelevanceRow(question, tuple(shown)))
    return rows, info


def relevance_question(pk: int) -> RelevanceQuestion:
    """Raises NotVisible. 1 query."""
    found = RelevanceQuestion.objects.filter(pk=pk).first()
    if found is None:
        raise NotVisible(gettext("没有这道考题，可能已被删除。"))
    return found


def judgements_seen(question: RelevanceQuestion, scope: ViewerScope) -> list[RelevanceJudgement]:
    """What the viewer may see of the question's precedents. 1 query."""
    rows = question.judgements.filter(precedent__in=Precedent.objects.visible_to(scope))
    return list(rows.select_related("precedent__live_revision"))


def numbers_resolved(docs: Iterable[str], *, scope: ViewerScope) -> dict[str, Precedent]:
    """The precedents behind library numbers and external numbers, as typed, that the viewer may see.

    1 query for every 500 numbers.
    """
    typed = {doc: clean(doc).strip() for doc in docs}
    names = sorted(set(filter(None, typed.values())))
    found: dict[str, Precedent] = {}
    for start in range(0, len(names), _NUMBERS):
        found.update(_precedents_named(names[start : start + _NUMBERS], scope))
    return {doc: found[name] for doc, name in typed.items() if name in found}


def _precedents_named(names: Sequence[str], scope: ViewerScope) -> dict[str, Precedent]:
    visible = Precedent.objects.visible_to(scope).exclude(live_revision=None).select_related("live_revision")
    external = {*names, *(f"{STARTER}{name}" for name in names)}
    rows = list(visible.filter(Q(external_id__in=external) | Q(number__in=[name.upper() for name in names])))
    by_external = {row.external_id: row for row in rows if row.external_id}
    # A library number is given by this site and wins over what another system called something.
    by_number = {row.number: row for row in rows if row.number}
    found = {
        name: by_number.get(name.upper()) or by_external.get(name) or by_external.get(f"{STARTER}{name}")
        for name in names
    }
    return {name: row for name, row in found.items() if row is not None}


def grades_from(judged: Sequence[Judged], *, scope: ViewerScope) -> dict[Precedent, int]:
    """The form's lines as precedents with grades. Raises RuleBroken naming the line that is wrong."""
    lines = [line for line in judged if line.doc.strip()]
    if len(lines) > MOST_JUDGED:
        raise RuleBroken(
            gettext("一道考题最多配 {most_judged} 个案例。").format(most_judged=MOST_JUDGED),
            code="too_many",
            field="doc",
        )
    known = numbers_resolved([line.doc for line in lines], scope=scope)
    grades: dict[Precedent, int] = {}
    for line in lines:
        if line.grade not in GRADES:
            raise RuleBroken(
                gettext("“{doc}”的分档只能是 1、2、3。").format(doc=line.doc), code="unknown_grade", field="grade"
            )
        if line.doc not in known:
            message = f"没有编号是“{line.doc[:40]}”的案例，或者您看不到它。核对入库编号再存。"
            raise RuleBroken(message, code="unknown_doc", field="doc")
        if known[line.doc] in grades:
            raise RuleBroken(gettext("“{doc}”写了两次，留一个。").format(doc=line.doc), code="twice", field="doc")
        grades[known[line.doc]] = line.grade
    return grades


@transaction.atomic
def relevance_save(
    question: RelevanceQuestion | None,
    *,
    text: str,
    note: str,
    grades: dict[Precedent, int],
    scope: ViewerScope,
    actor: User | None,
    now: dt.datetime,
    seen: str = "",
) -> RelevanceQuestion:
    """Adds a question or changes one; without grades it says that nothing should fit. Text and note are masked.

    Judgements of precedents that the viewer may not see stay as they are. `seen`: `changed_at` in ISO form as the form
    showed it. Raises RuleBroken for a text without words or one that is there already, StaleState if somebody was
    faster. Writes AuditEvent relevance.saved.
    """
    kept = kept_question(text)
    if not kept.key:
        raise RuleBroken(gettext("写上要考的问题，至少一个字。"), code="empty", field="text")
    question = _locked(question, seen=seen) if question else RelevanceQuestion()
    if RelevanceQuestion.objects.filter(text_key=kept.key).exclude(pk=question.pk).exists():
        raise RuleBroken(_EXISTS, code="exists", field="text")
    before = _told(question) if question.pk else {}
    question.text, question.text_key = kept.text, kept.key
    question.note = kept_note(note, longest=_NOTE)
    question.changed_by, question.changed_at = actor, now
    try:
        with transaction.atomic():
            question.save()
    except IntegrityError as error:
        raise RuleBroken(_EXISTS, code="exists", field="text") from error
    question.judgements.filter(precedent__in=Precedent.objects.visible_to(scope)).delete()
    RelevanceJudgement.objects.bulk_create(
        RelevanceJudgement(question=question, precedent=precedent, grade=grade) for precedent, grade in grades.items()
    )
    record(Action.RELEVANCE_SAVED, question, actor=actor, before=before, after=_told(question))
    return question


def _locked(question: RelevanceQuestion, *, seen: str) -> RelevanceQuestion:
    """The question as it is now, for this transaction alone. Raises NotVisible, StaleState."""
    locked = RelevanceQuestion.objects.select_for_update().filter(pk=question.pk).first()
    if locked is None:
        raise NotVisible(gettext("没有这道考题，可能已被删除。"))
    if seen and seen != locked.changed_at.isoformat():
        raise StaleState(_STALE)
    return locked


@transaction.atomic
def relevance_first(text: str, precedent: Precedent, *, actor: User | None, now: dt.datetime) -> RelevanceQuestion:
    """这条应该排第一: adds the question where it is missing and gives the precedent the highest grade.

    Others that had it go down to the next. Raises RuleBroken for a text without words, or a precedent that nobody finds
    (a draft, one that was retired). Writes AuditEvent relevance.saved.
    """
    kept = kept_question(text)
    if not kept.key:
        raise RuleBroken(gettext("没有问题，记不成考题。先查一个问题。"), code="empty", field="text")
    if precedent.status not in FINDABLE:
        raise RuleBroken(
            gettext("这个案例没有发布或者已经出库，查不到它，记不成考题。"), code="not_in_use", field="code"
        )
    changed = {"changed_by": actor, "changed_at": now}
    question, is_new = RelevanceQuestion.objects.select_for_update().get_or_create(
        text_key=kept.key, defaults={"text": kept.text, **changed}
    )
    before = {} if is_new else _told(question)
    question.changed_by, question.changed_at = actor, now
    question.save(update_fields=list(changed))
    question.judgements.filter(grade=BEST).exclude(precedent=precedent).update(grade=BEST - 1)
    RelevanceJudgement.objects.update_or_create(question=question, precedent=precedent, defaults={"grade": BEST})
    record(Action.RELEVANCE_SAVED, question, actor=actor, before=before, after=_told(question))
    return question


@transaction.atomic
def relevance_delete(question: RelevanceQuestion, *, actor: User | None) -> None:
    """Takes a question out with its judgements. Writes AuditEvent relevance.deleted."""
    record(Action.RELEVANCE_DELETED, question, actor=actor, before=_told(question))
    question.delete()


def _told(question: RelevanceQuestion) -> dict:
    """What the trail keeps of a question."""
    rows = question.judgements.order_by("-grade", "pk").values_list("precedent__number", "precedent__code", "grade")
    return {
        "text": question.text,
        "note": question.note,
        "docs": {number or code: grade for number, code, grade in rows},
    }
