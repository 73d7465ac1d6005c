"""Small documents and queries for tests of the engine, without any model."""

from caselib.search.analysis import tokenize
from caselib.search.engine.port import EngineQuery, IndexDocument, Term, TermGroup


def document(
    number: int, title: str = "", body: str = "", *, facets: dict | None = None, **numbers: float
) -> IndexDocument:
    return IndexDocument(
        key=f"thing.{number}",
        order=number,
        zones={"title": title, "body": body},
        facets={name: tuple(values) for name, values in (facets or {}).items()},
        numbers=numbers,
    )


def asked(text: str, **options: object) -> EngineQuery:
    """A query for all tokens of a text, each a group of its own."""
    tokens = tokenize(text, short=len(text) == 1)
    pairs = [("words", token) for token in tokens.words] + [("grams", token) for token in tokens.grams]
    pairs += [("exact", token) for token in tokens.exact]
    groups = tuple(TermGroup((Term(field, token),)) for field, token in dict.fromkeys(pairs))
    return EngineQuery(groups=groups, **options)


def keys(result) -> list[str]:
    return [hit.key for hit in result.hits]
