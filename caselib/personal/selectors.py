"""Reads of what somebody keeps. Every function answers for the viewer alone; precedents pass `visible_to` each time.

What can be seen no more stands as a line without title and number, so that it can be taken off.
"""

import datetime as dt
from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from caselib.core import prepared
from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.core.text import normalise
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.privacy import kinds_in
from caselib.precedents.selectors import PrecedentRow, rows_of
from caselib.precedents.shown import holds_personal, in_list, title_shown
from caselib.precedents.visibility import PrecedentStatus

from .access import may_see_folder
from .models import LONGEST_NOTE, Favourite, Folder, FolderItem, PrivateNote, RecentOpening

ORDERS = {"added": "最近收藏", "changed": "案例最近修改", "title": "按标题"}
LONGEST_WANTED = 100


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One line of a list: `row` is None for a precedent that the viewer sees no more."""

    key: int
    at: dt.datetime
    row: PrecedentRow | None


@dataclass(frozen=True, slots=True)
class FavouritesPage:
    """`orders`: (value, label, whether chosen). `total`: all that is kept, whatever was looked for."""

    lines: tuple[KeptLine, ...]
    page: PageInfo
    wanted: str
    orders: tuple[tuple[str, str, bool], ...]
    total: int


def favourites_for_page(
    scope: ViewerScope, *, wanted: str = "", order: str = "", page: object = 1, on: dt.date
) -> FavouritesPage:
    """One page of favourites. `wanted`: words of title or number. 3 queries for any number, 4 when looked through or put in
    another order than by time."""
    order = order if order in ORDERS else "added"
    word = _word(wanted)
    kept = list(Favourite.objects.filter(user=scope.user_id).values_list("pk", "precedent", "at"))
    total = len(kept)
    if word or order != "added":
        heads = _heads({precedent for _, precedent, _ in kept}, scope)
        kept = [each for each in kept if not word or (each[1] in heads and word in normalise(heads[each[1]].words))]
        kept.sort(key=lambda each: _place(heads.get(each[1]), order))
    info = page_info(page, total=len(kept))
    shown = kept[info.offset : info.offset + info.per_page]
    rows = rows_by_key([precedent for _, precedent, _ in shown], scope, on=on)
    return FavouritesPage(
        lines=tuple(KeptLine(key, at, rows.get(precedent)) for key, precedent, at in shown),
        page=info,
        wanted=wanted[:LONGEST_WANTED],
        orders=tuple((value, label, value == order) for value, label in ORDERS.items()),
        total=total,
    )


@dataclass(frozen=True, slots=True)
class _Head:
    title: str
    number: str
    changed_at: dt.datetime | None

    @property
    def words(self) -> str:
        return f"{self.title} {self.number}"


def _heads(keys: Collection[int], scope: ViewerScope) -> dict[int, _Head]:
    visible = Precedent.objects.visible_to(scope).filter(pk__in=keys, live_revision__isnull=False)
    columns = ("number", "status", "changed_at", "live_revision__title")
    found = visible.select_related("live_revision").only(*columns).annotate(is_personal=holds_personal()).order_by()
    return {each.pk: _Head(title_shown(each), each.number or "", each.changed_at) for each in found}


def _place(head: _Head | None, order: str) -> tuple:
    """What can be seen no more stands last: its place must not tell when it changed. Equal ones stay by time."""
    if order == "changed":
        return (head is None, -(head.changed_at.timestamp() if head and head.changed_at else 0))
    return (head is None, head.title if head else "") if order == "title" else ()


def _word(wanted: str) -> str:
    return " ".join(normalise(wanted[:LONGEST_WANTED]).split())


def rows_by_key(keys: Collection[int], scope: ViewerScope, *, on: dt.date) -> dict[int, PrecedentRow]:
    """Those of the precedents that the viewer may see now, with what is hidden in texts out of use. 2 queries, none for none."""
    if not keys:
        return {}
    rows = rows_of(Precedent.objects.filter(pk__in=keys).order_by(), scope, on=on)
    return {row.precedent.pk: _as_shown(row) for row in rows}


def _as_shown(row: PrecedentRow) -> PrecedentRow:
    return replace(row, revision=in_list(row.revision)) if row.precedent.status == PrecedentStatus.RETIRED else row


def starred_codes(scope: ViewerScope, codes: Collection[str]) -> frozenset[str]:
    """Which of the precedents with these codes the viewer keeps. 1 query, none for none."""
    if not codes or not scope.reads_content:
        return frozenset()
    mine = Favourite.objects.filter(user=scope.user_id, precedent__code__in=codes)
    return frozenset(mine.order_by().values_list("precedent__code", flat=True))


@dataclass(frozen=True, slots=True)
class Keep:
    """What the page of a precedent shows of the viewer's own. `kinds`: what looks like personal data in the note.

    `folders`: in how many folders that the viewer sees it stands.
    """

    code: str
    starred: bool
    note: str
    lock_version: int
    kinds: tuple[str, ...]
    folders: int

    @property
    def longest(self) -> int:
        return LONGEST_NOTE


def keep_for_page(precedent: Precedent, scope: ViewerScope) -> Keep | None:
    """None for who keeps nothing and for what was never published. 1 query."""
    if not scope.reads_content or scope.user_id is None or precedent.live_revision_id is None:
        return None
    shape: Hashable = frozenset(scope.departments)
    rows = prepared.values_of(
        "keep", scope.user_id, precedent.pk, shape=shape, build=lambda user, pk: _kept(user, pk, scope)
    )
    starred, note, lock_version, folders = rows[0] if rows else (False, "", 0, 0)
    return Keep(precedent.code, bool(starred), note, lock_version, kinds_in(note) if note else (), folders)


def _kept(user: int, precedent: int, scope: ViewerScope) -> QuerySet:
    note = PrivateNote.objects.filter(user=user, precedent=precedent).order_by()
    inside = FolderItem.objects.filter(_folder_visible(scope, user, way="folder__"), precedent=precedent).order_by()
    counted = inside.annotate(all=Value(1)).values("all").annotate(number=Count("pk")).values("number")
    return (
        User.objects.filter(pk=user)
        .order_by()
        .annotate(
            starred=Exists(Favourite.objects.filter(user=user, precedent=precedent)),
            note=Coalesce(Subquery(note.values("text")[:1]), Value("")),
            note_lock=Coalesce(Subquery(note.values("lock_version")[:1]), Value(0)),
            folders=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0)),
        )
        .values_list("starred", "note", "note_lock", "folders")
    )


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A private note with its precedent, None for one that the viewer sees no more: the own words stay readable."""

    note: PrivateNote
    row: PrecedentRow | None
    kinds: tuple[str, ...]


