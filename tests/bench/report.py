"""The table of a benchmark, and the machine that it was measured on."""

import os
import platform
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path


def p50_p95(milliseconds: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile; of one value, that value twice."""
    if len(milliseconds) == 1:
        return milliseconds[0], milliseconds[0]
    return statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20, method="inclusive")[-1]


def machine_lines() -> Iterator[str]:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor() or "unknown processor",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("Django", "Whoosh", "numpy", "tantivy"))
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    yield f"Machine: {os.cpu_count()} x {cpu}, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f} before the start"
    yield f"Python {platform.python_version()}, {versions}, commit {commit.strip() or 'unknown'}"


ROWS = (
    ("results page", "page"),
    ("the same, questions known", "page_known"),
    ("the same, 50 people at once", "crowd"),
    ("50 people who read, too", "crowd_reading"),
    ("suggestion", "suggestion"),
    ("precedent page", "precedent"),
    ("edit to findable", "findable"),
    ("SQLite FTS5, engine alone", "fts5"),
    ("tantivy, engine alone", "tantivy"),
    ("our engine alone", "engine"),
)


def table_lines(results: Sequence[dict]) -> Iterator[str]:
    """One column for each size; times as `p50 / p95` in milliseconds."""
    yield ""
    yield _line("ms, p50 / p95", [f"{result['size']:,}" for result in results])
    for label, key in ROWS:
        yield _line(label, [_times(result.get(key)) for result in results])
    for base, label in (("tantivy", "tantivy"), ("fts5", "FTS5")):
        yield _line(f"results page : {label}", [_ratio(result, "page", base) for result in results])
        yield _line(f"our engine : {label}", [_ratio(result, "engine", base) for result in results])
    yield _line("full rebuild, s", [f"{result['rebuild_s']:.1f}" for result in results])
    yield _line("import and publish, s", [f"{result['import_s']:.1f}" for result in results])
    yield _line("first search of a process, ms", [f"{result['first_ms']:.0f}" for result in results])
    yield _line("memory of a worker alone, MB", [f"{result['worker_mb']:.0f}" for result in results])
    yield _line("... with what workers share", [f"{result['private_mb']:.0f}" for result in results])
    yield _line("of the 50 people's pages failed", [str(result.get("crowd_failed", "n/a")) for result in results])
    yield _line("queries with a hit", [f"{result['with_hits']} of {result['queries']}" for result in results])


def _times(milliseconds: Sequence[float] | None) -> str:
    if not milliseconds:
        return "n/a"
    return "{:.1f} / {:.1f}".format(*p50_p95(milliseconds))


def _ratio(result: dict, ours: str, base: str) -> str:
    pairs = zip(p50_p95(result[ours]), p50_p95(result[base]), strict=True)
    return " / ".join(f"{mine / other:.1f}x" for mine, other in pairs)


def _line(label: str, cells: Sequence[str]) -> str:
    return f"{label:<32}" + "".join(f"{cell:>20}" for cell in cells)
