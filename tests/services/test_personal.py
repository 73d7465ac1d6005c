"""Favourites, private notes, folders and what was opened last: bounds, order, what is hidden, what the trail tells."""

import datetime as dt
import json

import pytest
import time_machine
from django.db import IntegrityError, transaction

from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.orgs.models import Membership, Role, User
from caselib.orgs.scope import scope_of
from caselib.personal import favourites, folder_items, folder_pages, folders, notes, recent, selectors
from caselib.personal.folders import FolderFacts
from caselib.personal.models import Favourite, Folder, PrivateNote, RecentOpening
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.precedents.withholding import precedent_withhold
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 30)
PHONE = "13800138000"


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def reader(home):
    return factories.user(Role.WINDOW, within=home)


@pytest.fixture
def scope(reader):
    return scope_of(reader)


def hide(precedent) -> None:
    """As an emergency does: nobody but its writers sees it."""
    precedent_withhold(
        precedent, reason="有人的手机号", actor=factories.user(Role.EDITOR, within=precedent.owner_department)
    )


def events() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


# --- favourites ---


def test_a_star_is_kept_once_and_goes_once(scope):
    precedent = factories.published()
    first = favourites.favourite_add(precedent, scope=scope)
    assert favourites.favourite_add(precedent, scope=scope) == first
    assert selectors.starred_codes(scope, [precedent.code]) == {precedent.code}
    assert [favourites.favourite_remove(precedent, scope=scope) for _ in range(2)] == [True, False]
    assert Favourite.objects.count() == 0


def test_a_star_leaves_no_event(scope):
    precedent = factories.published()
    before = events()
    favourites.favourite_add(precedent, scope=scope)
    notes.note_save(precedent, "记一下", lock_version=0, scope=scope)
    recent.openings_write([recent.Opened(scope.user_id, precedent.pk, clock.now())])
    assert events() == before


def test_there_is_an_end_to_favourites_and_it_is_said(scope, monkeypatch):
    monkeypatch.setattr(favourites, "MOST_FAVOURITES", 1)
    favourites.favourite_add(factories.published(), scope=scope)
    with pytest.raises(RuleBroken, match="最多收藏 1 件，这一件没有加"):
        favourites.favourite_add(factories.published(), scope=scope)
    assert Favourite.objects.count() == 1


def test_what_was_never_published_is_not_kept(home):
    editor = factories.user(Role.EDITOR, within=home)
    draft = factories.draft(owner=home).precedent
    with pytest.raises(RuleBroken, match="还没有发布的不能收藏"):
        favourites.favourite_add(draft, scope=scope_of(editor))


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_reads_no_content_keeps_nothing(role):
    precedent, admin = factories.published(), scope_of(factories.user(role))
    for deed in (
        lambda: favourites.favourite_add(precedent, scope=admin),
        lambda: notes.note_save(precedent, "记", lock_version=0, scope=admin),
        lambda: folders.folder_create(FolderFacts("资料"), scope=admin),
    ):
        with pytest.raises(NotAllowed, match="这个账号只做管理"):
            deed()
    assert selectors.keep_for_page(precedent, admin) is None


def test_what_became_invisible_is_a_line_without_title_and_can_be_taken_off(scope):
    kept, hidden = factories.published(), factories.published(title="要藏起来的标题")
    for precedent in (kept, hidden):
        favourites.favourite_add(precedent, scope=scope)
    hide(hidden)
    page = selectors.favourites_for_page(scope, on=TODAY)
    assert [line.row is None for line in page.lines] == [True, False]
    assert favourites.favourite_drop(page.lines[0].key, scope=scope)
    assert selectors.favourites_for_page(scope, on=TODAY).total == 1


