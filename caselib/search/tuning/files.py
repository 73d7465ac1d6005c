"""检索考题 in files: `queries.jsonl` and `qrels.jsonl`, the form that `evaluate_search` reads."""

import datetime as dt
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.search.evaluation import STARTER, BadFile, object_of
from caselib.search.models import RelevanceJudgement, RelevanceQuestion
from caselib.search.questions import KeptQuestion, kept_note, kept_question
from caselib.search.tuning.relevance import GRADES, numbers_resolved

MOST_QUESTIONS = 5000
MOST_BYTES = 5 * 1024 * 1024
_NOTE = 200


@dataclass(frozen=True, slots=True)
class Imported:
    """`unknown`: numbers that no precedent of the viewer has; questions with only such were left out: `skipped`."""

    added: int
    changed: int
    skipped: int
    unknown: tuple[str, ...]


def queries_lines() -> Iterator[str]:
    """A line for each question. 1 query."""
    for question in RelevanceQuestion.objects.order_by("pk"):
        yield _line({"id": f"q{question.pk}", "text": question.text, "kind": "site", "note": question.note})


def qrels_lines(scope: ViewerScope) -> Iterator[str]:
    """A line for each judgement of a precedent that the viewer may see. 1 query."""
    visible = Precedent.objects.visible_to(scope)
    rows = RelevanceJudgement.objects.filter(precedent__in=visible).order_by("question", "-grade", "pk")
    columns = ("question_id", "precedent__external_id", "precedent__number", "precedent__code", "grade")
    for question, external, number, code, grade in rows.values_list(*columns):
        doc = (external or "").removeprefix(STARTER) or number or code
        yield _line({"query": f"q{question}", "doc": doc, "grade": grade})


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False) + "\n"


def relevance_import(
    queries: bytes, qrels: bytes, *, scope: ViewerScope, actor: User | None, now: dt.datetime
) -> Imported:
    """Adds the questions of the files; one that is there already gets the judgements of the file.

    Raises RuleBroken naming the line that cannot be read; then nothing is taken in. Questions and notes are masked. Writes one
    AuditEvent relevance.imported.
    """
    asked = _questions(_entries(queries, "queries.jsonl", needed=("id", "text")))
    grades = _grades(_entries(qrels, "qrels.jsonl", needed=("query", "doc", "grade")))
    docs = {doc for question in asked for doc in grades.get(question, {})}
    known = numbers_resolved(docs, scope=scope)
    wanted: dict[str, tuple[KeptQuestion, str, dict[Precedent, int]]] = {}
    skipped = 0
    for key, (kept, note) in asked.items():
        judged = {known[doc]: grade for doc, grade in grades.get(key, {}).items() if doc in known}
        # Without its precedents it would say that nothing should fit.
        if not kept.key or (grades.get(key) and not judged):
            skipped += 1
        else:
            wanted[kept.key] = (kept, note, judged)
    added, changed = _stored(wanted, scope=scope, actor=actor, now=now)
    return Imported(added, changed, skipped, tuple(sorted(docs - set(known))))


def _entries(content: bytes, name: str, *, needed: tuple[str, ...]) -> list[dict[str, Any]]:
    if len(content) > MOST_BYTES:
        raise RuleBroken(
            gettext("{name} 超过 {value} MB，分几次导入。").format(name=name, value=MOST_BYTES // 1024 // 1024),
            code="too_big",
            field="queries",
        )
    try:
        lines = io.StringIO(content.decode("utf-8-sig"))
        return [
            object_of(line, where=f"{name} 第 {number} 行", needed=needed)
            for number, line in enumerate(lines, 1)
            if line.strip()
        ]
    except UnicodeDecodeError as error:
        raise RuleBroken(
            gettext("{name} 不是 UTF-8 编码，什么都没有导入。").format(name=name), code="encoding", field="queries"
        ) from error
    except BadFile as error:
        raise RuleBroken(
            gettext("{error}改好再导，什么都没有导入。").format(error=error), code="bad_line", field="queries"
        ) from error


def _questions(entries: list[dict[str, Any]]) -> dict[str, tuple[KeptQuestion, str]]:
    if len(entries) > MOST_QUESTIONS:
        raise RuleBroken(
            gettext("一次最多导入 {most_questions} 道。").format(most_questions=MOST_QUESTIONS),
            code="too_many",
            field="queries",
        )
    found = {}
    for entry in entries:
        note = kept_note(str(entry.get("note") or entry.get("kind") or ""), longest=_NOTE)
        found[str(entry["id"])] = (kept_question(str(entry["text"])), note)
    return found


def _grades(entries: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Grade by document by query. A grade of 0 says that a document does not answer: it is not kept."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for number, entry in enumerate(entries, 1):
        grade = entry["grade"]
        if isinstance(grade, float) and grade.is_integer():
            grade = int(grade)
        if not isinstance(grade, int) or isinstance(grade, bool) or grade not in {0, *GRADES}:
            raise RuleBroken(
                gettext("qrels.jsonl 第 {number} 行的 grade 只能是 0 到 3。").format(number=number),
                code="unknown_grade",
                field="qrels",
            )
        if grade:
            found[str(entry["query"])][clean(str(entry["doc"])).strip()] = grade
    return found


@transaction.atomic
def _stored(
    wanted: dict[str, tuple[KeptQuestion, str, dict[Precedent, int]]],
    *,
    scope: ViewerScope,
    actor: User | None,
    now: dt.datetime,
) -> tuple[int, int]:
    """How many were added, and how many changed."""
    there = {row.text_key: row for row in RelevanceQuestion.objects.select_for_update()}
    visible = Precedent.objects.visible_to(scope)
    added = changed = 0
    for key, (kept, note, judged) in wanted.items():
        question = there.get(key)
        if question is None:
            question = RelevanceQuestion(text=kept.text, text_key=key)
            added += 1
        else:
            changed += 1
        question.note, question.changed_by, question.changed_at = note, actor, now
        question.save()
        question.judgements.filter(precedent__in=visible).delete()
        RelevanceJudgement.objects.bulk_create(
            RelevanceJudgement(question=question, precedent=precedent, grade=grade)
            for precedent, grade in judged.items()
        )
    if wanted:
        record(Action.RELEVANCE_IMPORTED, question, actor=actor, after={"added": added, "changed": changed})
    return added, changed
