"""Words that editors keep: what counts, what may be saved, who changed what, whole files."""

import datetime as dt
import time

import pytest

from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.search import synonyms
from caselib.search.models import SynonymGroup, SynonymState
from caselib.search.synonyms import Group, files, parsing, services, site
from caselib.search.synonyms.checking import GroupRefused, Sort
from caselib.search.synonyms.parsing import built_in_groups
from caselib.search.synonyms.selectors import group_for_edit, history_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def words_of_the_site():
    """The groups that the database has: none but those of the product, to begin with."""
    synonyms.forget()


def save(words: str, **values) -> str:
    return services.group_save(**{"key": "", "words": words, "one_way": False, "actor": None, **values})


def key_of(label: str, *, one_way: bool = False) -> str:
    rows = site.load_groups()
    return next(row.key for row in rows if row.group.label == label and row.group.one_way == one_way)


def others(word: str) -> tuple[str, ...]:
    return synonyms.current().others.get(word, ())


def edit(label: str, words: str, **values) -> str:
    key = key_of(label)
    return save(words, key=key, lock_version=group_for_edit(key).lock_version, **values)


# --- what counts -----------------------------------------------------------------------------------------------------


def test_a_site_without_rows_has_the_words_of_the_product():
    assert dict(synonyms.current().others) == dict(synonyms.built_in().others)
    assert not SynonymGroup.objects.exists()


def test_a_new_group_counts_with_the_next_question():
    assert others("堵路车") == ()
    save("堵路车，违停车")
    assert others("堵路车") == ("违停车",)


def test_a_group_that_is_switched_off_counts_no_more_and_comes_back():
    key = key_of("营业执照")
    services.group_switch(key=key, active=False, lock_version=0, actor=None)
    assert others("执照") == ()
    services.group_switch(key=key, active=True, lock_version=1, actor=None)
    assert "营业执照" in others("执照")
    assert group_for_edit(key).is_built_in


