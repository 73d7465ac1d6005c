import pytest

from caselib.core.paging import page_info


@pytest.mark.parametrize(
    ("asked", "given"),
    [(1, 1), ("2", 2), ("5", 5), ("6", 5), ("9999", 5), ("0", 1), ("-1", 1), ("", 1), (None, 1), ("x", 1), ("２", 1),
     ("1e3", 1), ("9" * 400, 1), ("1.5", 1), (" 3 ", 3)],
)  # fmt: skip
def test_page_number_out_of_range_is_moved_into_it(asked, given):
    assert page_info(asked, total=95, per_page=20).number == given


def test_empty_list_has_one_empty_page():
    page = page_info("3", total=0)
    assert (page.number, page.pages, page.offset, page.has_previous, page.has_next) == (1, 1, 0, False, False)


@pytest.mark.parametrize(("total", "pages"), [(1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_full_pages_do_not_make_an_empty_one(total, pages):
    assert page_info(1, total=total).pages == pages


@pytest.mark.parametrize(
    ("number", "window"), [(1, [1, 2, 3, 4, 5]), (3, [1, 2, 3, 4, 5]), (6, [4, 5, 6, 7, 8]), (10, [6, 7, 8, 9, 10])]
)
def test_window_offers_five_pages_around_the_current_one(number, window):
    assert page_info(number, total=200).window == window


def test_window_of_a_short_list_offers_what_there_is():
    assert page_info(2, total=41).window == [1, 2, 3]
