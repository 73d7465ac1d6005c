"""What comes out of a file that was let in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file written anew, without what it told beside its content. Only `data` may be kept; what was sent is thrown away.

    `name`: the last part of the given name with the right extension, to be scanned for personal data as `text` is.
    `width`, `height`: pixels of a picture; `pages`: of a PDF, sheets of a workbook; None where there are none.
    `text`: all text in it, for scanning, also what is covered or hidden. `warnings`: full Chinese sentences.
    """

    media_type: str
    extension: str
    data: bytes
    name: str = ""
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    text: str = ""
    warnings: tuple[str, ...] = ()
