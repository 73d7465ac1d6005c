"""Rules of the source that no linter knows. `python -m tests.contracts.source_rules` names each place that breaks one.

`test_source_rules.py` holds a good and a bad example of each.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "caselib"
FUNCTION_LINES = 40
MODULE_LINES = 400
# The only modules that may mark text as safe: one cleans it, one escapes all that it fills in.
MARKS_SAFE = {Path("caselib/core/markdown.py"), Path("caselib/core/frames.py")}
SAFE_NAMES = {"mark_safe", "SafeString", "SafeText"}  # calls; the types may be named in signatures


def broken(path: Path, source: str) -> Iterator[str]:
    """The rules that a module breaks. `path` is relative to the project."""
    tree = ast.parse(source)
    lines = source.count("\n")
    if lines > MODULE_LINES:
        yield f"{path}: {lines} lines, at most {MODULE_LINES}"
    for node in ast.walk(tree):
        where = f"{path}:{getattr(node, 'lineno', 1)}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function(where, node)
        elif isinstance(node, ast.ExceptHandler):
            yield from _handler(where, node)
        elif isinstance(node, ast.Call) and _called(node) in SAFE_NAMES and path not in MARKS_SAFE:
            yield f"{where}: {_called(node)} outside of what may mark text as safe"
        elif isinstance(node, ast.Call) and _called(node) == "Frame" and not _is_constant(node):
            yield f"{where}: a Frame is one constant of the source"
        elif isinstance(node, ast.ImportFrom):
            yield from _renamed(where, node)
    if path.name == "views.py" or path.parent.name == "views":
        yield from _view(path, tree)


def _function(where: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    lines = node.end_lineno - node.lineno + 1
    if lines > FUNCTION_LINES and not node.name.startswith("test_"):
        yield f"{where}: {node.name} has {lines} lines, at most {FUNCTION_LINES}"
    if node.name == "save" and any(
        argument.arg == "force_insert" for argument in node.args.kwonlyargs + node.args.args
    ):
        yield f"{where}: save() is not overridden; a service does the writing"


def _handler(where: str, node: ast.ExceptHandler) -> Iterator[str]:
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    names = {getattr(name, "id", "") for name in caught}
    is_broad = node.type is None or names & {"Exception", "BaseException"}
    if is_broad and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
        yield f"{where}: catches everything and goes on"


def _called(call: ast.Call) -> str:
    """The name of what is called, by whatever way it is reached: `Frame(…)`, `frames.Frame(…)`."""
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _renamed(where: str, node: ast.ImportFrom) -> Iterator[str]:
    """What marks text as safe keeps its name, or the rules about it would not know it again."""
    for name in node.names:
        if name.name in {*SAFE_NAMES, "Frame"} and name.asname:
            yield f"{where}: {name.name} under another name"


def _is_constant(call: ast.Call) -> bool:
    """Whether its only argument is a string that stands in the source."""
    return [type(getattr(argument, "value", None)) for argument in call.args] == [str] and not call.keywords


def _view(path: Path, tree: ast.Module) -> Iterator[str]:
    """Views call selectors and services: they use no manager of another package's models."""
    package = f"caselib.{path.parts[1]}."
    foreign: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models"):
            if node.level == 0 and not node.module.startswith(package):
                foreign |= {alias.asname or alias.name for alias in node.names}
        elif (
            isinstance(node, ast.Attribute)
            and node.attr == "objects"
            and isinstance(node.value, ast.Name)
            and node.value.id in foreign
        ):
            yield f"{path}:{node.lineno}: a view asks {node.value.id}.objects of another package"


def main() -> int:
    """Prints every broken rule; 1 when there is one."""
    found = [
        rule
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
        for rule in broken(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    ]
    sys.stdout.writelines(f"{rule}\n" for rule in found)
    sys.stdout.write(f"Source rules: {len(found)} broken.\n" if found else "Source rules: kept.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
