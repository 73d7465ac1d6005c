"""Texts of lists on their way out: what blocks is hidden, as `outgoing` does it for whole texts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from caselib.core.personal_data import Severity, find
from caselib.precedents.models import PrivacyOverride
from caselib.precedents.privacy import decided_of, outgoing_text
from caselib.precedents.selectors import PrecedentRow
from caselib.search.rows import ResultRow

Decided = Mapping[tuple[str, str], PrivacyOverride]


def rows(found: Iterable[ResultRow]) -> Iterator[ResultRow]:
    """Rows of results. No query where nothing blocks, which is the rule: the gate looked at these texts."""
    for row in found:
        # In one piece: most of the cost is that of beginning to look.
        yield _hidden(row) if _blocks("\n".join(_texts(row))) else row


def plain(text: str) -> str:
    """One line, such as a title that is suggested."""
    return outgoing_text(text, decided={}) if _blocks(text) else text


def texts_of(row: PrecedentRow) -> dict[str, str]:
    """Title and gist of a row of a list."""
    texts = {"title": row.revision.title, "gist": row.revision.gist}
    if not _blocks("\n".join(texts.values())):
        return texts
    decided = decided_of(row.precedent)
    return {name: outgoing_text(text, decided=decided) for name, text in texts.items()}


def _texts(row: ResultRow) -> tuple[str, ...]:
    return (row.plain_title, _joined(row.gist), _joined(row.snippet), row.lead_org)


def _hidden(row: ResultRow) -> ResultRow:
    """Without the decisions of two people, which stand beside the whole text: here too much is hidden rather than too little."""
    return replace(
        row,
        plain_title=outgoing_text(row.plain_title, decided={}),
        gist=((outgoing_text(_joined(row.gist), decided={}), False),),
        snippet=((outgoing_text(_joined(row.snippet), decided={}), False),),
        lead_org=outgoing_text(row.lead_org, decided={}),
    )


def _joined(parts: Iterable[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in parts)


def _blocks(text: str) -> bool:
    return any(finding.severity == Severity.BLOCK for finding in find(text))
