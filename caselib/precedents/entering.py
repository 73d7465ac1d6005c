"""A draft of a policy's version becomes the version: what it touches is seen before, the owners' tasks are opened after."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.policies.drafts import draft_finished, lock_open_drafts
from caselib.policies.entry import ReadFacts, read_facts
from caselib.policies.models import Clause, Policy, PolicyVersion, VersionDraft
from caselib.policies.services import policy_create
from caselib.policies.succession import Plan, Step, plan_of

from .impact import Impact, NewVersion, impact_of, version_enter, versions_up_to
from .models import Doubt, DoubtKind, Precedent


@dataclass(frozen=True, slots=True)
class Preview:
    """What saving a draft would do. `impact` is None for a first version, which touches nobody.

    `changed`: clauses of the version before that somebody relies on and that are another or gone; `lost`: those of them
    that are gone.
    """

    facts: ReadFacts
    plan: Plan
    impact: Impact | None
    changed: tuple[Step, ...]
    lost: tuple[Step, ...]

    @property
    def ends_on(self) -> dt.date | None:
        """The last day of the version before, where saving sets it."""
        old, version = self.plan.old, self.facts.version
        if old is None or version is None or version.effective_from is None or old.effective_to is not None:
            return None
        return version.effective_from - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tasks:
    """How many owners have to check how many precedents, as far as the viewer may see them."""

    precedents: int
    departments: int


@dataclass(frozen=True, slots=True)
class Entered:
    """`is_new`: False where the button was pressed a second time."""

    version: PolicyVersion
    tasks: Tasks
    is_new: bool


def preview_of(draft: VersionDraft, *, scope: ViewerScope, page: object = 1, on: dt.date) -> Preview:
    """What saving the draft would touch. About 14 queries for any number of clauses and precedents."""
    facts = read_facts(draft.facts, policy=draft.policy)
    plan = plan_of(draft, effective_from=facts.version.effective_from if facts.version else None)
    if plan.old is None:
        return Preview(facts, plan, None, (), ())
    changed = {step.old.stable_key: step for step in plan.steps if step.is_changed}
    versions = versions_up_to(plan.old)
    clauses = list(Clause.objects.filter(version__in=versions, stable_key__in=changed))
    impact = impact_of(versions, clauses=clauses, with_whole=True, scope=scope, page=page, on=on)
    cited = tuple(step for key, step in changed.items() if impact.by_clause.get(key))
    return Preview(facts, plan, impact, cited, tuple(step for step in cited if step.chosen is None))


@transaction.atomic
def draft_finish(
    draft: VersionDraft,
    *,
    lock_version: int,
    scope: ViewerScope,
    actor: User,
    accepts_lost: bool = False,
    now: dt.datetime | None = None,
) -> Entered:
    """Saves the draft as a version of its policy, which it creates if it is new; all of it or nothing.

    A second time gives the version of the first. `accepts_lost`: somebody said that clauses may vanish although they
    are relied on. Raises StaleState where the draft was changed meanwhile; RuleBroken for facts that do not hold
    (any more), a text without clauses, clauses that nobody decided on, and clauses that vanish unsaid. Writes what
    `policy_create` and `version_enter` do, and VersionDraft.
    """
    now = now or clock.now()
    # Two who entered the same new policy wait for each other here: no row of it is there yet to be locked.
    lock_open_drafts()
    draft = VersionDraft.objects.select_for_update(of=("self",)).select_related("policy", "version").get(pk=draft.pk)
    if draft.version is not None:
        return Entered(draft.version, Tasks(0, 0), is_new=False)
    if draft.discarded_at is not None or draft.lock_version != lock_version:
        raise StaleState(gettext("这份草稿在您查看之后又改过，没有保存。请再看一遍影响，再保存。"))
    preview = preview_of(draft, scope=scope, on=clock.day_of(now))
    _refuse_unready(preview, accepts_lost=accepts_lost)
    version_facts, plan = preview.facts.version, preview.plan
    policy = draft.policy or policy_create(preview.facts.policy, actor=actor)
    new = NewVersion(facts=version_facts, clauses=plan.clauses(verified=version_facts.verified), follows=plan.follows())
    version = version_enter(policy, new, actor=actor, now=now)
    draft_finished(draft, version, lock_version=lock_version)
    tasks = tasks_of(policy, scope=scope, now=now)
    return Entered(version, tasks, is_new=True)


def tasks_of(policy: Policy, *, scope: ViewerScope, now: dt.datetime) -> Tasks:
    """The tasks that were opened at that moment because of a change of a policy. 1 query."""
    opened = Doubt.objects.filter(kind=DoubtKind.POLICY, opened_at=now, citation__version__policy=policy)
    visible = Precedent.objects.visible_to(scope).filter(doubts__in=opened)
    owners = dict(visible.values_list("pk", "owner_department"))
    return Tasks(len(owners), len(set(owners.values())))


def impact_of_fact(
    policy: Policy, clauses: tuple[Clause, ...], *, scope: ViewerScope, page: object = 1, on: dt.date
) -> Impact:
    """The precedents that a fact which takes force away touches: of these clauses in whichever version, or of all. 6 queries."""
    versions = list(policy.versions.all())
    if not clauses:
        return impact_of(versions, scope=scope, page=page, on=on)
    keys = {clause.stable_key for clause in clauses}
    living = list(Clause.objects.filter(version__in=versions, stable_key__in=keys))
    return impact_of(versions, clauses=living, scope=scope, page=page, on=on)


def _refuse_unready(preview: Preview, *, accepts_lost: bool) -> None:
    if preview.facts.errors:
        name, message = next(iter(preview.facts.errors.items()))
        raise RuleBroken(message, code="facts", field=name)
    if not preview.plan.stored:
        raise RuleBroken(gettext("还没有文本。先粘贴或上传文本，再保存。"), code="no_text", field="text")
    if preview.plan.open:
        raise RuleBroken(
            gettext("还有 {count} 条没有确认由谁承接，没有保存。确认完再来。").format(count=len(preview.plan.open)),
            code="open",
            field="clauses",
        )
    if preview.lost and not accepts_lost:
        labels = "、".join(step.old.label for step in preview.lost[:5])
        raise RuleBroken(
            gettext("新文本里没有了{labels}，还有案例在引用。核对无误后勾选“确实没有了”，再保存。").format(
                labels=labels
            ),
            code="lost",
            field="lost",
        )
