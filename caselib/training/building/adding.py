"""Precedents to be put into a pack: found by words as on the results page, named by number, or from a folder."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.core.text import clean
from caselib.orgs.scope import ViewerScope
from caselib.personal.models import Folder
from caselib.personal.selectors import folders_visible, rows_by_key
from caselib.precedents.models import Precedent
from caselib.precedents.place import Place
from caselib.precedents.signal import Word
from caselib.search.selectors import results_for_page

from ..audiences import q_wide_enough
from ..models import Module, Pack, PackVersion

PER_PAGE = 20
LONGEST_QUERY = 300
SEARCH, NUMBERS, FOLDER = "search", "numbers", "folder"


@dataclass(frozen=True, slots=True)
class Offer:
    """One precedent to tick. `place`: where it holds, None where everywhere. `is_in`: it is in the pack; `is_short`: not all readers of the
    pack may read it; `is_stopped`: out of use, with `reasons`."""

    code: str
    number: str
    title: str
    gist: str
    word: str
    label: str
    reasons: tuple[str, ...]
    place: Place | None
    is_in: bool
    is_short: bool

    @property
    def is_stopped(self) -> bool:
        return self.word == Word.STOP

    @property
    def may_take(self) -> bool:
        return not (self.is_in or self.is_stopped)


@dataclass(frozen=True, slots=True)
class AddPage:
    """`way`: how it is looked for; `offers` is empty before anything was asked. `folders`: with `number`, how many stand in each;
    `folder`: code of the open one; `module`: key of the one that is chosen.
    """

    pack: Pack
    version: PackVersion
    modules: tuple[Module, ...]
    way: str
    query: str
    offers: tuple[Offer, ...]
    page: PageInfo
    notes: tuple[str, ...]
    folders: tuple[Folder, ...]
    folder: str
    module: str

    @property
    def may_take_any(self) -> bool:
        return any(offer.may_take for offer in self.offers)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, as far as it is anything."""

    way: str = SEARCH
    query: str = ""
    folder: str = ""
    module: str = ""
    page: str = "1"


def asked_of(values: Mapping[str, str]) -> Asked:
    """From an address or a form. Never fails."""
    way = values.get("way", "")
    return Asked(
        way=way if way in (SEARCH, NUMBERS, FOLDER) else SEARCH,
        query=clean(values.get("q", "")[:LONGEST_QUERY]).strip(),
        folder=values.get("folder", "")[:12],
        module=values.get("module", "")[:12],
        page=values.get("page", "1"),
    )


def adding_for_page(version: PackVersion, scope: ViewerScope, asked: Asked, *, on: dt.date) -> AddPage:
    """As much as was asked for. A search pays what the results page pays and 2 queries, a folder 6 in all.

    Raises NotVisible for somebody else's folder.
    """
    pack = version.pack
    offers, page, notes = (), page_info(1, total=0), ()
    folders = _folders(scope) if asked.way == FOLDER else ()
    if asked.way == SEARCH and asked.query:
        offers, page, notes = _searched(version, scope, asked)
    elif asked.way == FOLDER and asked.folder:
        offers, page = _of_folder(version, scope, asked, folders, on=on)
    modules = tuple(version.modules.order_by("position", "pk"))
    return AddPage(
        pack=pack,
        version=version,
        modules=modules,
        way=asked.way,
        query=asked.query,
        offers=offers,
        page=page,
        notes=notes,
        folders=folders,
        folder=asked.folder,
        module=asked.module
        if asked.module in {module.key for module in modules}
        else modules[-1].key
        if modules
        else "",
    )


def _searched(
    version: PackVersion, scope: ViewerScope, asked: Asked
) -> tuple[tuple[Offer, ...], PageInfo, tuple[str, ...]]:
    found = results_for_page(scope=scope, text=asked.query, page=asked.page, per_page=PER_PAGE)
    held, short = _marks(version, [row.pk for row in found.rows])
    offers = tuple(
        Offer(
            code=row.code,
            number=row.number,
            title="".join(text for text, _ in row.title),
            gist="".join(text for text, _ in row.gist),
            word=row.signal.word,
            label=row.signal.label,
            reasons=row.signal.reasons,
            place=row.place,
            is_in=row.pk in held,
            is_short=row.pk in short,
        )
        for row in found.rows
    )
    return offers, found.page, found.notes


def _marks(version: PackVersion, keys: Collection[int]) -> tuple[frozenset[int], frozenset[int]]:
    """(those that are in the pack, those that not all of its readers may read). 1 query, none for none."""
    if not keys:
        return frozenset(), frozenset()
    inside = Exists(version.lessons.filter(precedent=OuterRef("pk")))
    rows = (
        Precedent.objects.filter(pk__in=keys).order_by().annotate(is_in=inside, is_short=~q_wide_enough(version.pack))
    )
    found = list(rows.values_list("pk", "is_in", "is_short"))
    return frozenset(pk for pk, is_in, _ in found if is_in), frozenset(pk for pk, _, is_short in found if is_short)


def _folders(scope: ViewerScope) -> tuple[Folder, ...]:
    return tuple(folders_visible(scope).annotate(number=Count("items")).order_by("name", "pk"))


def _of_folder(
    version: PackVersion, scope: ViewerScope, asked: Asked, folders: tuple[Folder, ...], *, on: dt.date
) -> tuple[tuple[Offer, ...], PageInfo]:
    folder = next((each for each in folders if each.code == asked.folder), None)
    if folder is None:
        raise NotVisible()
    keys = list(folder.items.order_by("position", "pk").values_list("precedent", flat=True))
    rows = rows_by_key(keys, scope, on=on)
    page = page_info(asked.page, total=len(rows), per_page=PER_PAGE)
    shown = [rows[key] for key in keys if key in rows][page.offset : page.offset + page.per_page]
    held, short = _marks(version, [row.precedent.pk for row in shown])
    offers = tuple(
        Offer(
            code=row.precedent.code,
            number=row.precedent.number or "",
            title=row.revision.title,
            gist=row.revision.gist,
            word=row.signal.word,
            label=row.signal.label,
            reasons=row.signal.reasons,
            place=row.place,
            is_in=row.precedent.pk in held,
            is_short=row.precedent.pk in short,
        )
        for row in shown
    )
    return offers, page
