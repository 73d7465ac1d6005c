"""A file that is sent, under a Chinese name that every browser keeps (RFC 5987)."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse

from .text import clean

# What some system refuses in the name of a file.
_REFUSED = re.compile(r'[\\/:*?"<>|\x00-\x1f\s]+')
_LONGEST = 80


def file_sent(
    content: bytes | Iterable[bytes], *, name: str, ending: str, kind: str, plain: str
) -> HttpResponse | StreamingHttpResponse:
    """Bytes in one piece, or pieces as they are made; kept by no cache.

    `name`: without its ending, of anything that somebody typed; `plain`: the name in ASCII for what knows no other; `kind`: its MIME type.
    """
    sent = HttpResponse if isinstance(content, bytes) else StreamingHttpResponse
    response = sent(content, content_type=kind)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(file_name(name), safe='')}.{ending}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def file_name(words: str) -> str:
    """Words as a name that every system takes."""
    return _REFUSED.sub("_", clean(words)).strip("._ ")[:_LONGEST] or "_"