def test_another_process_follows_within_the_time_of_a_look(monkeypatch):
    assert others("堵路车") == ()
    clock = [time.monotonic()]
    monkeypatch.setattr(site.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(services, "forget", lambda: None)
    save("堵路车，违停车")
    assert others("堵路车") == ()
    clock[0] += site.CHECK_EVERY + 0.1
    assert others("堵路车") == ("违停车",)


def test_questions_within_the_time_of_a_look_ask_the_database_nothing(django_assert_num_queries, monkeypatch):
    synonyms.current()
    with django_assert_num_queries(0):
        synonyms.current()
    clock = [time.monotonic() + site.CHECK_EVERY + 0.1]
    monkeypatch.setattr(site.time, "monotonic", lambda: clock[0])
    with django_assert_num_queries(1):
        synonyms.current()


def test_what_a_change_would_bring_can_be_tried_and_is_gone_afterwards():
    with synonyms.trying(synonyms.Synonyms.of([Group(("堵路车", "违停车"))])):
        assert others("堵路车") == ("违停车",)
    assert others("堵路车") == ()


@pytest.fixture
def upgraded(monkeypatch):
    """The product as it would be with another file of words."""

    def upgrade(*groups: Group) -> None:
        monkeypatch.setattr(site, "built_in_groups", lambda: groups)
        synonyms.forget()

    return upgrade


def test_an_upgrade_keeps_what_the_site_edited_and_brings_new_groups(upgraded):
    edit("营业执照", "营业执照，执照，证照")
    services.group_switch(key=key_of("公章"), active=False, lock_version=0, actor=None)
    grown = [
        Group((*group.words, "随新版本的词")) if group.label in ("营业执照", "公章", "电子营业执照") else group
        for group in built_in_groups()
    ]
    upgraded(*grown, Group(("新版本的组", "新版本的另一个词")))
    assert others("执照") == ("营业执照", "证照")
    assert others("公章") == ()
    assert "随新版本的词" in others("电子执照")
    assert others("新版本的组") == ("新版本的另一个词",)


def test_a_group_that_an_upgrade_brings_takes_no_word_from_the_site(upgraded):
    save("堵路车，违停车")
    upgraded(Group(("违停", "违停车", "乱停车")), Group(("僵尸车", "违停车")))
    assert others("堵路车") == ("违停车",)
    assert others("违停") == ("乱停车",)
    assert others("僵尸车") == ()


# --- saving one group ------------------------------------------------------------------------------------------------


def test_words_are_kept_in_normal_form_the_preferred_one_first():
    key = save("堵路車，ＧＢ车\n 違停 车 ")
    assert group_for_edit(key).group.words == ("堵路车", "gb车", "违停 车")


@pytest.mark.parametrize(
    ("words", "one_way", "sort", "reason"),
    [
        ("执照，牌照", False, Sort.ELSEWHERE, "已在“营业执照”一组里"),
        ("法人，老板", True, Sort.ELSEWHERE, "已有单向词：法人 => 法定代表人"),
        ("法定代表人，法人", True, Sort.LOOP, "法人 => 法定代表人 => 法人"),
        ("信访，举报", True, Sort.LOOP, "绕成一圈"),
        ("堵路车，堵路車", False, Sort.SAME, "写了两次"),
        ("堵路车，堵路车", True, Sort.SAME, "指向了自己"),
        ("，".join(f"词{n}" for n in range(41)), False, Sort.TOO_LONG, "最多 40 个词"),
        ("堵路车", False, Sort.TOO_FEW, "至少要两个"),
        ("", False, Sort.TOO_FEW, "至少要两个"),
        ("堵路车，！！", False, Sort.BAD_WORD, "查不了"),
        ("堵路车，" + "长" * 31, False, Sort.BAD_WORD, "太长"),
        ("堵路车，13800138000", False, Sort.BAD_WORD, "“〔手机号〕”里有个人信息"),
        ("堵路车 １１０１０５１９４９１２３１００２Ｘ，违停车", True, Sort.BAD_WORD, "里有个人信息"),
        ("堵路车，a => b", False, Sort.BAD_WORD, "另有用处"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_saved(words, one_way, sort, reason):
    with pytest.raises(GroupRefused) as refused:
        save(words, one_way=one_way)
    assert any(problem.sort == sort and reason in problem.message for problem in refused.value.problems)
    assert not SynonymGroup.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="synonym.").exists()


def test_a_word_that_stands_elsewhere_says_where_to_join_it():
    with pytest.raises(GroupRefused) as refused:
        save("牌照，执照")
    assert refused.value.problems[0].join == key_of("营业执照")


def test_all_problems_are_told_at_once():
    with pytest.raises(GroupRefused) as refused:
        save("执照，公章，执照，！！")
    assert {problem.sort for problem in refused.value.problems} == {Sort.ELSEWHERE, Sort.SAME, Sort.BAD_WORD}


def test_a_word_of_a_group_that_is_switched_off_is_free_and_keeps_it_from_coming_back():
    key = key_of("公章")
    services.group_switch(key=key, active=False, lock_version=0, actor=None)
    save("公章，公司章")
    with pytest.raises(GroupRefused, match="已在“公章”一组"):
        services.group_switch(key=key, active=True, lock_version=1, actor=None)
    assert others("公章") == ("公司章",)


def test_whoever_saves_second_is_told_and_changes_nothing():
    key = key_of("营业执照")
    save("营业执照，执照，甲照", key=key)
    with pytest.raises(StaleState):
        save("营业执照，执照，乙照", key=key)
    assert "甲照" in others("执照")
    save("营业执照，执照，乙照", key=key, lock_version=1)
    with pytest.raises(StaleState):
        services.group_switch(key=key, active=False, lock_version=1, actor=None)
    assert "乙照" in others("执照")


def test_saving_what_is_there_already_writes_nothing():
    key = key_of("营业执照")
    assert save("，".join(group_for_edit(key).group.words), key=key) == key
    assert not SynonymGroup.objects.exists()
    services.group_switch(key=key, active=True, lock_version=0, actor=None)
    assert not AuditEvent.objects.filter(action__startswith="synonym.").exists()


def test_an_unknown_group_is_not_found():
    for key in ("s999999", "bnothing", "'; --", "\x00"):
        with pytest.raises(NotVisible):
            save("堵路车，违停车", key=key)
        with pytest.raises(NotVisible):
            services.group_switch(key=key, active=False, lock_version=0, actor=None)


def test_a_note_that_is_too_long_is_refused():
    with pytest.raises(RuleBroken, match="说明太长"):
        save("堵路车，违停车", note="长" * 201)


def test_the_trail_says_who_changed_what():
    person = factories.user()
    key = save("堵路车，违停车", actor=person)
    save("违停车，堵路车，乱停车", key=key, lock_version=1, note="市民这么说", actor=person)
    services.group_switch(key=key, active=False, lock_version=2, actor=person)
    off, changed, made = history_of(group_for_edit(key))
    assert (off.what, changed.what, made.what) == ("停用", "修改", "添加")
    assert {line.who for line in (off, changed, made)} == {str(person)}
    assert (changed.added, changed.removed) == (("乱停车",), ())
    assert "首选词由“堵路车”换成“违停车”" in changed.details
    assert not list(broken_events())


# --- a whole file ----------------------------------------------------------------------------------------------------


def plan(text: str) -> files.ImportPlan:
    return files.plan_of(text, site.load_groups())


def bring(text: str) -> files.ImportPlan:
    return services.groups_import(text, digest=plan(text).digest, actor=None)


def test_the_dry_run_tells_what_is_new_changed_unchanged_and_refused_and_writes_nothing():
    text = "堵路车，违停车\n营业执照，执照，证照\n公章，企业印章，印章，刻章\n牌照，产证\n举报人 => 举报人\n# 说明\n"
    found = plan(text)
    assert [entry.group.words for entry in found.added] == [("堵路车", "违停车")]
    assert [change.after.words for change in found.changed] == [("营业执照", "执照", "证照")]
    assert found.unchanged == 1
    assert [(problem.line, problem.reason[:7]) for problem in found.refused] == [
        (4, "“产证”已在“"),
        (5, "“举报人”指向"),
    ]
    assert not SynonymGroup.objects.exists()


def test_what_was_confirmed_is_what_is_written_and_counts_at_once():
    bring("堵路车，违停车\n营业执照，执照，证照\n乱停 => 违停车\n")
    assert others("堵路车") == ("违停车",)
    assert others("执照") == ("营业执照", "证照")
    assert others("乱停") == ("违停车",)
    event = AuditEvent.objects.get(action="synonym.imported")
    assert event.after["added"] == ["堵路车，违停车", "乱停 => 违停车"]
    assert event.after["changed"] == ["营业执照，执照，证照"]
    assert event.before["changed"] == ["营业执照，执照，工商执照，营照"]
    assert group_for_edit(key_of("营业执照")).is_built_in


def test_a_change_between_dry_run_and_confirmation_is_a_conflict_and_writes_nothing():
    text = "堵路车，违停车\n"
    digest = plan(text).digest
    save("违停车，乱停车")
    with pytest.raises(StaleState, match="什么都没有写"):
        services.groups_import(text, digest=digest, actor=None)
    assert SynonymGroup.objects.count() == 1


def test_a_change_elsewhere_between_dry_run_and_confirmation_is_none():
    text = "堵路车，违停车\n"
    digest = plan(text).digest
    save("僵尸车，长期不动的车")
    assert services.groups_import(text, digest=digest, actor=None).writes == 1


def test_groups_that_are_switched_off_stay_off():
    services.group_switch(key=key_of("公章"), active=False, lock_version=0, actor=None)
    found = bring("公章，企业印章，印章\n")
    assert [entry.line for entry in found.off] == [1]
    assert others("公章") == ()


def test_words_may_move_between_two_groups_of_one_file():
    save("堵路车，违停车，乱停车")
    save("僵尸车，废弃车")
    bring("堵路车，违停车\n僵尸车，废弃车，乱停车\n")
    assert others("乱停车") == ("僵尸车", "废弃车")


def test_a_group_whose_line_is_refused_keeps_its_words_from_the_others():
    save("堵路车，违停车，乱停车")
    save("僵尸车，废弃车")
    save("别的车，占道车")
    found = plan("堵路车，违停车，占道车\n僵尸车，废弃车，乱停车\n")
    assert not found.writes
    assert [problem.line for problem in found.refused] == [1, 2]


def test_a_circle_through_the_site_and_the_file_is_refused_in_the_file():
    save("堵路车，违停车", one_way=True)
    found = plan("违停车 => 乱停车\n乱停车 => 堵路车\n")
    assert len(found.added) == 1
    assert len(found.refused) == 1
    assert "绕成一圈" in found.refused[0].reason


def test_the_export_reads_back_as_unchanged():
    edit("营业执照", "营业执照，执照，证照", note="说明 # 和 => 都可以写")
    save("堵路车，违停车", one_way=True)
    services.group_switch(key=key_of("公章"), active=False, lock_version=0, actor=None)
    text = files.file_of(site.load_groups())
    assert "# 停用：公章，企业印章，印章，刻章" in text
    found = plan(files.text_of(("\ufeff" + text).encode()))
    assert (found.writes, len(found.refused), len(found.off)) == (0, 0, 0)
    assert found.unchanged == sum(row.is_active for row in site.load_groups())


@pytest.mark.parametrize(
    "data",
    [
        "堵路车，违停车\r\n".encode(),
        "堵路车,违停车\r".encode(),
        "\ufeff堵路车、违停车".encode(),
        "堵路車，違停車\n".encode("gb18030"),
        "堵路车；违停车\n".encode("utf-16"),
        "堵路车\t违停车 # 说明".encode(),
        "　堵路车　，　违停车　，\n\n\n＃ 全角的说明".encode(),
    ],
    ids=["crlf", "cr", "bom", "gb18030", "utf-16", "tab", "full width"],
)
def test_a_file_is_read_however_it_was_saved(data):
    found = plan(files.text_of(data))
    assert [entry.group.words for entry in found.added] == [("堵路车", "违停车")]
    assert not found.refused


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04" + b"\x14\x00" * 50, "不是文本文件"),
        (b"\x00\x01\x02" * 100, "不是文本文件"),
        (b"\xff" * 101, "不是文本文件"),
        (b"\xff\xfe\x00", "不是文本文件"),
        (b"a" * (files.LARGEST_FILE + 1), "超过 5 MB"),
    ],
    ids=["table", "binary", "no encoding", "cut", "too large"],
)
def test_what_is_no_text_or_too_large_is_refused_with_what_to_do(data, reason):
    with pytest.raises(RuleBroken, match=reason):
        files.text_of(data)


HOSTILE = {
    "empty lines": "\n" * files.LARGEST_FILE,
    "one line": "堵" * (files.LARGEST_FILE // 3),
    "commas": "，" * (files.LARGEST_FILE // 3),
    "arrows": "=>" * (files.LARGEST_FILE // 2),
    "comments": "#\n" * (files.LARGEST_FILE // 2),
    "short lines": "堵\n" * (files.LARGEST_FILE // 4),
    "one chain": "\n".join(f"词{n} => 词{n + 1}" for n in range(10_000)),
    "one circle": "\n".join(f"词{n} => 词{(n + 1) % 10_000}" for n in range(10_000)),
    "backward chain": "\n".join(f"词{n + 1} => 词{n}" for n in range(10_000)),
    "every line the same": "堵路车，违停车\n" * 10_000,
    "every line a word of the first": "\n".join(f"词0，词{n}" for n in range(1, 10_001)),
    "control characters": "堵\x07路\x1b车，违\u202e停\u200b车\n\u2028\x85\x0b，\x0c",
    "markup": "<script>alert(1)</script>，堵路车\n' OR 1=1 --，违停车",
    "surrogates": "\ud800，\udfff",
    "forty words each": "\n".join("，".join(f"词{n}字{m}" for m in range(40)) for n in range(5_000)),
    "words of one beginning": "\n".join(f"违停{chr(0x4E00 + n)}，违停{chr(0x5E00 + n)}" for n in range(4_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_reported_in_bounded_time(name):
    begun = time.perf_counter()
    found = plan(HOSTILE[name])
    assert time.perf_counter() - begun < 12
    assert found.writes <= 10_000
    assert all(problem.line >= 1 and len(problem.reason) < 400 for problem in found.refused)


def test_more_groups_than_a_site_takes_are_named_line_by_line():
    found = plan("\n".join(f"词{n}甲，词{n}乙" for n in range(10_005)))
    assert found.writes == 10_000 - len(built_in_groups())
    assert any("超过 10000 组" in problem.reason for problem in found.refused)
    assert sum("全站最多 10000 组" in problem.reason for problem in found.refused) == len(built_in_groups())


def test_ten_thousand_groups_are_written_loaded_and_asked_quickly():
    from caselib.search.understanding import understand

    bring("\n".join(f"词{n}甲，词{n}乙，词{n}丙" for n in range(10_000 - len(built_in_groups()))))
    synonyms.forget()
    begun = time.perf_counter()
    loaded = synonyms.current()
    assert time.perf_counter() - begun < 1
    assert len(loaded.others) > 29_000
    synonyms.hold(loaded)
    times = []
    for _ in range(50):
        begun = time.perf_counter()
        understand("执照办不下来怎么办")
        times.append(time.perf_counter() - begun)
    # The first looks up once which of 30,000 words the segmenter tears apart.
    assert max(times) < 3
    assert sorted(times)[25] < 0.02


def test_ten_thousand_groups_stay_small_in_memory():
    """Pairs of every word with every other of its group would be sixteen million."""
    groups = [Group(tuple(f"词{n}字{m}" for m in range(40))) for n in range(10_000)]
    begun = time.perf_counter()
    found = synonyms.Synonyms.of(groups)
    assert time.perf_counter() - begun < 1
    assert found.others["词7字3"][:2] == ("词7字0", "词7字1")


def test_the_product_brings_no_group_twice_and_each_has_a_key_of_its_own():
    keys = [group.built_in_key for group in built_in_groups()]
    assert len(set(keys)) == len(keys) > 150
    assert parsing.built_in() is synonyms.built_in()


def test_times_and_versions_are_kept():
    now = dt.datetime(2026, 7, 1, 9, 30, tzinfo=dt.UTC)
    key = save("堵路车，违停车", now=now)
    row = group_for_edit(key)
    assert (row.changed_at, row.lock_version, row.origin) == (now, 1, "site")
    assert SynonymState.objects.get().token