def test_looking_through_favourites_finds_title_and_number_in_any_width_and_nothing_hidden(scope):
    one = factories.published(title="第十件：换发ＡＢＣ执照")
    two = factories.published(title="别的一件")
    hidden = factories.published(title="换发abc执照，藏着")
    for precedent in (one, two, hidden):
        favourites.favourite_add(precedent, scope=scope)
    hide(hidden)

    def found(words: str) -> list[str]:
        page = selectors.favourites_for_page(scope, wanted=words, on=TODAY)
        return [line.row.precedent.code if line.row else "" for line in page.lines]

    assert found("abc") == found("Ａｂｃ ") == [one.code]
    assert found(two.number) == [two.code]
    assert found("藏着") == found("没有这个字") == []
    assert len(found("\x00")) == 3, "nothing typed"


def test_favourites_stand_in_three_orders_with_what_is_hidden_last(scope):
    made = [factories.published(title=title) for title in ("乙", "甲", "丙")]
    for n, precedent in enumerate(made):
        favourites.favourite_add(precedent, scope=scope, now=clock.now() + dt.timedelta(minutes=n))
    hide(made[2])

    def titles(order: str) -> list[str]:
        lines = selectors.favourites_for_page(scope, order=order, on=TODAY).lines
        return [line.row.revision.title if line.row else "看不到了" for line in lines]

    assert titles("added") == titles("nonsense") == ["看不到了", "甲", "乙"]
    assert titles("changed") == ["甲", "乙", "看不到了"]
    assert titles("title") == ["乙", "甲", "看不到了"]


def test_a_retired_one_stays_and_what_blocks_in_its_title_is_hidden(scope):
    precedent = factories.published(title="执照的事")
    favourites.favourite_add(precedent, scope=scope)
    precedent_retire(precedent, reason="政策变了", actor=None)
    type(precedent.live_revision).objects.filter(pk=precedent.live_revision_id).update(title=f"打 {PHONE}")
    (line,) = selectors.favourites_for_page(scope, on=TODAY).lines
    assert PHONE not in line.row.revision.title
    assert line.row.signal.label == "停用"


# --- private notes ---


def test_a_note_is_for_its_writer_alone_and_goes_with_the_account(scope, home):
    precedent = factories.published()
    notes.note_save(precedent, "  先打电话问\r\n再办\x00 ", lock_version=0, scope=scope)
    other = factories.user(Role.WINDOW, within=home)
    assert selectors.keep_for_page(precedent, scope).note == "先打电话问\n再办"
    assert selectors.keep_for_page(precedent, scope_of(other)).note == ""
    assert selectors.notes_for_page(scope_of(other), on=TODAY)[0] == ()
    assert not notes.note_drop(PrivateNote.objects.get().pk, scope=scope_of(other))
    User.objects.get(pk=scope.user_id).delete()
    assert PrivateNote.objects.count() == 0


def test_personal_data_in_a_note_is_told_and_neither_refused_nor_masked(scope):
    precedent = factories.published()
    saved = notes.note_save(precedent, f"联系 {PHONE}", lock_version=0, scope=scope)
    assert saved.kinds == ("手机号",)
    assert selectors.keep_for_page(precedent, scope).kinds == ("手机号",)
    assert PrivateNote.objects.get().text == f"联系 {PHONE}"


def test_the_second_window_does_not_overwrite_the_first(scope):
    precedent = factories.published()
    first = notes.note_save(precedent, "第一份", lock_version=0, scope=scope).note
    with pytest.raises(StaleState, match="两份都在下面"):
        notes.note_save(precedent, "第二份", lock_version=0, scope=scope)
    assert notes.note_save(precedent, "第一份", lock_version=0, scope=scope).note == first, "a double click"
    second = notes.note_save(precedent, "合成的", lock_version=first.lock_version, scope=scope).note
    with pytest.raises(StaleState):
        notes.note_save(precedent, "", lock_version=first.lock_version, scope=scope)
    assert notes.note_save(precedent, "", lock_version=second.lock_version, scope=scope).note is None
    assert PrivateNote.objects.count() == 0


def test_a_note_has_two_thousand_characters_and_not_one_more(scope):
    precedent = factories.published()
    assert notes.note_save(precedent, "😀" * 2000, lock_version=0, scope=scope).note.lock_version == 1
    with pytest.raises(RuleBroken, match="最多 2000 字，现在 2001 字"):
        notes.note_save(precedent, "字" * 2001, lock_version=1, scope=scope)


