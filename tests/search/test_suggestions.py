"""What the search box offers while somebody types."""

import dataclasses
import datetime as dt
import json
import threading

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caselib.catalog.services import matter_save
from caselib.core import clock
from caselib.core.marks import VOCABULARY, mark_done, pending
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.policies.models import Level, Policy
from caselib.policies.services import PolicyFacts, policy_create
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.services import precedent_reuse_counted, revision_save, revision_start, revision_submit
from caselib.precedents.visibility import Audience
from caselib.search.live import live_engine
from caselib.search.models import SearchLogEntry
from caselib.search.scopes import library_scope
from caselib.search.suggestions import sources, store
from caselib.search.suggestions.patterns import marked, patterns_of
from caselib.search.suggestions.selectors import suggestions_for
from tests import factories

from .test_results import HOSTILE

ADDRESS = reverse("search:suggest")


def offered(typed: str, *, scope=None) -> dict[str, list[str]]:
    """What is offered, by the label of its group."""
    groups = suggestions_for(scope or library_scope(), typed)
    return {group.label: [row.text for row in group.suggestions] for group in groups}


def asked(question: str, *, opened=None, hours_ago: float = 1, thread: str = "", **values) -> SearchLogEntry:
    return SearchLogEntry.objects.create(
        at=clock.now() - dt.timedelta(hours=hours_ago),
        question=question,
        question_key=question,
        thread=thread,
        total=1,
        fits=True,
        opened=opened,
        opened_rank=1 if opened else None,
        **values,
    )


@pytest.mark.parametrize(
    ("typed", "name", "mark"),
    [
        ("营业", "补办营业执照", "营业"),
        ("營業執照", "补办营业执照", "营业执照"),
        ("yyzz", "补办营业执照", "营业执照"),
        ("ＹＹＺＺ", "补办营业执照", "营业执照"),
        ("yingyezhizhao", "补办营业执照", "营业执照"),
        ("yingye zhizh", "补办营业执照", "营业执照"),
        ("营业zz", "补办营业执照", "营业执照"),
        ("y业zhi照", "补办营业执照", "营业执照"),
        ("zhux", "注销登记", "注销"),
        ("zhuxiao", "注销登记", "注销"),
        ("changning", "长宁区的做法", "长宁"),
        ("yinhang", "银行开户", "银行"),
        ("lvshi", "律师执业", "律师"),
        ("国办发2025", "国办发〔2025〕24号", "国办发〔2025"),
        ("国办发[2025]24", "国办发〔2025〕24号", "国办发〔2025〕24"),
        ("一照多址", "“一照”多址备案", "一照”多址"),
        ("5g", "5G基站报装", "5G"),
        ("etc", "ETC 卡挂失", "ETC"),
    ],
)
def test_what_is_typed_is_found_in_a_name(typed, name, mark):
    parts = next(filter(None, (marked(name, pattern) for pattern in patterns_of(typed))))
    assert [text for text, is_typed in parts if is_typed] == [mark]
    assert "".join(text for text, _ in parts) == name


@pytest.mark.parametrize("typed", ["", " ", "y", "，。", "〔〕", "\u200b", "\ud800"])
def test_too_little_is_read_as_nothing(typed):
    assert patterns_of(typed) == ()


def test_a_syllable_that_is_finished_is_not_another_one():
    assert not any(marked("专项资金", pattern) for pattern in patterns_of("zhuxiao") if not pattern.is_guess)


def test_titles_that_begin_so_come_before_those_that_hold_it(index):
    for title in ("补办营业执照", "执照遗失", "注销食品许可"):
        factories.published(title=title)
    index.refresh()
    assert offered("执照") == {"案例": ["执照遗失", "补办营业执照"]}


def test_among_equals_the_one_that_is_used_comes_first(index):
    factories.published(title="执照遗失之一")
    used = factories.published(title="执照遗失之二")
    factories.published(title="执照遗失之三")
    precedent_reuse_counted(used, by=1)
    index.refresh()
    assert offered("执照")["案例"] == ["执照遗失之二", "执照遗失之三", "执照遗失之一"]


