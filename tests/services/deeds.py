"""One deed for each registered kind, done by the service that people use, with personal data in everything they can type.

`DEEDS[action]()` leaves an event of that kind. A new kind belongs here, or at least into a test that names it
(tests/contracts/test_audit_rules.py).
"""

import datetime as dt
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.test import Client

from caselib.audit.actions import Action
from caselib.audit.exporting import trail_export
from caselib.audit.selectors import Wanted
from caselib.audit.verifying import trail_check
from caselib.catalog.services import cause_save, matter_save, scheme_save, tags_named
from caselib.catalog.tags import tag_delete
from caselib.connect.assistant.services import session_open
from caselib.core.clock import now
from caselib.desk.vocabularies.merging import matters_merge, tags_merge
from caselib.exchange import batches
from caselib.exchange.export import export_begin
from caselib.exchange.incoming import read_pasted
from caselib.exchange.models import ImportBatch
from caselib.exchange.planning import Ways
from caselib.exchange.selection import Selection
from caselib.following.services import daily_mail_set
from caselib.offline.halls import hall_of_department
from caselib.offline.services import pack_export
from caselib.orgs.models import Role, User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.orgs.services import account_create, department_save, region_save
from caselib.policies import drafts
from caselib.policies.models import Clause, Level, PolicyStatus
from caselib.policies.services import (
    ClauseFacts,
    PolicyFacts,
    VersionFacts,
    clause_add,
    policy_create,
    policy_relate,
    policy_version_add,
)
from caselib.policies.standing import (
    CHECKED,
    StatusFacts,
    policy_checked,
    policy_version_close,
    status_fact_confirm,
    status_fact_withdraw,
)
from caselib.precedents import deciding
from caselib.precedents import services as revisions
from caselib.precedents.bulk import NewPrecedent, precedents_import
from caselib.precedents.citation_edits import citation_change
from caselib.precedents.citing import Unresolved
from caselib.precedents.keeping import precedent_doubt, precedent_retire, precedent_verify
from caselib.precedents.models import Relation, Revision, UnresolvedCitation
from caselib.precedents.unresolved import citations_dismiss, citations_queue
from caselib.reuse.models import Outcome, Report
from caselib.reuse.reports.answering import report_decline, report_take
from caselib.reuse.reports.filing import report_file
from caselib.reuse.services import reuse_record, reuse_undo
from caselib.search.gaps.services import gap_close, gap_file
from caselib.search.models import RelevanceQuestion
from caselib.search.synonyms import files, site
from caselib.search.synonyms import services as synonyms
from caselib.search.tuning.files import relevance_import
from caselib.search.tuning.relevance import relevance_delete, relevance_save
from tests import factories

PHONE = "13800138000"
DAY = dt.date(2020, 1, 1)


def planted(words: str = "说明", *, n: int = 0) -> str:
    """A text as somebody may type it."""
    return f"{words}{n or ''}，联系{PHONE}"


def person(role: Role = Role.EDITOR) -> User:
    return factories.user(role)


def scope(role: Role = Role.EDITOR) -> ViewerScope:
    return scope_of(person(role))


def clause() -> Clause:
    return factories.clause(effective_from=DAY)


# --- accounts ---


def _signed_in() -> Client:
    account, client = person(Role.WINDOW), Client()
    client.post("/account/sign-in/", {"username": account.username, "password": "a-long-test-password"})
    return client


def _signed_out() -> None:
    _signed_in().post("/account/sign-out/")


def _failed() -> None:
    Client().post("/account/sign-in/", {"username": person().username, "password": planted()})


def _account() -> None:
    account_create(username="ludeed", display_name="窗口人员", password="a-long-test-password", actor=None)


def _mail() -> None:
    account = person(Role.WINDOW)
    daily_mail_set(account, f"{PHONE}@example.com", scope=scope_of(account))


# --- the library's words ---


def _department() -> None:
    factories.department()
    department_save(region=factories.region(), code="T999", name="某局", note=planted(), topics=[planted()], actor=None)


def _matter() -> None:
    matter_save(
        name=planted("事项"),
        theme=factories.theme(),
        aliases=[planted("俗称")],
        materials=[planted("材料")],
        actor=None,
    )


# --- policies ---


