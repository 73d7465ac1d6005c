"""kill -9 of whoever writes vectors, at its operations on their files: they stay readable, and nothing is lost.

One operation in some is taken, to keep the suite short; a step of "1" takes all of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("work", "step"), [("sync", "20"), ("begin", "12")])
@pytest.mark.slow
def test_killing_the_writer_of_vectors_loses_nothing(tmp_path, work, step):
    inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
    environment = {
        **inherited,
        "CASELIB_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "caselib.settings.dev",
        "CASELIB_LOG_LEVEL": "CRITICAL",
        "CASELIB_INDEX_INLINE": "0",
        "CASELIB_EMBEDDING": "off",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.recovery.vector_site", work, step],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["wrong"] == []
    assert answer["got_through"]
    assert answer["kills"] >= 4
