"""Every write of the product is a service that leaves an event. `python -m tests.contracts.audit_rules` names those that do not.

Read from the source: a public function that opens a transaction or writes rows has to reach `audit.services.record` or
`record_many` by calls that can be followed by name, or be a part of others: called by such functions alone, and by no view
and no command. What does neither stands below with the reason why it leaves no event. What a function is handed as an
argument is not followed, and a record on a path that is not taken counts: the tests of the services see to that.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "caselib"
TESTS = ROOT / "tests"
RECORDS = {"caselib.audit.services.record", "caselib.audit.services.record_many"}
# Functions that write and leave no event of their own, each with the reason.
SILENT: dict[str, str] = {
    "caselib.connect.feeds.services.feed_used": "the day of the last use, as tokens have it",
    "caselib.connect.hooks.services.deliveries_prune": "messages that went out; what they told of has events of its own",
    "caselib.core.marks.mark_dirty": "tells caches what to read again; whoever changed it leaves the event",
    "caselib.core.marks.mark_done": "work of a cache",
    "caselib.core.marks.mark_failed": "work of a cache",
    "caselib.exchange.export_word.document_of": "a file in memory and no rows",
    "caselib.exchange.sample.sample_file": "the same",
    "caselib.exchange.sheet_writing.workbook_write": "a file in memory and no rows",
    "caselib.training.handouts.slides.deck.Deck.saved": "a file in memory and no rows",
    "caselib.training.handouts.word.document.document_of": "a file in memory and no rows",
    "caselib.following.services.recount": "the same",
    "caselib.following.services.follow": "what somebody reads is a taste and not a deed",
    "caselib.following.services.unfollow": "the same",
    "caselib.following.services.notices_read": "the same",
    "caselib.following.searches.checking.search_told": "tells of a wish of the account and changes nothing in the library",
    "caselib.following.searches.checking.searches_check": "the same",
    "caselib.following.searches.services.search_delete": "the same, as following is",
    "caselib.following.searches.services.search_edit": "the same",
    "caselib.following.searches.services.search_looked": "the same",
    "caselib.following.searches.services.search_save": "the same",
    "caselib.personal.favourites.favourite_add": "what somebody keeps is a taste and not a deed",
    "caselib.personal.favourites.favourite_drop": "the same",
    "caselib.personal.favourites.favourite_remove": "the same",
    "caselib.personal.notes.note_drop": "nobody else ever reads it, and the trail must not",
    "caselib.personal.notes.note_save": "the same",
    "caselib.personal.recent.openings_clear": "what somebody reads is no deed, and the trail must not tell",
    "caselib.personal.recent.openings_write": "the same",
    "caselib.orgs.services.contrast_set": "the same: how pages look",
    "caselib.training.repeating.cards.card_answer": "how somebody practises alone is nobody's to watch, and counts for nothing",
    "caselib.search.engine.whoosh.backend.CaselibWhooshBackend.setup": "files of the index and no rows",
    "caselib.search.log.services.notes_write": "the search log is a log of its own, kept for a shorter time",
    "caselib.search.log.services.search_log_prune": "the same",
}
# Methods that write rows, on whatever they are called.
WRITES = {"save", "create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "delete"}

Functions = dict[str, ast.FunctionDef]


class Module:
    """What a module defines and what its names lead to. `name`: dotted, without `__init__`."""

    def __init__(self, name: str, source: str, *, is_package: bool) -> None:
        self.name = name
        self.package = name if is_package else name.rpartition(".")[0]
        self.tree = ast.parse(source)
        self.names = dict(self._imported())
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.names[node.name] = f"{name}.{node.name}"

    def _imported(self) -> Iterator[tuple[str, str]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                base = self._base(node)
                for alias in node.names:
                    yield alias.asname or alias.name, f"{base}.{alias.name}"
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    yield (
                        alias.asname or alias.name.split(".")[0],
                        alias.name if alias.asname else alias.name.split(".")[0],
                    )

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        parts = parts[: len(parts) - node.level + 1]
        return ".".join([*parts, *([node.module] if node.module else [])])

    def functions(self) -> Iterator[tuple[str, ast.FunctionDef]]:
        """Functions of the module and methods of its classes, by dotted name."""
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{self.name}.{node.name}", node
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                        yield f"{self.name}.{node.name}.{inner.name}", inner

    def leads_to(self, node: ast.AST, within: str) -> str | None:
        """The dotted name of what is called or handed on: `f`, `module.f`, `self.f`."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in {"self", "cls"}:
                return f"{within.rpartition('.')[0]}.{node.attr}"
            base = self.names.get(node.value.id)
            return f"{base}.{node.attr}" if base else None
        return None