def test_ones_own_words_stay_readable_when_the_precedent_does_not(scope):
    precedent = factories.published()
    notes.note_save(precedent, "我的话", lock_version=0, scope=scope)
    hide(precedent)
    ((line,), page) = selectors.notes_for_page(scope, wanted="我的", on=TODAY)
    assert (line.note.text, line.row, page.total) == ("我的话", None, 1)
    assert selectors.notes_for_page(scope, wanted="没有", on=TODAY)[0] == ()


# --- folders ---


@pytest.fixture
def shared(scope, home):
    return folders.folder_create(FolderFacts("常用", "窗口常用的", home.pk), scope=scope)


def test_a_private_folder_is_there_for_its_owner_alone_and_leaves_no_event(scope, home):
    before = events()
    made = folders.folder_create(FolderFacts("我的"), scope=scope)
    folder_items.item_add(made, factories_published := factories.published(), scope=scope, remark="先看这件")
    folder_items.item_remark(made, made.items.get().pk, "改了", was="先看这件", scope=scope)
    folders.folder_edit(made, FolderFacts("我的二"), lock_version=0, scope=scope)
    assert [event for event in events()[len(before) :] if event.startswith("folder")] == []
    admin = factories.user(Role.DEPARTMENT_ADMIN, within=home)
    with pytest.raises(NotVisible):
        selectors.folder_by_code(made.code, scope_of(admin))
    with pytest.raises(NotVisible):
        folders.folder_delete(made, scope=scope_of(admin))
    assert selectors.keep_for_page(factories_published, scope).folders == 1
    assert selectors.keep_for_page(factories_published, scope_of(admin)).folders == 0


def test_a_shared_folder_is_read_by_its_department_and_changed_by_keeper_and_editors(shared, scope, home):
    precedent = factories.published()
    colleague, editor = (factories.user(role, within=home) for role in (Role.WINDOW, Role.EDITOR))
    stranger = factories.user(Role.EDITOR)
    folder_items.item_add(shared, precedent, scope=scope)
    page = folder_pages.folder_for_page(shared, scope_of(colleague), on=TODAY)
    assert ([line.row.precedent for line in page.lines], page.may_change) == ([precedent], False)
    assert "保管" in page.reason
    with pytest.raises(NotAllowed):
        folder_items.item_remove(shared, shared.items.get().pk, scope=scope_of(colleague))
    with pytest.raises(NotVisible):
        selectors.folder_by_code(shared.code, scope_of(stranger))
    with pytest.raises(NotVisible):
        folder_items.item_add(shared, precedent, scope=scope_of(stranger))
    assert folder_items.item_remove(shared, shared.items.get().pk, scope=scope_of(editor))


def test_what_is_shared_leaves_events_without_personal_data(shared, scope, home):
    folder_items.item_add(shared, factories.published(), scope=scope, remark=f"打 {PHONE}")
    item = shared.items.get()
    assert item.remark == "打 〔手机号〕"
    folder_items.item_remark(shared, item.pk, "不用打", was=item.remark, scope=scope)
    folder_items.item_add(shared, factories.published(), scope=scope)
    folder_items.item_move(shared, item.pk, to=1, scope=scope)
    folder_items.item_move(shared, item.pk, to=1, scope=scope)
    folder_items.item_remove(shared, item.pk, scope=scope)
    to = factories.user(Role.WINDOW, within=home)
    folders.folder_hand_over(shared, to=to.pk, scope=scope)
    folders.folder_delete(shared, scope=scope_of(to))
    of_folders = [event for event in AuditEvent.objects.order_by("pk") if event.action.startswith("folder")]
    kinds = [event.action.removeprefix("folder.") for event in of_folders]
    assert kinds == ["saved", "filled", "filled", "filled", "filled", "filled", "handed_over", "deleted"]
    assert PHONE not in json.dumps([[event.before, event.after] for event in of_folders])


