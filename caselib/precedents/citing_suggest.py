"""What is offered while somebody types a citation: 登记条例33, 营商环境条, 国办发〔2025〕24号."""

import datetime as dt
import re
from collections.abc import Iterator

from caselib.core.text import clean
from caselib.policies.known import policy_table
from caselib.policies.models import Clause
from caselib.policies.texts.names import PolicyTable, plain_name

from .citing import Proposal, read_all

MOST = 8
MOST_TYPED = 64
_SHORTEST = 2
# What stands behind the name: 33, 33/2, 第三十三条第二款.
_ARTICLE = re.compile(
    r"\s*(?:第?\s*(?:\d{1,4}|[零〇一二两三四五六七八九十百千]{1,9})\s*条.*|第?\s*\d{1,4}(?:/\d{1,3}){0,3})\s*$"
)


def citation_suggestions(typed: str, *, on: dt.date) -> tuple[Proposal, ...]:
    """At most eight: what the words mean, else what policies hold them in their names, with the article that was typed.

    For a policy without an article its first clauses are offered as well. 11 queries at the most.
    """
    typed = clean(typed)[:MOST_TYPED].strip()
    if len(typed) < _SHORTEST:
        return ()
    found = list(read_all([typed], on=on)[0].offered.values())
    if not found:
        texts = list(_possible(typed, policy_table()))
        found = [each for read in read_all(texts, on=on) for each in read.offered.values()] if texts else []
    elif len(found) == 1 and found[0].is_whole:
        found += _clauses(found[0])
    return tuple(found[:MOST])


def _possible(typed: str, table: PolicyTable) -> Iterator[str]:
    """Citations of the policies in whose names the typed words occur; those that begin with them first."""
    tail = _ARTICLE.search(typed)
    part = plain_name(typed[: tail.start()] if tail else typed)
    if len(part) < _SHORTEST:
        return
    hits = sorted(
        (name.find(part), len(name), code) for name, codes in table.names.items() if part in name for code in codes
    )
    for code in list(dict.fromkeys(code for _, _, code in hits))[:MOST]:
        yield f"《{table.titles[code]}》{tail[0].strip() if tail else ''}"


def _clauses(whole: Proposal) -> list[Proposal]:
    return [
        Proposal(whole.words, whole.version, clause, "", whole.caution, whole.validity)
        for clause in Clause.objects.filter(version=whole.version).order_by("position")[: MOST - 1]
    ]
