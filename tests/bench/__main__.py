"""`python -m tests.bench --sizes 1000 10000`: one process and one throw-away site for each size, then the table."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .report import machine_lines, table_lines

ROOT = Path(__file__).resolve().parents[2]


def measured(size: int, *, texts: Path | None, queries: int, model: bool, crowd: bool) -> dict:
    """Runs one size in processes of its own, so that memory and warm caches of one do not touch another."""
    with tempfile.TemporaryDirectory(prefix="caselib-bench-") as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "caselib.settings.dev",
            "CASELIB_DATA_DIR": folder,
            "CASELIB_INDEX_INLINE": "1",
            "CASELIB_LOG_LEVEL": "ERROR",
            "CASELIB_EMBEDDING": "auto" if model else "off",
        }
        for name in ("DATABASE_URL", "SEARCH_URL"):
            environment.pop(name, None)
        words = ["--size", str(size), "--queries", str(queries), "--folder", folder]
        if texts:
            words += ["--texts", str(texts.resolve())]
        words += [f"--{name}" for name, is_on in (("model", model), ("crowd", crowd)) if is_on]
        for phase in ("build", "ask"):
            one = [sys.executable, "-m", "tests.bench.one", phase, *words]
            subprocess.run(one, cwd=ROOT, env=environment, check=True)
        return json.loads((Path(folder) / "ask.json").read_text(encoding="utf-8"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--texts", type=Path, help="folder with corpus.jsonl and perhaps queries.jsonl")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--model", action="store_true", help="with the installed model, over made-up vectors")
    parser.add_argument("--crowd", action="store_true", help="fifty people at once on two workers of gunicorn as well")
    options = parser.parse_args()
    if options.texts and not (options.texts / "corpus.jsonl").is_file():
        parser.error(f"no corpus.jsonl in {options.texts}")
    sys.stdout.writelines(f"{line}\n" for line in machine_lines())
    results = []
    for size in options.sizes:
        results.append(
            measured(size, texts=options.texts, queries=options.queries, model=options.model, crowd=options.crowd)
        )
        # The table so far: the largest size takes minutes.
        sys.stdout.writelines(f"{line}\n" for line in table_lines(results))
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
