"""A version is handed in to be checked, and taken back."""

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.search.questions import kept_note

from ..access import may_edit_pack
from ..choices import WRITABLE, VersionState
from ..models import PackVersion
from .contents import digest_of_contents
from .findings import NAMED, Findings, findings_of, refuse_problems
from .held import CHANGED_MEANWHILE, pack_held, refuse_archived, texts_followed, version_held, version_moved

LONGEST_NOTE = PackVersion._meta.get_field("change_note").max_length


@transaction.atomic
def version_submit(
    version: PackVersion, *, lock_version: int, scope: ViewerScope, anyway: bool = False, change_note: str | None = None
) -> PackVersion:
    """Freezes an open version and asks for a check. The second of two clicks changes nothing.

    `anyway`: what is only to be looked at was looked at; `change_note`: what is new in it, None leaves it as it is. Raises RuleBroken
    naming what is missing, stopped, hidden, too narrow, or where personal data stands; StaleState where somebody wrote meanwhile;
    NotVisible, NotAllowed. Writes PackVersion, AuditEvent pack.submitted.
    """
    pack = pack_held(version.pack, scope)
    may_edit_pack(scope, pack).require()
    version = version_held(version, pack)
    if version.state == VersionState.SUBMITTED and version.lock_version == lock_version + 1:
        return version
    if version.state not in WRITABLE or version.lock_version != lock_version:
        raise StaleState(gettext(_BECAME.get(version.state, CHANGED_MEANWHILE)))
    refuse_archived(pack)
    note = version.change_note if change_note is None else _note(change_note)
    findings = findings_of(version, scope, writes=True, on=clock.today())
    refuse_problems(findings)
    if not anyway:
        _refuse_cares(findings)
    digest = digest_of_contents(findings.contents)
    version_moved(
        version,
        VersionState.SUBMITTED,
        lock_version=lock_version,
        submitted_at=clock.now(),
        decided_at=None,
        content_digest=digest,
        change_note=note,
    )
    after = {"version": version.number, "digest": digest, "note": note, "anyway": len(findings.cares)}
    record(Action.PACK_SUBMITTED, pack, actor=User.objects.get(pk=scope.user_id), after=after)
    return version


_BECAME = {
    VersionState.SUBMITTED: "这一版已经提交了，在等审核。",
    VersionState.PUBLISHED: "这一版已经通过并发布了。要改，先开新的一版。",
    VersionState.SUPERSEDED: "这一版已经被新版替代了。要改，先开新的一版。",
    VersionState.DISCARDED: "这一版已经放弃了。要改，先开新的一版。",
}


def _refuse_cares(findings: Findings) -> None:
    cares = findings.cares
    if cares:
        told = "；".join(each.words.rstrip("。") for each in cares[:NAMED])
        more = f"；共 {len(cares)} 处" if len(cares) > NAMED else ""
        raise RuleBroken(
            gettext("{told}{more}。改掉，或者勾上“看过了，照样提交”。").format(told=told, more=more),
            code="unseen",
            field="anyway",
        )


def _note(typed: str) -> str:
    if len(typed) > LONGEST_NOTE:
        raise RuleBroken(
            gettext("没有提交：说明最多 {longest} 个字，现在 {count:,} 个。写的还在。").format(
                longest=LONGEST_NOTE, count=len(typed)
            ),
            code="too_long",
            field="change_note",
        )
    return kept_note(typed, longest=LONGEST_NOTE)


@transaction.atomic
def version_withdraw(version: PackVersion, *, lock_version: int, scope: ViewerScope) -> PackVersion:
    """Takes a submitted version back to be written in. The second of two clicks changes nothing.

    Raises StaleState where somebody decided meanwhile, NotVisible, NotAllowed. Writes PackVersion, LessonQuestion where questions
    got a new text meanwhile, AuditEvent pack.withdrawn.
    """
    pack = pack_held(version.pack, scope)
    may_edit_pack(scope, pack).require()
    version = version_held(version, pack)
    if version.state == VersionState.DRAFT and version.lock_version == lock_version + 1:
        return version
    if version.state != VersionState.SUBMITTED:
        told = _BECAME.get(version.state, "审核的人已经退回了，直接改就行。")
        raise StaleState(gettext(told))
    version_moved(version, VersionState.DRAFT, lock_version=lock_version)
    texts_followed(version)
    record(Action.PACK_WITHDRAWN, pack, actor=User.objects.get(pk=scope.user_id), after={"version": version.number})
    return version