def test_order_has_no_gaps_and_names_a_place_so_that_a_double_click_moves_once(shared, scope):
    made = [factories.published() for _ in range(3)]
    keys = [folder_items.item_add(shared, each, scope=scope).pk for each in made]
    assert folder_items.item_add(shared, made[0], scope=scope).pk == keys[0]
    for _ in range(2):
        folder_items.item_move(shared, keys[2], to=0, scope=scope)
    assert list(shared.items.values_list("pk", "position")) == [(keys[2], 0), (keys[0], 1), (keys[1], 2)]
    folder_items.item_move(shared, keys[2], to=99, scope=scope)
    folder_items.item_remove(shared, keys[0], scope=scope)
    assert not folder_items.item_remove(shared, keys[0], scope=scope)
    assert list(shared.items.values_list("pk", "position")) == [(keys[2], 0), (keys[1], 1)]


def test_who_is_second_with_name_or_remark_is_told(shared, scope, home):
    editor = scope_of(factories.user(Role.EDITOR, within=home))
    item = folder_items.item_add(shared, factories.published(), scope=scope)
    folder_items.item_remark(shared, item.pk, "甲写的", was="", scope=scope)
    with pytest.raises(StaleState):
        folder_items.item_remark(shared, item.pk, "乙写的", was="", scope=editor)
    folders.folder_edit(shared, FolderFacts("甲改的", "", home.pk), lock_version=0, scope=scope)
    with pytest.raises(StaleState):
        folders.folder_edit(shared, FolderFacts("乙改的", "", home.pk), lock_version=0, scope=editor)
    assert Folder.objects.get().name == "甲改的"


@pytest.mark.parametrize(
    ("facts", "code"),
    [(FolderFacts(" \u200b\x00"), "no_name"), (FolderFacts("长" * 41), "too_long"), (FolderFacts("好", "长" * 301), "too_long")],
)  # fmt: skip
def test_a_folder_has_a_name_of_some_length(scope, facts, code):
    with pytest.raises(RuleBroken) as raised:
        folders.folder_create(facts, scope=scope)
    assert raised.value.code == code


def test_there_are_no_two_of_one_name_and_an_end_to_folders_and_lines(scope, monkeypatch):
    made = folders.folder_create(FolderFacts("一"), scope=scope)
    with pytest.raises(RuleBroken, match="已经有一个叫"):
        folders.folder_create(FolderFacts("一"), scope=scope)
    monkeypatch.setattr(folders, "MOST_FOLDERS", 1)
    with pytest.raises(RuleBroken, match="最多 1 个资料夹"):
        folders.folder_create(FolderFacts("二"), scope=scope)
    monkeypatch.setattr(folder_items, "MOST_ITEMS", 1)
    folder_items.item_add(made, factories.published(), scope=scope)
    with pytest.raises(RuleBroken, match="最多 1 件"):
        folder_items.item_add(made, factories.published(), scope=scope)


def test_it_is_shared_with_ones_own_department_and_taken_back_by_its_keeper_alone(shared, scope, home):
    with pytest.raises(NotAllowed, match="只能共享给自己所在的部门"):
        folders.folder_create(FolderFacts("二", "", factories.department().pk), scope=scope)
    editor = scope_of(factories.user(Role.EDITOR, within=home))
    with pytest.raises(NotAllowed, match="收回共享由保管人做"):
        folders.folder_edit(shared, FolderFacts("常用", "窗口常用的"), lock_version=0, scope=editor)
    folders.folder_edit(shared, FolderFacts("常用", "窗口常用的"), lock_version=0, scope=scope)
    with pytest.raises(NotVisible):
        selectors.folder_by_code(shared.code, editor)
    assert Folder.objects.get().owner_id == scope.user_id


