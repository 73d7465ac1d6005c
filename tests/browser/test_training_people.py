"""Training: a trainer assigns a pack, the learner hears of it, the trainer sees who is stuck, what was missed is asked again, and the
sheet of who passed is one page."""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
TITLE = "材料不齐怎么办"
# A pack of the trainer's department with as much text as one may have, as if it had been checked.
PUBLISH = """
from caselib.core import clock
from caselib.orgs.models import User
from caselib.precedents.models import Precedent
from caselib.training.choices import *
from caselib.training.models import *
from django.utils import timezone
trainer, now = User.objects.get(username="trainer"), clock.now()
home = trainer.memberships.first().department
pack = Pack.objects.create(owner_department=home, created_at=now)
version = PackVersion.objects.create(pack=pack, number=1, title="{title}", goal="说得清哪些能后补。" * 33, created_at=now,
    saved_at=now, submitted_at=now, decided_at=now, state="published", content_digest="x")
module = Module.objects.create(version=version, title="第一单元")
body = {{"options": [{{"key": "a", "text": "先受理，后补件"}}, {{"key": "b", "text": "不受理", "why": "缺的可以核验。"}}],
    "right": ["a"]}}
rows = Precedent.objects.filter(status="published", kind="precedent", live_revision__isnull=False)
for position, precedent in enumerate(rows.order_by("pk")[:24]):
    lesson = Lesson.objects.create(version=version, module=module, kind="case", title="一课很长的标题，" * 12, position=position,
        precedent=precedent, revision=precedent.live_revision)
    question = Question.objects.create(owner_department=home, precedent=precedent, created_at=now)
    text = QuestionText.objects.create(question=question, number=1, kind="single", stem="缺一份原件，怎么办？", body=body,
        explanation="先核验，后补件。", at=now)
    Question.objects.filter(pk=question.pk).update(latest=text)
    LessonQuestion.objects.create(lesson=lesson, text=text)
Pack.objects.filter(pk=pack.pk).update(status="published", live_version=version, published_at=now)
"""
# The learner tried the first lesson twice and missed it, and a day has gone by.
TRIED = """
import datetime as dt
from caselib.core import clock
from caselib.orgs.models import User
from caselib.training.models import *
from caselib.training.repeating.cards import cards_note
learner, now = User.objects.get(username="window"), clock.now()
pack = Pack.objects.get(live_version__title="{title}")
lesson = pack.live_version.lessons.first()
begun = Enrolment.objects.create(pack=pack, user=learner, started_at=now, active_at=now,
    department=learner.memberships.first().department)
LessonProgress.objects.create(enrolment=begun, lesson_key=lesson.key, opened_at=now, attempts=2, best=0)
for number in (1, 2):
    attempt = Attempt.objects.create(enrolment=begun, lesson=lesson, lesson_key=lesson.key, number=number, state="marked", score=0,
        started_at=now, saved_at=now, submitted_at=now, seconds=90)
    response = Response.objects.create(attempt=attempt, text=lesson.asked.get().text, given={{"chosen": ["b"]}}, score=0, marked_at=now)
cards_note([response], now=now - dt.timedelta(days=1))
"""
PASSED = """
from caselib.core import clock
from caselib.training.models import *
begun, now = Enrolment.objects.get(pack__live_version__title="{title}"), clock.now()
for lesson in begun.pack.live_version.lessons.all():
    LessonProgress.objects.update_or_create(enrolment=begun, lesson_key=lesson.key,
        defaults={{"opened_at": now, "done_at": now, "best": 100}})
Enrolment.objects.filter(pk=begun.pk).update(passed_at=now, version=begun.pack.live_version)
"""

# Other journeys on this site count what their own people are told.
OVER = """
from caselib.core import clock
from caselib.orgs.models import Department
from caselib.training.models import Assignment
Assignment.objects.filter(withdrawn_at=None).update(withdrawn_at=clock.now())
Department.objects.update(has_training=False)
"""


