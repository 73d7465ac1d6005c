"""附件 of a precedent: they come in through the gate, and go out to those who may read the text that uses them."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.files import CleanFile, received
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from .content import Material, content_of
from .guarding import sees_drafts
from .models import OPEN_STATES, Attachment, AttachmentData, Precedent, Revision
from .past import File
from .privacy import decided_of, hits_in, kinds_in
from .sections import Place
from .services import name_of, refuse_retired, revision_save
from .shown import holds_personal
from .visibility import PrecedentStatus

MOST = 20
LARGEST = 5 * 1024 * 1024
NAME_LENGTH = 100
# Re-encoded here, so that a browser may show them; everything else is saved, never opened in the page.
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
PARTS = {"sample_picture": "正确样例", "mistake_picture": "常见错误"}


def attachment_add(
    precedent: Precedent, data: bytes, name: str, *, actor: User, now: dt.datetime | None = None
) -> Attachment:
    """Keeps a file as it leaves the gate: known by its content, cleaned, its text and its name without personal data.

    The same file twice is one. Raises RuleBroken for what is no file that is taken, for personal data in it (naming the
    kinds), for too large or too many files; nothing of it is kept then. Takes up to some seconds, before anything is
    written. Writes AuditEvent precedent.attachment_added without its name.
    """
    refuse_retired(precedent)
    file = received(data, name=name)
    shown_name = _name(name, file.extension)
    _refuse_personal(file.text, shown_name)
    if len(file.data) > LARGEST:
        raise RuleBroken(gettext("这个文件处理后还大于 5 MB，没有存。缩小后再传。"), code="too_large", field="file")
    # Outside of any transaction up to here: nobody else's write waits for a picture to be decoded.
    return _kept(precedent, file, shown_name, actor=actor, now=now or clock.now())


@transaction.atomic
def _kept(precedent: Precedent, file: CleanFile, name: str, *, actor: User, now: dt.datetime) -> Attachment:
    digest = hashlib.sha256(file.data).hexdigest()
    # Two who attach at once wait for each other: the second finds the file of the first, and the count is true.
    Precedent.objects.select_for_update(of=("self",)).get(pk=precedent.pk)
    kept = precedent.attachments.filter(removed_at=None)
    if (same := kept.filter(digest=digest).first()) is not None:
        return same
    if kept.count() >= MOST:
        raise RuleBroken(
            gettext("一个案例最多 {most} 个附件，没有存。先删掉用不着的。").format(most=MOST),
            code="too_many",
            field="file",
        )
    attachment = Attachment.objects.create(
        precedent=precedent,
        name=name,
        media_type=file.media_type,
        size=len(file.data),
        digest=digest,
        warnings=[str(warning) for warning in file.warnings],
        uploaded_by=actor,
        uploaded_by_name=name_of(actor),
        uploaded_at=now,
    )
    AttachmentData.objects.create(attachment=attachment, data=file.data, text=file.text)
    record(Action.ATTACHMENT_ADDED, precedent, actor=actor, after=_told(attachment))
    return attachment


def _name(name: str, extension: str) -> str:
    """The name without folders, in the type that the content was found to be."""
    stem = PurePath(clean(name).replace("\\", "/").replace("\x00", "")).stem
    stem = " ".join("".join(each for each in stem if each.isprintable()).split()).strip(". ") or "附件"
    suffix = f".{extension.lstrip('.')}" if extension else ""
    return stem[: NAME_LENGTH - len(suffix)] + suffix


def _refuse_personal(text: str, name: str) -> None:
    for found, where in ((kinds_in(name), "文件名"), (kinds_in(text), "文件")):
        if found:
            message = f"{where}里有{'、'.join(found)}，没有存。先在原件里遮掉或者改名，再传。"
            raise RuleBroken(message, code="personal_data", field="file")


def _told(attachment: Attachment) -> dict[str, object]:
    """What the trail says of a file: its name may tell of a person, so it is left out."""
    return {
        "code": attachment.code,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "digest": attachment.digest,
    }


@transaction.atomic
def attachment_remove(attachment: Attachment, *, actor: User, now: dt.datetime | None = None) -> Attachment:
    """Takes a file away for good: its bytes are erased, the line that it was there stays.

    Twice is one. Raises RuleBroken where the live text or an open one uses it. Writes AuditEvent
    precedent.attachment_removed.
    """
    Precedent.objects.select_for_update(of=("self",)).get(pk=attachment.precedent_id)
    attachment.refresh_from_db()
    if attachment.removed_at is not None:
        return attachment
    for revision in attachment.precedent.revisions.filter(state__in=OPEN_STATES):
        _refuse_used(attachment, revision, "没写完的这一版")
    if (live := attachment.precedent.live_revision) is not None:
        _refuse_used(attachment, live, "读者看到的这一版")
    AttachmentData.objects.filter(attachment=attachment).delete()
    attachment.removed_at = now or clock.now()
    attachment.save(update_fields=["removed_at"])
    record(Action.ATTACHMENT_REMOVED, attachment.precedent, actor=actor, before=_told(attachment))
    return attachment


def _refuse_used(attachment: Attachment, revision: Revision, words: str) -> None:
    if attachment.code in codes_in(revision):
        message = f"{words}还在用这个附件，没有删。先在材料里换掉它。"
        raise RuleBroken(message, code="in_use", field="attachment")


def codes_in(revision: Revision) -> frozenset[str]:
    """The codes of the attachments that a text uses. No query."""
    found = (entry.get(part, "") for entry in revision.materials for part in PARTS)
    return frozenset(filter(None, found))


def attachment_use(
    revision: Revision, *, material: int, pictures: Mapping[str, str], lock_version: int, actor: User
) -> Revision:
    """Puts pictures beside a material of a draft: `pictures` is part to code, an empty code takes the picture away.

    `material`: its index; the parts are those of PARTS. Raises RuleBroken for what is not there, StaleState when somebody saved first.
    Writes what `revision_save` writes.
    """
    content = content_of(revision)
    if not pictures.keys() <= PARTS.keys() or not 0 <= material < len(content.materials):
        raise RuleBroken(gettext("没有这份材料，没有记。看一下最新的草稿。"), code="unknown_material", field="material")
    wanted = set(filter(None, pictures.values()))
    if revision.precedent.attachments.filter(code__in=wanted, removed_at=None).count() != len(wanted):
        raise RuleBroken(gettext("没有这个附件，没有记。先上传，再选。"), code="unknown_attachment", field="code")
    materials = list(content.materials)
    materials[material] = dataclasses.replace(materials[material], **pictures)
    changed = dataclasses.replace(content, materials=tuple(materials))
    return revision_save(revision, changed, lock_version=lock_version, editor=actor)


# -- reading


@dataclass(frozen=True, slots=True)
class Streamed:
    """A file on its way to a viewer. `is_picture`: a browser may show it; everything else is only saved."""

    attachment: Attachment
    is_picture: bool

    def data(self) -> bytes:
        """Its bytes. 1 query; raises NotVisible when they were erased meanwhile."""
        stored = AttachmentData.objects.filter(attachment=self.attachment).values_list("data", flat=True).first()
        if stored is None:
            raise NotVisible()
        return bytes(stored)


def attachment_for(scope: ViewerScope, code: str) -> Streamed:
    """The file with that code, for who may read a text that uses it: readers the live one, those who write all of them.

    Raises NotVisible for everything else, whatever the reason. 2 queries, 4 where personal data may stand in the
    precedent: readers are not sent a file in which it was found.
    """
    rows = Attachment.objects.select_related("precedent__live_revision")
    found = rows.filter(code=code, removed_at=None).first()
    visible = Precedent.objects.visible_to(scope).annotate(is_personal=holds_personal())
    precedent = visible.filter(pk=found.precedent_id).first() if found else None
    if found is None or precedent is None:
        raise NotVisible()
    live = found.precedent.live_revision
    if not sees_drafts(scope, precedent):
        is_doubtful = precedent.is_personal or precedent.status == PrecedentStatus.RETIRED
        if live is None or code not in codes_in(live) or (is_doubtful and found.pk in _held_back(precedent)):
            raise NotVisible()
    return Streamed(found, found.media_type in PICTURES)


def _held_back(precedent: Precedent) -> frozenset[int]:
    """Keys of the files in which personal data is found by the rules of today. 1 query, 2 where there is some."""
    rows = precedent.attachments.filter(removed_at=None).values_list("pk", "name", "stored__text")
    places = {pk: (Place("", name), Place("", text or "")) for pk, name, text in rows}
    found = {pk for pk, told in places.items() if any(hit.blocks for hit in hits_in(told, {}))}
    decided = decided_of(precedent) if found else {}
    return frozenset(pk for pk in found if any(hit.blocks for hit in hits_in(places[pk], decided)))


@dataclass(frozen=True, slots=True)
class PictureBeside:
    """A picture or document beside a material. `part` says what it shows."""

    code: str
    name: str
    part: str
    is_picture: bool

    @property
    def is_good(self) -> bool:
        return self.part == "sample_picture"


@dataclass(frozen=True, slots=True)
class Paper:
    """A material as its page shows it, with its pictures."""

    material: dict
    pictures: tuple[PictureBeside, ...]


def papers_of(
    precedent: Precedent, revision: Revision, *, is_doubtful: bool = False, there: Sequence[File] | None = None
) -> tuple[Paper, ...]:
    """The materials of a text with the files that are still there. `is_doubtful`: of a text in which personal data may
    stand, without those in which it was found; `there`: the files of the precedent, where they are known already.

    1 query where it uses any that are not known, else none; 1 or 2 more for a doubtful one.
    """
    codes = codes_in(revision)
    rows: list[Attachment | File] = []
    if codes and there is None:
        rows = list(precedent.attachments.filter(code__in=codes, removed_at=None))
    elif codes and there:
        rows = [file for file in there if file.code in codes]
    held_back = _held_back(precedent) if rows and is_doubtful else frozenset()
    files = {row.code: row for row in rows if row.pk not in held_back}
    return tuple(
        Paper(
            entry,
            tuple(
                PictureBeside(code, files[code].name, part, files[code].media_type in PICTURES)
                for part in PARTS
                if (code := entry.get(part, "")) in files
            ),
        )
        for entry in revision.materials
    )


def attachment_at(precedent: Precedent, code: str) -> Attachment:
    """The file of that precedent. Raises StaleState where it is gone. 1 query."""
    found = precedent.attachments.select_related("precedent__live_revision").filter(code=code).first()
    if found is None:
        raise StaleState(gettext("这个附件已经不在了，没有再改动。"))
    return found


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    attachment: Attachment
    is_picture: bool
    is_used: bool


@dataclass(frozen=True, slots=True)
class Attaching:
    """The page of attachments. `draft` is the open text in which pictures are chosen, or None."""

    lines: tuple[AttachmentLine, ...]
    draft: Revision | None
    materials: tuple[Material, ...]

    @property
    def room(self) -> int:
        return MOST - len(self.lines)


def attaching_of(precedent: Precedent) -> Attaching:
    """The files of a precedent and the materials of its open text. 3 queries and those of `content_of`."""
    draft = precedent.revisions.filter(state__in=OPEN_STATES).first()
    live = precedent.live_revision
    used = codes_in(draft) if draft else frozenset()
    used |= codes_in(live) if live else frozenset()
    rows = precedent.attachments.filter(removed_at=None)
    lines = tuple(AttachmentLine(row, row.media_type in PICTURES, row.code in used) for row in rows)
    return Attaching(lines, draft, content_of(draft).materials if draft else ())
