"""Whatever is typed next to whatever else: what leaves blocks nowhere, and leaving twice changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.precedents.content import HandlingStep, Material, RevisionContent
from caselib.precedents.privacy import hits_of, outgoing

# Made-up values with true check digits, and what may stand around them; joined in any order they run into each other.
PIECES = ["13800138000", "+86 138-0013-8000", "11010519491231002X", "310101199001010012", "310101600101123",
          "6222020000000000000",
          "91350100M000100Y43", "沪A12345", "护照E12345678", "a.b@example.com", "微信号:abc_12345", "QQ123456789",
          "上海市某路123弄45号678室", "021-52345678", "（2023）沪0109民初123号", "身份证", "号码", "张女士", "〔手机号〕",
          "，", " ", "\n", "-", "1",
          "X", "到窗口", "2026-07-01", "12345", "310109-2026-D14-0001"]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=6, max_size=6))
def test_nothing_that_leaves_blocks(texts):
    title, gist, wording, step, sample, tag = texts
    content = RevisionContent(
        title=title,
        gist=gist,
        requester_wording=(wording, title),
        handling_steps=(HandlingStep(what=step, who=tag),),
        materials=(Material("执照", correct_sample=sample),),
        tags=(tag,),
    )
    left = outgoing(content, precedent=None)
    assert not any(hit.blocks for hit in hits_of(left))
    assert outgoing(left, precedent=None) == left
