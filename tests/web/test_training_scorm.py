"""The package for learning platforms: what is in it, what never is, and who gets it."""

import io
import json
import re
import zipfile
from xml.etree import ElementTree as etree

import pytest
from django.test import Client

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent
from caselib.precedents.withholding import precedent_withhold
from caselib.training.choices import QuestionKind
from caselib.training.models import Pack, PackVersion
from caselib.training.scorm.manifest import ADLCP, CP
from tests import factories, training_rows
from tests.services.reporting import revised

pytestmark = pytest.mark.django_db
ORDER = {"items": [{"key": key, "text": text} for key, text in (("a", "核验"), ("b", "受理"), ("c", "补件"))]}
MATCH = {
    "left": [{"key": "a", "text": "容缺"}, {"key": "b", "text": "承诺"}],
    "right": [{"key": "x", "text": "晚交"}, {"key": "y", "text": "不交"}],
    "pairs": {"a": "x", "b": "y"},
}


def trainer(pack: Pack, role: Role = Role.TRAINER) -> Client:
    client = Client()
    client.force_login(factories.user(role, within=pack.owner_department))
    return client


def taken(pack: Pack, client: Client | None = None) -> dict[str, str]:
    """The files of the package by name."""
    answer = (client or trainer(pack)).post(f"/training/scorm/{pack.code}/")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as folder:
        assert folder.testzip() is None
        return {name: folder.read(name).decode() for name in folder.namelist()}


def built(*questions, precedent: Precedent | None = None, **values) -> Pack:
    pack = training_rows.pack(**values)
    precedent = precedent or factories.published(owner=pack.owner_department)
    lesson = training_rows.case(training_rows.open_version(pack), precedent)
    training_rows.asked(lesson, *(questions or (training_rows.question(precedent=precedent),)))
    return training_rows.publish(pack)


# --- who ---


@pytest.mark.parametrize(("role", "status"), [(Role.TRAINER, 200), (Role.DEPARTMENT_ADMIN, 200), (Role.WINDOW, 403)])
@pytest.mark.parametrize("method", ["get", "post"])
def test_trainers_take_it_out_and_learners_are_told_who_does(role, status, method):
    pack = training_rows.published_pack()
    answer = getattr(trainer(pack, role), method)(f"/training/scorm/{pack.code}/")
    assert answer.status_code == status


def test_who_may_not_see_the_pack_finds_nothing_and_leaves_no_trace():
    pack = training_rows.published_pack(audience="department")
    client = Client()
    client.force_login(factories.user(Role.TRAINER))
    for answer in (client.get(f"/training/scorm/{pack.code}/"), client.post(f"/training/scorm/{pack.code}/")):
        assert answer.status_code == 404
    assert not AuditEvent.objects.filter(action=Action.PACK_EXPORTED).exists()


def test_what_is_not_published_is_refused_with_the_reason():
    pack = training_rows.pack()
    client = trainer(pack)
    assert "还没有发布" in client.get(f"/training/scorm/{pack.code}/").content.decode()
    answer = client.post(f"/training/scorm/{pack.code}/")
    assert answer.status_code == 422 and "先提交，审核发布以后再来" in answer.content.decode()


def test_taking_out_leaves_an_event_with_the_digest_of_what_left():
    pack = training_rows.published_pack(lessons=2)
    taken(pack)
    event = AuditEvent.objects.get(action=Action.PACK_EXPORTED)
    assert (event.after["form"], event.after["version"], event.after["count"]) == ("scorm12", 1, 2)
    assert len(event.after["digest"]) == 64


# --- what ---


