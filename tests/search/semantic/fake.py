"""A model for tests: what shares pairs of characters is close. Deterministic, and as fast as adding numbers."""

import hashlib
from collections.abc import Sequence

import numpy as np

from caselib.search.semantic.port import EmbeddingUnavailable, Vectors, unit


class FakeEmbedder:
    """`passed`: the passages that it was given. `failing`: what it fails with; empty while it works."""

    def __init__(self, name: str = "fake", *, dimensions: int = 64, at_once: int = 4) -> None:
        self.name, self.at_once, self.dimensions = name, at_once, dimensions
        self.passed: list[str] = []
        self.asked: list[str] = []
        self.failing = ""

    def query(self, text: str) -> Vectors:
        self.asked.append(text)
        if self.failing:
            raise EmbeddingUnavailable(self.failing)
        return self._vector(text)

    def passages(self, texts: Sequence[str]) -> Vectors:
        if self.failing:
            raise EmbeddingUnavailable(self.failing)
        self.passed += texts
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimensions, 0.01, np.float32)
        for pair in zip(text, text[1:] + " ", strict=True):
            seed = int.from_bytes(hashlib.blake2b("".join(pair).encode(), digest_size=4).digest(), "big")
            vector += np.random.default_rng(seed).standard_normal(self.dimensions).astype(np.float32)
        return unit(vector)
