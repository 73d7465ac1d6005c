"""Events of the trail as notices: what changed, when, and where to read it."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.catalog.models import Matter, Tag
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Policy, PolicyStatus, PolicyVersion
from caselib.precedents.models import Citation, Precedent, Revision, Significance, Verification
from caselib.precedents.shown import title_shown

from .gathering import Gathered, gathered
from .trail import ONLY_FOR_MATTERS

# Clauses that one notice names.
MOST_CLAUSES = 5


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One event as its reader sees it: `word` says what happened to `what`, `note` says more or is empty.

    `about`: more to open: the clauses that a precedent cites, its matters; the clauses that were taken out of a policy.
    `follows`: keys of the follows that it answers. `is_new`: nobody marked it as read.
    """

    event: int
    at: dt.datetime
    word: str
    what: Link
    note: str
    about: tuple[Link, ...]
    follows: frozenset[int]
    is_precedent: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """What a kind of event makes of a notice."""

    word: str
    what: Link
    note: str = ""
    about: tuple[Link, ...] = ()
    follows: frozenset[int] = frozenset()
    is_precedent: bool = False


def notices_of(keys: Collection[int], *, user: int, scope: ViewerScope, seen: int = 0) -> list[Notice]:
    """The events of these keys as notices, newest first; one that concerns nothing which the viewer follows and may see
    is left out. `seen`: the mark up to which they are read. 10 queries for any number, some more with imports."""
    rows = gathered(keys, user=user, scope=scope)
    notices = []
    for pk in sorted(rows.events, reverse=True):
        event = rows.events[pk]
        told = _TELLERS[event.action](event, rows) if event.action in _TELLERS else None
        if told is not None and told.follows:
            values = {name: getattr(told, name) for name in _Told.__slots__}
            notices.append(Notice(event=pk, at=event.at, is_new=pk > seen, **values))
    return notices


def policy_address(policy: Policy, version: PolicyVersion | None = None, clause: str = "") -> str:
    """The page of a policy, at a version and a clause of it where they are given."""
    address = reverse("pages:policy", args=[policy.code])
    return address + (f"?v={version.position + 1}" if version else "") + (f"#c-{clause}" if clause else "")


def matter_address(matter: Matter) -> str:
    return reverse("pages:matter", args=[matter.code])


def tag_address(tag: Tag) -> str:
    """What the library has under a tag: it has no page of its own."""
    return f"{reverse('search:results')}?{urlencode({'q': tag.name})}"


def _version(event: AuditEvent, rows: Gathered) -> _Told | None:
    version = rows.versions.get(int(event.object_id))
    if version is None:
        return None
    # The dates are those of the version now: a later correction is what the reader has to know.
    if event.action == Action.POLICY_VERSION_ADDED:
        word, day, words = "新增版本", version.effective_from, "起施行"
    else:
        word, day, words = "版本截止", version.last_day, "为止"
    return _Told(
        word,
        Link(f"{version.policy.title}（{version.label}）", policy_address(version.policy, version)),
        f"{day:%Y-%m-%d} {words}" if day else "施行日待核",
        follows=_of_policies(event, rows, {version.policy_id}),
    )


def _force(event: AuditEvent, rows: Gathered) -> _Told | None:
    key = int(event.object_id)
    policy = next((follow.policy for follow in rows.follows if follow.policy_id == key), None)
    if policy is None:
        return None
    about: tuple[Link, ...] = ()
    if event.action == Action.STATUS_WITHDRAWN:
        word, note = "撤回时效", event.after.get("reason", "")
    else:
        word, since = f"时效：{_status(event.after.get('status'))}", event.after.get("from_on")
        note, about = f"{since} 起" if since else "", _clauses(key, event, rows)
    return _Told(word, Link(policy.title, policy_address(policy)), note, about, _of_policies(event, rows, {key}))


def _clauses(policy: int, event: AuditEvent, rows: Gathered) -> tuple[Link, ...]:
    """The first few clauses that a 部分失效 takes out."""
    labels = event.after.get("clauses")
    found = [rows.repealed.get((policy, str(label))) for label in labels] if isinstance(labels, list) else []
    return tuple(
        Link(clause.label, policy_address(clause.version.policy, clause.version, clause.code))
        for clause in found[:MOST_CLAUSES]
        if clause
    )


def _status(value: object) -> str:
    return PolicyStatus(value).label if value in PolicyStatus.values else PolicyStatus.UNKNOWN.label


def _relation(event: AuditEvent, rows: Gathered) -> _Told | None:
    link = rows.relations.get(int(event.object_id))
    if link is None:
        return None
    here, there, words = link.policy, link.other, link.relation
    if not _of_policies(event, rows, {here.pk}):
        here, there, words = there, here, f"本件是它的{words}"
    return _Told(
        "关联政策",
        Link(here.title, policy_address(here)),
        about=(Link(f"{words}：{there.title}", policy_address(there)),),
        follows=_of_policies(event, rows, {here.pk, there.pk}),
    )


