"""What nothing answers: filed, asked of two departments, concluded, written as a draft; and who asked is told. Looked at by axe."""

import re

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
LEAD, JOINING = "虹口区市场监督管理局", "虹口区民政局"
CASES = [
    (WIDE, "月球基地里开宠物殡葬店，执照怎么登记"),
    (NARROW, "火星基地里开殡葬宠物馆，证照怎么填写"),
]


def looked(page, width: int, name: str) -> None:
    assert findings(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize(("viewport", "question"), CASES, ids=["wide", "narrow"])
def test_from_a_question_without_answer_to_a_draft(visit, viewport, question):
    width = viewport["width"]
    clerk = visit(viewport=viewport, username="window").page
    clerk.goto(f"/search/?q={question}")
    clerk.get_by_label("多急").select_option("waiting")
    looked(clerk, width, "nothing found")
    clerk.get_by_role("button", name="记为知识缺口").click()
    clerk.get_by_text(f"记下了：{question}").wait_for()

    clerk.goto("/search/gaps/mine/")
    looked(clerk, width, "mine")
    clerk.get_by_role("listitem").filter(has_text=question).get_by_role("link", name="提请会商").click()
    assert clerk.get_by_label("要会商什么").input_value() == question
    clerk.get_by_label("牵头部门").select_option(label=LEAD)
    clerk.get_by_role("checkbox", name=JOINING).check()
    looked(clerk, width, "new consultation")
    clerk.get_by_role("button", name="提请会商").click()
    clerk.wait_for_url(re.compile(r"/consult/[0-9a-z]{10}/$"))
    looked(clerk, width, "asked")
    address = clerk.url

    editor = visit(viewport=viewport, username="editor").page
    editor.goto("/desk/")
    editor.get_by_role("link", name=question).first.wait_for()
    editor.goto(address)
    answering = editor.locator("section").filter(has=editor.get_by_role("heading", name=f"{JOINING} 来答"))
    answering.get_by_label("的意见").fill("不用民政批，按宠物服务登记。")
    answering.get_by_label("依据").first.fill("没有明文，由登记机关定")
    looked(editor, width, "to answer")
    answering.get_by_role("button", name="答复").click()
    editor.get_by_text("记下了，提的人看得到。").wait_for()
    concluding = editor.locator("#conclude")
    concluding.get_by_label("结论").fill("登记为宠物服务，经营范围写明不含殡葬设施。")
    concluding.get_by_role("button", name="下结论，办完").click()
    editor.get_by_role("link", name="从结论起草案例").wait_for()
    looked(editor, width, "concluded")
    editor.get_by_role("link", name="从结论起草案例").click()
    looked(editor, width, "about to draft")
    editor.get_by_role("button", name="起草").click()
    editor.locator("form[data-draft]").wait_for()
    assert "不用民政批" in editor.content()

    clerk.goto("/search/gaps/mine/")
    row = clerk.get_by_role("listitem").filter(has_text=question)
    assert "登记为宠物服务" in row.inner_text()
    assert "不是先例" in row.inner_text()
    looked(clerk, width, "told")
    clerk.goto(address)
    assert "不用民政批" in clerk.content()
    looked(clerk, width, "all that was said")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_editor_works_on_a_gap(visit, viewport):
    width, question = viewport["width"], f"木星上能不能办{viewport['width']}证"
    clerk = visit(viewport=viewport, username="window").page
    clerk.goto("/search/gaps/new/?q=&urgency=waiting")
    clerk.get_by_label("群众要办什么").fill(question)
    looked(clerk, width, "need")
    clerk.get_by_role("button", name="提给编辑").click()
    editor = visit(viewport=viewport, username="editor").page
    editor.goto("/search/gaps/missed/")
    looked(editor, width, "missed")
    editor.goto("/search/gaps/")
    looked(editor, width, "desk of gaps")
    editor.get_by_role("link", name=question).click()
    editor.get_by_role("button", name="认领").click()
    editor.get_by_text("您认领了").wait_for()
    editor.get_by_label("答复").fill("不能。")
    editor.get_by_role("button", name="用话答").click()
    editor.get_by_text("还没有写依据").wait_for()
    assert editor.get_by_label("答复").input_value() == "不能。"
    looked(editor, width, "refused")
    editor.get_by_label("依据").fill("没有明文")
    editor.get_by_role("button", name="用话答").click()
    editor.get_by_text("处理好了（已答复）").wait_for()
    for state in ("words", "joined"):
        editor.goto(f"/search/gaps/?state={state}")
        looked(editor, width, state)
