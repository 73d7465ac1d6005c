"""Tags, causes, schemes, regions and departments as editors keep them."""

import pytest
from django.db import IntegrityError, transaction

from caselib.audit.models import AuditEvent
from caselib.catalog.causes import (
    ClassFacts,
    SchemeFacts,
    cause_create,
    cause_delete,
    cause_edit,
    cause_switch,
    scheme_create,
    scheme_edit,
)
from caselib.catalog.models import Category, Cause, Tag
from caselib.catalog.services import tags_named
from caselib.catalog.tags import tag_create, tag_delete, tag_edit, twins
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.marks import VOCABULARY, pending
from caselib.desk.vocabularies.merging import tags_merge
from caselib.orgs.models import NATION, Department, Region
from caselib.orgs.places import (
    DepartmentFacts,
    RegionFacts,
    department_create,
    department_edit,
    department_switch,
    place_delete,
    region_create,
    region_edit,
    region_switch,
)
from caselib.precedents.content import content_of, digest
from caselib.precedents.models import Revision
from caselib.precedents.usage import Usage, unused_tags, usage_of_categories, usage_of_causes, usage_of_tags
from tests import factories

pytestmark = pytest.mark.django_db


def code_of(deed, *arguments, **values) -> str:
    with pytest.raises(RuleBroken) as error:
        deed(*arguments, **values, actor=None)
    return error.value.code


# -- tags ------------------------------------------------------------------------------------------------------------


def test_a_renamed_tag_keeps_its_old_name_as_a_synonym():
    tag = tag_create(name="急办", synonyms=["加急"], actor=None)
    assert tag_edit(tag.pk, name="急事急办", synonyms=["加急"], lock_version=1, actor=None).synonyms == ["加急", "急办"]
    with pytest.raises(StaleState):
        tag_edit(tag.pk, name="别的", synonyms=[], lock_version=1, actor=None)


@pytest.mark.parametrize("name", ["vat退税", "ＶＡＴ 退税", "VAT退稅"])
def test_a_tag_is_there_once_however_it_is_written(name):
    tag_create(name="VAT退税", synonyms=["增值税退税"], actor=None)
    other = tag_create(name="印花税", actor=None)
    assert code_of(tag_create, name=name) == "name_taken"
    assert code_of(tag_edit, other.pk, name=name, synonyms=[], lock_version=1) == "name_taken"
    assert code_of(tag_edit, other.pk, name="印花税", synonyms=[name], lock_version=1) == "synonym_taken"
    assert code_of(tag_create, name="退税", synonyms=["增值税退税"]) == "synonym_taken"


def test_twins_that_came_with_texts_are_pointed_out_and_can_still_be_edited():
    tags_named(["VAT退税", "ｖａｔ 退税", "急办"], actor=None)
    first, second = Tag.objects.get(name="VAT退税"), Tag.objects.get(name="ｖａｔ 退税")
    assert twins() == {first.pk: (second.name,), second.pk: (first.name,)}
    assert tag_edit(first.pk, name=first.name, synonyms=["退增值税"], lock_version=0, actor=None).synonyms
    tags_merge(second.pk, into=first.pk, lock_version=0, actor=None)
    assert twins() == {}


def test_a_merged_tag_moves_on_every_text_and_typing_it_gives_the_successor():
    old, new = tag_create(name="加急", synonyms=["特急"], actor=None), tag_create(name="急办", actor=None)
    live = factories.published(tags=("加急", "急办"))
    draft = factories.draft(tags=("加急",))
    into, moved = tags_merge(old.pk, into=new.pk, lock_version=1, actor=None)
    assert (into, moved) == (new, 2)
    for revision in (live.live_revision, draft):
        assert [tag.name for tag in revision.tags.all()] == ["急办"]
    for revision in Revision.objects.all():
        assert revision.content_digest == digest(content_of(revision))
    assert tags_named(["加急"], actor=None) == [new]
    new.refresh_from_db()
    assert new.synonyms == ["加急", "特急"]


def test_tags_merge_in_no_chain_and_no_loop():
    first, second, third = (tag_create(name=name, actor=None) for name in "甲乙丙")
    tags_merge(first.pk, into=second.pk, lock_version=1, actor=None)
    assert code_of(tags_merge, second.pk, into=first.pk, lock_version=2) == "merged_into_itself"
    assert code_of(tags_merge, second.pk, into=second.pk, lock_version=2) == "merged_into_itself"
    assert code_of(tags_merge, first.pk, into=third.pk, lock_version=2) == "merged"
    tags_merge(second.pk, into=third.pk, lock_version=2, actor=None)
    assert set(Tag.objects.filter(merged_into=third)) == {first, second}
    assert tags_named(["甲"], actor=None) == [third]


