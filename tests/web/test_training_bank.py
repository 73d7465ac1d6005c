"""The pages of the bank: nothing typed is ever lost, all of it works without script, and proposals say where they come from."""

import re

import pytest
from django.test import Client

from caselib.core import clock
from caselib.core.ids import new_code
from caselib.orgs.models import Role
from caselib.precedents.models import Doubt, DoubtKind, Precedent
from caselib.precedents.records import DeferredMaterial, Detour, Flexibility, HandlingStep, Material
from caselib.precedents.visibility import PrecedentStatus
from caselib.training.choices import QuestionKind, VersionState
from caselib.training.models import PackVersion, Question, Response
from caselib.training.questions.kinds import body_checked
from caselib.training.selectors import questions_of
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
TYPED = {
    "kind": "single",
    "aspect": "steps",
    "stem": "先做什么？",
    "row-0-text": "先查",
    "row-0-why": "查了才知道",
    "row-1-text": "先等",
    "row-2-text": "",
    "right": "0",
    "explanation": "1. 查\n2. 办",
    "locator": "指南第 3 页",
}


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def client(home) -> Client:
    client = Client()
    client.force_login(factories.user(Role.TRAINER, within=home))
    return client


def rich(home, **values) -> Precedent:
    """A precedent from which every kind of question can be proposed."""
    factories.cause("政策空白")
    return factories.published(
        owner=home,
        **{
            "title": "缺身份证原件容缺办变更",
            "flexibility": Flexibility("营商条例", "主件", "窗口组长"),
            "requester_wording": ("就差一张原件，能不能先办？",),
            "causes": (factories.cause("材料缺失"), factories.cause("时限紧急")),
            "applies_when": ("本人可以视频核验", "主件都齐"),
            "not_when": ("本人拒绝核验（退回）", "缺的是决议（看强制办法）"),
            "detours": (Detour("缺的是决议（看强制办法）", instead="补齐再来"),),
            "handling_steps": tuple(HandlingStep(what, "窗口") for what in ("接件", "核验", "先办", "收原件")),
            "materials": (Material("变更申请书"), Material("身份证原件", deferrable=True)),
            "deferred_material": (DeferredMaterial("身份证原件", "不影响审查", "视频核验", "三个工作日", "退件"),),
            "script": "主件都齐，今天先办。原件三天内补；不补要退件。",
            **values,
        },
    )


def key_of(page: str, name: str) -> str:
    return re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)[1]


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_a_question_of_each_kind_is_made_and_comes_back_as_it_was_typed(client, kind):
    typed = {**TYPED, "kind": kind, "code": new_code(), "row-2-text": "先退", "row-1-other": "乙", "row-0-other": "甲"}
    typed |= {"row-2-other": "甲", "row-3-other": "多余的", "sample": "好", "marking": "trainer"}
    if kind == "which":
        typed["row-2-text"] = ""
    made = client.post("/training/bank/new/", typed)
    assert made.status_code == 302, re.findall("没有存[^<]*", made.content.decode())
    asked = Question.objects.get()
    assert asked.latest.kind == kind and body_checked(kind, asked.latest.body) == asked.latest.body
    page = client.get(made["Location"]).content.decode()
    for words in ("先做什么？", "先查", "先等", "指南第 3 页"):
        assert words in page
    assert "<ol>" in client.post(made["Location"], {**typed, "do": "try", "t-chosen": "x"}).content.decode()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"stem": "长" * 20_000}, "题目最多 1,000 个字，现在 20,000 个"),
        ({"row-0-text": "长" * 20_000}, "选项每一项最多 300 个字"),
        ({"explanation": "😀" * 20_000}, "讲解最多 2,000 个字"),
        ({"right": "7"}, "还没有标哪个是对的"),
        ({"matter": "没有这个事项"}, "事项目录里没有“没有这个事项”"),
        ({"cause": "999999999999999999999"}, "没有这个原因"),
        ({"clause": "zzz"}, "不在政策库里"),
    ],
)
def test_what_is_refused_stands_in_the_form_again(client, values, told):
    page = client.post("/training/bank/new/", {**TYPED, **values})
    assert page.status_code == 422
    html = page.content.decode()
    assert told in html and 'href="#f-' in html
    for words in (values.get("stem", "先做什么？"), "先等", "查了才知道", "指南第 3 页"):
        assert words in html
    assert not Question.objects.exists()


