"""A file of named arrays that are mapped into memory instead of being read: what scoring needs beside the postings."""

import json
import mmap
from collections.abc import Mapping
from pathlib import Path

import numpy as np

_MAGIC = b"CLARR001"
_ALIGNMENT = 64


def _padding(position: int) -> int:
    return -position % _ALIGNMENT


def pack_arrays(arrays: Mapping[str, np.ndarray], *, meta: Mapping) -> list[bytes]:
    """The content of the file, in pieces, in order. `meta` must be fit for JSON."""
    table, position = {}, 0
    for name, array in arrays.items():
        position += _padding(position)
        table[name] = [array.dtype.str, position, len(array)]
        position += array.nbytes
    header = json.dumps({"meta": meta, "arrays": table, "size": position}, ensure_ascii=False).encode()
    lead = _MAGIC + len(header).to_bytes(8, "little") + header
    pieces, position = [lead, b"\0" * _padding(len(lead))], 0
    for array in arrays.values():
        gap = _padding(position)
        pieces += [b"\0" * gap, np.ascontiguousarray(array).tobytes()]
        position += gap + array.nbytes
    return pieces


def map_file(path: Path) -> mmap.mmap | bytes:
    """The file as memory that is read when touched and shared between processes."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def open_arrays(path: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """(meta, arrays by name), the arrays read-only. Raises `ValueError` for a file that is cut off or something else."""
    data = map_file(path)
    lead = len(_MAGIC) + 8
    if data[: len(_MAGIC)] != _MAGIC:
        raise ValueError(f"{path.name} is no file of arrays")
    length = int.from_bytes(data[len(_MAGIC) : lead], "little")
    if lead + length > len(data):
        raise ValueError(f"{path.name} is cut off in its header")
    header = json.loads(data[lead : lead + length])
    base = lead + length + _padding(lead + length)
    if base + header["size"] > len(data):
        raise ValueError(f"{path.name} is cut off")
    arrays = {
        name: np.frombuffer(data, np.dtype(kind), count, base + position)
        for name, (kind, position, count) in header["arrays"].items()
    }
    return header["meta"], arrays
