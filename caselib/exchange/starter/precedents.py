"""Precedents of the starter library: written by one account, submitted, approved by another, then their open points."""

import dataclasses
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.precedents.completeness import DECLARABLE, missing_for_submission
from caselib.precedents.content import CitationSpec, Detour, RevisionContent
from caselib.precedents.deciding import revision_approve, warnings_mark
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.numbers import next_numbers
from caselib.precedents.privacy import hits_of
from caselib.precedents.services import precedent_create, revision_submit

from .files import Library
from .ground import Ground
from .policies import PREFIX, Shelf
from .precedent_files import CitationLine, PrecedentFile
from .reading import BrokenFile


@dataclass(frozen=True, slots=True)
class Hands:
    """Who writes and who approves: two accounts, or the services refuse."""

    editor: User
    reviewer: User


def precedents_load(
    library: Library, ground: Ground, shelf: Shelf, *, hands: Hands, now: dt.datetime, say: Callable[[str], None]
) -> int:
    """Adds the precedents that are missing and returns how many. Call it inside a transaction.

    One that is there already is left as it is, whatever people made of it. Raises BrokenFile for one that does not
    hold, StaleState when somebody published meanwhile. About 80 queries for each.
    """
    rows = Precedent.objects.filter(external_id__startswith=PREFIX).values_list("external_id", "number")
    known = {external_id.removeprefix(PREFIX): number for external_id, number in rows}
    fresh = [file for file in library.precedents if file.key not in known]
    numbers = known | _numbers_to_come(fresh, ground, year=clock.day_of(now).year)
    names = Names(library, numbers)
    for position, file in enumerate(fresh, start=1):
        try:
            _bring_in(
                file, _content(file, ground, shelf, names), ground, hands=hands, now=now, number=numbers[file.key]
            )
        except BrokenFile:
            raise
        except RuleBroken as error:
            raise file.entry.broken(error.field, error.message) from error
        if position % 20 == 0:
            say(f"  案例 {position}/{len(fresh)}")
    return len(fresh)


def _bring_in(
    file: PrecedentFile,
    content: RevisionContent,
    ground: Ground,
    *,
    hands: Hands,
    now: dt.datetime,
    number: str | None,
) -> None:
    revision = precedent_create(
        content,
        owner_department=ground.department(file.entry, file.owner_department, at="owner_department"),
        author=hands.editor,
        external_id=f"{PREFIX}{file.key}",
        kind=file.kind,
        tier=file.tier,
    )
    if file.draft:
        return
    revision_submit(revision, lock_version=revision.lock_version, actor=hands.editor, now=now)
    precedent = revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=hands.reviewer,
        digest_seen=revision.content_digest,
        now=now,
        comment="随产品提供的内容，按来源核对",
        # Who compared them with their sources looked at these, too: they are published as they stand there.
        warnings_seen=warnings_mark(hits_of(content)),
    )
    if precedent.number != number:
        raise StaleState(gettext("装载的时候有人同时发布了案例，编号对不上。什么都没有写入，再运行一次。"))
    _doubt(file, precedent, revision, hands=hands, now=now)


def _doubt(file: PrecedentFile, precedent: Precedent, revision: Revision, *, hands: Hands, now: dt.datetime) -> None:
    rows = {row.position: row for row in revision.citations.all()}
    for position, line in enumerate(file.citations):
        if line.doubt:
            precedent_doubt(precedent, reason=line.doubt, actor=hands.reviewer, citation=rows[position], now=now)
    for reason in file.doubts:
        precedent_doubt(precedent, reason=reason, actor=hands.reviewer, now=now)


def _content(file: PrecedentFile, ground: Ground, shelf: Shelf, names: "Names") -> RevisionContent:
    for name in file.causes:
        if name not in ground.causes:
            raise file.entry.broken("causes", f"没有原因“{name}”。")
    for name in filter(None, (file.matter, *file.more_matters)):
        if name not in ground.matters:
            raise file.entry.broken("matter", f"事项目录里没有“{name}”；来源的原话写进 matter_note。")
    for scheme, name in file.classifications:
        if (scheme, name) not in ground.categories:
            raise file.entry.broken(f"classifications.{scheme}", f"没有分类“{name}”。")
    content = RevisionContent(
        **names.spelt_out(file.plain),
        matter=ground.matters[file.matter] if file.matter else None,
        more_matters=tuple(ground.matters[name] for name in file.more_matters),
        theme=ground.theme(file.entry, file.theme) if file.theme else None,
        region=ground.region(file.entry, file.region) if file.region else None,
        causes=tuple(ground.causes[name] for name in file.causes),
        categories=tuple(ground.categories[pair] for pair in file.classifications),
        citations=tuple(_citation(line, shelf) for line in file.citations),
    )
    return _with_gaps_told(content)


def _with_gaps_told(content: RevisionContent) -> RevisionContent:
    """What the source does not say is named as 待核, so that a gap of the source is no gap of the text."""
    silent = [name for name in missing_for_submission(content) if name in DECLARABLE]
    return dataclasses.replace(content, unverified=(*content.unverified, *silent))


def _citation(line: CitationLine, shelf: Shelf) -> CitationSpec:
    return CitationSpec(
        version=shelf.version(line.entry, line.policy, line.version),
        clause=shelf.clause(line.entry, line.policy, line.version, line.article) if line.article else None,
        locator=line.locator,
        relation=line.relation,
        note=line.note,
        is_verified=line.is_verified,
    )


def _numbers_to_come(files: list[PrecedentFile], ground: Ground, *, year: int) -> dict[str, str | None]:
    """The library number that each file will be given at its approval; None for drafts.

    Texts name each other before all of them have their numbers. The numbers are taken in a savepoint and given back,
    so that the approvals take the same ones in the same order.
    """
    numbers: dict[str, str | None] = {file.key: None for file in files}
    by_department: dict[Any, list[str]] = defaultdict(list)
    for file in files:
        if not file.draft:
            owner = ground.department(file.entry, file.owner_department, at="owner_department")
            by_department[owner].append(file.key)
    savepoint = transaction.savepoint()
    for department, keys in by_department.items():
        numbers |= dict(zip(keys, next_numbers(department, year=year, count=len(keys)), strict=True))
    transaction.savepoint_rollback(savepoint)
    return numbers


class Names:
    """Spells the keys that texts call one another by (看 N-01) as library numbers, a draft as its title."""

    def __init__(self, library: Library, numbers: dict[str, str | None]) -> None:
        self._names = {file.key: numbers[file.key] or f"《{file.plain['title']}》" for file in library.precedents}
        keys = "|".join(map(re.escape, self._names)) or "(?!)"
        self._pattern = re.compile(rf"(?<![A-Za-z0-9-])(?:{keys})(?![A-Za-z0-9-])")

    def spelt_out(self, plain: dict[str, Any]) -> dict[str, Any]:
        return {
            name: tuple(map(self._entry, value))
            if isinstance(value, tuple)
            else self.text(value)
            if isinstance(value, str)
            else value
            for name, value in plain.items()
        }

    def _entry(self, entry: Any) -> Any:
        if isinstance(entry, Detour):
            return Detour(*map(self.text, dataclasses.astuple(entry)))
        return self.text(entry) if isinstance(entry, str) else entry

    def text(self, text: str) -> str:
        return self._pattern.sub(lambda match: self._names[match[0]], text)