def test_a_shared_folder_stays_when_its_keeper_goes_and_an_editor_takes_it(shared, scope, home):
    editor = factories.user(Role.EDITOR, within=home)
    private = folders.folder_create(FolderFacts("只我的"), scope=scope)
    User.objects.get(pk=scope.user_id).delete()
    assert list(Folder.objects.all()) == [shared]
    assert not Folder.objects.filter(pk=private.pk).exists()
    taken = folders.folder_hand_over(shared, to=editor.pk, scope=scope_of(editor))
    assert taken.keeper == editor
    with pytest.raises(RuleBroken, match="只能交给本部门"):
        folders.folder_hand_over(shared, to=factories.user(Role.EDITOR).pk, scope=scope_of(editor))


def test_a_keeper_who_left_the_department_keeps_it_no_longer(shared, scope, reader):
    Membership.objects.filter(user=reader).delete()
    with pytest.raises(NotAllowed):
        folders.folder_delete(shared, scope=scope_of(reader))
    factories_scope = scope_of(factories.user(Role.WINDOW))
    with pytest.raises(NotVisible):
        selectors.folder_by_code(shared.code, factories_scope)


def test_one_that_a_member_does_not_see_is_a_line_without_title_and_not_in_the_text(shared, scope, home):
    shown = factories.published(title="看得到的")
    hidden = factories.published(title="别的部门的", owner=home, audience=Audience.DEPARTMENT)
    for each in (shown, hidden):
        folder_items.item_add(shared, each, scope=scope, remark="备注")
    page = folder_pages.folder_for_page(shared, scope, on=TODAY)
    assert page.text.splitlines()[0] == "常用"
    assert page.text.splitlines()[1].startswith(f"1. {shown.number} 看得到的（")
    assert page.text.splitlines()[1].endswith("）") is False
    hide(hidden)
    page = folder_pages.folder_for_page(shared, scope, on=TODAY)
    assert [line.row is None for line in page.lines] == [False, True]
    assert (page.hidden, "别的部门的" in page.text) == (1, False)


def test_a_folder_is_private_or_shared_and_never_both(scope, home, reader):
    values = {"name": "两样", "created_at": clock.now(), "changed_at": clock.now()}
    for place in ({"owner": reader, "department": home}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Folder.objects.create(**values, **place)
    assert Folder.objects.count() == 0


# --- what was opened last ---


def test_the_last_thirty_are_kept_each_once_newest_first(scope, reader):
    made = [factories.published(owner=factories.department()) for _ in range(3)]
    start = clock.now()
    notes_of = [recent.Opened(reader.pk, made[n % 3].pk, start + dt.timedelta(seconds=n)) for n in range(5)]
    recent.openings_write(notes_of)
    assert [line.row.precedent for line in selectors.recent_for_page(scope, on=TODAY)] == [made[1], made[0], made[2]]
    hide(made[0])
    assert len(selectors.recent_for_page(scope, on=TODAY)) == 2
    recent.openings_clear(scope)
    assert RecentOpening.objects.count() == 0


def test_older_than_thirty_goes(scope, reader, monkeypatch):
    monkeypatch.setattr(recent, "KEPT", 2)
    start = clock.now()
    made = [factories.published() for _ in range(3)]
    for n, precedent in enumerate(made):
        recent.openings_write([recent.Opened(reader.pk, precedent.pk, start + dt.timedelta(seconds=n))])
    assert [line.row.precedent for line in selectors.recent_for_page(scope, on=TODAY)] == [made[2], made[1]]


def test_what_is_gone_before_it_is_written_harms_nobody(scope, reader):
    there = factories.published()
    recent.openings_write([recent.Opened(10**9, there.pk, clock.now()), recent.Opened(reader.pk, 10**9, clock.now())])
    recent.openings_write([recent.Opened(reader.pk, there.pk, clock.now())])
    assert RecentOpening.objects.get().precedent == there


def test_opening_notes_in_memory_and_writes_nothing(scope):
    precedent = factories.published()
    recent.openings.taken()
    with time_machine.travel("2026-11-30T10:00+08:00", tick=False):
        recent.opened_noted(scope, precedent)
    assert RecentOpening.objects.count() == 0
    assert recent.openings.flush() == 1
    assert RecentOpening.objects.get().precedent == precedent
