"""An uploaded or pasted policy text becomes plain text. What a file is, its content says, not its name.

Refused with a sentence: what is no text, what is too large, what cannot be read whole. What was read but lost something
on the way is told in a warning.
"""

import codecs
from dataclasses import dataclass

from caselib.core.errors import RuleBroken
from caselib.core.text import clean

from .markdown import plain_of_markdown
from .word import read_docx

MOST_BYTES = 20 * 1024 * 1024
MOST_CHARACTERS = 2_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_KINDS = {
    b"%PDF": ("pdf", "这是 PDF 文件，没有读取。请复制其中的文字粘贴进来，或另存为 .docx 后上传。"),
    b"MZ": ("program", "这是程序文件，不是文本，没有读取。请上传 .txt、.md 或 .docx 文件。"),
    b"\x7fELF": ("program", "这是程序文件，不是文本，没有读取。请上传 .txt、.md 或 .docx 文件。"),
    b"{\\rtf": ("rtf", "这是 RTF 文件，没有读取。请用 Word 或 WPS 另存为 .docx 后上传。"),
    b"\x89PNG": ("image", "这是图片，没有读取。请上传文字版，或把识别出来的文字粘贴进来。"),
    b"\xff\xd8\xff": ("image", "这是图片，没有读取。请上传文字版，或把识别出来的文字粘贴进来。"),
    b"Rar!": ("archive", "这是压缩包，没有读取。请解压后上传其中的文件。"),
    b"7z\xbc\xaf": ("archive", "这是压缩包，没有读取。请解压后上传其中的文件。"),
    b"\x1f\x8b": ("archive", "这是压缩包，没有读取。请解压后上传其中的文件。"),
}
# Longest first: the mark of UTF-32 begins like that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class PolicyText:
    """`text` with \\n as line break; `warnings`: full sentences about what was lost or has to be looked at."""

    text: str
    warnings: tuple[str, ...] = ()


def read_pasted(text: str) -> PolicyText:
    """A text from a form field. Raises RuleBroken for an empty or too long one."""
    return PolicyText(_checked(text))


def read_file(content: bytes, *, name: str = "") -> PolicyText:
    """The text of a file: .docx, or text in UTF-8, UTF-16 with its mark, or GB18030.

    `name` only tells Markdown from other text. Raises RuleBroken for anything else, for more than 20 MB or 2,000,000
    characters, and for a .docx that is broken, encrypted or unpacks to too much.
    """
    if len(content) > MOST_BYTES:
        raise _refused("too_large", "文件超过 20 MB，没有读取。请去掉图片后另存，或只粘贴文字。")
    if not content.strip():
        raise _refused("empty", "文件是空的，没有读取。请检查选的是不是这个文件。")
    if content.startswith(_OLD_OFFICE):
        raise _old_office(content)
    for start, (code, message) in _KINDS.items():
        # A Chinese text may begin with MZ; a program holds zeros.
        if content.startswith(start) and not (start == b"MZ" and b"\0" not in content[:1024]):
            raise _refused(code, message)
    if content.startswith(b"PK"):
        text, warnings = read_docx(content)
        return PolicyText(_checked(text), warnings)
    text, warnings = _decoded(content)
    if name.lower().endswith((".md", ".markdown")):
        text = plain_of_markdown(text)
    return PolicyText(_checked(text), warnings)


def _old_office(content: bytes) -> RuleBroken:
    if _ENCRYPTED in content:
        return _refused("encrypted", "这个 Word 文件加了密码，没有读取。请去掉密码另存后上传，或粘贴其中的文字。")
    return _refused("old_word", "这是旧版 Word 文件（.doc），没有读取。请用 Word 或 WPS 另存为 .docx 后上传。")


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode(content, encoding), ()
    if b"\0" in content:
        raise _refused("no_text", "文件里不是文字，没有读取。请上传 .txt、.md 或 .docx 文件，或直接粘贴文字。")
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        text = _decode(content, "gb18030")
    if not _is_chinese(text):
        raise _refused(
            "no_encoding", "文件的编码认不出来，没有读取。请用记事本另存为 UTF-8 编码后上传，或直接粘贴文字。"
        )
    return text, ("文件按 GB18030 编码读取，请核对有没有乱码。",)


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise _refused(
            "no_encoding", "文件的编码认不出来，没有读取。请用记事本另存为 UTF-8 编码后上传，或直接粘贴文字。"
        ) from None


def _is_chinese(text: str) -> bool:
    """Whether most of what is beyond ASCII are the characters that Chinese texts are written in.

    Nearly any bytes are some GB18030: those of another encoding come out as rare characters and signs of private use.
    """
    beyond = [character for character in text if character > "\x7f"]
    # GB2312's first level, by frequency, lies in the first half of its rows; so do its marks and figures.
    common = sum(_is_common(character) for character in beyond)
    return common >= 0.7 * len(beyond) and sum(character < " " and character not in "\t\n\r" for character in text) == 0


def _is_common(character: str) -> bool:
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    # Rows of marks and figures (1 to 3) and of the characters in daily use (16 to 55).
    return 0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7


def _checked(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise _refused("too_long", f"文字超过 {MOST_CHARACTERS:,} 个，没有读取。请分成几个文件录入。")
    text = clean(text)
    if not text.strip():
        raise _refused("empty", "里面没有文字，没有读取。扫描件请先识别成文字，再粘贴进来。")
    return text


def _refused(code: str, message: str) -> RuleBroken:
    return RuleBroken(message, code=code, field="file")
