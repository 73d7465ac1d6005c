"""The form of a draft is read without failing, loses nothing, and is the text again."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caselib.catalog.models import Category
from caselib.catalog.services import scheme_save
from caselib.core.ids import ALPHABET, LENGTH
from caselib.core.text import clean
from caselib.desk.writing.form import merged, read_typed, typed_of
from caselib.precedents.content import (
    Alternative,
    DeferredMaterial,
    Detour,
    Entrance,
    Flexibility,
    HandlingStep,
    Material,
    Outcome,
    RevisionContent,
    Source,
    checked,
    content_of,
)
from caselib.precedents.models import (
    AdminLevel,
    DecisionLevel,
    FailedStage,
    Force,
    Manner,
    Measure,
    ResultType,
    Revision,
)
from caselib.precedents.services import revision_save
from tests import factories

WORDS = st.text(st.characters(codec="utf-8"), max_size=30).map(lambda text: " ".join(clean(text).split()))
FILLED = WORDS.filter(bool)
NAMES = FILLED.filter(lambda text: not set(text) & set("、，,;；/\n"))


CODES = st.one_of(st.just(""), st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH))

STEPS = st.builds(HandlingStep, what=FILLED, who=WORDS, day=st.one_of(st.none(), st.integers(-5, 400)))
PAPERS = st.builds(
    Material, name=FILLED, required=st.booleans(), deferrable=st.booleans(), correct_sample=WORDS, sample_picture=CODES
)
LATER = st.builds(DeferredMaterial, item=FILLED, deadline=WORDS, supplied=st.sampled_from([None, True, False]))
BETWEEN = st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), min_size=2, max_size=2, unique=True).map(sorted)


def several(entries: st.SearchStrategy, *, unique: bool = False) -> st.SearchStrategy:
    return st.lists(entries, max_size=3, unique=unique).map(tuple)


TEXTS = st.builds(
    RevisionContent,
    title=FILLED,
    **dict.fromkeys(("gist", "problem", "blocker", "resolution", "script", "evaluation", "who_can_decide"), WORDS),
    **dict.fromkeys(("requester_wording", "applies_when", "not_when"), several(FILLED, unique=True)),
    **dict.fromkeys(("partner_orgs", "tags"), several(NAMES, unique=True)),
    lead_org=st.one_of(st.just(""), NAMES),
    occurred=st.sampled_from(["", "2023", "2023-02", "2023-02-13"]),
    visits=st.one_of(st.none(), st.integers(0, 999)),
    result_type=st.sampled_from(ResultType.values),
    measure=st.sampled_from(Measure.values),
    manner=st.sampled_from(Manner.values),
    force=st.sampled_from(Force.values),
    failed_stage=st.sampled_from(FailedStage.values),
    admin_level=st.sampled_from(AdminLevel.values),
    unverified=several(st.sampled_from(["matter", "region", "lead_org"]), unique=True),
    handling_steps=several(STEPS),
    materials=several(PAPERS),
    deferred_material=several(LATER),
    detours=several(st.builds(Detour, condition=FILLED, instead=WORDS, target=WORDS)),
    entrances=several(st.builds(Entrance, label=FILLED, address=WORDS)),
    decision_level=st.sampled_from(DecisionLevel.values),
    alternatives=several(st.builds(Alternative, wanted=WORDS, instead=FILLED)),
    sources=several(st.builds(Source, name=FILLED, date=WORDS)),
    flexibility=st.one_of(st.none(), st.builds(Flexibility, basis=FILLED)),
    outcome=st.one_of(st.none(), st.builds(Outcome, before=WORDS, after=FILLED)),
)
SEAMS = st.builds(
    lambda text, days: checked(dataclasses.replace(text, applies_from=days[0], applies_until=days[1])), TEXTS, BETWEEN
)
NAMES_OF_INPUTS = [*typed_of(RevisionContent(title="x")), "materials-0-name", "handling_steps-7-day", "change_note"]


@given(SEAMS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_form_of_a_text_is_that_text(content: RevisionContent) -> None:
    read = read_typed(typed_of(content), current=content, precedent=None)
    assert read.content == content
    assert not set(read.problems) - {"lead_org"}


@given(st.dictionaries(st.sampled_from(NAMES_OF_INPUTS), st.lists(st.text(max_size=60), max_size=3)))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.django_db
def test_whatever_is_sent_the_text_stays_fit_to_be_saved(typed: dict[str, list[str]]) -> None:
    current = RevisionContent(title="原来的标题", gist="要旨")
    read = read_typed(typed, current=current, precedent=None)
    assert checked(read.content) == read.content
    assert read.content.title


@pytest.fixture
def full(db: None) -> RevisionContent:
    """A text with every vocabulary row, as it is read back from the database."""
    scheme_save(key="form", name="形式", is_active=True, categories=["特事特办"], actor=None)
    draft = factories.draft(
        matter=factories.matter(),
        more_matters=(factories.matter("企业变更登记"),),
        region=factories.region(),
        theme=factories.theme(),
        causes=(factories.cause(), factories.cause("时限紧急")),
        categories=tuple(Category.objects.select_related("scheme")),
        tags=("容缺", "远程核验"),
        supersedes=factories.published(),
        citations=(factories.citation(factories.clause()),),
    )
    return content_of(Revision.objects.prefetch_related("categories__scheme").get(pk=draft.pk))


def test_vocabulary_rows_come_back_by_their_names(full: RevisionContent, django_assert_num_queries: Any) -> None:
    bare = RevisionContent(title="别的", citations=full.citations)
    assert read_typed(typed_of(full), current=bare, precedent=None).content == full
    with django_assert_num_queries(0):
        assert read_typed(typed_of(full), current=full, precedent=None).content == full


def test_a_text_that_was_saved_from_its_form_has_the_same_digest(full: RevisionContent) -> None:
    draft = factories.draft()
    read = read_typed(typed_of(full), current=content_of(draft), precedent=draft.precedent)
    saved = revision_save(
        draft, dataclasses.replace(read.content, citations=full.citations), lock_version=0, editor=factories.user()
    )
    assert content_of(saved) == full


@pytest.fixture
def current(db: None) -> RevisionContent:
    return factories.content(matter=factories.matter(), visits=3, materials=(Material("执照", correct_sample="原件"),))


def test_what_is_not_in_the_form_stays(current: RevisionContent) -> None:
    read = read_typed({"gist": ["新的要旨"]}, current=current, precedent=None)
    assert read.content == dataclasses.replace(current, gist="新的要旨")
    assert not read.problems


def test_an_empty_value_empties_a_field_and_a_list(current: RevisionContent) -> None:
    read = read_typed(
        {"gist": [""], "applies_when": [""], "materials": [""], "matter": [""]}, current=current, precedent=None
    )
    assert (read.content.gist, read.content.applies_when, read.content.materials, read.content.matter) == (
        "",
        (),
        (),
        None,
    )


WRONG = [
    ("gist", ["长" * 201], "gist"),
    ("title", [""], "title"),
    ("title", ["长" * 101], "title"),
    ("problem", ["😀" * 20_001], "problem"),
    ("applies_from", ["2026-02-30"], "applies_from"),
    ("applies_until", ["明天"], "applies_until"),
    ("occurred", ["去年春天"], "occurred"),
    ("occurred", ["2023-13"], "occurred"),
    ("result_type", ["exemplary"], "result_type"),
    ("manner", ["特办"], "manner"),
    ("visits", ["很多"], "visits"),
    ("visits", ["-1"], "visits"),
    ("visits", ["1000"], "visits"),
    ("matter", ["没有这个事项"], "matter"),
    ("region", ["火星"], "region"),
    ("causes", ["没有这个原因"], "causes"),
    ("supersedes", ["310109-2026-SJ-9999"], "supersedes"),
    ("tags", ["长" * 33], "tags"),
    ("applies_when", ["长" * 2_001], "applies_when"),
    ("applies_when", [f"第{n}条" for n in range(101)], "applies_when"),
    ("lead_org", ["公安局、税务局"], "lead_org"),
    ("lead_org", ["公安局\n税务局"], "lead_org"),
    ("lead_org", ["公安局", "税务局"], "lead_org"),
    ("materials-0-name", ["长" * 2_001], "materials-0-name"),
    ("handling_steps-0-day", ["后天"], "handling_steps-0-day"),
    ("change_note", ["长" * 501], "change_note"),
]


@pytest.mark.parametrize(("name", "values", "problem"), WRONG)
def test_what_breaks_a_rule_is_told_and_the_rest_is_kept(
    name: str, values: list[str], problem: str, current: RevisionContent
) -> None:
    read = read_typed({"blocker": ["新的卡点"], name: values}, current=current, precedent=None)
    assert list(read.problems) == [problem]
    assert read.problems[problem].endswith("。")
    assert read.content.blocker == "新的卡点"
    before = dataclasses.replace(current, blocker="新的卡点")
    assert read.content == (before if name != "causes" else dataclasses.replace(before, causes=()))


def test_a_seam_that_ends_before_it_starts_changes_neither_day(current: RevisionContent) -> None:
    read = read_typed(
        {"applies_from": ["2026-07-01"], "applies_until": ["2026-07-01"]}, current=current, precedent=None
    )
    assert (read.content.applies_from, read.content.applies_until) == (None, None)
    assert "applies_until" in read.problems


@pytest.mark.parametrize(
    "typed", ["2026-07-01", "２０２６年７月１日", "2026.7.1", "二〇二六年七月一日", " 2026/07/01 "]
)
def test_days_are_read_in_every_usual_way(typed: str, current: RevisionContent) -> None:
    read = read_typed({"applies_from": [typed]}, current=current, precedent=None)
    assert read.content.applies_from == dt.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2023", "2023"),
        ("２０２３年", "2023"),
        ("2023年2月", "2023-02"),
        ("2023.2.3", "2023-02-03"),
        ("2023年2月13日", "2023-02-13"),
    ],
)
def test_when_it_happened_is_read_in_every_usual_way(typed: str, stored: str, current: RevisionContent) -> None:
    assert read_typed({"occurred": [typed]}, current=current, precedent=None).content.occurred == stored


def test_full_width_numbers_count(current: RevisionContent) -> None:
    typed = {"visits": ["３次"], "handling_steps-0-what": ["受理"], "handling_steps-0-day": ["第２天"]}
    read = read_typed(typed, current=current, precedent=None)
    assert read.content.visits == 3
    assert read.content.handling_steps == (HandlingStep("受理", day=1),)


def test_a_matter_is_found_by_another_name_and_brings_its_theme(db: None) -> None:
    matter = factories.matter("企业变更登记", aliases=["换法人"], theme=factories.theme("变更"))
    read = read_typed({"matter": ["换法人"], "theme": [""]}, current=factories.content(), precedent=None)
    assert (read.content.matter, read.content.theme) == (matter, matter.theme)


def test_a_pasted_list_becomes_entries(current: RevisionContent) -> None:
    typed = {
        "not_when": ["1．有冒名登记嫌疑\r\n2．本人联系不上", ""],
        "partner_orgs": ["公安局、税务局"],
        "tags": ["容缺，远程核验\n容缺"],
    }
    read = read_typed(typed, current=current, precedent=None)
    assert read.content.not_when == ("有冒名登记嫌疑", "本人联系不上")
    assert read.content.partner_orgs == ("公安局", "税务局")
    assert read.content.tags == ("容缺", "远程核验")


def test_rows_keep_the_order_of_their_numbers_and_empty_ones_go(current: RevisionContent) -> None:
    typed = {"materials-10-name": ["第三"], "materials-2-name": ["第二"], "materials-1-name": [" "], "materials-1-required": ["", "1"],
             "materials-2-required": [""], "materials-10-required": ["", "1"], "materials-10-deferrable": ["", "1"]}  # fmt: skip
    read = read_typed(typed, current=current, precedent=None)
    assert read.content.materials == (Material("第二", required=False), Material("第三", deferrable=True))


def test_a_record_with_a_note_and_no_name_is_kept(current: RevisionContent) -> None:
    read = read_typed({"deferred_material-0-deadline": ["3 天"]}, current=current, precedent=None)
    assert read.content.deferred_material == (DeferredMaterial("", deadline="3 天"),)


def test_word_debris_is_gone_from_every_kind_of_field(current: RevisionContent) -> None:
    debris = '<p class="MsoNormal">先受理<o:p></o:p></p>'
    typed = {name: [debris] for name in ("problem", "gist", "applies_when", "materials-0-name", "flexibility-basis")}
    read = read_typed(typed, current=current, precedent=None).content
    assert (
        read.problem
        == read.gist
        == read.applies_when[0]
        == read.materials[0].name
        == read.flexibility.basis
        == "先受理"
    )


def test_a_hidden_precedent_cannot_be_named_as_replaced(current: RevisionContent) -> None:
    theirs = factories.published(audience="department")
    shown = factories.published()
    draft = factories.draft()
    for other, kept in ((theirs, None), (shown, shown)):
        read = read_typed({"supersedes": [other.number]}, current=current, precedent=draft.precedent)
        assert read.content.supersedes == kept


def test_a_text_cannot_replace_itself(current: RevisionContent) -> None:
    mine = factories.published()
    read = read_typed({"supersedes": [mine.number]}, current=current, precedent=mine)
    assert read.content.supersedes is None
    assert "自己" in read.problems["supersedes"]


def test_why_it_is_changed_is_read_where_it_is_asked(current: RevisionContent) -> None:
    assert read_typed({}, current=current, precedent=None).change_note is None
    assert read_typed({"change_note": ["期限改了"]}, current=current, precedent=None).change_note == "期限改了"


def test_what_was_typed_stands_before_what_is_stored(current: RevisionContent) -> None:
    shown = merged({"gist": ["长" * 300]}, current)
    assert shown["gist"] == ["长" * 300]
    assert shown["title"] == [current.title]


def reworded(typed: dict[str, list[str]], **values: Any) -> RevisionContent:
    current = RevisionContent(title="x", not_when=("人不在", "材料假"), **values)
    return read_typed(typed, current=current, precedent=None).content


def test_a_condition_that_is_reworded_takes_its_way_out_along() -> None:
    kept = reworded({"not_when": ["", "人不在本地", "材料假"]}, detours=(Detour("人不在", "线上核"),))
    assert kept.detours == (Detour("人不在本地", "线上核"),)


def test_a_way_out_never_moves_to_another_condition() -> None:
    ways = (Detour("人不在", "线上核"), Detour("材料假", "不办"))
    assert reworded({"not_when": ["", "材料假", "人不在"]}, detours=ways).detours == ways
    assert reworded({"not_when": ["", "材料假"]}, detours=ways).detours == ways
    assert reworded({"not_when": ["", "新的一条", "人不在", "材料假"]}, detours=ways).detours == ways
