"""The engines of this site: that of the precedents as haystack's settings name it, and that of the policies beside it."""

import gc
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from haystack import connections
from haystack.constants import DEFAULT_ALIAS

from caselib.search import analysis, snippets
from caselib.search.dictionary import NO_WORDS, Dictionary
from caselib.search.engine.port import Engine, EngineError, EngineQuery, Term, TermGroup
from caselib.search.engine.whoosh.engine import WhooshEngine
from caselib.search.lexicon import facts, lay, subjects
from caselib.search.suggestions.patterns import patterns_of
from caselib.search.suggestions.store import reading
from caselib.search.synonyms.parsing import built_in_groups
from caselib.search.understanding import slips


def live_engine() -> Engine:
    """The engine behind haystack's default connection."""
    return connections[DEFAULT_ALIAS].get_backend().engine


def policy_engine() -> WhooshEngine:
    """The engine of the policies: an index of its own in a folder within that of the precedents, thrown away with it."""
    return WhooshEngine(Path(settings.HAYSTACK_CONNECTIONS[DEFAULT_ALIAS]["PATH"]) / "policies")


def live_dictionary() -> Dictionary:
    """The words of the library that the live index was built with; none while there is no index. One system call."""
    try:
        return live_engine().dictionary()
    except EngineError:
        return NO_WORDS


def _load_templates() -> None:
    """Compiles every page with its components: what a template includes is otherwise compiled when it is first shown."""
    for engine in settings.TEMPLATES:
        for folder in engine["DIRS"]:
            for path in sorted(folder.rglob("*.html")):
                get_template(path.relative_to(folder).as_posix())


def preload() -> None:
    """Reads what the first question needs: dictionary, index, templates, addresses. For a server before it forks.

    Touches no database: a connection must not be shared by the workers. A missing index is not this one's to report.
    """
    analysis.preload()
    try:
        group = TermGroup((Term("words", "执照"),))
        live_engine().search(EngineQuery(groups=(group,), facets=("theme",), limit=1))
        policy_engine().search(EngineQuery(groups=(group,), limit=1))
    except EngineError:
        pass
    slips.preload()
    snippets.preload()
    for table in (facts.lexicon, lay.lexicon, subjects.lexicon, built_in_groups):
        table()
    patterns_of("营业zz")
    reading()
    _load_templates()
    get_resolver().url_patterns  # noqa: B018 (reading it is what loads the views)
    # What is loaded now stays: without this each collection walks half a million objects of the dictionary, and touching
    # them would copy the memory that the workers share.
    gc.collect()
    gc.freeze()
