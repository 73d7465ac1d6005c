"""培训包审核: handed in, compared by another person, sent back, mended, published; then a precedent changes, and one click follows it."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
CODE = "checkpack"
MADE = """
import itertools
from caselib.orgs.models import User
from caselib.precedents.models import Precedent
from tests import factories, training_rows
factories._serial = itertools.count(880000)
trainer = User.objects.get(username="trainer")
home = trainer.memberships.first().department
pack = training_rows.pack(owner=home, author=trainer, title="审核走一遍", code="checkpack")
version = training_rows.open_version(pack)
for precedent in Precedent.objects.filter(status="published", kind="precedent", audience="library").order_by("pk")[:2]:
    question = training_rows.question(precedent=precedent, stem="**先**办哪一样？", explanation="照案例办。")
    training_rows.asked(training_rows.case(version, precedent), question)
training_rows.note(version, title="容缺是什么")
"""
MENDED = """
from caselib.training.models import Lesson, PackVersion
Lesson.objects.filter(version__pack__code="checkpack", kind="note").update(note="先受理，**三天内**补。")
"""
REVISED = """
from caselib.orgs.models import User
from caselib.orgs.scope import scope_of
from caselib.training.checking.opening import version_revise
from caselib.training.models import Lesson, Pack
trainer = User.objects.get(username="trainer")
version = version_revise(Pack.objects.get(code="checkpack"), scope=scope_of(trainer))
Lesson.objects.filter(version=version, kind="note").update(note="先受理，**五天内**补。", title="容缺怎么办")
"""
NEWER = """
import itertools
from tests import factories, training_rows
from caselib.training.models import Pack
factories._serial = itertools.count(890000)
lesson = Pack.objects.get(code="checkpack").live_version.lessons.exclude(precedent=None).first()
training_rows.newer(lesson.precedent, gist="先预审，再注销，两条线一起走。")
"""


def clean(page: Page) -> None:
    assert findings(page) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(WIDE)


def submit(page: Page, note: str) -> None:
    page.goto(f"/training/check/{CODE}/submit/")
    clean(page)
    page.get_by_label("留意什么").or_(page.get_by_label("改了什么")).fill(note)
    ticks = page.get_by_role("checkbox")
    if ticks.count():
        ticks.check()
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("status").filter(has_text="提交了")).to_be_visible()


def test_from_handing_in_to_the_second_version_and_a_precedent_that_changed(visit, deed):
    deed(MADE)
    author, checker = visit(username="trainer").page, visit(username="reviewer").page
    submit(author, "第一次")
    clean(author)
    expect(author.get_by_text("要由另一个人审")).to_be_visible()
    assert author.get_by_role("button", name="通过并发布").count() == 0

    checker.goto("/desk/")
    checker.get_by_role("link", name="审核走一遍").click()
    expect(checker.get_by_text("第一次", exact=True).first).to_be_visible()
    clean(checker)
    checker.get_by_role("button", name="退回修改").click()
    expect(checker.get_by_role("alert")).to_contain_text("写一句要改什么")
    checker.get_by_label("意见").fill("容缺要说清几天内补")
    checker.get_by_role("button", name="退回修改").click()
    expect(checker.get_by_role("status").filter(has_text="已退回")).to_be_visible()

    author.goto("/desk/")
    expect(author.get_by_text("容缺要说清几天内补")).to_be_visible()
    author.get_by_role("link", name="审核走一遍").click()
    clean(author)
    deed(MENDED)
    submit(author, "写了三天")
    checker.goto("/training/check/")
    clean(checker)
    checker.get_by_role("link", name="审核走一遍").click()
    checker.get_by_role("button", name="通过并发布").click()
    expect(checker.get_by_role("status").filter(has_text="学员现在学的是第 1 版")).to_be_visible()
    clean(checker)

    deed(REVISED)
    submit(author, "改成五天")
    checker.goto(f"/training/check/{CODE}/")
    changes = checker.get_by_role("region", name="和学员在学的第 1 版比")
    expect(changes.locator("del")).to_contain_text(["是什么", "三"])
    expect(changes.locator("ins")).to_contain_text(["怎么办", "五"])
    clean(checker)
    checker.get_by_label("意见").fill("可以")
    checker.get_by_label("意见").press("Tab")
    checker.keyboard.press("Enter")
    expect(checker.get_by_role("status").filter(has_text="学员现在学的是第 2 版")).to_be_visible()
    for address in (f"/training/check/{CODE}/versions/", f"/training/check/{CODE}/versions/1/"):
        checker.goto(address)
        clean(checker)

    deed(NEWER)
    author.goto("/training/check/changes/")
    author.get_by_text("案例改了").first.click()
    expect(author.get_by_text("两条线一起走", exact=False).first).to_be_visible()
    clean(author)
    of_pack = author.get_by_role("article", name="审核走一遍")
    of_pack.get_by_role("button", name="这个包全部采用").click()
    expect(author.get_by_role("status").filter(has_text="1 课采用了案例新版")).to_be_visible()
    clean(author)
