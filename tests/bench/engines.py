"""The engines beside ours: SQLite FTS5 and tantivy, in memory of the operating system alike, fed our tokens.

Each token becomes a number, so that no engine cuts it again; a question is the OR of its tokens, ranked by BM25.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import tantivy

from caselib.search.analysis import tokenize
from caselib.search.engine.port import IndexDocument
from caselib.search.understanding import understand

Ask = Callable[[Sequence[str]], int]
LIMIT = 20


class Numbers:
    """One word of letters and digits for each token of a field."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def of(self, field: str, token: str) -> str:
        return self._known.setdefault((field, token), f"t{len(self._known)}")

    def document(self, document: IndexDocument) -> str:
        tokens = tokenize("\n".join(document.zones.values()))
        words = [self.of("words", token) for token in tokens.words]
        grams = [self.of("grams", token) for token in tokens.grams]
        return " ".join([*words, *grams, *(self.of("exact", token) for token in (*tokens.exact, *document.exact))])

    def question(self, text: str) -> list[str]:
        return [self.of(term.field, term.token) for group in understand(text).groups for term in group.terms]


def in_both(documents: Iterable[IndexDocument], folder: Path, numbers: Numbers) -> tuple[Ask, Ask]:
    """Fills FTS5 and tantivy with the same documents; returns how to ask each, which answers the number of hits."""
    connection = sqlite3.connect(folder / "fts5.sqlite3")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(body, content='')")
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="freq")
    schema.add_integer_field("id", stored=True)
    (folder / "tantivy").mkdir()
    index = tantivy.Index(schema.build(), path=str(folder / "tantivy"))
    writer = index.writer(heap_size=128_000_000, num_threads=1)
    for number, body in enumerate(_bodies(documents, numbers)):
        connection.execute("INSERT INTO t(rowid, body) VALUES (?, ?)", (number, body))
        writer.add_document(tantivy.Document(body=[body], id=[number]))
    connection.commit()
    connection.execute("INSERT INTO t(t) VALUES ('optimize')")
    connection.commit()
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return _fts5(connection), _tantivy(index)


def _bodies(documents: Iterable[IndexDocument], numbers: Numbers) -> Iterator[str]:
    for document in documents:
        yield numbers.document(document)


def _fts5(connection: sqlite3.Connection) -> Ask:
    def ask(tokens: Sequence[str]) -> int:
        if not tokens:
            return 0
        rows = connection.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (" OR ".join(tokens), LIMIT)
        )
        return len(rows.fetchall())

    return ask


def _tantivy(index: tantivy.Index) -> Ask:
    searcher, schema = index.searcher(), index.schema

    def ask(tokens: Sequence[str]) -> int:
        if not tokens:
            return 0
        parts = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", token)) for token in tokens]
        return len(searcher.search(tantivy.Query.boolean_query(parts), LIMIT).hits)

    return ask
