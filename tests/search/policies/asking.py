"""The questions of queries.jsonl, asked of the starter library by a clerk of its hall, and how good the answers are."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from caselib.orgs.models import User
from caselib.orgs.scope import scope_of
from caselib.search.evaluation import STARTER, measures_of
from caselib.search.policies.selectors import PoliciesPage, policies_for_page

QUESTIONS = Path(__file__).with_name("queries.jsonl")


@dataclass(frozen=True)
class Asked:
    """A question with what it should find: grades by policy, and the clause to open (policy/version/article) or none."""

    id: str
    kind: str
    text: str
    grades: dict[str, float]
    clause: str = ""


def questions() -> list[Asked]:
    return [Asked(**json.loads(line)) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def answer(asked: Asked) -> tuple[list[str], str]:
    """(keys of the policies in rank order, the first clause shown)."""
    page = policies_for_page(scope=scope_of(User.objects.get(username="window")), text=asked.text, per_page=10)
    return [key(row.policy) for row in page.rows], first_clause(page)


def key(policy) -> str:
    return policy.external_id.removeprefix(STARTER)


def first_clause(page: PoliciesPage) -> str:
    for row in page.rows[:1]:
        for hit in row.clauses[:1]:
            return f"{key(row.policy)}/{hit.version.label}/{hit.clause.ref}"
    return ""


def figures() -> dict[str, dict[str, float]]:
    """Means by kind and overall: ndcg@10, first (the first hit is right), clause (the right clause is the first)."""
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    for asked in questions():
        docs, clause = answer(asked)
        measured = measures_of(docs, asked.grades)
        row = {"ndcg": measured["ndcg@10"], "first": float(bool(docs) and asked.grades.get(docs[0], 0) >= 2)}
        if asked.clause:
            row["clause"] = float(clause == asked.clause)
        for kind in ("all", asked.kind):
            rows[kind].append(row)
    return {
        kind: {
            name: sum(row[name] for row in found if name in row) / max(1, sum(name in row for row in found))
            for name in ("ndcg", "first", "clause")
        }
        | {"number": len(found)}
        for kind, found in rows.items()
    }
