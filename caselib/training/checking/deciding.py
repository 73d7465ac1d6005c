"""What the second person decides about a submitted version: published, or sent back."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.search.questions import kept_words

from ..access import may_check_pack, may_edit_pack
from ..choices import PackStatus, VersionState
from ..models import Pack, PackDecision, PackVersion
from .contents import digest_of_contents
from .findings import findings_of, refuse_problems
from .held import pack_held, refuse_archived, texts_followed, version_held, version_moved

Verdict = PackDecision.Verdict
LONGEST_COMMENT = PackDecision._meta.get_field("comment").max_length
_NOT_WHAT_WAS_READ = "您看的不是最新的内容，没有作出决定。重新打开看一遍再定。"


@transaction.atomic
def version_publish(
    version: PackVersion, *, lock_version: int, digest_seen: str, scope: ViewerScope, comment: str = ""
) -> PackVersion:
    """Makes the version that was read the one that learners take; the one before is superseded. The same decision again changes nothing.

    Raises RuleBroken for an archived pack and where something of `findings_of` keeps it from going out by now; StaleState telling what
    became of it where it is not what was read; NotVisible, NotAllowed for who wrote it.
    Writes PackVersion, Pack, PackDecision, AuditEvent pack.published.
    """
    pack = pack_held(version.pack, scope)
    version = version_held(version, pack)
    if _is_again(version, Verdict.PUBLISHED, lock_version, digest_seen, scope):
        return version
    may_check_pack(scope, version).require()
    _refuse_other(version, lock_version, digest_seen)
    refuse_archived(pack)
    comment = _comment(comment)
    findings = findings_of(version, scope, writes=bool(may_edit_pack(scope, pack)), on=clock.today())
    if digest_of_contents(findings.contents) != digest_seen:
        raise StaleState(gettext(_NOT_WHAT_WAS_READ))
    refuse_problems(findings)
    actor, now = User.objects.get(pk=scope.user_id), clock.now()
    before = _superseded(pack)
    version_moved(
        version,
        VersionState.PUBLISHED,
        lock_version=lock_version,
        decided_at=now,
        approved_by=actor,
        approved_by_name=str(actor)[:64],
    )
    _made_live(pack, version, now)
    _decided(version, Verdict.PUBLISHED, comment, digest_seen, actor, now)
    after = {"version": version.number, "digest": digest_seen, "comment": comment}
    record(Action.PACK_PUBLISHED, pack, actor=actor, before={"version": before} if before else None, after=after)
    return version


def _superseded(pack: Pack) -> int | None:
    """The number of the version that was live until now."""
    live = PackVersion.objects.filter(pk=pack.live_version_id).first() if pack.live_version_id else None
    if live is None:
        return None
    version_moved(live, VersionState.SUPERSEDED, lock_version=live.lock_version)
    return live.number


def _made_live(pack: Pack, version: PackVersion, now: dt.datetime) -> None:
    pack.live_version, pack.status = version, PackStatus.PUBLISHED
    pack.published_at = pack.published_at or now
    pack.save(update_fields=["live_version", "status", "published_at"])


@transaction.atomic
def version_return(
    version: PackVersion, *, lock_version: int, digest_seen: str, comment: str, scope: ViewerScope
) -> PackVersion:
    """Sends the version back to its authors with what is to be changed. The same decision again changes nothing.

    Raises RuleBroken without a comment, StaleState like `version_publish`, NotVisible, NotAllowed.
    Writes PackVersion, PackDecision, LessonQuestion where questions got a new text meanwhile, AuditEvent pack.returned.
    """
    pack = pack_held(version.pack, scope)
    version = version_held(version, pack)
    if _is_again(version, Verdict.RETURNED, lock_version, digest_seen, scope):
        return version
    may_check_pack(scope, version).require()
    _refuse_other(version, lock_version, digest_seen)
    comment = _comment(comment)
    if not comment:
        raise RuleBroken(gettext("没有退回：写一句要改什么，编的人才知道。"), code="required", field="comment")
    actor, now = User.objects.get(pk=scope.user_id), clock.now()
    version_moved(version, VersionState.CHANGES_REQUESTED, lock_version=lock_version, decided_at=now)
    texts_followed(version)
    _decided(version, Verdict.RETURNED, comment, digest_seen, actor, now)
    record(Action.PACK_RETURNED, pack, actor=actor, after={"version": version.number, "comment": comment})
    return version


def _is_again(version: PackVersion, verdict: str, lock_version: int, digest_seen: str, scope: ViewerScope) -> bool:
    """Whether the viewer has decided just this about just this text already: the second of two clicks. 1 query where it moved."""
    if version.lock_version == lock_version:
        return False
    last = version.decisions.last()
    if last is None or (last.by_id, last.verdict, last.digest_seen) != (scope.user_id, verdict, digest_seen):
        return False
    # What was sent back may have come again, and then it is another decision.
    return verdict == Verdict.PUBLISHED or version.lock_version == lock_version + 1


def _refuse_other(version: PackVersion, lock_version: int, digest_seen: str) -> None:
    """Raises StaleState where the version is not in check any more, or not the one that was read."""
    if version.state != VersionState.SUBMITTED or version.lock_version != lock_version:
        raise StaleState(what_became_of(version))
    if digest_seen != version.content_digest:
        raise StaleState(gettext(_NOT_WHAT_WAS_READ))


def what_became_of(version: PackVersion) -> str:
    """Why a decision comes too late, for who wanted to take it. 1 query."""
    if version.state == VersionState.SUBMITTED:
        return gettext("您看的时候编的人撤回改过，又提交了一次。没有作出决定，重新看一遍再定。")
    last = version.decisions.last()
    if version.state == VersionState.DRAFT or last is None:
        return gettext("编的人把这一版撤回去了。没有作出决定，等他再提交。")
    if version.state == VersionState.DISCARDED:
        return gettext("编的人不要这一版了。没有作出决定。")
    at = timezone.localtime(last.at)
    return gettext("{name} {at} 已经定了：{verdict}。您的决定没有记。").format(
        name=last.by_name, at=f"{at:%m-%d %H:%M}", verdict=last.get_verdict_display()
    )


def _decided(
    version: PackVersion, verdict: str, comment: str, digest_seen: str, actor: User, now: dt.datetime
) -> PackDecision:
    return PackDecision.objects.create(
        version=version,
        verdict=verdict,
        comment=comment,
        digest_seen=digest_seen,
        by=actor,
        by_name=str(actor)[:64],
        at=now,
    )


def _comment(typed: str) -> str:
    """As it is stored, without personal data. Raises RuleBroken where it is too long."""
    if len(typed) > LONGEST_COMMENT:
        raise RuleBroken(
            gettext("没有记：意见最多 {longest:,} 个字，现在 {count:,} 个。写的还在。").format(
                longest=LONGEST_COMMENT, count=len(typed)
            ),
            code="too_long",
            field="comment",
        )
    return kept_words(typed)[:LONGEST_COMMENT]