def test_letters_mean_first_what_they_mean_most_often_here(index):
    factories.published(title="拥有自住的证明")
    for number in range(3):
        factories.published(title=f"第{number}件补办营业执照")
    index.refresh()
    titles = offered("yyzz")["案例"]
    assert titles[-1] == "拥有自住的证明"
    assert len(titles) == 4


def test_homophones_are_a_second_chance_only(index):
    factories.published(title="注销登记")
    index.refresh()
    assert offered("主销")["案例"] == ["注销登记"]
    factories.published(title="主销产品备案")
    index.refresh()
    assert offered("主销")["案例"] == ["主销产品备案"]


def test_words_may_stand_apart_and_in_any_order(index):
    factories.published(title="个体工商户注销")
    factories.published(title="企业注销")
    index.refresh()
    assert offered("注销 个体") == {"案例": ["个体工商户注销"]}


def test_matters_are_offered_by_their_other_names_too(index):
    factories.matter("企业设立登记", aliases=("开公司",))
    index.refresh()
    (group,) = suggestions_for(library_scope(), "开公司")
    (row,) = group.suggestions
    assert (group.label, row.text) == ("事项", "企业设立登记")
    assert row.also == (("开公司", True),)


@pytest.mark.parametrize("typed", ["登记管理", "管理条例", "djgltl", "国令第722号"])
def test_policies_are_offered_by_title_short_title_and_number(index, typed):
    policy = factories.clause(title="市场主体登记管理条例").version.policy
    Policy.objects.filter(pk=policy.pk).update(doc_number="国令第722号", short_titles=["登记条例"])
    index.refresh()
    assert offered(typed) == {"政策": ["市场主体登记管理条例"]}


def test_tags_are_offered_where_they_lead_to_something(index):
    factories.published(title="停业一段时间", tags=("歇业备案",))
    factories.draft(title="另一件", tags=("歇业登记",))
    index.refresh()
    assert offered("xieye") == {"标签": ["歇业备案"]}


def test_a_tag_is_told_while_one_of_its_precedents_is_left(index):
    rows = [factories.published(title=f"停业{number}", tags=("歇业备案",)) for number in range(2)]
    index.refresh()
    precedent_retire(rows[1], reason="有了新的办法", actor=None)
    assert offered("歇业") == {"标签": ["歇业备案"]}
    precedent_retire(rows[0], reason="有了新的办法", actor=None)
    assert offered("歇业") == {}
    factories.published(title="停业又一件", tags=("歇业备案",))
    index.refresh()
    assert offered("歇业") == {"标签": ["歇业备案"]}


def test_a_tag_is_told_again_by_a_new_precedent_after_all_that_stood_for_it_are_retired(index):
    rows = [factories.published(title=f"停业{n}", tags=("歇业备案",)) for n in range(sources.MOST_VOUCHERS)]
    index.refresh()
    for row in rows:
        precedent_retire(row, reason="有了新的办法", actor=None)
    index.refresh()
    assert offered("歇业") == {}
    factories.published(title="停业又一件", tags=("歇业备案",))
    index.refresh()
    assert offered("歇业") == {"标签": ["歇业备案"]}


def publish_again(precedent, **changes) -> None:
    editor, reviewer = (
        factories.user(role, within=precedent.owner_department) for role in (Role.EDITOR, Role.REVIEWER)
    )
    draft = revision_start(precedent, author=editor)
    content = dataclasses.replace(content_of(draft), **changes)
    draft = revision_save(draft, content, lock_version=draft.lock_version, editor=editor)
    draft = revision_submit(draft, lock_version=draft.lock_version, actor=editor)
    revision_approve(
        draft,
        lock_version=draft.lock_version,
        reviewer=reviewer,
        digest_seen=draft.content_digest,
        comment="可以入库",
    )


def test_an_edit_below_the_title_writes_no_suggestions(index):
    row = factories.published(title="停业一段时间", tags=("歇业备案",))
    index.refresh()
    before = store._store().stamp()
    publish_again(row, problem="换了一种说法。")
    index.refresh()
    assert store._store().stamp() == before
    assert offered("歇业") == {"标签": ["歇业备案"]}


def test_an_edit_of_tags_is_offered_as_soon_as_it_is_found(index):
    row = factories.published(title="停业一段时间", tags=("歇业备案",))
    index.refresh()
    publish_again(row, tags=("复业登记",))
    index.refresh()
    assert offered("歇业") == {}
    assert offered("复业") == {"标签": ["复业登记"]}


