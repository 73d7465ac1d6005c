"""A new pack, and what a pack says of itself."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import masked, record
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.ids import is_code
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.visibility import Audience

from ...access import TRAINERS, may_make
from ...choices import AnswersShown, Readers
from ...models import Module, Pack, PackVersion
from ..digests import facts_digest
from ..limits import LONGEST_GOAL, LONGEST_INTRO, LONGEST_TITLE, MOST_TRIES, MOST_WAIT
from ..typed import line_kept, markdown_kept, number_kept
from .holding import touched, version_held
from .modules import FIRST_MODULE

_FACTS = ("title", "goal", "intro", "readers", "pass_mark", "most_attempts", "wait_minutes", "answers_shown")


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What was typed about a pack, numbers too. `department`: key of the owning one, for a new pack."""

    title: str
    goal: str = ""
    intro: str = ""
    readers: str = Readers.WINDOW
    audience: str = Audience.LIBRARY
    pass_mark: str = "80"  # noqa: S105 (per cent)
    most_attempts: str = "0"
    wait_minutes: str = "0"
    answers_shown: str = AnswersShown.EACH
    department: int | None = None


def facts_kept(facts: PackFacts) -> dict[str, Any]:
    """The columns of a version. Raises RuleBroken, naming the field."""
    return {
        "title": line_kept(facts.title, name="名称", field="title", longest=LONGEST_TITLE, required=True),
        "goal": line_kept(facts.goal, name="目标", field="goal", longest=LONGEST_GOAL),
        "intro": markdown_kept(facts.intro, name="开头的话", field="intro", longest=LONGEST_INTRO),
        "readers": _chosen(facts.readers, Readers, "受众", "readers"),
        "pass_mark": number_kept(facts.pass_mark, name="合格线", field="pass_mark", least=0, most=100),
        "most_attempts": number_kept(facts.most_attempts, name="次数", field="most_attempts", least=0, most=MOST_TRIES),
        "wait_minutes": number_kept(facts.wait_minutes, name="间隔", field="wait_minutes", least=0, most=MOST_WAIT),
        "answers_shown": _chosen(facts.answers_shown, AnswersShown, "什么时候看答案", "answers_shown"),
    }


def _chosen(value: str, choices: type, name: str, field: str) -> str:
    if value not in choices.values:
        raise RuleBroken(gettext("没有存：{name}要选一项。").format(name=name), code="bad_choice", field=field)
    return str(value)


@transaction.atomic
def pack_create(facts: PackFacts, *, code: str, scope: ViewerScope, now: dt.datetime | None = None) -> Pack:
    """An empty pack with an open first version and one module. `code`: of the form, so that pressing twice makes one.

    Raises RuleBroken, NotAllowed, NotVisible for a code that is somebody else's. Writes Pack, PackVersion, Module, AuditEvent
    pack.created.
    """
    actor, made = begun(code, scope)
    if made is not None:
        return made
    version = version_begun(facts, code=code, actor=actor, scope=scope, now=now)
    Module.objects.create(version=version, title=FIRST_MODULE)
    created(version, actor)
    return version.pack


def begun(code: str, scope: ViewerScope) -> tuple[User, Pack | None]:
    """The account, and the pack that the same form made already. Two presses wait for each other here. 2 queries."""
    may_make(scope).require()
    actor = User.objects.select_for_update().get(pk=scope.user_id)
    found = Pack.objects.filter(code=code).first() if is_code(code) else None
    if found is not None and found.created_by_id != scope.user_id:
        raise NotVisible()
    return actor, found


def version_begun(
    facts: PackFacts, *, code: str, actor: User, scope: ViewerScope, now: dt.datetime | None, copied: Pack | None = None
) -> PackVersion:
    """The rows of a pack and its first version, without modules."""
    values, now = facts_kept(facts), now or clock.now()
    audience = _chosen(facts.audience, Audience, "谁看得到", "audience")
    pack = Pack.objects.create(
        owner_department_id=_department(facts.department, scope),
        audience=audience,
        copied_from=copied,
        created_by=actor,
        created_by_name=str(actor)[:64],
        created_at=now,
        **({"code": code} if is_code(code) else {}),
    )
    return PackVersion.objects.create(
        pack=pack,
        number=1,
        author=actor,
        author_name=str(actor)[:64],
        last_editor=actor,
        last_editor_name=str(actor)[:64],
        created_at=now,
        saved_at=now,
        **values,
    )


def _department(chosen: int | None, scope: ViewerScope) -> int:
    own = scope.departments_with(*TRAINERS)
    if chosen in own:
        return chosen
    if len(own) == 1 and chosen is None:
        return next(iter(own))
    raise RuleBroken(gettext("没有建：选一个您做培训的部门。"), code="no_department", field="department")


def created(version: PackVersion, actor: User, **after: Any) -> None:
    """AuditEvent pack.created."""
    told = {"title": version.title, "department": version.pack.owner_department.name, **after}
    record(Action.PACK_CREATED, version.pack, actor=actor, after=masked(told))


@transaction.atomic
def pack_settings_save(
    pack: Pack, facts: PackFacts, *, was: str, scope: ViewerScope, now: dt.datetime | None = None
) -> PackVersion:
    """Keeps what the open version says of itself. `was`: digest of what the form was drawn from.

    The same once more changes nothing. Raises RuleBroken, NotVisible, NotAllowed, StaleState where a colleague was first.
    Writes PackVersion, Pack, AuditEvent pack.saved.
    """
    version = version_held(pack, scope)
    values, audience = facts_kept(facts), _audience(version.pack, facts.audience)
    before = {name: getattr(version, name) for name in _FACTS} | {"audience": version.pack.audience}
    after = values | {"audience": audience}
    if after == before:
        return version
    if facts_digest(version) != was:
        raise StaleState(gettext("没有存：有人先改了这些设置。您写的还在下面，旁边是现在存着的，看看再存一次。"))
    PackVersion.objects.filter(pk=version.pk).update(**values)
    for name, value in values.items():
        setattr(version, name, value)
    if audience != version.pack.audience:
        version.pack.audience = audience
        version.pack.save(update_fields=["audience"])
    actor = touched(version, scope, now)
    changed = [name for name in after if after[name] != before[name]]
    record(
        Action.PACK_SAVED,
        version.pack,
        actor=actor,
        before=masked({name: before[name] for name in changed}),
        after=masked({name: after[name] for name in changed}),
    )
    return version


def _audience(pack: Pack, chosen: str) -> str:
    """Who sees it is checked with the first version, and widened by nobody alone afterwards."""
    audience = _chosen(chosen, Audience, "谁看得到", "audience")
    if audience != pack.audience and pack.live_version_id is not None:
        raise RuleBroken(
            gettext("没有存：发布过的培训包不改给谁看。要给别的人看，复制一份，重新送审。"),
            code="audience_fixed",
            field="audience",
        )
    return audience
