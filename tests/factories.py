"""Rows for tests, made through the services wherever their state matters."""

import datetime as dt
import itertools
from typing import Any

from caselib.cases.entry import TicketFacts
from caselib.cases.models import Ticket
from caselib.cases.services import ticket_analyse, ticket_archive, ticket_evaluate, ticket_register
from caselib.catalog.models import Cause, Matter, MatterTheme
from caselib.catalog.services import cause_save, matter_save, theme_save
from caselib.connect.clients.models import Client, Deed
from caselib.connect.clients.services import client_create, token_issue
from caselib.orgs.models import Department, Region, Role, User
from caselib.orgs.scope import scope_of
from caselib.orgs.services import department_save, membership_grant, region_save
from caselib.policies.models import Clause, Level, PolicyStatus, Verified
from caselib.policies.services import ClauseFacts, PolicyFacts, VersionFacts, policy_create, policy_version_add
from caselib.precedents.completeness import DECLARABLE
from caselib.precedents.content import CitationSpec, RevisionContent
from caselib.precedents.deciding import revision_approve
from caselib.precedents.models import Precedent, Relation, Revision
from caselib.precedents.services import precedent_create, revision_submit

_serial = itertools.count(1)


def region(full_name: str = "上海市虹口区", *, parent: Region | None = None, code: str = "") -> Region:
    return region_save(full_name=full_name, name=full_name[-3:], parent=parent, code=code, actor=None)


def department(name: str = "", *, within: Region | None = None, code: str = "") -> Department:
    n = next(_serial)
    return department_save(region=within or region(), code=code or f"T{n:03d}"[:6], name=name or f"第{n}局", actor=None)


def user(*roles: Role, within: Department | None = None, username: str = "") -> User:
    """An account with these roles in one department; without roles, one that belongs nowhere."""
    n = next(_serial)
    account = User(username=username or f"user{n}", display_name=f"人员{n}")
    account.set_password("a-long-test-password")
    account.save()
    home = within or (department() if roles else None)
    for role in roles:
        membership_grant(user=account, department=home, role=role, actor=None)
    return account


def cause(name: str = "材料缺失") -> Cause:
    return cause_save(name=name, position=0, actor=None)


def theme(name: str = "企业开办与变更") -> MatterTheme:
    return theme_save(name=name, position=0, actor=None)


def matter(name: str = "企业设立登记", **values: Any) -> Matter:
    return matter_save(name=name, theme=values.pop("theme", None) or theme(), actor=None, **values)


def clause(article: int = 33, *, title: str = "", label: str = "2021", **version: Any) -> Clause:
    """A clause of the only version of a new policy; pass effective_from and effective_to to date it."""
    n = next(_serial)
    policy = policy_create(
        PolicyFacts(
            title=title or f"第{n}号条例",
            level=Level.ADMINISTRATIVE_REGULATION,
            region=region(),
            # Orders have four digits at the most.
            doc_number=f"国务院令第{n % 9000 + 1}号",
            status=PolicyStatus.IN_FORCE,
        ),
        actor=None,
    )
    facts = ClauseFacts(label=f"第{article}条", ref=str(article), gist="公示期二十日。", verified=Verified.TEXT)
    added = policy_version_add(policy, VersionFacts(label=label, **version), clauses=[facts], actor=None)
    return added.clauses.get()


def content(**values: Any) -> RevisionContent:
    """A text that is complete enough to be submitted."""
    n = next(_serial)
    defaults: dict[str, Any] = {
        "title": f"第{n}件：前租户未注销，新商户办不了执照",
        "gist": "先帮前租户注销，同步预审新商户材料。",
        "problem": "同一铺位上前一家企业的登记没有注销，营业执照受理不了。",
        "blocker": "住所被前租户的登记占用",
        "causes": (cause(),),
        "resolution": "帮前租户走简易注销，两条线并行。",
        "applies_when": ("前租户联系得上",),
        "not_when": ("前租户在经营异常名录",),
        # Declared as unknown rather than filled: words that all texts share would make all of them alike.
        "unverified": DECLARABLE,
    }
    return RevisionContent(**{**defaults, **values})


def citation(to: Clause, relation: Relation = Relation.BASIS, **values: Any) -> CitationSpec:
    return CitationSpec(version=to.version, clause=to, relation=relation, **values)


def draft(*, owner: Department | None = None, author: User | None = None, **values: Any) -> Revision:
    create = {name: values.pop(name) for name in ("external_id", "audience", "kind", "tier") if name in values}
    return precedent_create(content(**values), owner_department=owner or department(), author=author, **create)


def published(*, owner: Department | None = None, **values: Any) -> Precedent:
    """A precedent that went the whole way: written by one, approved by another."""
    owner = owner or department()
    revision = draft(owner=owner, author=user(Role.EDITOR, within=owner), **values)
    revision_submit(revision, lock_version=revision.lock_version, actor=revision.author)
    return revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=user(Role.REVIEWER, within=owner),
        digest_seen=revision.content_digest,
        comment="核对过，可以入库",
    )


def ticket(*, within: Department | None = None, by: User | None = None, text: str = "", **values: Any) -> Ticket:
    """A source ticket as the counter registers one."""
    n = next(_serial)
    facts = TicketFacts(
        department=within or department(),
        received_on=values.pop("received_on", dt.date(2026, 3, 12)),
        text=text or f"群众说铺位上一家没有注销，第{n}次来还是不予受理。",
        **values,
    )
    return ticket_register(facts, actor=by or user(Role.WINDOW, within=facts.department))


def archived_ticket(*, now: dt.datetime | None = None, **values: Any) -> Ticket:
    """A ticket that went the whole way round the loop."""
    made = ticket(**values)
    actor = user(Role.EDITOR, within=made.department)
    ticket_analyse(made, causes=[cause()], words="前租户没有注销。", lock_version=made.lock_version, actor=actor)
    ticket_evaluate(made, words="办成了。", lock_version=made.lock_version, actor=actor)
    return ticket_archive(made, lock_version=made.lock_version, actor=actor, now=now)


def system(*deeds: Deed, within: Department | None = None, days: int = 365, **values: Any) -> tuple[Client, str]:
    """A connected system of that department and the secret of a token of it; without deeds it may do all."""
    home = within or department()
    administrator = scope_of(user(Role.DEPARTMENT_ADMIN, within=home))
    name = values.pop("name", f"综窗平台{next(_serial)}")
    client = client_create(name, scope=administrator, department=home, deeds=deeds or list(Deed), **values)
    return client, token_issue(client, scope=administrator, days=days)[1]
