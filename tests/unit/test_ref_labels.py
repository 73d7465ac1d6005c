"""What a law calls a place that is written in figures."""

import pytest

from caselib.policies.texts.mentions import ref_label


@pytest.mark.parametrize(
    ("ref", "label"),
    [
        ("33", "第三十三条"),
        ("33/2", "第三十三条第二款"),
        ("33/2/3", "第三十三条第二款第（三）项"),
        ("33/2/3/1", "第三十三条第二款第（三）项第一目"),
        ("120-2/1", "第一百二十条之二第一款"),
    ],
)
def test_a_place_in_figures_is_named_as_a_law_names_it(ref, label):
    assert ref_label(ref) == label
