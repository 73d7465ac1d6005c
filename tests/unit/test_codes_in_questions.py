"""Library numbers and matter codes are found however they are spelled."""

import pytest

from caselib.core.text import normalise
from caselib.search.understanding.codes import code_tokens


@pytest.mark.parametrize(
    "text",
    [
        "310109-2026-SCJG-0001",
        "310109-2026-scjg-1",
        "310109 2026 SCJG 0001",
        "３１０１０９－２０２６－ＳＣＪＧ－０００１",
        "310109—2026—SCJG—0001",
        "3101092026SCJG0001",
        "３１０１０９２０２６scjg０００１",
        "看310109_2026_scjg_0001这件",
    ],
)
def test_a_library_number_is_known_in_any_spelling(text):
    assert ("exact", "no:310109-2026-SCJG-0001") in list(code_tokens(normalise(text)))


def test_a_matter_code_may_be_parted():
    assert ("words", "000107001000") in list(code_tokens("0001 0700 1000"))


@pytest.mark.parametrize("text", ["13800000000", "2026-11-22", "310109-2026", "a" * 5000, "12 34", ""])
def test_other_numbers_are_no_codes(text):
    assert list(code_tokens(text)) == []
