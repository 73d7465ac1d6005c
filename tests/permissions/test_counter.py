"""Where a condition leads: no title of what this viewer may not read, and none of what nobody may follow any more."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.content import Detour, Material
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.precedents.withholding import precedent_withhold
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]
pytestmark = pytest.mark.django_db
NO = "前租户在经营异常名录"
SECRET = "秘密的一件"


def viewer(role: Role = Role.WINDOW, *, within=None) -> Client:
    client = Client()
    client.force_login(factories.user(role, within=within))
    return client


def leading_to(target):
    return factories.published(not_when=(NO,), detours=(Detour(NO, "改走那一件", target.number),))


def page(client: Client, precedent, **answers: str) -> str:
    response = client.get(f"/p/{precedent.code}/", answers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("refresh", [True, False], ids=["index knows", "index is behind"])
def test_the_title_of_a_target_shows_to_who_may_see_it_alone(index, refresh):
    owner = factories.department()
    target = factories.published(owner=owner, title=SECRET, audience=Audience.DEPARTMENT)
    precedent = leading_to(target)
    if refresh:
        index.refresh()
    assert f'href="/p/{target.code}/">{SECRET}</a>' in page(viewer(within=owner), precedent, n1="bad")
    shown = page(viewer(), precedent, n1="bad")
    assert SECRET not in shown and target.code not in shown
    # The number that the editor wrote stands there, and leads to no page that is not there.
    assert f"改走那一件 看{target.number}" in shown and f"/n/{target.number}/" not in shown
    assert viewer().get(f"/n/{target.number}/").status_code == 404


@pytest.mark.parametrize("end", ["retired", "withheld"])
def test_a_target_that_is_out_of_use_shows_no_title_even_before_the_index_hears_of_it(index, end):
    owner = factories.department()
    target = factories.published(owner=owner, title=SECRET)
    precedent = leading_to(target)
    index.refresh()
    client = viewer()
    assert SECRET in page(client, precedent, n1="bad")
    manager = factories.user(Role.DEPARTMENT_ADMIN, within=owner)
    if end == "retired":
        precedent_retire(target, reason="过时", actor=manager)
    else:
        precedent_withhold(target, reason="有个人信息", actor=manager)
    assert SECRET not in page(client, precedent, n1="bad")


def test_a_sibling_that_may_be_meant_is_proposed_to_who_may_see_it_alone(index):
    owner = factories.department()
    shared = "店铺地址被前租户的营业执照占着，前租户没有注销。"
    precedent = factories.published(
        title="前租户失联，新店办不了营业执照",
        problem=shared,
        applies_when=("前租户联系不上",),
        not_when=("前租户不配合",),
    )
    factories.published(
        owner=owner, audience=Audience.DEPARTMENT, title=SECRET + "前租户不肯注销", problem=shared + "不肯配合。",
        applies_when=("前租户不配合",), not_when=("没有",),
    )  # fmt: skip
    for number in range(12):
        text = f"公园{number}树木修剪"
        factories.published(
            title=text, problem=text, blocker=text, applies_when=(text,), not_when=(text,), gist=text, resolution=text
        )
    index.refresh()
    seen = page(viewer(within=owner), precedent, n1="bad")
    assert "可能是这一件" in seen and SECRET in seen
    hidden = page(viewer(), precedent, n1="bad")
    assert "可能是这一件" not in hidden and SECRET not in hidden


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_reads_no_content_gets_no_slip(role):
    precedent = factories.published(materials=(Material("申请书"),))
    assert viewer(role).get(f"/p/{precedent.code}/slip/").status_code == 404


def test_a_slip_is_for_who_is_signed_in_and_may_read_the_precedent():
    owner = factories.department()
    hidden = factories.published(owner=owner, audience=Audience.DEPARTMENT, materials=(Material("申请书"),))
    assert viewer().get(f"/p/{hidden.code}/slip/").status_code == 404
    assert viewer(within=owner).get(f"/p/{hidden.code}/slip/").status_code == 200
    assert Client().get(f"/p/{hidden.code}/slip/").status_code == 302
    assert viewer().post(f"/p/{hidden.code}/slip/").status_code == 405


def test_of_what_is_out_of_use_or_a_draft_nobody_gets_a_slip():
    owner = factories.department()
    editor = factories.user(Role.EDITOR, within=owner)
    client = Client()
    client.force_login(editor)
    draft = factories.draft(owner=owner, author=editor, materials=(Material("申请书"),))
    assert client.get(f"/p/{draft.precedent.code}/slip/").status_code == 403
    retired = factories.published(owner=owner, materials=(Material("申请书"),))
    precedent_retire(retired, reason="过时", actor=None)
    refused = client.get(f"/p/{retired.code}/slip/")
    assert refused.status_code == 403 and "不出告知单" in refused.content.decode()
