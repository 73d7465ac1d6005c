"""Rules of the vocabularies: saved by name, no second row and no event for nothing."""

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.catalog.models import Matter, MatterTheme, Tag
from caselib.catalog.services import cause_save, matter_save, scheme_save, tags_named, theme_save
from caselib.core.errors import RuleBroken
from tests import factories

pytestmark = pytest.mark.django_db


def events(action: Action) -> int:
    return AuditEvent.objects.filter(action=action).count()


def test_saving_the_same_twice_is_one_row_and_one_event() -> None:
    theme = theme_save(name="不动产", position=3, actor=None)
    assert theme_save(name="不动产", position=3, actor=None) == theme
    assert (MatterTheme.objects.count(), events(Action.MATTER_SAVED)) == (1, 1)


def test_saving_something_else_updates_the_row_and_keeps_what_was_there_in_the_trail() -> None:
    theme_save(name="不动产", position=3, actor=None)
    theme_save(name="不动产", position=5, actor=None)
    assert MatterTheme.objects.get().position == 5
    event = AuditEvent.objects.filter(action=Action.MATTER_SAVED).last()
    assert (event.before, event.after) == ({"position": 3}, {"position": 5})


def test_matter_saved_again_with_another_alias_stays_one_matter() -> None:
    theme = factories.theme()
    for aliases in (["办执照"], ["办执照", "开公司"], ["办执照", "开公司"]):
        matter_save(name="企业设立登记", theme=theme, aliases=aliases, actor=None)
    assert Matter.objects.get().aliases == ["办执照", "开公司"]
    # One of the theme, two of the matter.
    assert events(Action.MATTER_SAVED) == 3


def test_matter_for_an_unknown_audience_is_refused() -> None:
    with pytest.raises(RuleBroken) as caught:
        matter_save(name="企业设立登记", theme=factories.theme(), audience="路人", actor=None)
    assert (caught.value.code, caught.value.field) == ("unknown_audience", "audience")
    assert not Matter.objects.exists()


def test_cause_saved_twice_is_one_cause() -> None:
    assert cause_save(name="材料缺失", position=0, actor=None) == cause_save(name="材料缺失", position=0, actor=None)
    assert events(Action.CAUSE_SAVED) == 1


def test_scheme_gains_the_classes_that_it_lacks_and_loses_none() -> None:
    scheme_save(key="hongkou", name="虹口四类", is_active=True, categories=["需加急", "专业性强难办"], actor=None)
    scheme = scheme_save(
        key="hongkou", name="虹口四类", is_active=True, categories=["需加急", "对政策理解不全"], actor=None
    )
    assert {row.name for row in scheme.categories.all()} == {"需加急", "专业性强难办", "对政策理解不全"}


def test_scheme_may_be_inactive_and_without_classes() -> None:
    scheme = scheme_save(key="jiading", name="嘉定四类", is_active=False, actor=None)
    assert (scheme.is_active, scheme.categories.count()) == (False, 0)


def test_tags_are_made_where_they_are_missing_and_found_where_not() -> None:
    first = tags_named(["急办", " 简易注销 ", "", "急办"], actor=None)
    second = tags_named(["简易注销", "帮办"], actor=None)
    assert [tag.name for tag in first] == ["急办", "简易注销"]
    assert second[0] == first[1]
    assert (Tag.objects.count(), events(Action.TAG_SAVED)) == (3, 3)


def test_merged_tag_is_replaced_by_the_one_that_took_its_place() -> None:
    kept, merged = tags_named(["急办", "加急"], actor=None)
    Tag.objects.filter(pk=merged.pk).update(merged_into=kept)
    assert tags_named(["加急", "急办"], actor=None) == [kept]


def test_tag_that_is_too_long_is_refused() -> None:
    assert tags_named(["长" * 32], actor=None)[0].name == "长" * 32
    with pytest.raises(RuleBroken) as caught:
        tags_named(["长" * 33], actor=None)
    assert (caught.value.code, caught.value.field) == ("tag_too_long", "tags")
