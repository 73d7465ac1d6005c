"""A package on a learning platform: taken out by a trainer, opened in a frame, answered, left and opened again. And the map beside it."""

import io
import json
import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from caselib.training.questions.kinds import is_sound, marked, score_of_points

from .conftest import NARROW, ROOT, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
CODE = "scormtest2cd"
# A pack with one question of each kind, published, as if somebody had built and checked it.
PACK = f"""
import itertools
from tests import factories, training_rows as rows
from tests.services.missed import handed_in
from tests.web.test_training_scorm import MATCH, ORDER
from caselib.core import clock
from caselib.orgs.models import User
from caselib.precedents.models import Precedent
from caselib.training.insight.flowing import noted_after
from caselib.training.models import Pack
factories._serial = itertools.count(7_000_000)
if not Pack.objects.filter(code="{CODE}").exists():
    trainer = User.objects.get(username="trainer")
    owner = trainer.memberships.first().department
    pack = rows.pack(owner=owner, author=trainer, title="容缺受理专题", goal="分得清", code="{CODE}")
    version = rows.open_version(pack)
    rows.note(version)
    precedent = Precedent.objects.findable().filter(kind="precedent", matter__isnull=False).order_by("pk").first()
    single = rows.question(precedent=precedent, owner=owner, matter=precedent.matter)
    multiple = dict(rows.SINGLE, right=["a", "b"])
    rows.asked(
        rows.case(version, precedent),
        single,
        rows.question("multiple", multiple, owner=owner, stem="哪些对？"),
        rows.question("order", ORDER, owner=owner, stem="先做什么？"),
        rows.question("match", MATCH, owner=owner, stem="哪个对哪个？"),
        rows.question("short", owner=owner, stem="怎么说？"),
    )
    rows.publish(pack)
    lesson = pack.live_version.lessons.filter(kind="case").get()
    answers = [handed_in(single.latest, lesson, rows.enrolled(pack), score=0) for _ in range(5)]
    noted_after(answers, now=clock.now())
"""
# A platform: writes down what it is told, refuses what SCORM 1.2 does not know, and gives back what it kept.
PLATFORM = """<!doctype html><html lang="zh-Hans"><head><title>平台</title></head><body><script>
const kept = JSON.parse(sessionStorage.getItem("kept") || "{}");
const told = [], refused = []; let state = "new";
const known = {
  "cmi.core.lesson_status": /^(passed|completed|failed|incomplete|browsed)$/, "cmi.core.exit": /^(suspend|)$/,
  "cmi.core.score.raw": /^(100|[0-9]{1,2})$/, "cmi.core.score.min": /^0$/, "cmi.core.score.max": /^100$/,
  "cmi.core.session_time": /^[0-9]{4}:[0-5][0-9]:[0-5][0-9]$/, "cmi.core.lesson_location": /^.{0,255}$/,
  "cmi.suspend_data": /^[\\x20-\\x7e]{0,4096}$/, "cmi.interactions.n.id": /^[\\x21-\\x7e]{1,255}$/,
  "cmi.interactions.n.time": /^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$/,
  "cmi.interactions.n.type": /^(choice|sequencing|matching)$/,
  "cmi.interactions.n.correct_responses.n.pattern": /^[a-z](\\.[a-z])?(,[a-z](\\.[a-z])?)*$/,
  "cmi.interactions.n.student_response": /^[a-z](\\.[a-z])?(,[a-z](\\.[a-z])?)*$/,
  "cmi.interactions.n.result": /^(correct|wrong|[0-9]{1,2})$/,
};
window.API = {
  LMSInitialize(none) { if (none !== "" || state !== "new") refused.push("init"); state = "open"; return "true"; },
  LMSGetValue(name) {
    if (state !== "open") refused.push("get " + name);
    if (name === "cmi.interactions._count") return "0";
    return kept[name] || (name === "cmi.core.lesson_status" ? "not attempted" : "");
  },
  LMSSetValue(name, value) {
    const rule = known[name.replace(/\\.[0-9]+\\./g, ".n.")];
    if (state !== "open" || !rule || typeof value !== "string" || !rule.test(value)) { refused.push(name + "=" + value); return "false"; }
    told.push([name, value]); kept[name] = value; return "true";
  },
  LMSCommit(none) { if (state !== "open") refused.push("commit"); sessionStorage.setItem("kept", JSON.stringify(kept)); return "true"; },
  LMSFinish(none) { if (none !== "" || state !== "open") refused.push("finish"); state = "over"; return "true"; },
  LMSGetLastError() { return "0"; }, LMSGetErrorString() { return ""; }, LMSGetDiagnostic() { return ""; },
};
</script><main><h1>平台</h1>
<iframe id="sco" title="课件" src="/platform/sco/index.html" width="100%" height="760"></iframe></main></body></html>"""
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".xml": "text/xml"}


