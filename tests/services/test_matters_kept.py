"""Matters as editors keep them: names, codes, switching, merging, taking away."""

from typing import Any

import pytest

from caselib.audit.actions import Action
from caselib.audit.latest import last_changes
from caselib.audit.models import AuditEvent
from caselib.catalog.matters import (
    MatterFacts,
    matter_aliases_set,
    matter_create,
    matter_delete,
    matter_edit,
    matter_merge,
    matter_switch,
)
from caselib.catalog.models import Matter
from caselib.catalog.selectors import matter_for_page, matters_by_theme
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.marks import VOCABULARY, pending
from caselib.desk.vocabularies.merging import matters_merge
from caselib.following.models import Follow
from caselib.following.services import follow
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.content import content_of, digest
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.services import TOPIC, revision_save, revision_start
from caselib.precedents.usage import Usage, usage_of_matters
from caselib.search.models import KnowledgeGap
from tests import factories

pytestmark = pytest.mark.django_db


def facts(name: str = "企业设立登记", **values: Any) -> MatterFacts:
    return MatterFacts(name=name, theme=values.pop("theme", None) or factories.theme(), **values)


def made(name: str = "企业设立登记", **values: Any) -> Matter:
    return matter_create(facts(name, **values), actor=None)


def refused(deed, *arguments: Any, **values: Any) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as error:
        deed(*arguments, **values, actor=None)
    return error.value.code, error.value.field


def test_a_renamed_matter_keeps_its_code_and_its_old_name_as_an_alias():
    matter = made(aliases=["办执照"])
    renamed = matter_edit(matter.pk, facts("经营主体设立登记", aliases=["办执照"]), lock_version=1, actor=None)
    assert (renamed.code, renamed.name) == (matter.code, "经营主体设立登记")
    assert renamed.aliases == ["办执照", "企业设立登记"]
    back = matter_edit(matter.pk, facts("企业设立登记", aliases=renamed.aliases), lock_version=2, actor=None)
    assert back.aliases == ["办执照", "经营主体设立登记"]


def test_a_name_that_differs_by_width_alone_is_no_other_name():
    matter = made("VAT 退税")
    assert matter_edit(matter.pk, facts("ＶＡＴ退税"), lock_version=1, actor=None).aliases == []


def test_the_same_again_writes_nothing_even_from_an_old_form():
    matter = made(aliases=["办执照"])
    matter_edit(matter.pk, facts(aliases=["办执照", "开公司"]), lock_version=1, actor=None)
    events = AuditEvent.objects.count()
    matter_edit(matter.pk, facts(aliases=["办执照", "开公司"]), lock_version=1, actor=None)
    assert AuditEvent.objects.count() == events


def test_who_saves_second_is_told_and_changes_nothing():
    matter = made()
    matter_edit(matter.pk, facts(department_kind="市场监督管理局"), lock_version=1, actor=None)
    with pytest.raises(StaleState):
        matter_edit(matter.pk, facts(department_kind="行政审批局"), lock_version=1, actor=None)
    matter.refresh_from_db()
    assert matter.department_kind == "市场监督管理局"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": "长" * 20_000}, "too_long", "name"),
        ({"name": " \u200b\n"}, "required", "name"),
        ({"name": "！！"}, "no_letters", "name"),
        ({"name": "🏢"}, "no_letters", "name"),
        ({"audience": "路人"}, "unknown_audience", "audience"),
        ({"basic_code": "00011234567"}, "bad_code", "basic_code"),
        ({"basic_code": "0001123456-1"}, "bad_code", "basic_code"),
        ({"basic_code": "一二三四五六七八九十一二"}, "bad_code", "basic_code"),
        ({"impl_code": "1" * 30}, "bad_code", "impl_code"),
        ({"aliases": ["名" * 65]}, "too_long", "aliases"),
        ({"aliases": [f"第{n}名" for n in range(51)]}, "too_many", "aliases"),
        ({"aliases": ["找 138 0013 8000 办"]}, "personal_data", "aliases"),
        ({"department_kind": "联系 a.b@example.com"}, "personal_data", "department_kind"),
        ({"key_batch": "第一批"}, "batch_alone", "key_matter"),
        ({"key_matter": "全球"}, "unknown_key_matter", "key_matter"),
    ],
)
def test_what_does_not_hold_is_refused_with_its_field(values, code, field):
    assert refused(matter_create, facts(**values)) == (code, field)
    assert not Matter.objects.exists()


def test_a_matter_without_theme_is_refused():
    assert refused(matter_create, MatterFacts(name="企业设立登记", theme=None)) == ("required", "theme")


def test_codes_are_kept_in_half_width_capitals_and_nothing_is_read_into_them():
    matter = made(basic_code=" ０００１３１００２０００ ", impl_code="11310109mb2f3072xx3000131002000".ljust(31, "0"))
    assert matter.basic_code == "000131002000"
    assert matter.impl_code == "11310109MB2F3072XX3000131002000".ljust(31, "0")


