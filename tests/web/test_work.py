"""工作台: what waits for the viewer, with its rooms."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.orgs.services import membership_grant
from caselib.precedents.deciding import revision_return
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.models import PrivacyOverride, SiblingDraft, UnresolvedCitation
from caselib.precedents.services import revision_submit
from caselib.search.gaps.services import gap_file
from tests import factories

pytestmark = pytest.mark.django_db
DESK = "/desk/"
ASKS = {"我的案例", "我提的需求", "会商", "我的纠错", "工作日历"}
EDITS = ASKS | {
    "写案例",
    "工单",
    "待复核",
    "纠错",
    "政策录入",
    "没认出的引用",
    "知识缺口",
    "词表",
    "导入导出",
    "检索调优",
}
ROOMS = {
    Role.WINDOW: ASKS | {"工单"},
    Role.TRAINER: ASKS | {"导入导出", "培训包"},
    Role.REVIEWER: ASKS | {"工单", "审核", "待复核", "纠错", "导入导出"},
    Role.EDITOR: EDITS,
    Role.DEPARTMENT_ADMIN: EDITS | {"审核", "离线包", "对接系统", "推送和订阅", "培训包"},
    Role.SYSTEM_ADMIN: {"工作日历"},
    Role.SECURITY_ADMIN: set(),
    Role.AUDIT_ADMIN: set(),
}  # fmt: skip


def page_of(client, user):
    client.force_login(user)
    response = client.get(DESK)
    assert response.status_code == 200
    return response


def lanes(response) -> dict[str, int]:
    return {lane.name: lane.count for lane in response.context["desk"].lanes}


def sent_back(department, editor, *, comment="写清不适用情形"):
    revision = factories.draft(owner=department, author=editor)
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    reviewer = factories.user(Role.REVIEWER, within=department)
    return revision_return(
        revision,
        lock_version=revision.lock_version,
        reviewer=reviewer,
        digest_seen=revision.content_digest,
        comment=comment,
    )


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_its_rooms_and_may_enter_them(client, role):
    response = page_of(client, factories.user(role))
    rooms = response.context["desk"].rooms
    assert {room.label for room in rooms} == ROOMS[role]
    for room in rooms:
        assert client.get(room.address).status_code == 200, (role, room.label)


def test_the_rooms_stand_in_groups_and_none_is_empty(client):
    groups = page_of(client, factories.user(Role.DEPARTMENT_ADMIN)).context["desk"].groups
    assert [(group.label, len(group.rooms)) for group in groups] == [("去哪里做", 10), ("词表和工具", 7), ("我的", 3)]
    groups = page_of(client, factories.user(Role.SYSTEM_ADMIN)).context["desk"].groups
    assert [group.label for group in groups] == ["词表和工具"]


def test_who_is_not_signed_in_is_asked_to(client):
    response = client.get(DESK)
    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("orgs:sign_in"))


def test_nothing_to_do_is_said(client):
    html = page_of(client, factories.user(Role.EDITOR)).content.decode()
    assert "现在没有等您处理的" in html
    assert "退回的草稿、待审的案例、到期的复核，会排在这里。" in html


def test_a_text_that_was_sent_back_shows_what_the_reviewer_said(client):
    department = factories.department()
    editor = factories.user(Role.EDITOR, within=department)
    revision = sent_back(department, editor)
    response = page_of(client, editor)
    html = response.content.decode()
    assert lanes(response) == {"changes": 1}
    assert "审核人：写清不适用情形" in html
    assert reverse("desk:writing:draft", args=[revision.precedent.code]) in html
    assert '工作台 <span class="count">1' in html


def test_a_text_that_waits_too_long_is_late(client):
    department = factories.department()
    editor = factories.user(Role.EDITOR, within=department)
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False):
        revision = factories.draft(owner=department, author=editor)
        revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    with time_machine.travel(dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC), tick=False):
        response = page_of(client, factories.user(Role.REVIEWER, within=department))
    assert lanes(response) == {"reviews": 1}
    assert "超期 3 个工作日" in response.content.decode()


def test_everything_that_waits_has_a_lane(client):
    department = factories.department()
    person = factories.user(Role.EDITOR, within=department)
    membership_grant(user=person, department=department, role=Role.REVIEWER, actor=None)
    other = factories.user(Role.EDITOR, within=department)
    revision = factories.draft(owner=department, author=other)
    revision_submit(revision, lock_version=revision.lock_version, actor=other)
    draft = factories.draft(owner=department, author=person)
    sent_back(department, person)
    precedent_doubt(factories.published(owner=department), reason="条例改了", actor=None)
    now = timezone.now()
    UnresolvedCitation.objects.create(
        revision=draft, words="某办法第三条", why="unknown_policy", opened_at=now, opened_by_name="编辑"
    )
    SiblingDraft.objects.create(
        revision=draft, typed={}, based_on=0, author=other, author_name="另一位编辑", saved_at=now
    )
    PrivacyOverride.objects.create(
        precedent=revision.precedent, kind="mobile", field="problem", mark="m", claim="窗口电话", claimed_by=other,
        claimed_by_name="另一位编辑", claimed_at=now,
    )  # fmt: skip
    gap_file("小区停车找谁", scope=scope_of(factories.user(Role.WINDOW, within=department)))
    response = page_of(client, person)
    names = ["changes", "siblings", "reviews", "overrides", "points", "citations", "drafts", "gaps"]
    assert list(lanes(response)) == names
    assert set(lanes(response).values()) == {1}
    # A draft that is only begun and a gap that anybody may take wait for nobody in person.
    assert response.context["desk"].total == len(names) - 2
    for lane in response.context["desk"].lanes:
        for line in lane.lines:
            assert client.get(line.address).status_code == 200, lane.name


def test_another_departments_work_is_not_shown(client):
    sent_back(factories.department(), factories.user(Role.EDITOR))
    precedent_doubt(factories.published(), reason="条例改了", actor=None)
    assert lanes(page_of(client, factories.user(Role.EDITOR))) == {}