def _tags_merged() -> None:
    old, new = tags_named([planted("标签甲"), planted("标签乙")], actor=None)
    # From before texts hid what is personal in their tags.
    factories.draft().tags.set([old])
    tags_merge(old.pk, into=new.pk, lock_version=0, actor=person())


def _matters_merged() -> None:
    old, new = (factories.matter(planted(name), aliases=[planted("俗称")]) for name in ("事项甲", "事项乙"))
    factories.draft(matter=old)
    matters_merge(old.pk, into=new.pk, lock_version=old.lock_version, actor=person())


def _word_deleted() -> None:
    tag_delete(tags_named([planted("标签")], actor=None)[0].pk, lock_version=0, actor=person())


def _policy():
    facts = PolicyFacts(
        title=planted("办法"), level=Level.NORMATIVE_DOCUMENT, region=factories.region(), status=PolicyStatus.IN_FORCE
    )
    return policy_create(facts, actor=None)


def _version():
    clauses = [ClauseFacts(label="第一条", ref="1", text=planted("条款"))]
    return policy_version_add(_policy(), VersionFacts(label="2020", effective_from=DAY), clauses=clauses, actor=None)


def _related() -> None:
    policy_relate(_policy(), clause().version.policy, relation="相关", conditions=planted(), actor=None)


def _fact():
    facts = StatusFacts(status=PolicyStatus.REPEALED, from_on=DAY, source=planted("依据"), by_note=planted("文件"))
    return status_fact_confirm(clause().version.policy, facts, actor=None)


def _checked() -> None:
    policy = clause().version.policy
    seen = {name: getattr(policy, name) for name in CHECKED}
    address = f"https://www.gov.cn/?t={PHONE}"
    policy_checked(policy, dict.fromkeys(CHECKED, "text"), seen=seen, official_url=address, actor=None)


def _policy_draft():
    return drafts.draft_start({"title": planted("办法"), "doc_number": planted()}, policy=None, actor=person())


def _policy_draft_saved() -> None:
    draft = _policy_draft()
    drafts.draft_text_save(draft, planted("正文"), warnings=[planted()], lock_version=0, actor=draft.author)


# --- precedents ---


def _created() -> Revision:
    owner = factories.department()
    return factories.draft(
        owner=owner,
        author=factories.user(Role.EDITOR, within=owner),
        **{name: planted(name, n=1) for name in ("title", "gist", "problem", "blocker", "resolution")},
        tags=(planted("标签"),),
    )


def _submitted() -> tuple[Revision, User]:
    """What is submitted went through the gate of personal data, so the text itself is clean."""
    owner = factories.department()
    revision = factories.draft(owner=owner, author=factories.user(Role.EDITOR, within=owner))
    revisions.revision_submit(revision, lock_version=revision.lock_version, actor=revision.author)
    return revision, factories.user(Role.REVIEWER, within=owner)


def _decided(decide: Callable) -> None:
    revision, reviewer = _submitted()
    decide(
        revision,
        lock_version=revision.lock_version,
        reviewer=reviewer,
        digest_seen=revision.content_digest,
        comment=planted("意见"),
    )


def _saved() -> None:
    revision = _created()
    text = factories.content(title=planted("改过的标题"))
    revisions.revision_save(revision, text, lock_version=revision.lock_version, editor=revision.author)


def _withdrawn() -> None:
    revision, _ = _submitted()
    revisions.revision_withdraw(revision, lock_version=revision.lock_version, actor=revision.author)


def _imported() -> None:
    text = factories.content(title=planted("导入的"))
    precedents_import([NewPrecedent(text, factories.department())], publish=False, actor=None, now=now())


def _staged() -> ImportBatch:
    home = factories.department()
    line = json.dumps({"id": "a", "title": planted("导入的")}, ensure_ascii=False)
    maker = factories.user(Role.EDITOR, within=home)
    return batches.batch_stage(
        read_pasted(line),
        ways=Ways(department=home, is_masked=True),
        file_name=planted("文件"),
        maker=maker,
        scope=scope_of(maker),
        now=now(),
    )


def _brought() -> None:
    batch = _staged()
    batches.batch_import(
        batch, digest_seen=batch.plan_digest, actor=batch.maker, scope=scope_of(batch.maker), now=now()
    )