def _matter(event: AuditEvent, rows: Gathered) -> _Told | None:
    key = int(event.object_id)
    follow = next((follow for follow in rows.begun(event) if follow.matter_id == key), None)
    if follow is None:
        return None
    return _Told("事项有修改", Link(follow.matter.name, matter_address(follow.matter)), follows=frozenset({follow.pk}))


def _approved(event: AuditEvent, rows: Gathered) -> _Told | None:
    text = rows.texts.get(int(event.object_id))
    precedent = rows.precedents.get(text.precedent_id) if text else None
    significance = event.after.get("significance")
    # A reviewer who took it for a typo told nobody: see trail, which finds no such event either.
    if text is None or precedent is None or significance == Significance.MINOR:
        return None
    is_new = significance == Significance.FIRST or text.number <= 1
    changed = "，实质改动" if significance == Significance.SUBSTANTIAL else ""
    word, note = ("新案例", "") if is_new else ("案例改了", f"第 {text.number} 版{changed}")
    return _of_precedent(event, rows, precedent, word, note, text=text)


def _precedent(event: AuditEvent, rows: Gathered) -> _Told | None:
    precedent = rows.precedents.get(int(event.object_id))
    return None if precedent is None else _of_precedent(event, rows, precedent, *_happened(event, precedent))


def _happened(event: AuditEvent, precedent: Precedent) -> tuple[str, str]:
    """(what happened to the precedent, more about it)."""
    if event.action == Action.PRECEDENT_RETIRED:
        return "案例出库", precedent.retired_reason
    if event.action == Action.PRECEDENT_DOUBTED:
        reasons = event.after.get("reasons") or [""]
        return "案例待复核", str(reasons[0]) + (f" 等 {len(reasons)} 点" if len(reasons) > 1 else "")
    outcome = event.after.get("outcome")
    return "案例复核过", Verification.Outcome(outcome).label if outcome in Verification.Outcome.values else ""


def _imported(event: AuditEvent, rows: Gathered) -> _Told | None:
    brought = rows.brought.get(event.pk, ())
    precedent, text = (rows.precedents.get(brought[0][0]), rows.texts.get(brought[0][1])) if brought else (None, None)
    if precedent is None or text is None:
        return None
    note = f"同一批导入的还有 {len(brought) - 1} 件" if len(brought) > 1 else "批量导入"
    return _of_precedent(event, rows, precedent, "新案例", note, text=text)


def _of_precedent(
    event: AuditEvent, rows: Gathered, precedent: Precedent, word: str, note: str, *, text: Revision | None = None
) -> _Told:
    """With the clauses by which it concerns followed policies, and its followed matters. `text`: the live one if not given."""
    about: list[Link] = []
    follows: set[int] = set()
    key = text.pk if text else precedent.live_revision_id
    cited = rows.cited.get(key, ()) if event.action not in ONLY_FOR_MATTERS else ()
    matters = {text.matter_id if text else precedent.matter_id, *rows.further.get(key, ())}
    for follow in rows.begun(event):
        if follow.matter_id and follow.matter_id in matters:
            about.append(Link(follow.matter.name, matter_address(follow.matter)))
            follows.add(follow.pk)
        if follow.tag_id and follow.tag_id in rows.tagged.get(key, ()):
            about.append(Link(f"标签：{follow.tag.name}", tag_address(follow.tag)))
            follows.add(follow.pk)
        links = [_citation(citation) for citation in cited if citation.version.policy_id == follow.policy_id]
        if links:
            about += links
            follows.add(follow.pk)
    what = Link(title_shown(precedent), reverse("pages:precedent", args=[precedent.code]))
    return _Told(word, what, note, tuple(dict.fromkeys(about)), frozenset(follows), is_precedent=True)


def _citation(citation: Citation) -> Link:
    version, clause = citation.version, citation.clause
    place = clause.label if clause else citation.locator
    address = policy_address(version.policy, version, clause.code if clause else "")
    return Link(f"{citation.get_relation_display()} {version.policy.short_title} {place}".strip(), address)


def _of_policies(event: AuditEvent, rows: Gathered, policies: set[int]) -> frozenset[int]:
    return frozenset(follow.pk for follow in rows.begun(event) if follow.policy_id in policies)


_TELLERS: dict[str, Callable[[AuditEvent, Gathered], _Told | None]] = {
    Action.POLICY_VERSION_ADDED: _version,
    Action.POLICY_VERSION_CLOSED: _version,
    Action.STATUS_CONFIRMED: _force,
    Action.STATUS_WITHDRAWN: _force,
    Action.POLICY_RELATED: _relation,
    Action.MATTER_SAVED: _matter,
    Action.REVISION_APPROVED: _approved,
    Action.PRECEDENT_RETIRED: _precedent,
    Action.PRECEDENT_DOUBTED: _precedent,
    Action.PRECEDENT_VERIFIED: _precedent,
    Action.PRECEDENTS_IMPORTED: _imported,
}