@pytest.fixture
def opened(visit, deed):
    """The package of the pack on a platform, as a page with the frame; `under`: what is in the package by name."""

    def make(*, viewport=WIDE):
        deed(PACK)
        page = visit(viewport=viewport, username="trainer").page
        page.goto(f"/training/scorm/{CODE}/")
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        with page.expect_download() as download:
            page.get_by_role("button", name="下载课件").click()
        folder = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))

        def answer(route):
            name = route.request.url.partition("/platform/sco/")[2].partition("#")[0]
            kind = KINDS.get(f".{name.rpartition('.')[2]}", "text/plain")
            route.fulfill(
                body=folder.read(name) if name else PLATFORM,
                content_type=f"{kind if name else 'text/html'}; charset=utf-8",
            )

        page.context.route("**/platform/**", answer)
        page.goto("/platform/")
        expect(page.frame_locator("#sco").locator("#linked")).to_have_text("进度和成绩会记到学习平台。")
        return page

    return make


def of_platform(page, name: str):
    return page.evaluate(f"kept['{name}'] ?? null")


def no_finding(page) -> None:
    """Axe runs inside of frames too."""
    violations = Axe().run(page).response["violations"]
    assert [f"{found['id']}: {node['html'][:120]}" for found in violations for node in found["nodes"]] == []


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_course_is_answered_marked_told_and_found_again_where_it_was_left(opened, viewport):
    page = opened(viewport=viewport)
    sco = page.frame_locator("#sco")
    expect(sco.get_by_role("heading", level=2, name="第 1 课")).to_be_visible()
    assert of_platform(page, "cmi.core.lesson_status") == "incomplete"
    sco.get_by_role("button", name="下一课").click()
    lesson = sco.locator("#l2")
    expect(lesson.get_by_role("heading", level=2)).to_be_focused()
    # What decides stays closed until the learner has decided.
    expect(sco.locator("[data-after]")).to_be_hidden()
    no_finding(page)

    hand_in = lesson.get_by_role("button", name="交这一课，对答案")
    lesson.locator('[data-question="0"]').get_by_label("让群众换个地址").press("Space")
    hand_in.click()
    expect(sco.locator("#said")).to_contain_text("还有 4 题没答")
    for name in ("先帮前租户注销", "让群众换个地址"):
        lesson.locator('[data-question="1"]').get_by_label(name).check()
    for name, place in (("核验", "1"), ("受理", "2"), ("补件", "3")):
        lesson.get_by_label(name, exact=True).select_option(place)
    lesson.get_by_label("容缺", exact=True).select_option(label="晚交")
    lesson.get_by_label("承诺", exact=True).select_option(label="晚交")
    lesson.get_by_label("写下您的话").fill("三天内补，13800138000")
    hand_in.click()
    expect(sco.locator("#said")).to_contain_text("简答对照要点评完")
    expect(sco.locator("[data-after]")).to_be_visible()
    assert of_platform(page, "cmi.core.lesson_status") == "incomplete"
    lesson.get_by_label("说了期限").check()
    lesson.get_by_role("button", name="记下自评").click()
    # 0, 100, 100, 50 and 50.
    expect(sco.locator("#said")).to_contain_text("这一课 60 分")
    no_finding(page)
    assert (of_platform(page, "cmi.core.lesson_status"), of_platform(page, "cmi.core.score.raw")) == ("failed", "60")
    told = page.evaluate("told.filter(([name]) => name.startsWith('cmi.interactions'))")
    assert [value for name, value in told if name.endswith(".result")] == ["wrong", "correct", "correct", "50"]
    assert "13800138000" not in json.dumps(page.evaluate("told"))

    page.reload()
    expect(sco.locator("#l2").get_by_role("heading", level=2)).to_be_visible()
    expect(sco.locator("#l2").get_by_label("让群众换个地址").first).to_be_checked()
    expect(sco.locator('[data-lesson="l2"]')).to_contain_text("没合格，60 分")
    assert page.evaluate("refused") == []
    lesson.get_by_role("button", name="再答一次").click()
    lesson.locator('[data-question="0"]').get_by_label("先帮前租户注销").check()
    for name in ("先帮前租户注销", "让群众换个地址"):
        lesson.locator('[data-question="1"]').get_by_label(name).check()
    for name, place in (("核验", "1"), ("受理", "2"), ("补件", "3")):
        lesson.get_by_label(name, exact=True).select_option(place)
    lesson.get_by_label("容缺", exact=True).select_option(label="晚交")
    lesson.get_by_label("承诺", exact=True).select_option(label="不交")
    lesson.get_by_label("写下您的话").fill("三天内补，逾期退件")
    hand_in.click()
    lesson.get_by_label("说了期限").check()
    lesson.get_by_label("说了逾期怎样").check()
    lesson.get_by_role("button", name="记下自评").click()
    expect(sco.locator("#said")).to_contain_text("100 分，合格")
    assert (of_platform(page, "cmi.core.lesson_status"), of_platform(page, "cmi.core.score.raw")) == ("passed", "100")
    page.evaluate("document.getElementById('sco').src = 'about:blank'")
    page.wait_for_function("state === 'over'")
    assert of_platform(page, "cmi.core.exit") == "" and of_platform(page, "cmi.core.session_time")
    assert page.evaluate("refused") == []