def _taken() -> None:
    reader = person()
    wanted = Selection(codes=(factories.published().code,))
    export_begin(wanted, form="docx", scope=scope_of(reader), actor=reader, on=now().date())


def _cited() -> None:
    owner = factories.department()
    editor = factories.user(Role.EDITOR, within=owner)
    cited = factories.citation(clause(), note=planted("旧的说明"))
    revision = factories.draft(owner=owner, author=editor, citations=(cited,))
    told = {"relation": Relation.BASIS, "note": planted("新的说明"), "is_verified": True}
    citation_change(revision, 0, **told, lock_version=revision.lock_version, editor=editor)


def _queued() -> UnresolvedCitation:
    revision = factories.draft()
    left = Unresolved(planted("《没有的办法》第五条"), UnresolvedCitation.Why.UNKNOWN_POLICY, planted("也许是"))
    citations_queue(revision, [left], actor=None)
    return UnresolvedCitation.objects.get(revision=revision)


def _used():
    account = person(Role.WINDOW)
    return reuse_record(factories.published(), scope=scope_of(account), outcome=Outcome.WORKED, note=planted())


def _reported() -> Report:
    precedent = factories.published()
    return report_file(precedent, scope=scope(Role.WINDOW), section="fits", kind="wrong", text=planted("写反了")).report


def _failed_and_undone() -> None:
    """The second failure opens a report and a point, and taken back it closes both."""
    precedent, account = factories.published(), person(Role.WINDOW)
    values = {"outcome": Outcome.FAILED, "point": "applies_when:1", "note": planted("联系不上")}
    reuse_record(precedent, scope=scope(Role.WINDOW), **values)
    used = reuse_record(precedent, scope=scope_of(account), **values, case_number="310109202600012345")
    reuse_undo(used, scope=scope_of(account))


# --- search ---


def _synonyms() -> str:
    return synonyms.group_save(key="", words="乱停车，违停车", one_way=False, note=planted(), actor=None)


def _synonyms_imported() -> None:
    text = f"甲样词 乙样词 # {planted()}\n丙样词，丁样词\n"
    synonyms.groups_import(text, digest=files.plan_of(text, site.load_groups()).digest, actor=None)


def _asked() -> RelevanceQuestion:
    typed = {"text": planted("月球上能不能办执照"), "note": planted()}
    return relevance_save(None, **typed, grades={}, scope=scope(), actor=None, now=now())


def _asked_in_files() -> None:
    line = json.dumps({"id": "a", "text": planted("火星上能不能办执照"), "note": planted()}, ensure_ascii=False)
    relevance_import(line.encode(), b"", scope=scope(), actor=None, now=now())


def _gap():
    return gap_file(planted("月球上能不能办执照"), scope=scope(Role.WINDOW)).gap


# --- the trail ---


def _exported() -> None:
    trail_export(Wanted(label=PHONE), form="csv", told=f"对象 {PHONE}", actor=person(), now=now())


def _packed() -> None:
    with tempfile.TemporaryDirectory() as folder:
        pack_export(Path(folder) / "pack", hall=hall_of_department(factories.department()), days=7, actor=person())