def test_the_manifest_has_what_the_aggregation_model_requires():
    pack = built(title="容缺 <受理> & “承诺”")
    files = taken(pack)
    root = etree.fromstring(files["imsmanifest.xml"])  # noqa: S314 (our own)
    assert root.tag == f"{{{CP}}}manifest" and root.get("identifier") and root.get("version") == "1"
    assert [child.tag.partition("}")[2] for child in root] == ["metadata", "organizations", "resources"]
    assert root.findtext(f"{{{CP}}}metadata/{{{CP}}}schema") == "ADL SCORM"
    assert root.findtext(f"{{{CP}}}metadata/{{{CP}}}schemaversion") == "1.2"
    organizations = root.find(f"{{{CP}}}organizations")
    organization = organizations.find(f"{{{CP}}}organization")
    assert organizations.get("default") == organization.get("identifier")
    assert organization.findtext(f"{{{CP}}}title") == "容缺 <受理> & “承诺”"
    (item,) = organization.findall(f"{{{CP}}}item")
    (resource,) = root.findall(f"{{{CP}}}resources/{{{CP}}}resource")
    assert item.get("identifierref") == resource.get("identifier") and item.findtext(f"{{{CP}}}title")
    assert (resource.get("type"), resource.get(f"{{{ADLCP}}}scormtype")) == ("webcontent", "sco")
    named = [each.get("href") for each in resource.findall(f"{{{CP}}}file")]
    assert resource.get("href") == "index.html" == named[0]
    assert sorted(named) == sorted(files.keys() - {"imsmanifest.xml"}) and next(iter(files)) == "imsmanifest.xml"
    identifiers = [each.get("identifier") for each in root.iter() if each.get("identifier")]
    assert len(set(identifiers)) == len(identifiers)
    # xs:ID begins with a letter; a code may begin with a digit.
    assert all(re.fullmatch(r"[A-Za-z][\w-]*", each) for each in identifiers)


def test_a_title_with_characters_that_xml_refuses_still_makes_a_manifest():
    pack = built()
    PackVersion.objects.filter(pack=pack).update(title="容缺\x0b受理\x1f￾")
    root = etree.fromstring(taken(pack)["imsmanifest.xml"])  # noqa: S314 (our own)
    assert "容缺受理" in "".join(root.itertext())


def test_nothing_in_it_leads_to_another_host_or_back_to_the_site():
    pack = built()
    version = pack.live_version
    training_rows.note(version, note="看[条例](https://example.org/x)和 310109-2026-D02-0004，<b>不是标记</b>")
    files = taken(pack)
    page = files["index.html"]
    assert "看条例和 310109-2026-D02-0004" in page and "&lt;b&gt;" in page
    # Names of namespaces are no addresses that anybody asks.
    loose = {
        name: re.findall(r"(?:https?:)?//[\w.]+", text)
        for name, text in files.items()
        if name.endswith(("html", "css"))
    }
    assert not any(loose.values()), loose
    assert not re.search(r'(?:href|src|action)="(?!#|[\w.]+\.(?:css|js)")', page)
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page)


def test_each_lesson_says_number_version_day_and_signal():
    pack = built()
    precedent = Precedent.objects.get()
    page = taken(pack)["index.html"]
    assert f"{precedent.number} 第 1 版" in page and "可用" in page and "的信号" in page
    assert f"培训包 {pack.code} 第 1 版" in page and "案例供参考，不是依据" in page


def test_a_newer_text_and_one_out_of_use_are_told_beside_the_text_that_was_pinned():
    pack = built()
    precedent = Precedent.objects.get()
    revised(precedent, gist="改过的要旨。")
    page = taken(pack)["index.html"]
    assert "案例有新版" in page and "改过的要旨" not in page
    precedent_retire(precedent, reason="不用了", actor=None)
    assert "这个案例已经停用，不要照办" in taken(pack)["index.html"]


def test_of_what_is_off_view_neither_title_nor_question_leaves():
    pack = built()
    training_rows.note(pack.live_version)
    precedent = Precedent.objects.get()
    precedent_withhold(precedent, reason="口径里有姓名", actor=None)
    client = trainer(pack)
    assert "1 课的案例现在看不到" in client.get(f"/training/scorm/{pack.code}/").content.decode()
    left = "".join(taken(pack, client).values())
    assert "没有放进来" in left
    assert precedent.live_revision.title not in left and "您定：该怎么办" not in left and "先帮前租户注销" not in left


