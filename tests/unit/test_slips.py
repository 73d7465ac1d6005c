"""一次告知单: what is missing, and what may come later on which terms."""

import pytest

from caselib.precedents.slips import slip_lines, slip_of

PAPERS = [
    {"name": "租赁合同", "correct_sample": "写明铺位号", "common_mistake": "只写商场名"},
    {"name": "身份证原件", "deferrable": True},
    {"name": "授权书", "required": False, "deferrable": True},
]
RECORD = {"item": "身份证", "deadline": "5 个工作日。", "consequence": "撤销许可"}


def test_what_is_there_leaves_the_slip_and_the_rest_keeps_its_sample_and_mistake():
    slip = slip_of(slip_lines(PAPERS, []), have={2, 3})
    assert [(line.number, line.sample, line.mistake) for line in slip.missing] == [(1, "写明铺位号", "只写商场名")]
    assert slip.brought == 2


def test_a_paper_that_may_come_later_says_until_when_and_what_follows():
    lines = slip_lines(PAPERS, [RECORD])
    assert lines[1].later == "可以后补，期限：5 个工作日。逾期：撤销许可。"
    assert lines[2].later == "可以后补，以窗口告知的期限为准。" and lines[2].is_optional
    assert lines[0].later == ""


def test_a_paper_of_the_record_alone_stands_on_every_slip():
    lines = slip_lines(PAPERS[:1], [RECORD, {"item": ""}])
    assert [line.name for line in slip_of(lines, have={0, 1}).missing] == ["身份证"]


@pytest.mark.parametrize("have", [{99}, {-1}, {0}, set()])
def test_a_number_that_is_no_paper_takes_nothing_off(have):
    assert len(slip_of(slip_lines(PAPERS, []), have=have).missing) == 3


def test_a_text_without_papers_has_an_empty_slip():
    assert slip_of(slip_lines([], []), have={1}).missing == ()