def test_a_tag_that_a_text_carries_is_not_taken_away():
    used, free = tags_named(["急办", "没人用"], actor=None)
    factories.draft(tags=("急办",))
    assert list(unused_tags()) == [free]
    assert code_of(tag_delete, used.pk, lock_version=0) == "in_use"
    tag_delete(free.pk, lock_version=0, actor=None)
    assert list(Tag.objects.all()) == [used]
    assert usage_of_tags([used.pk]) == {used.pk: Usage(0, 1)}


def test_a_tag_of_an_old_text_alone_is_not_in_use_and_stays():
    row = factories.published(tags=("旧标签",))
    Revision.objects.filter(pk=row.live_revision_id).update(state="superseded")
    row.live_revision = None
    row.status, row.number = "draft", None
    row.save()
    tag = unused_tags().get()
    assert code_of(tag_delete, tag.pk, lock_version=0) == "in_use"


# -- causes and schemes ----------------------------------------------------------------------------------------------


def test_causes_move_in_their_list_and_the_others_make_room():
    for name in ("甲因", "乙因", "丙因"):
        cause_create(name=name, actor=None)
    last = Cause.objects.get(name="丙因")
    cause_edit(last.pk, name="丙因", place=1, lock_version=1, actor=None)
    assert [cause.name for cause in Cause.objects.all()] == ["丙因", "甲因", "乙因"]
    cause_edit(last.pk, name="丙的原因", place=99, lock_version=2, actor=None)
    assert [cause.name for cause in Cause.objects.all()] == ["甲因", "乙因", "丙的原因"]
    # Where it stands already nothing is written.
    events = AuditEvent.objects.count()
    cause_edit(last.pk, name="丙的原因", place=3, lock_version=0, actor=None)
    assert AuditEvent.objects.count() == events


def test_a_cause_in_use_is_switched_off_and_not_taken_away():
    cause = factories.cause("材料缺失")
    factories.published(causes=(cause,))
    assert usage_of_causes([cause.pk]) == {cause.pk: Usage(1, 0)}
    assert code_of(cause_delete, cause.pk, lock_version=0) == "in_use"
    assert not cause_switch(cause.pk, active=False, lock_version=0, actor=None).is_active
    with pytest.raises(StaleState):
        cause_switch(cause.pk, active=True, lock_version=0, actor=None)
    assert code_of(cause_create, name="材料 缺失") == "name_taken"


def scheme_of(*names: str, **values) -> SchemeFacts:
    return SchemeFacts(name=values.pop("name", "四类"), classes=[ClassFacts(name=name) for name in names], **values)


def test_a_scheme_is_data_with_hints_of_its_classes():
    classes = [ClassFacts(name="跑了两次", min_visits=2), ClassFacts(name="外地能办", needs_reference=True)]
    scheme = scheme_create(SchemeFacts(name="四类", classes=classes), actor=None)
    rows = list(scheme.categories.all())
    assert [(row.min_visits, row.needs_reference) for row in rows] == [(2, False), (None, True)]
    swapped = [
        ClassFacts(key=rows[1].pk, name="跑了两次"),
        ClassFacts(key=rows[0].pk, name="外地能办", is_active=False),
    ]
    scheme_edit(scheme.pk, SchemeFacts(name="四类", classes=swapped), lock_version=1, actor=None)
    assert [(row.pk, row.name) for row in scheme.categories.all()] == [
        (rows[1].pk, "跑了两次"),
        (rows[0].pk, "外地能办"),
    ]


def test_a_case_is_sorted_by_several_schemes_and_a_class_in_use_stays():
    first = scheme_create(scheme_of("甲", "乙"), actor=None)
    second = scheme_create(scheme_of("丙", name="另一种"), actor=None)
    used = first.categories.get(name="甲")
    factories.published(categories=(used, second.categories.get()))
    assert usage_of_categories([used.pk]) == {used.pk: Usage(1, 0)}
    without = SchemeFacts(name="四类", classes=[ClassFacts(key=first.categories.get(name="乙").pk, name="乙")])
    assert code_of(scheme_edit, first.pk, without, lock_version=1) == "in_use"
    kept = SchemeFacts(name="四类", classes=[ClassFacts(key=used.pk, name="甲", is_active=False)])
    scheme_edit(first.pk, kept, lock_version=1, actor=None)
    assert [row.name for row in first.categories.all()] == ["甲"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (scheme_of("甲", "甲"), "class_twice"),
        (scheme_of("长" * 65), "too_long"),
        (scheme_of(*map(str, range(51))), "too_many"),
        (SchemeFacts(name="四类", classes=[ClassFacts(name="甲", min_visits=0)]), "bad_visits"),
        (scheme_of("甲", name=""), "required"),
        (scheme_of("甲", name="已 有"), "name_taken"),
    ],
)
def test_a_scheme_that_does_not_hold_is_refused(facts, code):
    scheme_create(scheme_of("一", name="已有"), actor=None)
    assert code_of(scheme_create, facts) == code
    assert Category.objects.count() == 1


