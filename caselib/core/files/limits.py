"""How large a file may be and what it may unpack to, and how one is refused."""

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken

_MB = 1024 * 1024
MOST_BYTES = 20 * _MB
MOST_PICTURE_BYTES = 10 * _MB
MOST_OFFICE_BYTES = 10 * _MB
# A photograph of 40 million pixels takes 120 MB while it is decoded.
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2_000
MOST_PAGES = 200
# What the pages of a PDF draw, decoded: a page of text takes some 10 kB.
MOST_DRAWN = 3 * _MB
MOST_PARTS = 2_000
MOST_UNPACKED = 60 * _MB
# A tree of XML takes fifteen times its size in memory.
MOST_XML = 16 * _MB
MOST_PICTURES_INSIDE = 40
MOST_PIXELS_INSIDE = 120_000_000
MOST_TEXT = 2_000_000


def refused(code: str, message: str) -> RuleBroken:
    """`message`: what it is and what to do; that nothing was saved and nothing typed is lost is said here."""
    happened, _, advice = message.partition("。")
    return RuleBroken(
        gettext("{happened}，文件没有保存，已填的内容都在。{advice}").format(happened=happened, advice=advice),
        code=code,
        field="file",
    )


def limited_text(text: str) -> str:
    """Raises RuleBroken for more than 2,000,000 characters: unread text is no clean text."""
    if len(text) > MOST_TEXT:
        raise refused("too_long", f"文件里的文字超过 {MOST_TEXT // 10_000} 万字。请分成几个文件上传。")
    return text
