"""Any service with an OpenAI-compatible address: what it is sent, and that nothing it answers can hurt."""

import http.server
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from caselib.search.semantic import chosen
from caselib.search.semantic import http as adapter
from caselib.search.semantic.http import HttpEmbedder
from caselib.search.semantic.nano import NanoEmbedder
from caselib.search.semantic.port import EmbeddingUnavailable

KEY = "a-secret-key"
Answer = tuple[int, dict[str, str], bytes]


def vectors(body: dict, width: int = 4) -> Answer:
    """What a service answers: in any order, with what belongs where."""
    rows = [{"index": n, "embedding": [float(len(text)), *[1.0] * (width - 1)]} for n, text in enumerate(body["input"])]
    return 200, {}, json.dumps({"data": rows[::-1]}).encode()


class Service:
    """A server on this machine. `answer` makes its answers; `seen` holds bodies and headers of what it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[dict], Answer] = vectors
        self.seen: list[tuple[dict, dict[str, str]]] = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.seen.append((body, dict(self.headers)))
                status, headers, payload = service.answer(body)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(payload)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/embeddings"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def embedder(self, **values: object) -> HttpEmbedder:
        return HttpEmbedder(self.url, model="some-model", key=KEY, **{"timeout": 2.0, **values})


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_vectors_come_back_in_order_and_at_length_one(service):
    found = service.embedder().passages(["一", "二二二"])
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1).tolist() == pytest.approx([1.0, 1.0])
    assert found[0, 0] < found[1, 0]
    assert service.embedder().query("一").tolist() == pytest.approx(found[0].tolist())


def test_what_is_sent_is_what_the_protocol_asks_for(service):
    service.embedder(query_prefix="query: ", passage_prefix="passage: ").query("营业执照")
    body, headers = service.seen[0]
    assert body == {"model": "some-model", "input": ["query: 营业执照"], "encoding_format": "float"}
    assert headers["Authorization"] == f"Bearer {KEY}"
    service.embedder(passage_prefix="passage: ").passages(["营业执照"])
    assert service.seen[1][0]["input"] == ["passage: 营业执照"]


def test_many_passages_go_in_batches(service):
    texts = [str(number) for number in range(70)]
    assert service.embedder().passages(texts).shape == (70, 4)
    assert [len(body["input"]) for body, _ in service.seen] == [32, 32, 6]
    assert service.embedder().passages([]).shape == (0, 0)


def test_rows_without_an_index_are_in_the_order_of_the_texts(service):
    service.answer = lambda _: (200, {}, b'{"data": [{"embedding": [1, 0]}, {"embedding": [0, 1]}]}')
    assert service.embedder().passages(["一", "二"]).tolist() == [[1, 0], [0, 1]]


def test_the_prefix_of_passages_is_part_of_the_name(service):
    assert service.embedder().name != service.embedder(passage_prefix="passage: ").name


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'{"data": null}',
        b'{"data": []}',
        b'{"data": [null]}',
        b'{"data": [{"index": 0}]}',
        b'{"data": [{"index": 0, "embedding": []}]}',
        b'{"data": [{"index": 0, "embedding": "AAAA"}]}',
        b'{"data": [{"index": 0, "embedding": [null, 1]}]}',
        b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}',
        b'{"data": [{"index": 0, "embedding": [Infinity, 1]}]}',
        b'{"data": [{"index": 0, "embedding": [1e300, 1]}]}',
        b'{"data": [{"index": 0, "embedding": [0, 0]}]}',
        b'{"data": [{"index": 0, "embedding": [[1], [2]]}]}',
        b'{"data": [{"index": "x", "embedding": [1]}, {"index": 0, "embedding": [1]}]}',
        b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1]}]}',
        b"[" * 100_000,
        b'{"data": [{"index": 0, "embedding": [' + b"9" * 5000 + b"]}]}",
    ],
)
def test_nonsense_is_no_vector(service, payload):
    service.answer = lambda _: (200, {}, payload)
    with pytest.raises(EmbeddingUnavailable, match="检索照常按字词进行"):
        service.embedder().query("营业执照")


def test_batches_of_different_lengths_are_refused(service):
    service.answer = lambda body: vectors(body, width=len(body["input"]) + 1)
    with pytest.raises(EmbeddingUnavailable, match="不完整"):
        service.embedder().passages([str(number) for number in range(40)])


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_an_error_is_told_with_its_number_alone(service, status):
    service.answer = lambda body: (status, {}, json.dumps(body).encode() + KEY.encode())
    with pytest.raises(EmbeddingUnavailable, match=f"HTTP {status}") as raised:
        service.embedder().query("家住某路的张某")
    assert KEY not in raised.value.message
    assert "张某" not in raised.value.message


def test_a_redirection_is_not_followed(service):
    other = Service()
    service.answer = lambda _: (307, {"Location": other.url}, b"")
    with pytest.raises(EmbeddingUnavailable, match="HTTP 307"):
        service.embedder().query("营业执照")
    other.server.shutdown()
    other.server.server_close()
    assert other.seen == []


def test_a_slow_service_is_given_up(service):
    done = threading.Event()
    service.answer = lambda body: (done.wait(5), vectors(body))[1]
    started = time.perf_counter()
    with pytest.raises(EmbeddingUnavailable, match="超时"):
        service.embedder(timeout=0.1).query("营业执照")
    assert time.perf_counter() - started < 2
    done.set()


def test_a_service_that_drips_is_given_up(service, monkeypatch):
    """Each piece comes in time, the whole never does."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not stop.wait(0.02):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return

    threading.Thread(target=drip, daemon=True).start()
    started = time.perf_counter()
    with pytest.raises(EmbeddingUnavailable, match="超时"):
        HttpEmbedder(f"http://127.0.0.1:{listener.getsockname()[1]}/", model="m", timeout=0.2).query("营业执照")
    assert time.perf_counter() - started < 2
    stop.set()
    listener.close()


def test_an_endless_answer_is_cut(service, monkeypatch):
    monkeypatch.setattr(adapter, "_MOST_BYTES", 1000)
    service.answer = lambda _: (200, {}, b" " * 5000 + b"{}")
    with pytest.raises(EmbeddingUnavailable):
        service.embedder().query("营业执照")


def test_a_dead_or_wrong_address_is_told(service):
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    for url, told in {
        f"http://127.0.0.1:{port}/": "ConnectionRefusedError",
        "file:///etc/passwd": "http://",
        "http://[": "写法不对",
        "http://127.0.0.1:x/": "写法不对",
        "http://no such host/": "写法不对",
    }.items():
        with pytest.raises(EmbeddingUnavailable, match=told):
            HttpEmbedder(url, model="m", key=KEY, timeout=0.5).query("营业执照")


def test_a_key_that_cannot_be_sent_is_not_shown(service):
    with pytest.raises(EmbeddingUnavailable) as raised:
        HttpEmbedder(service.url, model="m", key="bad\nkey").query("营业执照")
    assert "bad" not in raised.value.message
    assert raised.value.__cause__ is None or raised.value.__suppress_context__


def test_the_service_of_the_settings_is_used(service, settings):
    settings.CASELIB_EMBEDDING = "auto"
    settings.EMBEDDING_URL = service.url
    settings.EMBEDDING_MODEL = "hall-model"
    settings.EMBEDDING_KEY = KEY
    model = chosen.embedder()
    assert model.name == "http/hall-model"
    model.query("营业执照")
    assert service.seen[0][1]["Authorization"] == f"Bearer {KEY}"
    settings.EMBEDDING_URL = ""
    assert isinstance(chosen.embedder(), NanoEmbedder)