DEEDS: dict[Action, Callable[[], object]] = {
    Action.SIGNED_IN: _signed_in,
    Action.SIGNED_OUT: _signed_out,
    Action.SIGN_IN_FAILED: _failed,
    Action.ACCOUNT_CREATED: _account,
    Action.MAIL_SET: _mail,
    Action.MEMBERSHIP_GRANTED: person,
    Action.REGION_SAVED: lambda: region_save(full_name="上海市某区", name="某区", parent=None, actor=None),
    Action.DEPARTMENT_SAVED: _department,
    Action.MATTER_SAVED: _matter,
    Action.CAUSE_SAVED: lambda: cause_save(name=planted("原因"), position=0, actor=None),
    Action.SCHEME_SAVED: lambda: scheme_save(
        key="deed", name=planted("方案"), is_active=True, note=planted(), categories=[planted("类")], actor=None
    ),
    Action.MATTER_MERGED: _matters_merged,
    Action.TAG_MERGED: _tags_merged,
    Action.WORD_DELETED: _word_deleted,
    Action.PRECEDENT_RESORTED: _tags_merged,
    Action.TAG_SAVED: lambda: tags_named([planted("标签")], actor=None),
    Action.POLICY_CREATED: _policy,
    Action.POLICY_VERSION_ADDED: _version,
    Action.CLAUSE_ADDED: lambda: clause_add(
        clause().version, ClauseFacts(label="第九条", ref="9", text=planted("条款")), actor=None
    ),
    Action.POLICY_RELATED: _related,
    Action.POLICY_VERSION_CLOSED: lambda: policy_version_close(clause().version, on=dt.date(2030, 1, 1), actor=None),
    Action.STATUS_CONFIRMED: _fact,
    Action.STATUS_WITHDRAWN: lambda: status_fact_withdraw(_fact(), reason=planted("不对"), actor=None),
    Action.POLICY_CHECKED: _checked,
    Action.POLICY_DRAFT_STARTED: _policy_draft,
    Action.POLICY_DRAFT_SAVED: _policy_draft_saved,
    Action.POLICY_DRAFT_DISCARDED: lambda: drafts.draft_discard(
        draft := _policy_draft(), lock_version=0, actor=draft.author
    ),
    Action.PRECEDENT_CREATED: _created,
    Action.PRECEDENTS_IMPORTED: _imported,
    Action.IMPORT_STAGED: _staged,
    Action.IMPORT_DONE: _brought,
    Action.IMPORT_DISCARDED: lambda: batches.batch_discard(batch := _staged(), actor=batch.maker, now=now()),
    Action.IMPORT_EXPIRED: lambda: batches.batches_prune(now=_staged().expires_at),
    Action.PRECEDENTS_EXPORTED: _taken,
    Action.REVISION_STARTED: lambda: revisions.revision_start(factories.published(), author=person()),
    Action.REVISION_SAVED: _saved,
    Action.REVISION_SUBMITTED: _submitted,
    Action.REVISION_RETURNED: lambda: _decided(deciding.revision_return),
    Action.REVISION_APPROVED: lambda: _decided(deciding.revision_approve),
    Action.REVISION_REJECTED: lambda: _decided(deciding.revision_reject),
    Action.REVISION_WITHDRAWN: _withdrawn,
    Action.CITATIONS_CHANGED: _cited,
    Action.CITATION_QUEUED: _queued,
    Action.CITATION_SETTLED: lambda: citations_dismiss([_queued()], reason=planted("不是依据"), actor=person()),
    Action.PRECEDENT_DOUBTED: lambda: precedent_doubt(factories.published(), reason=planted("可疑"), actor=None),
    Action.PRECEDENT_VERIFIED: lambda: precedent_verify(factories.published(), by=person(), note=planted("对照过")),
    Action.PRECEDENT_RETIRED: lambda: precedent_retire(factories.published(), reason=planted("过时"), actor=person()),
    Action.REUSE_RECORDED: _used,
    Action.POINT_WITHDRAWN: _failed_and_undone,
    Action.REPORT_FILED: _reported,
    Action.REPORT_TAKEN: lambda: report_take(_reported(), by=person()),
    Action.REPORT_ANSWERED: lambda: report_decline(_reported(), by=person(), reason=planted("没有写反")),
    Action.REPORT_WITHDRAWN: _failed_and_undone,
    Action.REUSE_UNDONE: lambda: reuse_undo(used := _used(), scope=scope_of(used.user)),
    Action.SYNONYMS_SAVED: _synonyms,
    Action.SYNONYMS_SWITCHED: lambda: synonyms.group_switch(key=_synonyms(), active=False, lock_version=1, actor=None),
    Action.SYNONYMS_IMPORTED: _synonyms_imported,
    Action.RELEVANCE_SAVED: _asked,
    Action.RELEVANCE_DELETED: lambda: relevance_delete(_asked(), actor=None),
    Action.RELEVANCE_IMPORTED: _asked_in_files,
    Action.GAP_FILED: _gap,
    Action.GAP_CLOSED: lambda: gap_close(_gap(), scope=scope(), reason=planted("不归我们管")),
    Action.TRAIL_CHECKED: lambda: trail_check(now=now()),
    Action.TRAIL_EXPORTED: _exported,
    Action.OFFLINE_EXPORTED: _packed,
    Action.ASSISTANT_OPENED: lambda: session_open(person(Role.WINDOW).username),
}