def test_nul_and_debris_do_not_harm(client):
    values = {
        "stem": "\x00怎么\ud800办".encode("utf-8", "replace").decode(),
        "row-0-text": "先\x00查",
        "number": "９９９９９９９９９９",
    }
    assert client.post("/training/bank/new/", {**TYPED, **values, "code": "\x00"}).status_code == 302
    for address in (
        "?q=%00&matter=%00&page=%F0%9F%98%80&kind=x",
        "?state=zzz&cause=999999999999999999999&department=-1",
    ):
        assert client.get(f"/training/bank/{address}").status_code == 200


def test_rows_come_and_go_and_move_with_everything_typed(client):
    page = client.post("/training/bank/new/", {**TYPED, "do": "add"})
    html = page.content.decode()
    assert page.status_code == 200 and 'name="row-4-text"' in html and "先做什么？" in html and "查了才知道" in html
    removed = client.post("/training/bank/new/", {**TYPED, "do": "remove-0"}).content.decode()
    assert "先查" not in removed and "先等" in removed
    order = {**TYPED, "kind": "order", "row-2-text": "先退"}
    moved = client.post("/training/bank/new/", {**order, "do": "up-2"}).content.decode()
    assert moved.index("先退") < moved.index("先等") and not Question.objects.exists()
    for odd in ("remove-99", "up-0", "down-x", "fly-1", ""):
        assert client.post("/training/bank/new/", {**order, "do": odd}).status_code == 200


def test_another_kind_keeps_the_words(client):
    html = client.post("/training/bank/new/", {**TYPED, "kind": "order", "do": "kind"}).content.decode()
    for words in ("先做什么？", "先查", "先等", "查了才知道", "指南第 3 页"):
        assert words in html
    assert "步骤，按对的顺序写" in html


def test_an_answer_is_tried_and_forgotten(client, home):
    asked = training_rows.question(owner=home)
    page = client.get(f"/training/bank/{asked.code}/").content.decode()
    assert "对的" not in re.sub(r"(?s)<form.*?id=\"look\"", "", page)
    form = {"kind": "single", "aspect": "other", "stem": "怎么办？"}
    for number, option in enumerate(training_rows.SINGLE["options"]):
        form |= {f"row-{number}-{name}": option.get(name, "") for name in ("key", "text", "why")}
    tried = client.post(f"/training/bank/{asked.code}/", {**form, "right": "0", "do": "try", "t-chosen": "b"})
    html = tried.content.decode()
    assert "得 0%，不记录" in html and "您选的，不对" in html and "没有这个必要" in html
    assert not Response.objects.exists()


def test_typing_a_document_number_and_article_names_the_clause(client, home):
    clause = factories.clause(33)
    words = f"{clause.version.policy.doc_number} 第三十三条"
    client.post("/training/bank/new/", {**TYPED, "locator": words})
    text = Question.objects.get().latest
    assert (text.clause, text.locator) == (clause, "")
    page = client.get(f"/training/bank/{text.question.code}/").content.decode()
    assert f"《{clause.version.policy.title}》第33条" in page
    assert "还没有写依据" not in page
    assert "还没有写依据" in client.get("/training/bank/new/").content.decode()


def test_who_was_overtaken_keeps_the_words_and_may_save_again(client, home):
    asked = training_rows.question(owner=home)
    address = f"/training/bank/{asked.code}/"
    client.post(address, {**TYPED, "stem": "甲的", "number": "1"})
    stale = client.post(address, {**TYPED, "stem": "乙的", "number": "1"})
    html = stale.content.decode()
    assert stale.status_code == 409 and "乙的" in html and "第 2 版" in html and key_of(html, "number") == "2"
    assert client.post(address, {**TYPED, "stem": "乙的", "number": "2"}).status_code == 302
    assert Question.objects.get().latest.stem == "乙的"


def test_an_earlier_text_of_the_precedent_is_told_until_somebody_looked(client, home):
    precedent = factories.published(owner=home)
    asked = training_rows.question(precedent=precedent)
    revision = precedent.live_revision
    Precedent.objects.filter(pk=precedent.pk).update(live_revision=_next(revision))
    page = client.get(f"/training/bank/{asked.code}/").content.decode()
    assert "案例有新版" in page and "这道题对着第 1 版写，案例现在是第 2 版" in page
    assert "案例有新版" in client.get("/training/bank/").content.decode()
    client.post(f"/training/bank/{asked.code}/", {**TYPED, "number": "1", "revision": ["1", "2"]})
    asked.refresh_from_db()
    assert asked.latest.revision.number == 2
    assert "案例有新版" not in client.get(f"/training/bank/{asked.code}/").content.decode()


def _next(revision):
    """As if another text had been approved."""
    type(revision).objects.filter(pk=revision.pk).update(state="superseded")
    revision.pk, revision.number = None, 2
    revision.save()
    return revision