def notes_for_page(
    scope: ViewerScope, *, wanted: str = "", page: object = 1, on: dt.date
) -> tuple[tuple[NoteLine, ...], PageInfo]:
    """One page of the viewer's notes, newest first; `wanted`: words in them. 3 queries for any number."""
    notes = list(PrivateNote.objects.filter(user=scope.user_id))
    if word := _word(wanted):
        notes = [note for note in notes if word in normalise(note.text)]
    info = page_info(page, total=len(notes))
    shown = notes[info.offset : info.offset + info.per_page]
    rows = rows_by_key([note.precedent_id for note in shown], scope, on=on)
    return tuple(NoteLine(note, rows.get(note.precedent_id), kinds_in(note.text)) for note in shown), info


def note_of(precedent: Precedent, scope: ViewerScope) -> PrivateNote | None:
    """The viewer's note beside a precedent. 1 query."""
    return PrivateNote.objects.filter(user=scope.user_id, precedent=precedent).first()


def recent_for_page(scope: ViewerScope, *, on: dt.date) -> tuple[KeptLine, ...]:
    """What the viewer opened last, without what can be seen no more. 3 queries."""
    opened = list(RecentOpening.objects.filter(user=scope.user_id).values_list("pk", "precedent", "at"))
    rows = rows_by_key([precedent for _, precedent, _ in opened], scope, on=on)
    return tuple(KeptLine(key, at, rows[precedent]) for key, precedent, at in opened if precedent in rows)


def _folder_visible(scope: ViewerScope, user: int | None, *, way: str = "") -> Q:
    """The rule of `access.may_see_folder` for rows."""
    return Q(**{f"{way}owner": user}) | Q(**{f"{way}department__in": list(scope.departments)})


def folders_visible(scope: ViewerScope) -> QuerySet[Folder]:
    """The folders that the viewer reads; none for who reads no content."""
    if not scope.reads_content:
        return Folder.objects.none()
    return Folder.objects.filter(_folder_visible(scope, scope.user_id))


def folder_by_code(code: str, scope: ViewerScope) -> Folder:
    """Raises NotVisible both for what is not there and for what is somebody else's. 1 query."""
    folder = Folder.objects.select_related("department").filter(code=code).first()
    if folder is None or not may_see_folder(scope, folder):
        raise NotVisible()
    return folder
