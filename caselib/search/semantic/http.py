"""Any service with the OpenAI form of an embeddings address, for halls that run their own models."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

import numpy as np

from .port import EmbeddingUnavailable, Vectors, unit

BATCH = 32
# Seconds for a batch of passages: nobody waits for them.
PASSAGES_TIMEOUT = 60.0
# 32 vectors of 4,096 numbers in decimal are some 3 MB; a service that sends more sends something else.
_MOST_BYTES = 64 * 1024 * 1024
UNREACHABLE = "语义模型服务没有给出向量（{reason}）。检索照常按字词进行；请检查 EMBEDDING_URL 指的服务。"
INCOMPLETE = "语义模型服务返回的向量不完整。检索照常按字词进行；请检查 EMBEDDING_URL 指的服务。"
BAD_ADDRESS = "EMBEDDING_URL 要以 http:// 或 https:// 开头。检索照常按字词进行。"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirection would hand the key and the texts to another host."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


class HttpEmbedder:
    """`url` is the whole address, such as http://127.0.0.1:8001/v1/embeddings. `timeout` in seconds, for a question.

    `query_prefix` and `passage_prefix` are what the model wants before its texts (the e5 family: "query: ", "passage: ").
    """

    at_once = BATCH

    def __init__(
        self,
        url: str,
        *,
        model: str,
        key: str = "",
        timeout: float = 2.0,
        query_prefix: str = "",
        passage_prefix: str = "",
    ) -> None:
        # The prefix is part of what the vectors were made with.
        self.name = f"http/{model}/{passage_prefix}" if passage_prefix else f"http/{model}"
        self._url, self._model, self._key, self._timeout = url, model, key, timeout
        self._query_prefix, self._passage_prefix = query_prefix, passage_prefix

    def query(self, text: str) -> Vectors:
        return self._embed([self._query_prefix + text], timeout=self._timeout)[0]

    def passages(self, texts: Sequence[str]) -> Vectors:
        wanted = [self._passage_prefix + text for text in texts]
        batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
        parts = [self._embed(batch, timeout=PASSAGES_TIMEOUT) for batch in batches]
        if len({part.shape[1] for part in parts}) > 1:
            raise EmbeddingUnavailable(INCOMPLETE)
        return np.concatenate(parts) if parts else np.empty((0, 0), np.float32)

    def _embed(self, texts: Sequence[str], *, timeout: float) -> Vectors:
        answer = self._ask({"model": self._model, "input": list(texts), "encoding_format": "float"}, timeout=timeout)
        try:
            rows = answer["data"]
            order = sorted(range(len(rows)), key=lambda place: rows[place].get("index", place))
            with np.errstate(over="ignore"):
                vectors = np.array([rows[place]["embedding"] for place in order], np.float32)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise EmbeddingUnavailable(INCOMPLETE) from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.any(axis=1).all():
            raise EmbeddingUnavailable(INCOMPLETE)
        if not np.isfinite(vectors).all():
            raise EmbeddingUnavailable(INCOMPLETE)
        return unit(vectors)

    def _ask(self, body: dict[str, Any], *, timeout: float) -> Any:
        if not self._url.startswith(("http://", "https://")):
            raise EmbeddingUnavailable(BAD_ADDRESS)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self._key}"} if self._key else {})
        try:
            request = urllib.request.Request(self._url, data=json.dumps(body).encode(), headers=headers)  # noqa: S310
            until = time.monotonic() + timeout
            with _opener.open(request, timeout=timeout) as response:
                return json.loads(_read(response, until=until))
        except urllib.error.HTTPError as error:
            # Its text is the service's own and may repeat what was sent; the number is enough to look it up.
            raise EmbeddingUnavailable(UNREACHABLE.format(reason=f"HTTP {error.code}")) from error
        except RecursionError as error:
            raise EmbeddingUnavailable(INCOMPLETE) from error
        except (ValueError, http.client.InvalidURL) as error:
            # Neither JSON nor an address or key that can be sent; the message of either could quote them.
            raise EmbeddingUnavailable(UNREACHABLE.format(reason="不是 JSON，或地址、密钥写法不对")) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            named = "超时" if isinstance(reason, TimeoutError) else type(reason).__name__
            raise EmbeddingUnavailable(UNREACHABLE.format(reason=named)) from error


def _read(response: http.client.HTTPResponse, *, until: float) -> bytes:
    """The answer, as much of it as may be. Raises TimeoutError: the opener's own limit is for each piece, not for all."""
    pieces, length = [], 0
    while length < _MOST_BYTES and (piece := response.read1(65536)):
        pieces.append(piece)
        length += len(piece)
        if time.monotonic() > until:
            raise TimeoutError
    return b"".join(pieces)
