"""Eight people press the same button on one draft, or enter the same change, in the same moment: one wins."""

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.policies import drafts
from caselib.policies.entry import typed_of
from caselib.policies.models import Policy, PolicyVersion, VersionDraft
from caselib.precedents.entering import draft_finish
from tests import factories
from tests.services.test_policy_drafts import NEW, OLD, START, entered, of, plan_of, typed
from tests.services.test_signal import resting_on

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


def test_one_of_eight_saves_the_text():
    editor = factories.user(Role.EDITOR)
    draft = drafts.draft_start(typed(), policy=None, actor=editor)
    copies = [VersionDraft.objects.get(pk=draft.pk) for _ in range(THREADS)]
    results = all_at_once(
        lambda n: drafts.draft_text_save(copies[n], f"第一条　{n}", warnings=[], lock_version=0, actor=editor)
    )
    assert results == {"won": 1, "StaleState": THREADS - 1}


def test_eight_presses_of_save_make_one_version():
    editor = factories.user(Role.EDITOR)
    draft = drafts.draft_start(typed(), policy=None, actor=editor)
    drafts.draft_text_save(draft, OLD, warnings=[], lock_version=0, actor=editor)
    scope = scope_of(editor)
    results = all_at_once(lambda n: draft_finish(draft, lock_version=1, scope=scope, actor=editor))
    assert results == {"won": THREADS}
    assert PolicyVersion.objects.count() == 1


def test_eight_who_entered_the_same_change_make_one_version_and_one_task():
    editor = factories.user(Role.EDITOR)
    first = entered(OLD, editor).version
    resting_on(of(first, 2))
    facts = {**typed_of(first.policy), "label": "2026", "effective_from": "2026-07-01", "verified": "search"}
    made = []
    for _ in range(THREADS):
        draft = drafts.draft_start(facts, policy=first.policy, actor=editor)
        drafts.draft_text_save(draft, NEW, warnings=[], lock_version=0, actor=editor)
        accepted = plan_of(draft, effective_from=START).accepted()
        made.append(drafts.draft_followed_save(draft, accepted, lock_version=1, actor=editor))
    scope = scope_of(editor)
    results = all_at_once(lambda n: draft_finish(made[n], lock_version=2, scope=scope, actor=editor))
    assert results == {"won": 1, "RuleBroken": THREADS - 1}
    assert first.policy.versions.count() == 2
    assert VersionDraft.objects.filter(version=None, discarded_at=None).count() == THREADS - 1


def test_eight_who_entered_the_same_new_policy_make_one():
    made = []
    for _ in range(THREADS):
        editor = factories.user(Role.EDITOR)
        draft = drafts.draft_start(typed(), policy=None, actor=editor)
        made.append((drafts.draft_text_save(draft, OLD, warnings=[], lock_version=0, actor=editor), editor))
    scopes = [scope_of(editor) for _, editor in made]
    results = all_at_once(lambda n: draft_finish(made[n][0], lock_version=1, scope=scopes[n], actor=made[n][1]))
    assert results == {"won": 1, "RuleBroken": THREADS - 1}
    assert Policy.objects.count() == 1