@pytest.mark.parametrize("title", ["停业一段时间", "停 业", "ＥＴＣ卡", "“一照”\n多址", "——", "𠮷野家 ㎡"])
def test_what_is_written_down_is_known_to_be_the_same(index, title):
    row = factories.published(title=title)
    factories.published(title="另一件")
    index.refresh()
    for keys in ([row.pk], [row.pk, 0]):
        assert store.reading().tells(sources.titles(keys), keys)
    row.live_revision.title = f"{title}变"
    row.live_revision.save()
    assert not store.reading().tells(sources.titles([row.pk]), [row.pk])


def test_at_most_eight_are_offered_and_titles_keep_their_places(index):
    for number in range(12):
        factories.matter(f"变更事项{number}")
        factories.published(title=f"变更登记{number}", tags=(f"变更标签{number}",))
    index.refresh()
    found = offered("变更")
    assert sum(map(len, found.values())) == 8
    assert {label: len(rows) for label, rows in found.items()} == {"案例": 4, "事项": 2, "标签": 2}


def test_a_question_is_offered_when_several_asked_it_and_opened_what_it_found(index):
    row = factories.published(title="前租户没有迁走")
    for thread in ("a", "b", "c"):
        asked("铺子被占了怎么办照", thread=thread, opened=row)
    for thread in ("a", "b"):
        asked("铺子转租要什么", thread=thread, opened=row)
    for thread in ("a", "b", "c"):
        asked("铺子漏水找谁", thread=thread)
    index.refresh()
    assert offered("铺子") == {"常问": ["铺子被占了怎么办照"]}


def test_one_sitting_asks_once(index):
    row = factories.published(title="前租户没有迁走")
    for _ in range(3):
        asked("铺子被占了怎么办照", thread="a", opened=row)
        asked("铺子转租要什么", hours_ago=50, opened=row)
    for hours in (50, 60, 70):
        asked("铺子分租行不行", hours_ago=hours, opened=row)
    index.refresh()
    assert offered("铺子") == {"常问": ["铺子分租行不行"]}


@pytest.mark.parametrize(
    ("question", "values"),
    [("铺子转租要什么", {"hours_ago": 24 * 181}), ("铺子转租要什么", {"page": 2}), ("铺子转租要什么", {"narrowed": True}),
     ("铺子转租找〔手机号〕", {}), ("铺子" + "转租" * 20, {})],
)  # fmt: skip
def test_old_narrowed_masked_and_long_questions_are_not_offered(index, question, values):
    row = factories.published(title="前租户没有迁走")
    for thread in ("a", "b", "c"):
        asked(question, thread=thread, opened=row, **values)
    index.refresh()
    assert offered("铺子") == {}


def test_a_question_is_not_offered_to_whom_it_finds_nothing(index):
    owner = factories.department()
    hidden = factories.published(title="内部办法", owner=owner, audience=Audience.DEPARTMENT)
    for thread in ("a", "b", "c"):
        asked("铺子被占了怎么办照", thread=thread, opened=hidden)
    index.refresh()
    assert offered("铺子", scope=scope_of(factories.user(Role.WINDOW, within=owner)))
    assert offered("铺子", scope=scope_of(factories.user(Role.WINDOW))) == {}


def test_a_change_is_offered_as_soon_as_it_is_found(index):
    factories.published(title="补办营业执照")
    index.refresh()
    later = factories.published(title="营业执照遗失")
    index.refresh()
    assert offered("营业执照")["案例"] == ["营业执照遗失", "补办营业执照"]
    precedent_retire(later, reason="有了新的办法", actor=None)
    assert offered("营业执照")["案例"] == ["补办营业执照"]
    index.refresh()
    assert offered("营业执照")["案例"] == ["补办营业执照"]


def test_many_changes_are_read_once_behind_the_last_of_them(index, monkeypatch):
    monkeypatch.setattr(store, "MOST_CHANGES", 2)
    factories.published(title="营业执照之零")
    index.refresh()
    for number in range(1, 5):
        factories.published(title=f"营业执照之{number}")
    index.refresh()
    assert len(offered("营业执照")["案例"]) == 5
    read = store.reading()
    assert (len(read.titles), len(read.changes)) == (5, 0)