@pytest.mark.parametrize("name", ["VAT退税", "ｖａｔ 退税", "vat　退稅"])
def test_a_name_is_taken_however_it_is_written(name):
    made("VAT退税")
    assert refused(matter_create, facts(name)) == ("name_taken", "name")
    other = made("印花税")
    assert refused(matter_edit, other.pk, facts(name), lock_version=1) == ("name_taken", "name")


def test_a_code_belongs_to_one_matter_and_a_name_is_nobody_elses_alias():
    made(impl_code="1" * 31)
    assert refused(matter_create, facts("另一件", impl_code="１" * 31)) == ("code_taken", "impl_code")
    assert refused(matter_create, facts("另一件", aliases=["企业设立登记"])) == ("alias_taken", "aliases")
    # What people call two things may be the same.
    made("歇业备案", aliases=["停业"])
    assert made("停业登记", aliases=["停业"]).aliases == ["停业"]


def test_markup_is_kept_as_the_text_that_it_is():
    assert made("<b>登记</b>&amp;").name == "<b>登记</b>&amp;"


def test_an_editor_may_change_other_names_alone():
    matter = made(aliases=["办执照"], department_kind="市场监督管理局")
    changed = matter_aliases_set(matter.pk, ["办执照", "开公司", "企业设立登记"], lock_version=1, actor=None)
    assert changed.aliases == ["办执照", "开公司"]
    assert changed.department_kind == "市场监督管理局"
    with pytest.raises(StaleState):
        matter_aliases_set(matter.pk, ["别的"], lock_version=1, actor=None)


def test_a_matter_that_is_off_stays_where_it_is_used_and_is_offered_nowhere():
    matter = factories.matter()
    row = factories.published(matter=matter, theme=matter.theme)
    matter_switch(matter.pk, active=False, lock_version=0, actor=None)
    row.refresh_from_db()
    assert row.matter == matter
    assert matter_for_page(matter.code) == matter
    assert [group.matters for group in matters_by_theme(wanted="企业设立")] == []
    assert matter_switch(matter.pk, active=True, lock_version=1, actor=None).is_active


def test_every_change_marks_the_vocabulary_and_is_in_the_trail_with_before_and_after():
    actor = factories.user(Role.DEPARTMENT_ADMIN)
    matter = made()
    assert pending(VOCABULARY).exists()
    matter_edit(matter.pk, facts(department_kind="市场监督管理局"), lock_version=1, actor=actor)
    event = AuditEvent.objects.filter(action=Action.MATTER_SAVED).last()
    assert (event.before, event.after) == ({"department_kind": ""}, {"department_kind": "市场监督管理局"})
    change = last_changes(Matter, [matter.pk])[matter.pk]
    assert (change.who, change.what) == (str(actor), "保存事项")


def test_what_is_in_use_is_not_taken_away_also_as_a_further_matter():
    first, further, followed, unused = (made(f"事项{n}") for n in "甲乙丙丁")
    factories.draft(matter=first, more_matters=(further,))
    reader = factories.user(Role.WINDOW)
    follow(reader, followed, scope=scope_of(reader))
    for matter in (first, further, followed):
        assert refused(matter_delete, matter.pk, lock_version=1)[0] == "in_use"
    matter_delete(unused.pk, lock_version=1, actor=None)
    assert not Matter.objects.filter(pk=unused.pk).exists()
    assert AuditEvent.objects.filter(action=Action.WORD_DELETED).get().object_label == "事项丁"
    with pytest.raises(NotVisible):
        matter_delete(unused.pk, lock_version=1, actor=None)


# -- merging ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair() -> tuple[Matter, Matter]:
    old = made("个体户开业", aliases=["开店"], theme=factories.theme("市场监管"))
    return old, made("个体工商户设立登记", aliases=["办个体户"])


def test_a_merged_matter_keeps_row_and_code_and_leads_to_its_successor(pair):
    old, new = pair
    matters_merge(old.pk, into=new.pk, lock_version=1, actor=None)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.merged_into, old.is_active) == (new, False)
    assert new.aliases == ["办个体户", "个体户开业", "开店"]
    assert matter_for_page(old.code) == new
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {Action.MATTER_MERGED.value, Action.MATTER_SAVED.value} <= actions


