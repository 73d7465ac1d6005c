"""Reads of folders for pages: the list, one folder with its lines, the folders that a precedent can go into."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery

from caselib.orgs.models import CONTENT_ROLES, Department, User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.privacy import outgoing_text
from caselib.precedents.selectors import PrecedentRow

from .access import may_change_folder, may_make_private
from .models import Folder, FolderItem
from .selectors import folders_visible, rows_by_key

MOST_COLLEAGUES = 200


@dataclass(frozen=True, slots=True)
class FolderLine:
    """`count`: how many precedents stand in it, seen or not; `may_change`: whether the viewer may put one in."""

    folder: Folder
    count: int
    may_change: bool


@dataclass(frozen=True, slots=True)
class FoldersPage:
    """`own`: private to the viewer; `shared`: of the viewer's departments. `departments`: those to share with."""

    own: tuple[FolderLine, ...]
    shared: tuple[FolderLine, ...]
    departments: tuple[Department, ...]


def folders_for_page(scope: ViewerScope) -> FoldersPage:
    """2 queries for any number of folders."""
    lines = _lines(scope)
    return FoldersPage(
        own=tuple(line for line in lines if not line.folder.is_shared),
        shared=tuple(line for line in lines if line.folder.is_shared),
        departments=departments_of(scope),
    )


def _lines(scope: ViewerScope) -> list[FolderLine]:
    counted = FolderItem.objects.filter(folder=OuterRef("pk")).order_by().values("folder")
    number = Subquery(counted.annotate(number=Count("pk")).values("number"))
    folders = folders_visible(scope).select_related("department").annotate(number=number)
    return [FolderLine(each, each.number or 0, bool(may_change_folder(scope, each))) for each in folders]


def departments_of(scope: ViewerScope) -> tuple[Department, ...]:
    """The viewer's departments, the first one first. 1 query."""
    found = Department.objects.filter(pk__in=list(scope.departments))
    return tuple(sorted(found, key=lambda each: (each.pk != scope.home_department_id, each.name)))


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A line of a folder, counted from 0; `row` is None for a precedent that the viewer sees no more."""

    item: FolderItem
    row: PrecedentRow | None
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class FolderPage:
    """`text`: the lines that the viewer sees, to copy. `colleagues`: whom it may be handed to, empty for who may not.

    `hidden`: how many of its precedents this viewer does not see. `reason`, `place_fixed`: why the viewer may not change
    it, or not whom it is shared with; empty where it may be.
    """

    folder: Folder
    lines: tuple[ItemLine, ...]
    may_change: bool
    reason: str
    place_fixed: str
    departments: tuple[Department, ...]
    colleagues: tuple[User, ...]
    text: str
    hidden: int


def folder_for_page(folder: Folder, scope: ViewerScope, *, on: dt.date) -> FolderPage:
    """One folder that the viewer may see. 5 queries for any number of lines."""
    items = list(folder.items.all())
    rows = rows_by_key([item.precedent_id for item in items], scope, on=on)
    lines = tuple(
        ItemLine(item, rows.get(item.precedent_id), at == 0, at == len(items) - 1) for at, item in enumerate(items)
    )
    answer = may_change_folder(scope, folder)
    return FolderPage(
        folder=folder,
        lines=lines,
        may_change=bool(answer),
        reason="" if answer else answer.reason,
        place_fixed="" if (place := may_make_private(scope, folder)) else getattr(place, "reason", ""),
        departments=departments_of(scope) if answer else (),
        colleagues=_colleagues(folder) if answer and folder.is_shared else (),
        text=_as_text(folder, lines),
        hidden=sum(line.row is None for line in lines),
    )


def _colleagues(folder: Folder) -> tuple[User, ...]:
    """Accounts in use of the people of the department that read content, by name; no connected system."""
    roles = [role.value for role in CONTENT_ROLES]
    held = {"memberships__department": folder.department_id, "memberships__role__in": roles}
    found = User.objects.filter(is_active=True, client=None, **held).distinct().order_by("display_name", "pk")
    return tuple(found[:MOST_COLLEAGUES])


def _as_text(folder: Folder, lines: tuple[ItemLine, ...]) -> str:
    """The list for a chat or a letter: place, number, title, signal, remark; what the viewer does not see is left out."""
    seen = [line for line in lines if line.row]
    # It leaves the site with whoever copies it.
    return outgoing_text(
        "\n".join([folder.name, *(f"{at}. {_line(line)}" for at, line in enumerate(seen, 1))]), decided={}
    )


def _line(line: ItemLine) -> str:
    row = line.row
    parts = [row.precedent.number or "", row.revision.title, "" if row.is_sample else f"（{row.signal.label}）"]
    words = " ".join(part for part in parts[:2] if part) + parts[2]
    return f"{words} {line.item.remark}".strip()


@dataclass(frozen=True, slots=True)
class PutLine:
    """A folder that the viewer may see; `key`: of the line of the precedent in it, None where it is not in."""

    line: FolderLine
    key: int | None


def folders_for(precedent: Precedent, scope: ViewerScope) -> tuple[PutLine, ...]:
    """The folders of the viewer, those that hold the precedent first. 2 queries."""
    lines = _lines(scope)
    keys = [line.folder.pk for line in lines]
    held = dict(FolderItem.objects.filter(precedent=precedent, folder__in=keys).values_list("folder", "pk"))
    shown = [PutLine(line, held.get(line.folder.pk)) for line in lines if line.may_change or line.folder.pk in held]
    return tuple(sorted(shown, key=lambda each: each.key is None))
