"""The port: text to vectors, by whichever model. Two adapters: `nano` in the process, `http` for a hall's own service.

Vectors help to find what shares no words with the question. They are never needed: without a model, or when it fails,
the search goes on with words alone.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from caselib.core.text import normalise

Vectors = npt.NDArray[np.float32]

# A model reads about 500 tokens at once and works through longer texts piece by piece, at a cost without use here.
PASSAGE_CHARACTERS = 1000
# The time of the model in the process grows with the text, some 2 ms a character on one core: a person waits for this.
QUERY_CHARACTERS = 160


class EmbeddingUnavailable(Exception):
    """No vectors now: the model is not installed, its service does not answer or answers nonsense.

    `message` is a Chinese sentence for the administrator.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Embedder(Protocol):
    """Makes vectors of length one, so that a dot product is the cosine. Both methods raise EmbeddingUnavailable.

    Both take prepared texts (see `prepared`) and may be called by several threads at once.
    """

    # Names model and variant: vectors of different names are never compared.
    name: str
    # How many passages are worth giving it at once.
    at_once: int

    def query(self, text: str) -> Vectors:
        """One vector for a question, shape (dimensions,)."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text, shape (len(texts), dimensions). For no texts shape (0, 0)."""


def prepared(text: str, *, most: int) -> str:
    """The text as models take it: in normal form, at most `most` characters, and always possible to encode.

    Cut before it is normalised as well, so that a paste of a megabyte costs no more than a page.
    """
    return " ".join(normalise(text[: 4 * most]).split())[:most]


def unit(vectors: Vectors) -> Vectors:
    """The vectors at length one, along the last axis; a vector of zeros stays one."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32(1e-9))
