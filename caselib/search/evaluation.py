"""How good the answers are: a corpus, questions and judgments in; figures out. Asks through `results_for_page`."""

import datetime as dt
import io
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command

from caselib.core import clock
from caselib.core.text import clean
from caselib.orgs.models import Department
from caselib.orgs.services import department_save, region_save
from caselib.precedents.bulk import NewPrecedent, precedents_import
from caselib.precedents.content import GIST_LENGTH, TITLE_LENGTH, RevisionContent
from caselib.precedents.privacy import outgoing
from caselib.search.indexing import eligible
from caselib.search.scopes import library_scope
from caselib.search.selectors import results_for_page

DEPTH = 10
# What the loader of the starter library puts before the key of a precedent.
STARTER = "starter:"
_BATCH = 1000
MEASURES = ("ndcg@10", "mrr@10", "recall@10", "success@1", "success@5")
# Fields of the import form beside id and title, and which section of a precedent they become.
_SECTIONS = {"problem": "problem", "text": "problem", "blocker": "blocker", "resolution": "resolution"}
_BLOCKER_LENGTH = 300


class BadFile(ValueError):
    """A file of the set is missing or has a line that cannot be read; the message is Chinese and names it."""


@dataclass(frozen=True, slots=True)
class Query:
    id: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`docs`: ids in rank order; `fits`: False where the page says that nothing fits; `signs`: what that was told by."""

    query: Query
    docs: tuple[str, ...]
    fits: bool
    signs: Mapping[str, float] = field(default_factory=dict)


def lines_of(path: Path, *, needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file. Raises BadFile naming file and line."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield object_of(line, where=f"{path.name} 第 {number} 行", needed=needed)
    except OSError as error:
        raise BadFile(f"读不了 {path.name}：{error.strerror}。") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} 不是 UTF-8 编码。") from error


def object_of(line: str, *, where: str, needed: Sequence[str]) -> dict[str, Any]:
    """One line as an object. Raises BadFile naming the place."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{where}不是 JSON。") from error
    if not isinstance(found, dict) or any(name not in found for name in needed):
        raise BadFile(f"{where}缺少 {'、'.join(needed)}。")
    return found


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),) if value else ()


def content_of(entry: Mapping[str, Any]) -> RevisionContent:
    """A line of the corpus as a precedent's text. What does not fit its place is kept in the problem."""
    title = clean(str(entry["title"])).strip()
    sections: dict[str, list[str]] = defaultdict(list)
    if len(title) > TITLE_LENGTH:
        sections["problem"].append(title)
    for name, section in _SECTIONS.items():
        if text := clean(str(entry.get(name) or "")).strip():
            target = "problem" if section == "blocker" and len(text) > _BLOCKER_LENGTH else section
            sections[target].append(text)
    for name in ("policies", "matter", "category", "department", "district"):
        sections["problem_tail"].extend(_strings(entry.get(name)))
    return RevisionContent(
        title=title[:TITLE_LENGTH] or str(entry["id"]),
        gist=clean(str(entry.get("gist") or ""))[:GIST_LENGTH],
        problem="\n".join(sections["problem"]),
        blocker="\n".join(sections["blocker"]),
        resolution="\n".join(sections["resolution"]),
        lasting_rule="\n".join(sections["problem_tail"]),
        applies_when=_strings(entry.get("applicable")),
        not_when=_strings(entry.get("not_applicable")),
        tags=tuple(tag[:32] for tag in _strings(entry.get("tags"))),
    )


def load_corpus(folder: Path) -> int:
    """Publishes the corpus in this site's database, all for the whole library. Returns how many. Raises BadFile.

    Without a corpus.jsonl it is the starter library, whose precedents answer to their keys (S-01).
    """
    if not (folder / "corpus.jsonl").exists():
        call_command("load_starter", stdout=io.StringIO())
        return eligible().count()
    department = _department()
    now: dt.datetime = clock.now()
    batch: list[NewPrecedent] = []
    loaded = 0
    for entry in lines_of(folder / "corpus.jsonl", needed=("id", "title")):
        # Public texts of law name courts and offices: what the gate would stop is hidden, so that it stands here as well.
        content = outgoing(content_of(entry), precedent=None)
        batch.append(NewPrecedent(content=content, owner_department=department, external_id=str(entry["id"])))
        if len(batch) == _BATCH:
            loaded += len(precedents_import(batch, publish=True, actor=None, now=now))
            batch = []
    return loaded + (len(precedents_import(batch, publish=True, actor=None, now=now)) if batch else 0)


def _department() -> Department:
    region = region_save(full_name="评测", name="评测", parent=None, code="", actor=None)
    return department_save(region=region, code="EVAL", name="评测", actor=None)


def queries_of(folder: Path) -> list[Query]:
    """Raises BadFile."""
    return [
        Query(str(entry["id"]), str(entry["text"]), str(entry.get("kind") or "all"))
        for entry in lines_of(folder / "queries.jsonl", needed=("id", "text"))
    ]


def judgments_of(folder: Path) -> dict[str, dict[str, float]]:
    """Grade by document by query; a grade of 0 is no relevant document. Raises BadFile."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for entry in lines_of(folder / "qrels.jsonl", needed=("query", "doc", "grade")):
        if float(entry["grade"]) > 0:
            found[str(entry["query"])][str(entry["doc"])] = float(entry["grade"])
    return found


def ask(query: Query) -> Answer:
    """One question through the code of the results page, seen by a clerk."""
    page = results_for_page(scope=library_scope(), text=query.text, per_page=DEPTH)
    return Answer(query, tuple(row.external_id.removeprefix(STARTER) for row in page.rows), page.fits, page.signs)


def measures_of(docs: Sequence[str], grades: Mapping[str, float]) -> dict[str, float]:
    """The measures of one answer; `grades` holds at least one relevant document."""
    top = list(docs[:DEPTH])
    gains = [2 ** grades.get(doc, 0.0) - 1 for doc in top]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:DEPTH]
    ranks = [rank for rank, doc in enumerate(top, 1) if doc in grades]
    return {
        "ndcg@10": _discounted(gains) / _discounted(ideal),
        "mrr@10": 1 / ranks[0] if ranks else 0.0,
        "recall@10": len(ranks) / len(grades),
        "success@1": float(bool(ranks) and ranks[0] == 1),
        "success@5": float(bool(ranks) and ranks[0] <= 5),
    }


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def summary(answers: Iterable[Answer], judgments: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Means by kind, and `overall`: over questions that have an answer; for the others how many were recognised."""
    groups: dict[str, list[dict[str, float]]] = defaultdict(list)
    unanswerable: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        grades = judgments.get(answer.query.id)
        for kind in ("overall", answer.query.kind):
            if grades:
                groups[kind].append(measures_of(answer.docs, grades))
            else:
                unanswerable[kind].append(not answer.fits)
    table = {}
    for kind in dict.fromkeys(["overall", *sorted({*groups, *unanswerable})]):
        rows = groups.get(kind, [])
        figures = {name: sum(row[name] for row in rows) / len(rows) if rows else 0.0 for name in MEASURES}
        none = unanswerable.get(kind, [])
        table[kind] = {"queries": len(rows), **figures, "unanswerable": len(none), "recognised": sum(none)}
    return table
