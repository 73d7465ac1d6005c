"""Whatever is broken in a file: it comes out clean or is refused with a sentence, nothing else."""

import random

import pytest

from caselib.core.errors import RuleBroken
from caselib.core.files import CleanFile, received

from .made_files import add_form, excel, packed, pdf, picture, png_with_notes, saying, unpacked, with_place, word

GOOD = {
    "a.jpg": picture(exif=with_place()),
    "a.png": png_with_notes(),
    "a.webp": picture("WEBP"),
    "a.docx": word("正文", table=[["a", "b", "c"], ["1", "2", "3"]], image=picture()),
    "a.xlsx": excel([["姓名", "电话", "余额"], ["王某", 1, 2.5]]),
    "a.pdf": pdf(
        saying("x") + " /F Do", change=lambda writer: add_form(writer, "/F", "0 0 9 9 re f", to=writer.pages[0])
    ),
}
EACH = 60


def _spoiled(data, chance):
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(spoiled))
        if chance.random() < 0.6:
            spoiled[at] = chance.randrange(256)
        else:
            del spoiled[at : at + chance.randint(1, min(40, len(spoiled) - 2))]
    return bytes(spoiled)


def _spoiled_part(data, chance):
    """An office file with one part spoiled or left out; packed anew, so that its check sums hold."""
    parts = unpacked(data)
    name = chance.choice(sorted(parts))
    if chance.random() < 0.2:
        del parts[name]
    else:
        parts[name] = _spoiled(parts[name], chance)
    return packed(parts)


@pytest.mark.parametrize("name", GOOD)
def test_spoiled_files_are_cleaned_or_refused(name):
    chance = random.Random(name)  # noqa: S311 - the same files in every run, no secret
    for number in range(EACH):
        is_package = name.endswith("x") and number % 3
        data = (_spoiled_part if is_package else _spoiled)(GOOD[name], chance)
        try:
            assert isinstance(received(data, name=name), CleanFile)
        except RuleBroken as refused:
            assert refused.field == "file" and refused.code and refused.message.endswith("。")
