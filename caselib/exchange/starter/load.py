"""Brings the starter library in: all of it or nothing, and as often as somebody likes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.catalog.models import Matter
from caselib.core.errors import RuleBroken
from caselib.orgs.models import Department, Region, User
from caselib.policies.models import Clause, Policy, PolicyVersion
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import PrecedentStatus
from caselib.training.models import Pack, Question

from .files import Library
from .ground import accounts_load, ground_load
from .packs import Hands as PackHands
from .packs import packs_load
from .policies import PREFIX, shelf_load
from .precedents import Hands, precedents_load

# The demo accounts that write and approve the starter library.
DEMO_EDITOR = "editor"
DEMO_REVIEWER = "reviewer"
# Writes the training packs, where it is there; else who writes the precedents.
DEMO_TRAINER = "trainer"


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of the library is there now, and how much of it came in this time."""

    precedents: int
    drafts: int
    doubted: int
    policies: int
    versions: int
    clauses: int
    matters: int
    departments: int
    regions: int
    packs: int
    questions: int
    new_precedents: int
    new_policies: int
    new_accounts: int
    new_packs: int


@transaction.atomic
def library_load(
    library: Library,
    *,
    now: dt.datetime,
    say: Callable[[str], None],
    demo_password: str = "",
    editor: str = DEMO_EDITOR,
    reviewer: str = DEMO_REVIEWER,
) -> Tally:
    """Adds what is missing of the library; what is there is never changed.

    `demo_password`: makes the demo accounts with it, empty makes none. `editor` and `reviewer`: usernames of those in
    whose names the precedents are written and approved. `say` is told of the progress.
    Raises RuleBroken (BrokenFile) for a file that does not hold or an account that is not there: nothing is written.
    Writes what the services write. About 10 seconds for 94 precedents.
    """
    say(f"区划 {len(library.regions)} 个、部门 {len(library.departments)} 个、事项 {len(library.matters)} 项……")
    ground = ground_load(library)
    new_accounts = accounts_load(library, ground, password=demo_password) if demo_password else 0
    hands = Hands(editor=_account(editor), reviewer=_account(reviewer))
    say(f"政策 {len(library.policies)} 件……")
    shelf = shelf_load(library, ground)
    say(f"案例 {len(library.precedents)} 件……")
    new_precedents = precedents_load(library, ground, shelf, hands=hands, now=now, say=say)
    say(f"培训包 {len(library.packs)} 个……")
    author = hands.editor if editor != DEMO_EDITOR else _trainer() or hands.editor
    new_packs = packs_load(library, ground, shelf, hands=PackHands(author, hands.reviewer), now=now)
    return _tally(
        new_precedents=new_precedents, new_policies=shelf.added, new_accounts=new_accounts, new_packs=new_packs
    )


def _trainer() -> User | None:
    return User.objects.filter(username=DEMO_TRAINER, is_active=True).first()


def _account(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise RuleBroken(
            gettext("没有账号“{username}”，案例没有人写、没有人审。先建好账号，什么都没有写入。").format(
                username=username
            ),
            code="no_account",
            field="account",
        )
    return user


def _tally(**new: int) -> Tally:
    ours = Precedent.objects.filter(external_id__startswith=PREFIX)
    policies = Policy.objects.filter(external_id__startswith=PREFIX)
    return Tally(
        precedents=ours.count(),
        drafts=ours.filter(status__in=[PrecedentStatus.DRAFT, PrecedentStatus.IN_REVIEW]).count(),
        doubted=ours.filter(status=PrecedentStatus.NEEDS_REVERIFICATION).count(),
        policies=policies.count(),
        versions=PolicyVersion.objects.filter(policy__in=policies).count(),
        clauses=Clause.objects.filter(version__policy__in=policies).count(),
        matters=Matter.objects.count(),
        departments=Department.objects.count(),
        regions=Region.objects.count(),
        packs=Pack.objects.filter(external_id__startswith=PREFIX).count(),
        questions=Question.objects.filter(external_id__startswith=PREFIX).count(),
        **new,
    )