def test_the_list_is_narrowed_and_counts_uses_and_answers(client, home):
    matter, cause = factories.matter("户口迁移"), factories.cause("流程变化")
    asked = training_rows.question(owner=home, stem="孩子怎么落户？", matter=matter, cause=cause)
    training_rows.question(owner=home, stem="别的事？", kind="short")
    training_rows.question(owner=home, stem="停用的？", state="retired")
    version = training_rows.open_version(training_rows.pack(owner=home))
    training_rows.asked(training_rows.note(version), asked)
    for query in ("q=落户", f"matter={matter.pk}", f"cause={cause.pk}", "kind=single", f"department={home.pk}&q=孩子"):
        html = client.get(f"/training/bank/?{query}").content.decode()
        assert "孩子怎么落户" in html and "别的事" not in html, query
    html = client.get("/training/bank/").content.decode()
    assert "1 个培训包在用" in html and "停用的" not in html
    assert "停用的" in client.get("/training/bank/?state=retired").content.decode()
    assert "没有这样的题" in client.get("/training/bank/?q=没有的词").content.decode()


def test_questions_are_ticked_into_a_lesson(client, home):
    pack = training_rows.pack(owner=home)
    lesson = training_rows.note(training_rows.open_version(pack))
    inside, more = training_rows.question(owner=home, stem="已有？"), training_rows.question(owner=home, stem="新的？")
    training_rows.asked(lesson, inside)
    address = f"/training/bank/?pack={pack.code}&lesson={lesson.key}"
    page = client.get(address).content.decode()
    assert f'value="{more.code}"' in page and f'value="{inside.code}"' not in page
    done = client.post(address, {"question": [more.code, inside.code, "nothing"]}, follow=True).content.decode()
    assert "放进去 1 道，另外 1 道本来就在" in done
    assert [each.text.stem for each in questions_of([lesson])[lesson.pk]] == ["已有？", "新的？"]
    assert "没有选题" in client.post(address, follow=True).content.decode()
    assert client.get("/training/bank/?pack=nothing&lesson=x").status_code == 404


def test_every_kind_of_proposal_says_where_it_comes_from(client, home):
    precedent = rich(home)
    html = client.get(f"/training/bank/from/{precedent.code}/").content.decode()
    keys = re.findall(r'name="key" value="([^"]*)"', html)
    assert {"type", "condition", "not", "papers", "later-1", "steps", "say"} <= set(keys)
    for section in ("原因", "适用条件", "不适用情形", "容缺材料", "处理过程", "怎么跟群众说"):
        assert re.search(f"出自：[^<]*{section}", html), section
    # What stands in brackets behind a condition would give the answer away.
    assert ">本人拒绝核验</textarea>" in html and ">本人拒绝核验（退回）</textarea>" not in html


def test_a_proposal_is_kept_only_when_it_is_confirmed_and_as_it_was_changed(client, home):
    precedent = rich(home)
    address = f"/training/bank/from/{precedent.code}/"
    html = client.get(address).content.decode()
    assert not Question.objects.exists()
    form = inputs(html) | {"steps-stem": "我改过的步骤题？", "say-stem": "我正在改的？", "confirm": "steps"}
    for _ in range(2):
        page = client.post(address, form).content.decode()
        assert "收下了" in page and "我正在改的？" in page
    asked = Question.objects.get()
    assert (asked.latest.stem, asked.latest.kind, asked.aspect) == ("我改过的步骤题？", "order", "steps")
    assert [part["text"] for part in asked.latest.body["items"]] == [
        "窗口：接件",
        "窗口：核验",
        "窗口：先办",
        "窗口：收原件",
    ]
    assert asked.latest.revision == precedent.live_revision and asked.precedent == precedent
    assert asked.latest.locator == f"案例 {precedent.number}“处理过程”"


def test_a_proposal_that_is_refused_keeps_all_that_was_typed(client, home):
    precedent = rich(home)
    address = f"/training/bank/from/{precedent.code}/"
    form = inputs(client.get(address).content.decode())
    page = client.post(address, form | {"steps-stem": "长" * 20_000, "say-stem": "我正在改的？", "confirm": "steps"})
    html = page.content.decode()
    assert (
        page.status_code == 422 and "题目最多 1,000 个字" in html and "长" * 20_000 in html and "我正在改的？" in html
    )
    more = client.post(address, form | {"steps-stem": "改了？", "do": "steps|add"})
    assert more.status_code == 200 and 'name="steps-row-4-text"' in more.content.decode()
    assert not Question.objects.exists()