def test_changed_titles_take_the_place_of_old_ones(index):
    row = factories.published(title="补办营业执照")
    factories.published(title="补办食品许可")
    index.refresh()
    row.live_revision.title = "换发营业执照"
    row.live_revision.save()
    store.follow([row.pk])
    assert offered("营业") == {"案例": ["换发营业执照"]}
    assert offered("补办") == {"案例": ["补办食品许可"]}


def test_a_title_that_no_longer_matches_is_not_shown(index):
    row = factories.published(title="补办营业执照")
    index.refresh()
    row.live_revision.title = "换一个名字"
    row.live_revision.save()
    assert offered("营业执照") == {}


def test_rebuilding_the_index_makes_the_suggestions_anew(index):
    factories.published(title="补办营业执照")
    call_command("search_rebuild", verbosity=0)
    assert offered("营业执照")["案例"] == ["补办营业执照"]


def test_a_change_stays_to_be_done_when_its_suggestion_cannot_be_written(index, monkeypatch):
    from caselib.core.marks import pending
    from caselib.precedents.services import TOPIC
    from caselib.search.engine.port import IndexNotWritten

    factories.published(title="补办营业执照")
    monkeypatch.setattr(store, "titles", full_disk)
    with pytest.raises(IndexNotWritten):
        index.refresh()
    assert pending(TOPIC).count() == 1
    monkeypatch.undo()
    index.refresh()
    assert offered("营业执照")["案例"] == ["补办营业执照"]


def full_disk(*_: object) -> None:
    raise OSError(28, "No space left on device")


