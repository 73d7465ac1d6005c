"""What is drawn without a template says the same and escapes as a template does."""

import pytest
from django.template import Context, Template
from django.urls import set_script_prefix
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from caselib.core.frames import Frame, joined
from caselib.pages.templatetags.hits import facets, hit
from caselib.pages.templatetags.look import drawn, short, to
from caselib.pages.templatetags.record import ask, go
from caselib.precedents.fitting import Answer, Need, Question, Way
from caselib.precedents.signal import Kind, Reason, Signal, Word
from caselib.search.families import Cell, Family, Point, Sibling
from caselib.search.results import FacetGroup, FacetValue
from caselib.search.rows import ResultRow
from tests.search.hostile import CANARY, injected

BAD = f"<{CANARY}>{{0}}\" {CANARY}=1 '"
WARY = Signal(Word.CARE, (Reason(Kind.OPEN_POINT, BAD),))


def sibling(place: int) -> Sibling:
    return Sibling(
        place=place,
        code=f"code{place}",
        title=BAD,
        story="",
        matter="",
        applies_when=(),
        not_when=(),
        fits=(),
        unfits=(),
    )


def row(**values) -> ResultRow:
    usual = {
        "pk": 1, "code": "abcd", "number": BAD, "external_id": "", "plain_title": BAD, "kind": "", "tier": BAD, "matter": BAD,
        "lead_org": BAD, "partners": 2, "reuse_count": 3, "signal": WARY, "place": None, "score": 1.0,
        "title": ((BAD, True), ("后", False)), "gist": ((BAD, False),), "snippet": ((f"别处{BAD}", True),), "why": (BAD,),
        "against": (BAD,),
    }  # fmt: skip
    return ResultRow(**{**usual, **values})


def test_every_text_of_a_result_is_escaped():
    points = (Point(BAD, (Cell(BAD, is_asked=True), Cell(BAD, is_against=True))),)
    drawn = hit(row(family=Family((sibling(1), sibling(2)), points)), rank=3, trail="abcdefghabcdefgh", first=True)
    assert injected(drawn) == []
    assert drawn.count(f"&lt;{CANARY}&gt;") == 16
    assert "/p/abcd/?from=abcdefghabcdefgh-3" in drawn
    assert "/p/code2/?from=abcdefghabcdefgh-3" in drawn


def test_what_a_result_does_not_have_is_not_drawn():
    bare = row(
        tier="", matter="", lead_org="", reuse_count=0, signal=Signal(Word.OK), gist=(), snippet=(), why=(), against=()
    )
    drawn = hit(bare)
    for part in (
        "tag--accent",
        "牵头",
        "办成",
        "hit__gist",
        "snippet",
        "why",
        "against",
        "family",
        "该排第一",
        "from=",
    ):
        assert part not in drawn
    assert "可用" in drawn


def test_a_sample_carries_no_word_about_following_it():
    assert "慎用" in hit(row(kind="分流卡"))
    assert "慎用" not in hit(row(kind="原因样例"))


def test_values_of_a_filter_are_escaped_and_keep_their_ticks():
    values = (FacetValue(BAD, BAD, 3, True), FacetValue("b", "乙", 1, False))
    drawn = facets([FacetGroup("theme", BAD, values)])
    assert injected(drawn) == []
    assert drawn.count(" checked") == 1
    assert "乙" in drawn


def test_every_text_of_a_question_of_use_is_escaped():
    drawn = ask(Question(Need.HOLDS, 2, BAD))
    assert injected(drawn) == []
    assert drawn.count(f"&lt;{CANARY}&gt;") == 1
    assert drawn.count('name="y2"') == 3


def test_where_a_question_leads_is_escaped():
    way = Way(words=BAD, label=BAD, address="/p/x/", signal="ok", signal_label=BAD)
    drawn = go(Question(Need.ABSENT, 1, BAD, (way,), Answer.BAD))
    assert injected(drawn) == []
    assert drawn.count(f"&lt;{CANARY}&gt;") == 5


def test_library_numbers_in_a_question_of_use_are_links():
    drawn = ask(Question(Need.ABSENT, 1, "和 310109-2026-D06-0007 一样吗"))
    assert ">310109-2026-D06-0007</a> 一样吗" in drawn


@pytest.mark.parametrize("part", [BAD, "{0}{}", 3, None, mark_safe("<b>好</b>"), gettext_lazy("<i>"), ("a", "<")])
def test_a_frame_escapes_what_format_html_escapes(part):
    expected = format_html('<p class="{}">{}</p>', part, part)
    assert Frame('<p class="{}">{}</p>')(part, part) == expected
    assert Frame('<p class="{}">{}</p>').each([(part, part)] * 2) == expected + expected
    assert joined([part, part]) == format_html("{}{}", part, part)
    assert hasattr(joined([part]), "__html__")


def test_an_address_that_was_worked_out_for_one_mount_is_not_given_to_another():
    assert to("pages:precedent", "abcd") == "/p/abcd/"
    set_script_prefix("/hall/")
    try:
        assert to("pages:precedent", "abcd") == "/hall/p/abcd/"
    finally:
        set_script_prefix("/")
    assert to("pages:precedent", "abcd") == "/p/abcd/"


def test_a_short_text_is_left_and_a_long_one_cut_as_truncatechars_does():
    assert short("办执照", 3) == "办执照"
    assert short("办不了执照", 4) == Truncator("办不了执照").chars(4)
    assert short("e\u0301", 5) == Truncator("e\u0301").chars(5) == "é"
    cut = Template("{% load look %}{{ words|join:'、'|short:30 }}").render(Context({"words": [BAD, BAD]}))
    assert cut == Template("{{ words|join:'、'|truncatechars:30 }}").render(Context({"words": [BAD, BAD]}))


def test_a_component_that_was_drawn_with_html_is_not_the_one_for_the_same_text_as_typed():
    assert BAD in drawn("region_tag", region=mark_safe(BAD), is_here=True)  # noqa: S308 (that is the question)
    assert not injected(drawn("region_tag", region=BAD, is_here=True))