def test_a_confirmed_proposal_goes_into_the_lesson_that_asked(client, home):
    precedent, pack = rich(home), training_rows.pack(owner=home)
    lesson = training_rows.case(training_rows.open_version(pack), precedent)
    address = f"/training/bank/from/{precedent.code}/?pack={pack.code}&lesson={lesson.key}"
    form = inputs(client.get(address).content.decode())
    client.post(address, form | {"confirm": "type"})
    assert [each.text.kind for each in questions_of([lesson])[lesson.pk]] == ["multiple"]
    PackVersion.objects.filter(pack=pack).update(state=VersionState.SUBMITTED)
    assert client.post(address, form | {"confirm": "say"}).status_code == 403
    assert Question.objects.count() == 1


def test_a_text_that_names_another_gives_a_pair_in_both(client, home):
    one = rich(home, title="原件缺了一张", matter=factories.matter("变更登记"))
    two = rich(
        home,
        title="决议也没有带来",
        matter=factories.matter("变更登记"),
        not_when=(f"只缺原件（看 {one.number}）",),
        detours=(Detour(f"只缺原件（看 {one.number}）", target=one.number),),
    )
    for of in (one, two):
        html = client.get(f"/training/bank/from/{of.code}/").content.decode()
        key = next(key for key in re.findall(r'name="key" value="([^"]*)"', html) if key.startswith("which"))
        assert "再问清一点：只缺原件。" in html
        client.post(f"/training/bank/from/{of.code}/", inputs(html) | {"confirm": key})
    for asked in Question.objects.all():
        (right,) = [part for part in asked.latest.body["options"] if part["key"] in asked.latest.body["right"]]
        assert (right["precedent"], right["revision"], right["text"]) == (one.code, 1, "原件缺了一张")


def test_the_contrast_that_a_trainer_chose_comes_first(client, home):
    one = rich(home, title="原件缺了一张")
    two = rich(home, title="决议也没有带来", applies_when=("决议可以后补",))
    page = client.get(f"/training/bank/from/{one.code}/?with={two.code}").content.decode()
    first = re.findall(r'name="key" value="([^"]*)"', page)[0]
    assert first.startswith(f"which-{two.code}") and "排在最前面" in page and "是不是真把两件分开" in page
    Precedent.objects.filter(pk=two.pk).update(status=PrecedentStatus.WITHHELD, withheld_at=clock.now())
    page = client.get(f"/training/bank/from/{one.code}/?with={two.code}").content.decode()
    assert "拟不成“照哪一件办”" in page
    assert client.get(f"/training/bank/from/{one.code}/?with=%00zzz").status_code == 200


def test_what_a_source_does_not_say_is_not_asked(client, home):
    precedent = rich(
        home,
        deferred_material=(DeferredMaterial("原件", "来源未写明，待核。", "待核", "待核", "退件"),),
        handling_steps=(HandlingStep("接件"), HandlingStep("办结")),
        script="",
    )
    keys = re.findall(
        r'name="key" value="([^"]*)"', client.get(f"/training/bank/from/{precedent.code}/").content.decode()
    )
    assert not {"later-1", "steps", "say"} & set(keys)


def test_personal_data_found_later_is_not_proposed(client, home):
    precedent = rich(home)
    type(precedent.live_revision).objects.filter(pk=precedent.live_revision_id).update(
        requester_wording=["我是 13800138000，能不能先办？"]
    )
    Doubt.objects.create(precedent=precedent, kind=DoubtKind.PRIVACY, reason="有手机号", opened_at=clock.now())
    assert "13800138000" not in client.get(f"/training/bank/from/{precedent.code}/").content.decode()


def test_a_precedent_leads_its_trainers_to_what_may_be_asked(client, home):
    precedent = rich(home)
    link = f"/training/bank/from/{precedent.code}/"
    assert link in client.get(f"/p/{precedent.code}/").content.decode()
    clerk = Client()
    clerk.force_login(factories.user(Role.WINDOW, within=home))
    assert link not in clerk.get(f"/p/{precedent.code}/").content.decode()


def inputs(html: str) -> dict:
    """What a browser would send of the form of proposals."""
    form = html[html.index("data-parts") :]
    found: dict = {"key": re.findall(r'name="key" value="([^"]*)"', form)}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if (
            name is None
            or name[1] == "key"
            or (('type="radio"' in tag or 'type="checkbox"' in tag) and "checked" not in tag)
        ):
            continue
        found.setdefault(name[1], []).append(value[1] if value else "")
    for name, words in re.findall(r'(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form):
        found[name] = words
    for name, body in re.findall(r'(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found
