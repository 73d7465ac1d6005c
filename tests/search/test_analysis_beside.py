"""A rebuild shares its analysis with a second process: nobody can tell from the index, whatever becomes of the process."""

import os
import signal
import subprocess
import sys

import pytest

from caselib.search.dictionary import Dictionary
from caselib.search.engine import beside
from caselib.search.engine.beside import prepare_beside
from caselib.search.engine.port import IndexDocument
from caselib.search.engine.prepared import PreparedDocument, prepare_all

WORDS = Dictionary.of(["租铺子", "销照"])


def documents(count: int) -> list[IndexDocument]:
    return [
        IndexDocument(
            key=f"precedents.precedent.{number}",
            order=number,
            zones={"title": f"租铺子的第{number}人没销照", "body": "沪府办规〔2024〕2号第三条 abc-12"},
            exact=(f"own:{number}",),
            facets={"year": ("2024", str(number % 7))},
            numbers={"published": number / 3},
        )
        for number in range(count)
    ]


def prepared(asked: list[IndexDocument], *, alone: int) -> list[PreparedDocument]:
    """What comes back, in the order of the library."""
    found = prepare_beside(iter(asked), dictionary=WORDS, alone=alone)
    return sorted(found, key=lambda document: document.order)


def test_documents_analysed_beside_come_back_once_and_as_they_are():
    asked = documents(2_000)
    assert prepared(asked, alone=10) == prepare_all(asked, dictionary=WORDS)


def test_a_process_that_dies_loses_no_document(monkeypatch, caplog):
    monkeypatch.setattr(beside, "_prepared", _die)
    asked = documents(400)
    assert prepared(asked, alone=10) == prepare_all(asked, dictionary=WORDS)
    assert "is gone" in caplog.text


def _die(documents):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(beside, "_cores", lambda: 2)


@pytest.mark.parametrize(("cores", "alone"), [(1, 5), (2, 20)])
def test_few_documents_or_one_core_start_no_process(monkeypatch, cores, alone):
    monkeypatch.setattr(beside, "ProcessPoolExecutor", None)
    monkeypatch.setattr(beside, "_cores", lambda: cores)
    asked = documents(20)
    assert prepared(asked, alone=alone) == prepare_all(asked, dictionary=WORDS)


_ENDLESS = """
from itertools import count
from tests.search.test_analysis_beside import WORDS, documents
from caselib.search.engine.beside import prepare_beside

if __name__ == "__main__":
    endless = (document for _ in count() for document in documents(200))
    for number, _ in enumerate(prepare_beside(endless, dictionary=WORDS, alone=10)):
        if number == 1_000:
            print("both at work", flush=True)
"""


def test_a_rebuild_that_is_killed_leaves_no_process_behind(tmp_path):
    script = tmp_path / "endless.py"
    script.write_text(_ENDLESS, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=environment) as rebuild:
        assert rebuild.stdout.readline() == b"both at work\n"
        rebuild.kill()
        # Whoever is left would hold this pipe open.
        assert rebuild.communicate(timeout=30) == (b"", None)