BREAKAGES = {
    "nothing there": lambda folder: [path.unlink() for path in folder.iterdir()],
    "no titles": lambda folder: next(folder.glob("titles-*")).unlink(),
    "cut off": lambda folder: next(folder.glob("titles-*")).write_bytes(b"CLARR001"),
    "something else": lambda folder: next(folder.glob("names-*")).write_bytes(b"hello"),
    "empty pointer": lambda folder: (folder / "current").write_text(""),
    "foreign pointer": lambda folder: (folder / "current").write_text("[1, 2]"),
    "odd pointer": lambda folder: (folder / "current").write_text(json.dumps({"titles": 5})),
    "another format": lambda folder: (folder / "current").write_text(
        (folder / "current").read_text().replace('"format": 1', '"format": 0')
    ),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_broken_files_offer_nothing_and_mend_themselves(index, breakage):
    factories.published(title="补办营业执照")
    index.refresh()
    BREAKAGES[breakage](index.folder / "suggestions")
    # A pointer that looks the same is not read again.
    store._readings.clear()
    assert offered("营业") == {}
    index.refresh()
    assert offered("营业") == {"案例": ["补办营业执照"]}


def test_numbers_that_point_outside_offer_nothing(index, monkeypatch):
    factories.published(title="补办营业执照")
    index.refresh()
    part = store.reading().titles
    monkeypatch.setattr(part, "_item_of", part._item_of + 1000)
    assert offered("营业") == {}


def test_writers_wait_for_each_other(index):
    factories.published(title="补办营业执照")
    index.refresh()
    with store._store().lock(wait=1):
        waiting = threading.Thread(target=store._store().lock(wait=5).__enter__)
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
    waiting.join(5)
    assert not waiting.is_alive()


def test_questions_are_counted_again_after_an_hour(index, time_machine):
    row = factories.published(title="前租户没有迁走")
    index.refresh()
    for thread in ("a", "b", "c"):
        asked("铺子被占了怎么办照", thread=thread, opened=row)
    store.settle()
    assert offered("铺子") == {}
    time_machine.move_to(clock.now() + dt.timedelta(seconds=store.COUNTS_KEPT + 1))
    store.settle()
    assert offered("铺子") == {"常问": ["铺子被占了怎么办照"]}


def test_audiences_are_those_of_the_one_rule(index):
    owner = factories.department()
    rows = [factories.published(owner=owner, audience=audience) for audience in Audience]
    names = sources.titles()
    assert dict(zip(names.keys, names.audiences, strict=True)) == {
        rows[0].pk: "all", rows[1].pk: f"region:{owner.region_id}", rows[2].pk: f"dept:{owner.pk}",
    }  # fmt: skip


@pytest.fixture
def clerk(index):
    client = Client()
    client.force_login(factories.user(Role.WINDOW), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_whoever_is_not_signed_in_is_sent_to_sign_in(index, client):
    assert client.get(ADDRESS, {"q": "执照"}).status_code == 302


def test_the_list_holds_options_with_their_addresses(index, clerk):
    row = factories.published(title="补办营业执照", tags=("营业执照遗失",))
    matter = factories.matter("营业性演出许可")
    index.refresh()
    page = clerk.get(ADDRESS, {"q": "营业"}).content.decode()
    assert page.count('role="option"') == 3
    assert f'data-to="/p/{row.code}/">补办<mark>营业</mark>执照' in page
    assert f'data-to="/matters/{matter.code}/"' in page
    assert 'data-to="/search/?q=%E8%90%A5%E4%B8%9A%E6%89%A7%E7%85%A7%E9%81%97%E5%A4%B1"' in page
    assert "<html" not in page


def test_markup_in_names_is_escaped(index, clerk):
    factories.published(title='<img src=x onerror=alert(1)>"注销', tags=('"><script>注销',))
    index.refresh()
    page = clerk.get(ADDRESS, {"q": "注销"}).content.decode()
    assert page.count('role="option"') == 2
    assert "<img" not in page
    assert "<script" not in page


def test_nothing_to_offer_is_an_empty_answer_that_only_this_browser_keeps(index, clerk):
    answer = clerk.get(ADDRESS, {"q": "没有这样的"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert set(answer["Cache-Control"].split(", ")) == {"private", "max-age=15"}
    assert "Cookie" in answer["Vary"]


def test_the_list_is_only_read(index, clerk):
    assert clerk.post(ADDRESS, {"q": "营业"}).status_code == 405


@pytest.mark.parametrize("text", [*HOSTILE, "a" * 1_000_000, "zhongguo" * 8, "x" * 64, "营 业 " * 30, "\u0301" * 70])
def test_hostile_input_is_answered(index, clerk, text):
    factories.published(title="注销营业执照")
    index.refresh()
    assert clerk.get(ADDRESS, {"q": text.encode("utf-8", "surrogatepass")}).status_code == 200


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters() | st.sampled_from("注销营业执照zhxiaoy 〔1〕"), max_size=80))
def test_any_text_is_answered_and_what_is_shown_is_the_name(hostile_library, typed):
    for group in suggestions_for(library_scope(), typed):
        for row in group.suggestions:
            assert "".join(text for text, _ in row.parts) == row.text


@pytest.fixture
def hostile_library(index):
    factories.published(title="注销营业执照〔1〕\u0000ﬁ①Ǆ")
    factories.published(title="𠮷野家\U0001f600 ㎡")
    index.refresh()


def test_names_without_any_character_to_compare_do_no_harm(index):
    factories.published(title="——")
    factories.published(title="补办营业执照")
    index.refresh()
    assert offered("营业") == {"案例": ["补办营业执照"]}
    assert live_engine().count() == 2


def test_a_new_matter_and_a_new_policy_are_offered_with_the_next_drain(index):
    region, theme = factories.region(), factories.theme()
    index.refresh()
    assert offered("无人机") == {}
    matter_save(name="无人机实名登记", theme=theme, actor=None)
    policy_create(
        PolicyFacts(title="无人机飞行管理暂行条例", level=Level.ADMINISTRATIVE_REGULATION, region=region), actor=None
    )
    index.refresh()
    assert sorted(text for texts in offered("无人机").values() for text in texts) == [
        "无人机实名登记",
        "无人机飞行管理暂行条例",
    ]


def test_many_marks_of_one_change_are_worked_off_once(index, monkeypatch, django_capture_on_commit_callbacks):
    drains = []
    monkeypatch.setattr("caselib.search.outbox._follow_vocabulary", lambda: drains.append(1) or done())

    def done() -> None:
        mark_done(VOCABULARY, dict(pending(VOCABULARY).values_list("object_id", "wanted")))

    theme = factories.theme()
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(5):
            matter_save(name=f"事项{n}", theme=theme, actor=None)
    assert len(drains) == 1
