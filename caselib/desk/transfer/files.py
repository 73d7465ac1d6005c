"""The kinds of files in which precedents are sent."""

from collections.abc import Iterable

from django.http import HttpResponse, StreamingHttpResponse

from caselib.core.downloads import file_sent
from caselib.exchange.sheet_writing import XLSX

KINDS = {
    "xlsx": XLSX,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "jsonl": "application/x-ndjson; charset=utf-8",
}


def file_of(content: bytes | Iterable[bytes], *, name: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """Bytes in one piece, or pieces as they are made. `name`: without its ending."""
    return file_sent(content, name=name, ending=form, kind=KINDS[form], plain="precedents")
