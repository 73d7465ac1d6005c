"""A hall in which every precedent, ticket and staged import holds words of its own, and who may read them.

A word is one run of letters that stands nowhere else: where it shows in an answer, that text was told.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.test import Client

from caselib.cases.importing import table_of
from caselib.cases.models import Ticket, TicketImport
from caselib.cases.staging import import_stage
from caselib.catalog.models import Matter
from caselib.core import clock
from caselib.following.services import follow
from caselib.orgs.models import CONTENT_ROLES, Department, Role, User
from caselib.orgs.scope import scope_of
from caselib.policies.models import Clause
from caselib.precedents.attaching import attachment_add
from caselib.precedents.citing import Unresolved
from caselib.precedents.commenting import comment_add
from caselib.precedents.content import Material, RevisionContent
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.overrides import finding_at, findings_of, override_ask
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.precedents.siblings import sibling_keep
from caselib.precedents.unresolved import citations_queue
from caselib.precedents.visibility import DRAFT_ROLES, READABLE, Audience, PrecedentStatus
from caselib.precedents.withholding import precedent_withhold
from caselib.reuse.reports.filing import report_file
from caselib.reuse.services import reuse_record
from tests import factories
from tests.services.clean_house import PHONE, PNG

STATUSES = PrecedentStatus.values
AUDIENCES = (Audience.LIBRARY, Audience.DEPARTMENT)
# What nobody but its writers sees is no different for another audience (`test_visibility` asks each cell of rows).
CELLS = [(status, each) for status in STATUSES for each in AUDIENCES if status in READABLE or each == Audience.LIBRARY]
EDIT = (Role.EDITOR, Role.DEPARTMENT_ADMIN)
# Whose draft holds a number that somebody claims to be public: one that waits cannot be in review.
WITH_CLAIM = (PrecedentStatus.DRAFT, PrecedentStatus.NEEDS_REVERIFICATION)


@dataclass
class Planted:
    """A precedent, with what can be asked for about it. `live`, `draft`: the words of its two texts, empty for none."""

    status: str
    audience: str
    precedent: Precedent
    live: str = ""
    draft: str = ""
    keys: dict[str, object] = field(default_factory=dict)


@dataclass
class Viewer:
    role: Role
    is_own: bool
    user: User
    client: Client

    def sees_drafts(self) -> bool:
        return self.is_own and self.role in DRAFT_ROLES

    def sees(self, planted: Planted) -> bool:
        """The rule in its simplest words."""
        if planted.status not in READABLE:
            return self.sees_drafts()
        return self.role in CONTENT_ROLES and (self.is_own or planted.audience == Audience.LIBRARY)


@dataclass
class Hall:
    owner: Department
    clause: Clause
    matter: Matter
    planted: list[Planted]
    ticket: Ticket
    staged: TicketImport
    viewers: list[Viewer]
    ticket_word: str = "qzticketword"
    import_word: str = "qzimportword"

    def hidden_from(self, viewer: Viewer) -> re.Pattern[str]:
        """Every word that must stand in no answer to this viewer."""
        words = [each.live for each in self.planted if each.live and not viewer.sees(each)]
        words += [each.draft for each in self.planted if each.draft and not viewer.sees_drafts()]
        # Tags are one vocabulary for all who edit, whoever wrote the first of each.
        words += [] if viewer.role in EDIT else [f"{word}tag" for word in words]
        # A staged file is shown to who brought it.
        words += [self.import_word, *([] if viewer.is_own and viewer.role in CONTENT_ROLES else [self.ticket_word])]
        return re.compile("|".join(f"{word}(?![a-z0-9])" for word in words))


def text_with(word: str, hall: Mapping[str, object], **values: object) -> RevisionContent:
    clause = hall["clause"]
    return factories.content(
        title=f"前租户没有注销 {word}",
        gist=f"先帮前租户注销 {word}。",
        problem=f"执照受理不了 {word}，按《{word}办法》第三条办。",
        matter=hall["matter"],
        theme=hall["matter"].theme,
        citations=(factories.citation(clause, note=f"据此 {word}"),),
        tags=(f"{word}tag",),
        **values,
    )


def with_layers(status: str, audience: str, number: int, hall: Mapping[str, object]) -> Planted:
    """A precedent that came to its status through the services, with everything that people leave beside one."""
    owner, people = hall["owner"], hall["people"]
    tag = "abcdefghijklmnopqrstuvwxyz"[number]
    live, draft = f"qzlive{tag}", f"qzdraft{tag}"
    editor, reviewer = people[Role.EDITOR], people[Role.REVIEWER]
    if status in (PrecedentStatus.DRAFT, PrecedentStatus.IN_REVIEW):
        values = _values_of(text_with(draft, hall))
        revision = factories.draft(owner=owner, author=editor, audience=audience, **values)
        planted = Planted(status, audience, revision.precedent, draft=draft)
    else:
        values = _values_of(text_with(live, hall))
        precedent = factories.published(owner=owner, audience=audience, **values)
        planted = Planted(status, audience, precedent, live=live, draft=draft)
        _said_of(planted, live, hall)
        if status == PrecedentStatus.RETIRED:
            planted.draft = ""
            precedent_retire(precedent, reason=f"政策变了 {live}", actor=reviewer)
            planted.precedent.refresh_from_db()
            return planted
        revision = revision_start(precedent, author=editor)
    _beside(planted, revision, hall)
    if status == PrecedentStatus.NEEDS_REVERIFICATION:
        precedent_doubt(planted.precedent, reason=f"所引条例已修改 {live}", actor=None)
    if status == PrecedentStatus.WITHHELD:
        precedent_withhold(planted.precedent, reason=f"有人的手机号 {live}", actor=editor)
    planted.precedent.refresh_from_db()
    return planted


def _said_of(planted: Planted, word: str, hall: Mapping[str, object]) -> None:
    """A use and a report, each with the word of the live text."""
    clerk = scope_of(hall["people"][Role.WINDOW])
    reuse_record(planted.precedent, scope=clerk, outcome="adapted", note=f"换了材料 {word}")
    filed = report_file(planted.precedent, scope=clerk, section="gist", kind="wrong", text=f"写反了 {word}")
    planted.keys["report"] = filed.report.pk


def _values_of(content: RevisionContent) -> dict[str, object]:
    return {name: getattr(content, name) for name in content.__dataclass_fields__}


def _beside(planted: Planted, revision: Revision, hall: Mapping[str, object]) -> None:
    """A picture, an unresolved citation, a claim or a remark, a draft beside; each with the word of the draft."""
    word, now = planted.draft, clock.now()
    editor, reviewer = hall["people"][Role.EDITOR], hall["people"][Role.REVIEWER]
    file = attachment_add(planted.precedent, PNG + word.encode(), f"{word}.png", actor=editor)
    planted.keys["file"] = file.code
    script = f"请打 {PHONE} {word}。" if planted.status in WITH_CLAIM else f"照实说 {word}。"
    text = text_with(word, hall, materials=(Material("执照", sample_picture=file.code),), script=script)
    revision = revision_save(revision, text, lock_version=revision.lock_version, editor=editor)
    citations_queue(revision, [Unresolved(f"《{word}办法》第三条", "unknown_policy", word)], actor=editor)
    planted.keys["unresolved"] = revision.unresolved_citations.get().pk
    sibling_keep(revision, typed={"gist": [f"另写 {word}"]}, based_on=0, window=word, author=editor, now=now)
    if planted.status in WITH_CLAIM:
        (line,) = findings_of(planted.precedent)
        hit = finding_at(planted.precedent, kind=line.hit.finding.kind.value, mark=line.hit.mark)
        claim = override_ask(planted.precedent, hit, claim=f"公布的 {word}", actor=editor)
        planted.keys["override"] = claim.pk
        return
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    digest = revision.content_digest
    remark = comment_add(revision, section="gist", text=f"说清楚 {word}", reviewer=reviewer, digest_seen=digest)
    planted.keys["comment"] = remark.pk


def built() -> Hall:
    owner, elsewhere = factories.department(), factories.department(within=factories.region("上海市嘉定区"))
    people = {role: factories.user(role, within=owner) for role in Role}
    hall = {"owner": owner, "people": people, "clause": factories.clause(), "matter": factories.matter()}
    viewers = []
    for is_own, department in ((True, owner), (False, elsewhere)):
        for role in Role:
            user = factories.user(role, within=department)
            client = Client()
            client.force_login(user)
            viewers.append(Viewer(role, is_own, user, client))
            if role in CONTENT_ROLES:
                follow(user, hall["matter"], scope=scope_of(user))
                follow(user, hall["clause"].version.policy, scope=scope_of(user))
    planted = [with_layers(status, audience, number, hall) for number, (status, audience) in enumerate(CELLS)]
    ticket = factories.ticket(
        within=owner, text="群众说 qzticketword 受理不了。", title="qzticketword 的事", source_system="qzticketword",
        source_number="HK-qzticketword", received_on=dt.date(2026, 3, 12),
    )  # fmt: skip
    rows = "来源系统\t来源编号\t受理日期\t原文\n综窗\tA-1\t2026-03-12\tqzimportword 没注销\n"
    staged = import_stage(
        table_of(rows, field="rows"), department=owner, source_system="qzimportword", actor=people[Role.EDITOR]
    )
    return Hall(owner, hall["clause"], hall["matter"], planted, ticket, staged, viewers)
