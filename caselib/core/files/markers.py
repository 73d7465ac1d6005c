"""Pictures inside of a PDF are kept as they are compressed; what a camera wrote beside the picture is cut out of the stream."""

# Of the application's segments only these say how colours are meant: JFIF and Adobe.
_KEPT_SEGMENTS = frozenset({0xE0, 0xEE})
_COMMENT = 0xFE
_SCAN, _END = 0xDA, 0xD9
_JPX_TEXTS = frozenset({b"xml ", b"uuid", b"uinf"})


def jpeg_without_notes(data: bytes) -> bytes:
    """The picture without EXIF, XMP, colour profile, comment and what follows its end; empty for what is no whole JPEG."""
    if not data.startswith(b"\xff\xd8"):
        return b""
    out, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return b""
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big") + 2
        if marker == _SCAN:
            end = data.rfind(bytes((0xFF, _END)))
            return bytes(out) + data[at : end + 2] if end > at else b""
        if marker != _COMMENT and (marker in _KEPT_SEGMENTS or not 0xE0 <= marker <= 0xEF):
            out += data[at : at + length]
        at += length
    return b""


def jpx_without_notes(data: bytes) -> bytes:
    """JPEG 2000 without its boxes of XML and of unknown content; a bare stream as it is; empty for what is damaged."""
    if data.startswith(b"\xff\x4f\xff\x51"):
        return data
    out, at = bytearray(), 0
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        length = length or len(data) - at
        if length < 8 or at + length > len(data):
            return b""
        if kind not in _JPX_TEXTS:
            out += data[at : at + length]
        at += length
    return bytes(out)
