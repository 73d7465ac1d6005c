"""Following a tag: what is published, changed or taken out of use with it is told, and a merge takes the followers along."""

import pytest

from caselib.catalog.models import Tag
from caselib.catalog.services import tags_named
from caselib.core import clock
from caselib.desk.vocabularies.merging import tags_merge
from caselib.following.models import Follow
from caselib.following.selectors import notices_for_page
from caselib.following.services import follow, unfollow
from caselib.following.unread import following_of
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.bulk import NewPrecedent, precedents_import
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.visibility import Audience
from tests import factories

from .test_following import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return factories.user(Role.WINDOW)


@pytest.fixture
def tag(reader) -> Tag:
    """A tag that the reader follows."""
    (made,) = tags_named(["前租户"], actor=None)
    follow(reader, made, scope=scope_of(reader))
    return made


def test_what_is_published_and_retired_with_the_tag_is_told_and_a_doubt_is_not(reader, tag):
    precedent = factories.published(title="带标签的", tags=("前租户",))
    factories.published(title="不带的", tags=("别的",))
    assert told(reader) == [("新案例", "带标签的")]
    precedent_doubt(precedent, reason="看一看", actor=None)
    assert len(told(reader)) == 1
    precedent_retire(precedent, reason="不用了", actor=None)
    assert told(reader) == [("案例出库", "带标签的"), ("新案例", "带标签的")]


def test_a_notice_names_the_tag_and_the_line_counts_what_is_in_use(reader, tag):
    factories.published(tags=("前租户",))
    page = notices_for_page(reader, scope_of(reader), page=1, on=clock.today())
    ((notice,),) = [day.notices for day in page.days]
    assert [(link.label, link.address) for link in notice.about] == [
        ("标签：前租户", "/search/?q=%E5%89%8D%E7%A7%9F%E6%88%B7")
    ]
    (line,) = page.lines
    assert (line.kind, line.code, line.count, line.unread) == ("tag", str(tag.pk), 1, 1)
    assert following_of(reader, scope_of(reader)).tags == {tag.pk}


def test_what_the_reader_may_not_see_is_not_told(reader, tag):
    factories.published(tags=("前租户",), audience=Audience.DEPARTMENT)
    assert told(reader) == []


def test_what_an_import_brings_with_the_tag_is_told(reader, tag):
    text = factories.content(title="导入的", tags=("前租户",))
    precedents_import([NewPrecedent(text, factories.department())], publish=True, actor=None, now=clock.now())
    assert told(reader) == [("新案例", "导入的")]


def test_a_merge_takes_the_followers_along_and_makes_two_follows_one(reader, tag):
    both = factories.user(Role.WINDOW)
    (into,) = tags_named(["上一家租户"], actor=None)
    for thing in (tag, into):
        follow(both, thing, scope=scope_of(both))
    tags_merge(tag.pk, into=into.pk, lock_version=tag.lock_version, actor=factories.user(Role.EDITOR))
    assert sorted(Follow.objects.values_list("user", "tag")) == [(reader.pk, into.pk), (both.pk, into.pk)]
    both.refresh_from_db()
    assert both.follow_count == 1
    assert unfollow(both, into)
    both.refresh_from_db()
    assert both.follow_count == 0
