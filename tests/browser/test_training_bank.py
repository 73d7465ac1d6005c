"""题库: three proposals of a precedent are confirmed into a lesson, one of them changed, then an order question is made by hand."""

import json

import pytest
from playwright.sync_api import expect

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
# A pack whose only lesson pins a precedent of the starter library; the addresses are read from the file.
PACK = """
import json, pathlib
from caselib.orgs.models import User
from caselib.precedents.models import Precedent
from caselib.training.models import Question
from tests import training_rows
trainer = User.objects.get(username="trainer")
home = trainer.memberships.get(role="trainer").department
precedent = Precedent.objects.get(external_id="starter:{key}")
lesson = training_rows.case(training_rows.open_version(training_rows.pack(owner=home, author=trainer)), precedent)
told = dict(precedent=precedent.code, pack=lesson.version.pack.code, lesson=lesson.key)
pathlib.Path({file!r}).write_text(json.dumps(told))
"""
ASKED = """
import pathlib
from caselib.training.models import Lesson
from caselib.training.selectors import questions_of
lesson = Lesson.objects.get(key={key!r})
found = questions_of([lesson]).get(lesson.pk, [])
pathlib.Path({file!r}).write_text("\\n".join(f"{{each.text.kind}} {{each.text.stem[:20]}}" for each in found))
"""


def clean(page, viewport) -> None:
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def made(deed, tmp_path, key: str) -> dict[str, str]:
    file = tmp_path / "pack.json"
    deed(PACK.format(key=key, file=str(file)))
    return json.loads(file.read_text())


def asked(deed, tmp_path, lesson: str) -> list[str]:
    file = tmp_path / "asked.txt"
    deed(ASKED.format(key=lesson, file=str(file)))
    return file.read_text().splitlines()


@pytest.mark.parametrize(("viewport", "key"), [(WIDE, "S-03"), (NARROW, "S-01")], ids=["wide", "narrow"])
def test_from_proposals_to_an_order_by_hand(visit, deed, tmp_path, viewport, key):
    told = made(deed, tmp_path, key)
    page = visit(viewport=viewport, username="trainer").page
    into = f"?pack={told['pack']}&lesson={told['lesson']}"
    page.goto(f"/training/bank/from/{told['precedent']}/{into}")
    expect(page.get_by_role("heading", level=1)).to_have_text("从案例出题")
    clean(page, viewport)
    steps = page.locator("#p-steps")
    steps.locator("summary").click()
    steps.get_by_label("题目 必填").fill(f"照 {key} 排一排？打 13800138000 问")
    steps.get_by_role("button", name="加一项").click()
    expect(steps.get_by_label("第 7 项" if key == "S-01" else "第 6 项", exact=True)).to_be_focused()
    clean(page, viewport)
    page.locator("#p-say").locator("summary").click()
    page.locator("#p-say").get_by_label("题目 必填").fill("还没收的，不能丢")
    for each in ("type", "condition", "steps"):
        page.locator(f"#p-{each}").get_by_role("button", name="收下").click()
        expect(page.locator(f"#p-{each}").get_by_text("收下了")).to_be_visible()
    expect(page.locator("#p-say").get_by_label("题目 必填")).to_have_value("还没收的，不能丢")
    clean(page, viewport)

    page.goto(f"/training/bank/{into}")
    clean(page, viewport)
    page.get_by_role("link", name="自己出一道").click()
    page.get_by_label("题型").select_option("order")
    expect(page.get_by_text("步骤，按对的顺序写")).to_be_visible()
    page.get_by_label("题目 必填").fill("容缺受理先做什么、后做什么？")
    for number, words in enumerate(("收件", "承诺", "核验"), 1):
        page.get_by_label(f"第 {number} 项", exact=True).fill(words)
    page.get_by_role("button", name="第 3 项往上").press("Enter")
    expect(page.get_by_label("第 2 项", exact=True)).to_have_value("核验")
    page.get_by_role("button", name="存，放进这一课").click()
    expect(page.get_by_role("status").filter(has_text="存好了，也放进了这一课")).to_be_visible()
    clean(page, viewport)
    for words, place in (("收件", "1"), ("核验", "2"), ("承诺", "3")):
        page.locator(".bank-places li").filter(has_text=words).locator("select").select_option(place)
    page.get_by_role("button", name="试答").click()
    expect(page.get_by_text("得 100%，不记录")).to_be_visible()
    clean(page, viewport)
    kinds = [line.split(" ")[0] for line in asked(deed, tmp_path, told["lesson"])]
    assert kinds == ["multiple", "multiple", "order", "order"]
    assert not any("13800138000" in line for line in asked(deed, tmp_path, told["lesson"]))


def test_without_script_rows_come_and_a_question_is_made(visit):
    page = visit(username="trainer", java_script_enabled=False).page
    page.goto("/training/bank/new/")
    page.get_by_label("题型").select_option("match")
    page.get_by_label("题目 必填").fill("哪一条管什么？")
    page.get_by_role("button", name="换题型").click()
    for number in (1, 2):
        page.get_by_label(f"第 {number} 行，左边").fill(f"第 {number} 条")
        page.get_by_label(f"第 {number} 行，右边").fill(f"管 {number}")
    page.get_by_role("button", name="加一项").click()
    page.get_by_label("第 4 行，右边").fill("多余的")
    page.get_by_role("button", name="删掉第 3 项").click()
    page.get_by_role("button", name="看学员看到的").click()
    expect(page.locator("#look").get_by_text("第 1 条")).to_be_visible()
    page.get_by_role("button", name="存进题库").click()
    expect(page.get_by_role("status").filter(has_text="存好了")).to_be_visible()
    expect(page.get_by_label("第 3 行，右边")).to_have_value("多余的")