def modules_of(sources: Mapping[str, str]) -> dict[str, Module]:
    """Modules by dotted name, from paths as `caselib/audit/services.py`."""
    found = {}
    for path, source in sources.items():
        parts = path.removesuffix(".py").split("/")
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found[name] = Module(name, source, is_package=is_package)
    return found


def unrecorded(sources: Mapping[str, str], silent: Mapping[str, str] = SILENT) -> list[str]:
    """Public functions that open a transaction and reach no record; and exceptions that are none any more."""
    modules = modules_of(sources)
    functions = {name: (module, node) for module in modules.values() for name, node in module.functions()}
    graph = {name: set(_used(name, module, node, modules)) for name, (module, node) in functions.items()}
    writing = {name for name, (_, node) in functions.items() if _is_public(name) and _writes(node)}
    recording = {name for name in graph if _reaches(name, graph)}
    lacking = {name for name in writing - recording - RECORDS if not _is_part(name, graph, recording)}
    wrong = [f"{name}: opens a transaction and leaves no event" for name in sorted(lacking - set(silent))]
    return wrong + [f"{name}: is an exception and needs none" for name in sorted(set(silent) - lacking)]


def _is_public(name: str) -> bool:
    return not name.rpartition(".")[2].startswith("_")


def _writes(node: ast.FunctionDef) -> bool:
    """Whether it opens a transaction, by decorator or by `with`, or writes rows."""
    opened = [*node.decorator_list]
    for inner in ast.walk(node):
        if isinstance(inner, ast.With):
            opened += [item.context_expr for item in inner.items]
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and _is_write(inner.func):
            return True
    return any(
        _dotted(each.func if isinstance(each, ast.Call) else each).endswith("transaction.atomic") for each in opened
    )


def _is_write(called: ast.Attribute) -> bool:
    """Whether the method writes rows; `update` is one of dictionaries, too."""
    return called.attr in WRITES or (called.attr == "update" and ".objects" in ast.unparse(called))


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _used(name: str, module: Module, node: ast.FunctionDef, modules: Mapping[str, Module]) -> Iterator[str]:
    """What a function calls or hands on to be called, with names of packages followed to where they are defined."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name | ast.Attribute) and isinstance(inner.ctx, ast.Load):
            target = module.leads_to(inner, name)
            if target:
                yield _defined(target, modules)


def _defined(target: str, modules: Mapping[str, Module]) -> str:
    """Where a name that a module only hands on is defined."""
    for _ in range(5):
        owner, _, last = target.rpartition(".")
        further = modules[owner].names.get(last) if owner in modules else None
        if further is None or further == target:
            break
        target = further
    return target


def _is_part(name: str, graph: Mapping[str, set[str]], recording: set[str], seen: frozenset[str] = frozenset()) -> bool:
    """Whether it is called, and by nothing but functions of which each leaves an event or is itself such a part."""
    callers = {caller for caller, used in graph.items() if name in used and caller != name}
    return bool(callers) and all(
        not _is_door(caller)
        and (caller in recording or (caller not in seen and _is_part(caller, graph, recording, seen | {name})))
        for caller in callers
    )


def _is_door(name: str) -> bool:
    """Whether people or machines come in there: a view, a command."""
    return bool({"views", "commands", "middleware"} & set(name.split("."))) or name.split(".")[-2].endswith("_views")


def _reaches(name: str, graph: Mapping[str, set[str]]) -> bool:
    seen, waiting = {name}, [name]
    while waiting:
        found = graph.get(waiting.pop(), set())
        if found & RECORDS:
            return True
        waiting += found - seen
        seen |= found
    return False


def unused_actions(sources: Mapping[str, str], names: Iterator[str]) -> list[str]:
    """Kinds of deeds that no module names beside the one that registers them."""
    text = "\n".join(source for path, source in sources.items() if path != "caselib/audit/actions.py")
    return [name for name in names if not re.search(rf"\bAction\.{name}\b", text)]


def untested_actions(tests: Mapping[str, str], actions: Mapping[str, str]) -> list[str]:
    """Kinds of deeds, value by name, that no test names, neither by name nor by value."""
    text = "\n".join(tests.values())
    return [
        name
        for name, value in actions.items()
        if not re.search(rf"\bAction\.{name}\b", text) and f'"{value}"' not in text
    ]


def tests() -> dict[str, str]:
    """The tests as they stand: text by path."""
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("*.py"))}


def sources() -> dict[str, str]:
    """The product as it stands: text by path."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
    }


def main() -> int:
    """Prints every broken rule; 1 when there is one."""
    found = unrecorded(sources())
    sys.stdout.writelines(f"{rule}\n" for rule in found)
    sys.stdout.write(f"Events of services: {len(found)} broken.\n" if found else "Events of services: kept.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
