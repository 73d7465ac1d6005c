"""kill -9 of the writer at its operations on the index: search goes on, and what it did not finish is done again.

One operation in some is taken, to keep the suite short; a step of "1" takes all of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def run_site(folder: Path, *arguments: str, module: str = "index_site") -> dict:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "SEARCH_URL"}} | {
        "CASELIB_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "caselib.settings.dev",
        "CASELIB_LOG_LEVEL": "CRITICAL",
        "CASELIB_INDEX_INLINE": "1" if arguments[0] == "together" else "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", f"tests.recovery.{module}", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("work", "step"), [("drain", "5"), ("rebuild", "7")])
def test_killing_the_writer_at_any_point_leaves_no_drift(tmp_path, work, step):
    answer = run_site(tmp_path, "kill", work, step)
    assert answer["wrong"] == []
    assert answer["got_through"]
    assert answer["kills"] >= 10