def parts(keys: str) -> list[dict[str, str]]:
    return [{"key": key, "text": f"第 {key} 项"} for key in keys]


CHOICE = {"options": parts("abcd"), "right": ["a", "c"]}
TWO = {"options": parts("ab"), "right": ["a"]}
ORDERED = {"items": parts("abcd")}
MATCHED = {"left": parts("abc"), "right": parts("xyz"), "pairs": {"a": "x", "b": "y", "c": "x"}}
POINTS = {"points": parts("abc"), "sample": "", "marking": "self"}
CORPUS = [
    *(
        (kind, body, {"chosen": chosen})
        for kind, body in (
            ("single", dict(CHOICE, right=["b"])),
            ("which", TWO),
            ("multiple", CHOICE),
            ("multiple", dict(CHOICE, right=["a", "b", "d"])),
        )
        for chosen in (
            [],
            ["a"],
            ["b"],
            ["a", "c"],
            ["c", "a", "a"],
            ["a", "b", "c", "d"],
            ["a", "nothing"],
            [1],
            None,
            "ab",
        )
    ),
    *(
        ("order", ORDERED, {"order": order})
        for order in (
            list("abcd"),
            list("dcba"),
            list("abdc"),
            list("bcda"),
            list("abc"),
            list("aabc"),
            [],
            None,
            ["a"] * 40,
        )
    ),
    *(
        ("match", MATCHED, {"pairs": pairs})
        for pairs in ({"a": "x", "b": "y", "c": "x"}, {"a": "y"}, {"a": "x"}, {"a": "", "q": "x"}, {}, None, [], "x")
    ),
    *(("short", POINTS, {"text": text}) for text in ("", "  \n", "写了", None, 5)),
    *(
        (kind, body, {})
        for kind, body in (
            ("single", dict(CHOICE, right=["b"])),
            ("order", ORDERED),
            ("match", MATCHED),
            ("short", POINTS),
        )
    ),
]


def test_the_package_marks_as_the_site_does(browser):
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "static" / "scorm" / "marking.js")
    theirs = page.evaluate(
        "cases => cases.map(([kind, body, given]) => caselibMarking.marked(kind, body, given))", CORPUS
    )
    assert all(is_sound(kind, body) for kind, body, _ in CORPUS)
    ours = [marked(kind, body, given) for kind, body, given in CORPUS]
    assert [(each["score"], each["isAnswered"]) for each in theirs] == [(each.score, each.is_answered) for each in ours]
    for met in ([], ["a"], ["a", "b"], ["a", "b", "c", "q"]):
        assert page.evaluate(
            "met => caselibMarking.scoreOfPoints(" + json.dumps(POINTS) + ", met)", met
        ) == score_of_points(POINTS, met)
    page.close()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_map_has_no_finding_and_leads_from_a_gap_to_the_precedents_in_it(visit, deed, viewport):
    deed(PACK)
    page = visit(viewport=viewport, username="trainer").page
    for address in ("", "?of=hard", "teach/", "teach/?like=310109-2026-D03-0004", "?of=bare"):
        page.goto(f"/training/map/{address}")
        assert findings(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
    page.goto("/training/map/?of=hard")
    expect(page.get_by_text("已告诉归口部门")).to_be_visible()
    page.goto("/training/map/?sort=name")
    page.locator(".covermap__cell--bare a").first.click()
    expect(page.get_by_role("heading", name="有案例，还没有课")).to_be_visible()
    expect(page.locator(".list li").first).to_be_visible()