@pytest.fixture(autouse=True)
def taken_back(deed):
    yield
    deed(OVER)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_the_assignment_to_the_sheet(visit, deed, viewport):
    title = f"{TITLE} {viewport['width']}"
    deed(PUBLISH.format(title=title))

    def clean(page) -> None:
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]

    trainer = visit(viewport=viewport, username="trainer").page
    trainer.goto("/training/people/")
    clean(trainer)
    trainer.get_by_role("link", name=title).click()
    clean(trainer)
    trainer.get_by_role("button", name="布置", exact=True).click()
    expect(trainer.get_by_role("alert")).to_contain_text("还没有选给谁")
    clean(trainer)
    trainer.get_by_label("按账号或姓名搜").fill("reviewer")
    trainer.get_by_role("button", name="搜人").press("Enter")
    trainer.get_by_label(re.compile(r"审核人\s+reviewer")).check()
    trainer.get_by_role("group", name="部门", exact=True).get_by_label("虹口区行政服务中心").check()
    trainer.get_by_label(re.compile("3 个工作日")).check()
    trainer.get_by_label("留言").fill("周会上讲")
    clean(trainer)
    trainer.get_by_role("button", name="布置", exact=True).click()
    expect(trainer.get_by_role("status").filter(has_text="布置给了")).to_be_visible()
    clean(trainer)

    learner = visit(viewport=viewport, username="window").page
    learner.goto("/notices/")
    told = learner.get_by_role("listitem").filter(has_text=title).filter(has_text="周会上讲")
    expect(told).to_contain_text("新布置")
    clean(learner)
    deed(TRIED.format(title=title))

    trainer.goto("/training/people/")
    expect(trainer.get_by_text("同一课考了 2 次没有过").first).to_be_visible()
    clean(trainer)
    trainer.get_by_role("heading", name=title).get_by_role("link").click()
    trainer.get_by_role("link", name="难在哪里").click()
    expect(trainer.get_by_text("错得最多的是“不受理”")).to_be_visible()
    clean(trainer)
    trainer.go_back()
    trainer.get_by_role("rowheader").get_by_role("link", name="窗口人员", exact=True).click()
    expect(trainer.get_by_text("不受理").first).to_be_visible()
    clean(trainer)

    learner.goto("/training/again/")
    expect(learner.get_by_text("今天还有 1 题")).to_be_visible()
    clean(learner)
    learner.get_by_label("先受理，后补件").check()
    learner.get_by_role("button", name="我定了，看答案").press("Enter")
    expect(learner.get_by_role("status").filter(has_text="对了")).to_be_visible()
    clean(learner)
    learner.get_by_role("link", name="好", exact=True).click()
    expect(learner.get_by_text("今天没有要再考的")).to_be_visible()

    deed(PASSED.format(title=title))
    trainer.go_back()
    trainer.reload()
    trainer.get_by_role("link", name=re.compile("合格证")).first.click()
    expect(trainer.get_by_role("heading", name="培训合格证")).to_be_visible()
    clean(trainer)
    # With as long a goal and as many lessons as are named.
    assert len(PdfReader(io.BytesIO(trainer.pdf(format="A4", prefer_css_page_size=True))).pages) == 1


def test_without_script_assigning_and_answering_again_work_the_same(visit, deed):
    title = f"{TITLE} 没有脚本"
    deed(PUBLISH.format(title=title))
    deed(TRIED.format(title=title))
    trainer = visit(username="trainer", java_script_enabled=False).page
    trainer.goto("/training/people/")
    trainer.get_by_role("link", name=title).click()
    trainer.get_by_label("按账号或姓名搜").fill("reviewer")
    trainer.get_by_label("按账号或姓名搜").press("Enter")
    trainer.get_by_label(re.compile(r"审核人\s+reviewer")).check()
    trainer.get_by_role("button", name="布置", exact=True).click()
    expect(trainer.get_by_text("布置给了“审核人”。")).to_be_visible()
    trainer.get_by_role("button", name=re.compile(r"撤回\s*审核人")).click()
    expect(trainer.get_by_text("“审核人”的布置撤回了")).to_be_visible()
    learner = visit(username="window", java_script_enabled=False).page
    learner.goto("/training/again/")
    learner.get_by_label("不受理").check()
    learner.get_by_role("button", name="我定了，看答案").click()
    expect(learner.get_by_text("您选的，不对")).to_be_visible()
    expect(learner.get_by_text("缺的可以核验。")).to_be_visible()