def test_a_class_of_another_scheme_is_none_of_this_one():
    first, second = scheme_create(scheme_of("甲"), actor=None), scheme_create(scheme_of("乙", name="另"), actor=None)
    stolen = SchemeFacts(name="四类", classes=[ClassFacts(key=second.categories.get().pk, name="乙")])
    with pytest.raises(NotVisible):
        scheme_edit(first.pk, stolen, lock_version=1, actor=None)


def test_the_database_keeps_a_hint_of_no_visits_away():
    scheme = scheme_create(scheme_of("甲"), actor=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        scheme.categories.update(min_visits=0)


# -- regions and departments -----------------------------------------------------------------------------------------


def region(full_name: str, parent: Region | None = None, **values) -> Region:
    return region_create(RegionFacts(full_name=full_name, name=full_name[-3:], parent=parent, **values), actor=None)


def facts_of(row: Region, **values) -> RegionFacts:
    kept = {name: getattr(row, name) for name in ("full_name", "name", "parent", "code", "code_verified")}
    return RegionFacts(**{**kept, **values})


def test_a_region_moves_with_all_that_is_below_it_and_never_below_itself():
    city, other = region("甲市"), region("乙市")
    district = region("甲市丙区", city)
    street = region("甲市丙区丁街道", district)
    region_edit(district.pk, facts_of(district, parent=other), lock_version=1, actor=None)
    street.refresh_from_db()
    assert street.ancestor_ids == (other.pk, district.pk, street.pk)
    for below in (street, district):
        assert code_of(region_edit, district.pk, facts_of(district, parent=below), lock_version=2) == "region_loop"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "31010"}, "bad_code"),
        ({"code": "31010A"}, "bad_code"),
        ({"code": "３１０１０９"}, "code_taken"),
        ({"full_name": "甲 市"}, "name_taken"),
        ({"full_name": "长" * 129}, "too_long"),
        ({"code_verified": True}, "nothing_verified"),
    ],
)
def test_a_region_that_does_not_hold_is_refused(values, code):
    region("甲市", code="310109")
    given = {"full_name": "乙市", "name": "乙市", "parent": None, **values}
    assert code_of(region_create, RegionFacts(**given)) == code


def test_the_whole_country_keeps_its_name_and_place():
    nation = region(NATION)
    assert code_of(region_edit, nation.pk, facts_of(nation, full_name="全国"), lock_version=1) == "nation"
    assert code_of(region_switch, nation.pk, active=False, lock_version=1) == "nation"


def test_places_in_use_are_switched_off_and_not_taken_away():
    owner = factories.department()
    factories.published(owner=owner)
    empty = region("空区")
    for row in (owner, owner.region):
        assert code_of(place_delete, row, lock_version=row.lock_version) == "in_use"
    place_delete(empty, lock_version=1, actor=None)
    assert not Region.objects.filter(pk=empty.pk).exists()
    assert not department_switch(owner.pk, active=False, lock_version=0, actor=None).is_active


def test_a_renamed_department_keeps_its_old_name():
    where = region("甲市")
    made = department_create(
        DepartmentFacts(name="工商局", region=where, code="ｄ06", former_names=["工商所"]), actor=None
    )
    assert made.code == "D06"
    values = {"former_names": ["工商所"], "topics": ["登记"]}
    renamed = department_edit(made.pk, DepartmentFacts(name="市场监管局", **values), lock_version=1, actor=None)
    assert renamed.former_names == ["工商所", "工商局"]
    assert (renamed.code, renamed.region, renamed.topics) == ("D06", where, ["登记"])
    assert pending(VOCABULARY).exists()
    with pytest.raises(StaleState):
        department_edit(made.pk, DepartmentFacts(name="行政审批局"), lock_version=1, actor=None)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "工商 局"}, "name_taken"),
        ({"code": "d06"}, "code_taken"),
        ({"code": "D"}, "bad_code"),
        ({"code": "D-06"}, "bad_code"),
        ({"code": ""}, "required"),
        ({"region": None}, "required"),
    ],
)
def test_a_department_that_does_not_hold_is_refused(values, code):
    where = region("甲市")
    department_create(DepartmentFacts(name="工商局", region=where, code="D06"), actor=None)
    given = {"name": "税务局", "region": where, "code": "D07", **values}
    assert code_of(department_create, DepartmentFacts(**given)) == code
    assert Department.objects.count() == 1
