"""Eight editors at the same entry: one wins, the others are told; no name is given twice, nothing is merged in a circle."""

import pytest

from caselib.audit.services import broken_events
from caselib.catalog.matters import MatterFacts, matter_create, matter_edit
from caselib.catalog.models import Matter, Tag
from caselib.catalog.tags import tag_create
from caselib.core.errors import StaleState
from caselib.desk.vocabularies.merging import matters_merge, tags_merge
from caselib.precedents.content import content_of, digest
from caselib.precedents.models import Revision
from caselib.precedents.services import revision_save
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database

__all__ = ["shared_database"]


@pytest.fixture
def theme(shared_database):
    return factories.theme()


def facts(name: str, theme, **values) -> MatterFacts:
    return MatterFacts(name=name, theme=theme, **values)


def test_one_of_eight_who_save_the_same_matter_wins(theme):
    matter = matter_create(facts("企业设立登记", theme), actor=None)

    def save(number: int) -> None:
        matter_edit(matter.pk, facts(f"第{number}名", theme), lock_version=1, actor=None)

    assert all_at_once(save) == {"won": 1, "StaleState": THREADS - 1}
    assert Matter.objects.get().lock_version == 2
    assert list(broken_events()) == []


def test_a_name_is_given_once_however_it_is_written(theme):
    names = ["VAT退税", "vat退税", "ＶＡＴ退税", "VAT 退税", "Vat退税", "vAT退税", "ＶAT退税", "VAT退稅"]

    def create(number: int) -> None:
        matter_create(facts(names[number], theme), actor=None)

    assert all_at_once(create) == {"won": 1, "RuleBroken": THREADS - 1}
    assert Matter.objects.count() == 1


def test_two_tags_merged_into_each_other_at_once_do_not_both_go(shared_database):
    pair = [tag_create(name=name, actor=None).pk for name in ("甲", "乙")]

    def merge(number: int) -> None:
        old, new = pair if number % 2 else reversed(pair)
        tags_merge(old, into=new, lock_version=1, actor=None)

    result = all_at_once(merge)
    assert result["won"] == 1
    assert Tag.objects.filter(merged_into=None).count() == 1


def test_saving_a_draft_while_its_matter_is_merged_leaves_no_text_behind(theme):
    old, new = (matter_create(facts(name, theme), actor=None) for name in ("开店", "个体工商户设立登记"))
    owner = factories.department()
    drafts = [factories.draft(owner=owner, author=factories.user(), matter=old) for _ in range(THREADS - 1)]

    def deed(number: int) -> None:
        if number == THREADS - 1:
            matters_merge(old.pk, into=new.pk, lock_version=1, actor=None)
            return
        mine = Revision.objects.get(pk=drafts[number].pk)
        content = content_of(mine)
        try:
            revision_save(mine, content, lock_version=drafts[number].lock_version, editor=mine.author)
        except StaleState:
            return

    assert all_at_once(deed) == {"won": THREADS}
    for revision in Revision.objects.all():
        assert revision.matter == new
        assert revision.content_digest == digest(content_of(revision))
