"""At most two for one question: the third says why, supersedes or is merged."""

import pytest

from caselib.core.errors import RuleBroken
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.content import content_of
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Kind
from caselib.precedents.scarcity import lack_of_a_reason, others_on_the_same, refuse_another
from caselib.precedents.visibility import Audience
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter():
    return factories.matter()


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def scope(home):
    return scope_of(factories.user(Role.EDITOR, within=home))


def third(home, matter, **values):
    draft = factories.draft(owner=home, matter=matter, **values)
    return draft.precedent, content_of(draft)


def test_two_of_the_same_matter_and_cause_are_enough(home, matter, scope):
    factories.published(matter=matter)
    precedent, content = third(home, matter)
    assert lack_of_a_reason(content, others_on_the_same(content, scope=scope, precedent=precedent)) is None
    factories.published(matter=matter)
    with pytest.raises(RuleBroken) as refused:
        refuse_another(content, scope=scope, precedent=precedent)
    assert (refused.value.code, refused.value.field) == ("another", "why_another")
    assert "已经有 2 件" in refused.value.message


@pytest.mark.parametrize("way", ["why_another", "supersedes"])
def test_a_reason_or_the_one_that_goes_is_an_answer(home, matter, scope, way):
    one = factories.published(matter=matter)
    factories.published(matter=matter)
    answer = {"why_another": "外地企业，走的是另一条路", "supersedes": one}[way]
    precedent, content = third(home, matter, **{way: answer})
    refuse_another(content, scope=scope, precedent=precedent)
    assert lack_of_a_reason(content, others_on_the_same(content, scope=scope, precedent=precedent)) is None


def test_what_the_viewer_may_not_see_is_not_counted(home, matter, scope):
    for _ in range(2):
        factories.published(matter=matter, audience=Audience.DEPARTMENT)
    precedent, content = third(home, matter)
    assert others_on_the_same(content, scope=scope, precedent=precedent).named == ()


def test_retired_ones_samples_drafts_and_other_causes_are_not_counted(home, matter, scope):
    precedent_retire(factories.published(matter=matter), reason="政策变了", actor=None)
    factories.published(matter=matter, kind=Kind.CAUSE_SAMPLE)
    factories.published(matter=matter, causes=(factories.cause("时限紧急"),))
    factories.published(matter=factories.matter("别的事项"))
    factories.draft(owner=home, matter=matter)
    precedent, content = third(home, matter)
    assert others_on_the_same(content, scope=scope, precedent=precedent).named == ()


def test_two_shared_causes_count_one_precedent_once(home, matter, scope):
    causes = (factories.cause("甲"), factories.cause("乙"))
    one = factories.published(matter=matter, causes=causes)
    precedent, content = third(home, matter, causes=causes)
    assert others_on_the_same(content, scope=scope, precedent=precedent).named == (one,)


def test_one_that_is_published_need_not_answer_again(home, matter, scope):
    precedent = factories.published(owner=home, matter=matter)
    for _ in range(2):
        factories.published(matter=matter)
    content = content_of(precedent.live_revision)
    others = others_on_the_same(content, scope=scope, precedent=precedent)
    assert others.is_enough
    assert precedent not in others.named
    assert lack_of_a_reason(content, others, precedent=precedent) is None


def test_many_are_told_as_more_than_five(home, matter, scope):
    for _ in range(7):
        factories.published(matter=matter)
    precedent, content = third(home, matter)
    assert others_on_the_same(content, scope=scope, precedent=precedent).words == "这个事项和原因已经有 5 件以上"


def test_without_matter_or_cause_nothing_is_asked(home, scope, django_assert_num_queries):
    precedent, content = third(home, None)
    with django_assert_num_queries(0):
        assert others_on_the_same(content, scope=scope, precedent=precedent).named == ()
