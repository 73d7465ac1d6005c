"""A matter or department under another name is found by the new one and the old one, and so is one that was merged."""

import pytest

from caselib.catalog.matters import MatterFacts, matter_edit
from caselib.catalog.models import Matter
from caselib.catalog.tags import tag_create
from caselib.desk.vocabularies.merging import matters_merge, tags_merge
from caselib.orgs.models import Role
from caselib.orgs.places import DepartmentFacts, RegionFacts, department_edit, region_edit
from caselib.orgs.scope import scope_of
from caselib.search.outbox import drift
from caselib.search.selectors import results_for_page
from caselib.search.suggestions.selectors import suggestions_for
from tests import factories

pytestmark = pytest.mark.django_db


def codes(question: str) -> list[str]:
    page = results_for_page(scope=scope_of(factories.user(Role.WINDOW)), text=question)
    return [row.code for row in page.rows]


def test_a_renamed_matter_is_found_by_both_names(index):
    matter = factories.matter("骑缝章登记")
    row = factories.published(title="盖不上章", matter=matter)
    index.refresh()
    facts = MatterFacts(name="合页印鉴备案", theme=matter.theme)
    matter_edit(matter.pk, facts, lock_version=matter.lock_version, actor=None)
    index.refresh()
    assert drift().count == 0
    for name in ("骑缝章登记", "合页印鉴备案"):
        assert row.code in codes(name), name
        reader = scope_of(factories.user(Role.WINDOW))
        assert "合页印鉴备案" in [each.text for group in suggestions_for(reader, name) for each in group.suggestions]


def test_a_renamed_department_is_found_by_both_names(index):
    owner = factories.department("区骑缝办", code="D06")
    row = factories.published(owner=owner, title="盖不上章")
    index.refresh()
    department_edit(owner.pk, DepartmentFacts(name="区印鉴局"), lock_version=0, actor=None)
    index.refresh()
    assert drift().count == 0
    for name in ("区骑缝办", "区印鉴局"):
        assert row.code in codes(name), name


def test_what_was_merged_is_found_by_both_names_and_offered_under_one(index):
    old, new = factories.matter("骑缝章登记"), factories.matter("合页印鉴备案")
    row = factories.published(title="盖不上章", matter=old)
    first, second = tag_create(name="加盖骑缝", actor=None), tag_create(name="补盖印鉴", actor=None)
    tagged = factories.published(title="少了一个", tags=("加盖骑缝",))
    index.refresh()
    matters_merge(old.pk, into=new.pk, lock_version=Matter.objects.get(pk=old.pk).lock_version, actor=None)
    tags_merge(first.pk, into=second.pk, lock_version=1, actor=None)
    index.refresh()
    assert drift().count == 0
    for name in ("骑缝章登记", "合页印鉴备案"):
        assert row.code in codes(name), name
    for name in ("加盖骑缝", "补盖印鉴"):
        assert tagged.code in codes(name), name


def test_a_region_that_moved_or_was_renamed_reaches_the_index(index):
    owner = factories.department()
    factories.published(owner=owner, region=owner.region)
    index.refresh()
    facts = RegionFacts(full_name="上海市新虹口区", name="新虹口区", parent=factories.region("上海市"))
    region_edit(owner.region_id, facts, lock_version=0, actor=None)
    index.refresh()
    assert drift().count == 0