def test_texts_and_copies_follow_with_their_digests_and_the_index_is_marked(pair):
    old, new = pair
    owner = factories.department()
    live = factories.published(owner=owner, matter=old, theme=old.theme)
    open_text = revision_start(live, author=factories.user(Role.EDITOR, within=owner))
    further = factories.published(owner=owner, matter=factories.matter(), more_matters=(old, new))
    both = factories.draft(owner=owner, matter=old, more_matters=(new,))
    successor, moved = matters_merge(old.pk, into=new.pk, lock_version=1, actor=None)
    assert (successor, moved) == (new, 3)
    live.refresh_from_db()
    assert (live.matter, live.theme, live.live_revision.matter) == (new, new.theme, new)
    assert set(Precedent.objects.get(pk=further.pk).live_revision.more_matters.all()) == {new}
    assert (Revision.objects.get(pk=both.pk).matter, both.more_matters.count()) == (new, 0)
    for revision in Revision.objects.all():
        assert revision.content_digest == digest(content_of(revision))
    assert set(pending(TOPIC).values_list("object_id", flat=True)) >= {live.pk, further.pk}
    assert AuditEvent.objects.filter(action=Action.PRECEDENT_RESORTED).count() == 3
    # Whoever has the draft open is told, and puts nothing back.
    with pytest.raises(StaleState):
        revision_save(open_text, content_of(open_text), lock_version=open_text.lock_version, editor=open_text.author)


def test_a_superseded_text_stays_as_it_was(pair):
    old, new = pair
    live = factories.published(matter=old)
    Revision.objects.filter(pk=live.live_revision_id).update(state="superseded")
    Precedent.objects.filter(pk=live.pk).update(live_revision=None, status="draft", number=None)
    matters_merge(old.pk, into=new.pk, lock_version=1, actor=None)
    assert live.revisions.get().matter == old


def test_followers_and_gaps_follow(pair):
    old, new = pair
    both, one = factories.user(Role.WINDOW), factories.user(Role.WINDOW)
    for reader, matter in ((both, old), (both, new), (one, old)):
        follow(reader, matter, scope=scope_of(reader))
    now = factories.published().published_at
    gap = KnowledgeGap.objects.create(question="开店", question_key="开店", matter=old, filed_at=now, last_filed_at=now)
    matters_merge(old.pk, into=new.pk, lock_version=1, actor=None)
    assert set(Follow.objects.values_list("user", "matter")) == {(both.pk, new.pk), (one.pk, new.pk)}
    both.refresh_from_db()
    assert both.follow_count == 1
    gap.refresh_from_db()
    assert gap.matter == new


def test_merging_has_no_chains_and_no_loops(pair):
    old, new = pair
    third = made("经营主体登记")
    matters_merge(old.pk, into=new.pk, lock_version=1, actor=None)
    new.refresh_from_db()
    # Into one that was merged itself is into its successor: here itself.
    assert refused(matter_merge, new.pk, into=old.pk, lock_version=new.lock_version)[0] == "merged_into_itself"
    assert refused(matter_merge, old.pk, into=third.pk, lock_version=2)[0] == "merged"
    matters_merge(new.pk, into=third.pk, lock_version=new.lock_version, actor=None)
    assert set(Matter.objects.filter(merged_into=third)) == {old, new}
    fourth = made("第四件")
    third.refresh_from_db()
    matters_merge(fourth.pk, into=old.pk, lock_version=1, actor=None)
    assert Matter.objects.get(pk=fourth.pk).merged_into == third


@pytest.mark.parametrize("how", ["itself", "inactive", "stale", "gone"])
def test_what_cannot_be_merged_changes_nothing(pair, how):
    old, new = pair
    into, version, error = new.pk, 1, RuleBroken
    if how == "itself":
        into = old.pk
    elif how == "inactive":
        matter_switch(new.pk, active=False, lock_version=1, actor=None)
    elif how == "stale":
        version, error = 0, StaleState
    else:
        into, error = 10**9, NotVisible
    events = AuditEvent.objects.count()
    with pytest.raises(error):
        matters_merge(old.pk, into=into, lock_version=version, actor=None)
    assert AuditEvent.objects.count() == events
    assert not Matter.objects.exclude(merged_into=None).exists()


def test_a_merged_matter_is_neither_changed_nor_switched_on_and_its_name_stays_taken(pair):
    old, new = pair
    matters_merge(old.pk, into=new.pk, lock_version=1, actor=None)
    assert refused(matter_edit, old.pk, facts("又一个"), lock_version=2)[0] == "merged"
    assert refused(matter_switch, old.pk, active=True, lock_version=2)[0] == "merged"
    with pytest.raises(RuleBroken, match="并入了“个体工商户设立登记”"):
        made("个体户开业")


def test_a_matter_is_counted_as_first_and_as_further_one_and_drafts_apart(pair):
    old, new = pair
    owner = factories.department()
    factories.published(owner=owner, matter=old, more_matters=(new,))
    live = factories.published(owner=owner, matter=new)
    revision_start(live, author=factories.user(Role.EDITOR, within=owner))
    factories.draft(owner=owner, matter=new)
    assert usage_of_matters([old.pk, new.pk]) == {old.pk: Usage(1, 0), new.pk: Usage(2, 2)}
