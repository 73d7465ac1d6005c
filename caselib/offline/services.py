"""Making a pack: its pages, its small index, its manifest, and the event that says that texts left the library."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User

from .drawing import FILES, STYLES, Drawing, file_of
from .finding import entry_of, index_script, words_script
from .halls import Hall
from .manifest import NAME, digest_of, files_in, signed
from .placing import built_beside, interrupted_restore, put_in_place, refuse_foreign
from .sheets import Law, Line, Sheet, by_words, laws_gather, line_of, sheets_of, shelf_of

USUAL_DAYS, MOST_DAYS = 7, 90
_CARDS = 12


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was made. `digest`: SHA-256 of its manifest, which names every file; `size`: bytes of all files."""

    hall: str
    issued_on: dt.date
    valid_until: dt.date
    count: int
    digest: str
    size: int


def pack_export(folder: Path, *, hall: Hall, days: int, actor: User | None, now: dt.datetime | None = None) -> Pack:
    """Makes a pack for a hall in that folder, in place of one of ours that lies there.

    Raises RuleBroken: days out of range, a foreign folder, a disk that is full; then nothing changed.
    Writes AuditEvent offline.exported.
    """
    days_checked(days)
    folder = folder.absolute()
    refuse_foreign(folder)
    interrupted_restore(folder)
    with built_beside(folder) as building:
        pack = pack_build(building, hall=hall, days=days, now=now or clock.now())
        with transaction.atomic():
            pack_noted(pack, hall=hall, days=days, actor=actor)
            put_in_place(building, folder)
    return pack


def days_checked(days: int) -> None:
    """Raises RuleBroken for a pack that would hold no day or too long."""
    if not 1 <= days <= MOST_DAYS:
        raise RuleBroken(
            gettext("有效期写 1 到 {most_days} 天。").format(most_days=MOST_DAYS), code="bad_number", field="days"
        )


@transaction.atomic
def pack_noted(pack: Pack, *, hall: Hall, days: int, actor: User | None) -> None:
    """Writes AuditEvent offline.exported: for whom, how many, until when, and the digest of the manifest."""
    after = {"hall": pack.hall, "count": pack.count, "days": days, "digest": pack.digest}
    record(Action.OFFLINE_EXPORTED, hall.place, actor=actor, after=after)


def pack_build(folder: Path, *, hall: Hall, days: int, now: dt.datetime) -> Pack:
    """Writes the files of a pack into an empty folder. Raises OSError. A dozen queries for each hundred precedents."""
    issued = timezone.localtime(now)
    on = issued.date()
    until = on + dt.timedelta(days=days)
    shelf = shelf_of(hall.scope, on=on)
    common = {"hall": hall.name, "issued": issued, "issued_on": on, "until": until, "days": days, "styles": STYLES}
    maker = _Maker(folder, Drawing(shelf.codes, common))
    for sheet in sheets_of(shelf, hall.scope, on=on):
        maker.add(sheet)
    count = maker.finish()
    facts = {
        "hall": hall.name,
        "code": hall.code,
        "issued_at": issued.isoformat(timespec="seconds"),
        "valid_until": until.isoformat(),
        "days": days,
        "count": count,
        "files": {name: digest_of(folder / name) for name in files_in(folder)},
    }
    manifest = signed(facts)
    (folder / NAME).write_bytes(manifest)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Pack(hall.name, on, until, count, hashlib.sha256(manifest).hexdigest(), size)


class _Maker:
    """Writes page after page, and keeps of each what the lists need."""

    def __init__(self, folder: Path, drawing: Drawing) -> None:
        self._folder = folder
        self._drawing = drawing
        self._lines: list[Line] = []
        self._entries: list[dict[str, Any]] = []
        self._laws: dict[int, Law] = {}
        self._cards: list[Sheet] = []
        for name in ("p", "law", "m", "c", "assets", "data"):
            (folder / name).mkdir()

    def add(self, sheet: Sheet) -> None:
        """The page of one precedent."""
        line = line_of(sheet)
        self._lines.append(line)
        self._entries.append(entry_of(sheet, line))
        laws_gather(self._laws, sheet)
        if sheet.is_breakdown:
            self._cards.append(sheet)
        self._page("precedent", sheet.path, sheet=sheet)

    def finish(self) -> int:
        """Everything that needs all of them. Returns how many precedents there are."""
        matters = by_words(self._lines, lambda line: line.matters)
        causes = by_words(self._lines, lambda line: line.causes)
        places = {name: f"c/{number}.html" for number, name in enumerate(causes, 1)}
        for (name, code), lines in matters.items():
            self._page("list", f"m/{code}.html", name=name, what="事项", lines=lines)
        for name, lines in causes.items():
            self._page("list", places[name], name=name, what="原因", lines=lines)
        laws = sorted(self._laws.values(), key=lambda law: (law.version.policy.title, law.version.position))
        for law in laws:
            self._page("law", law.path, law=law)
        # Those that may be followed come first.
        cards = sorted(self._cards, key=lambda sheet: ["ok", "care", "stop", ""].index(sheet.word))
        self._page(
            "index",
            "index.html",
            cards=cards[:_CARDS],
            count=len(self._lines),
            matters=[(name, f"m/{code}.html", len(lines)) for (name, code), lines in matters.items()],
            causes=[(name, places[name], len(lines)) for name, lines in causes.items()],
            laws=laws,
        )
        self._write("data/index.js", index_script(self._entries).encode())
        self._write("data/words.js", words_script().encode())
        for name in FILES:
            self._write(f"assets/{name}", file_of(name))
        return len(self._lines)

    def _page(self, template: str, path: str, **values: Any) -> None:
        self._write(path, self._drawing.page(template, path, **values).encode())

    def _write(self, path: str, data: bytes) -> None:
        (self._folder / path).write_bytes(data)
