"""What is drawn without a template says the same and escapes as a template does."""

from caselib.pages.templatetags.hits import facet_options, hit
from caselib.pages.templatetags.record import ask
from caselib.precedents.signal import Signal, Word
from caselib.search.families import Cell, Family, Point, Sibling
from caselib.search.results import FacetGroup, FacetValue
from caselib.search.rows import ResultRow
from tests.search.hostile import CANARY, injected

BAD = f"<{CANARY}>{{0}}\" {CANARY}=1 '"


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
        "lead_org": BAD, "partners": 2, "reuse_count": 3, "signal": Signal(Word.CARE, (BAD,)), "place": None, "score": 1.0,
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
    drawn = facet_options(FacetGroup("theme", "主题", values))
    assert injected(drawn) == []
    assert drawn.count(" checked") == 1
    assert "乙" in drawn


def test_every_text_of_a_question_of_use_is_escaped():
    drawn = ask(BAD, at="y", n=2, good=BAD, bad=BAD, mark=BAD)
    assert injected(drawn) == []
    assert drawn.count(f"&lt;{CANARY}&gt;") == 6
    assert drawn.count('name="y2"') == 3


def test_library_numbers_in_a_question_of_use_are_links():
    drawn = ask("和 310109-2026-D06-0007 一样吗", at="n", n=1, good="没有", bad="有")
    assert ">310109-2026-D06-0007</a> 一样吗" in drawn