def test_a_pack_of_which_nothing_may_be_shown_is_refused():
    pack = built()
    precedent_withhold(Precedent.objects.get(), reason="口径里有姓名", actor=None)
    answer = trainer(pack).post(f"/training/scorm/{pack.code}/")
    assert answer.status_code == 422 and "没有一课现在能给人看" in answer.content.decode()


def test_a_question_about_a_precedent_that_the_viewer_may_not_read_stays_out():
    hidden = factories.published(audience="department", title="别的部门的案例")
    which = {
        "options": [
            {"key": "a", "text": "这件", "precedent": hidden.code},
            {"key": "b", "text": "那件"},
        ],
        "right": ["a"],
    }
    pack = built(
        training_rows.question(stem="看得到的题"),
        training_rows.question(precedent=hidden, stem="看不到的题"),
        training_rows.question("which", which, stem="两件里的题"),
    )
    left = "".join(taken(pack).values())
    assert "看得到的题" in left and "看不到的题" not in left and "两件里的题" not in left


def test_personal_data_that_somebody_typed_is_hidden():
    pack = built(
        training_rows.question(stem="打 13800138000 问谁？", explanation="**13800138000**"), goal="找 13800138000"
    )
    left = "".join(taken(pack).values())
    assert "13800138000" not in left and "问谁" in left


def test_rules_hold_what_marking_needs_and_no_words():
    questions = [
        training_rows.question(),
        training_rows.question(QuestionKind.ORDER, ORDER),
        training_rows.question(QuestionKind.MATCH, MATCH),
        training_rows.question(QuestionKind.SHORT),
    ]
    rules = taken(built(*questions, pass_mark=60))["rules.js"]
    told = json.loads(rules.removeprefix("window.caselibCourse = ").rstrip().rstrip(";"))
    (lesson,) = told["lessons"]
    assert (told["passMark"], lesson["id"], lesson["hides"]) == (60, "l1", True)
    assert [each["code"] for each in lesson["questions"]] == [question.code for question in questions]
    assert lesson["questions"][1]["body"] == {"items": [{"key": "a"}, {"key": "b"}, {"key": "c"}]}
    assert lesson["questions"][2]["body"] == {"pairs": {"a": "x", "b": "y"}, "right": ["x", "y"]}
    assert not re.search(r"[一-鿿]", rules)


def test_each_question_is_answered_for_itself():
    pack = built(*(training_rows.question() for _ in range(2)), training_rows.question(QuestionKind.ORDER, ORDER))
    page = taken(pack)["index.html"]
    identifiers = re.findall(r'\sid="([^"]+)"', page)
    assert len(set(identifiers)) == len(identifiers)
    assert set(re.findall(r'type="radio" name="([^"]+)"', page)) == {"q1-1", "q1-2"}
    assert set(re.findall(r'for="([^"]+)"', page)) <= set(identifiers)


def test_words_cannot_end_the_script_or_become_markup():
    pack = built(training_rows.question(stem="</script><img src=x onerror=alert(1)>"), title="</title><b>")
    files = taken(pack)
    assert "<img" not in files["index.html"] and "</title><b>" not in files["index.html"]


def test_the_same_version_on_the_same_day_is_the_same_file():
    pack = built()
    client = trainer(pack)
    one, two = (client.post(f"/training/scorm/{pack.code}/").content for _ in range(2))
    assert one == two


def test_the_page_says_before_that_answers_can_be_read_and_nothing_grows_newer():
    page = trainer(pack := built(training_rows.question("short"))).get(f"/training/scorm/{pack.code}/").content.decode()
    assert "答案看得到" in page and "不会自己更新" in page and "1 道简答" in page
