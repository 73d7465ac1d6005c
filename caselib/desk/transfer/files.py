"""A file that is sent, under a Chinese name that every browser keeps (RFC 5987)."""

from collections.abc import Iterable
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse

from caselib.exchange.sheet_writing import XLSX

KINDS = {
    "xlsx": XLSX,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "jsonl": "application/x-ndjson; charset=utf-8",
}


def file_of(content: bytes | Iterable[bytes], *, name: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """Bytes in one piece, or pieces as they are made. `name`: without its ending."""
    sent = HttpResponse if isinstance(content, bytes) else StreamingHttpResponse
    response = sent(content, content_type=KINDS[form])
    response["Content-Disposition"] = (
        f"attachment; filename=\"precedents.{form}\"; filename*=UTF-8''{quote(name)}.{form}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
