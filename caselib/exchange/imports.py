"""Precedents from JSON Lines: everything is checked before anything is written, and all of it comes in or none."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.orgs.models import Department, Region, User
from caselib.precedents.bulk import NewPrecedent, known_external_ids, precedents_import
from caselib.precedents.content import CitationSpec, RevisionContent, Source, checked
from caselib.precedents.models import Kind, Precedent, Revision
from caselib.precedents.visibility import Audience

from .jsonlines import TAG_LENGTH, BadLine, Row, read_lines
from .matching import Vocabulary, key_of
from .record import content_from

_NOTE_LENGTH = Revision._meta.get_field("matter_note").max_length
_ORG_LENGTH = Revision._meta.get_field("lead_org").max_length


Remark = Callable[[str], None]


@dataclass(slots=True)
class ImportPlan:
    """What a file would bring in. `remarks` maps each remark to the lines it is about; remarks stop nothing."""

    items: list[NewPrecedent] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    remarks: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def plan_import(lines: Iterable[bytes], *, on: dt.date, region: str = "", department: str = "") -> ImportPlan:
    """Reads a file opened as bytes and matches its names to this library; `on` is the day whose policies are meant.

    `region` (full name) and `department` (name or code) take what belongs to no known department; left out, the home
    hall of the site does. Raises RuleBroken when the library does not have them.
    Writes nothing. A handful of queries, and one for each 500 lines.
    """
    plan = ImportPlan()
    vocabulary = Vocabulary.load(on=on, region=region, department=department)
    rows: list[Row] = []
    for read in read_lines(lines):
        if isinstance(read, BadLine):
            plan.bad.append(read)
        else:
            rows.append(read)
    taken = known_external_ids([row.id for row in rows])
    for row in rows:
        if row.id in taken:
            plan.bad.append(BadLine(row.line, f"编号“{row.id}”已经导入过了。"))
            continue
        try:
            plan.items.append(_item(row, vocabulary, plan))
        except RuleBroken as error:
            plan.bad.append(BadLine(row.line, error.message))
    plan.bad.sort(key=lambda bad: bad.line)
    return plan


def plan_store(
    plan: ImportPlan, *, publish: bool, dry_run: bool, actor: User | None, now: dt.datetime
) -> list[Precedent]:
    """Brings the planned precedents in; with `dry_run` does everything and takes it back.

    Raises RuleBroken when the plan has bad lines or the library changed meanwhile; then nothing was written.
    Writes what `precedents_import` writes.
    """
    if plan.bad:
        raise RuleBroken(
            gettext("有 {count} 行不能导入，一行也没有写入。").format(count=len(plan.bad)), code="bad_lines"
        )
    with transaction.atomic():
        stored = precedents_import(plan.items, publish=publish, actor=actor, now=now)
        if dry_run:
            transaction.set_rollback(True)
    return stored


def _item(row: Row, vocabulary: Vocabulary, plan: ImportPlan) -> NewPrecedent:
    """The row as a precedent; notes in `plan.remarks` what the library does not know."""

    def remark(words: str) -> None:
        plan.remarks[words].append(row.line)

    content = content_for(row, vocabulary, remark)
    owner = _owner(row, vocabulary, remark, region=content.region)
    return NewPrecedent(checked(content), owner, external_id=row.id, line=row.line, **kept_apart(row))


def kept_apart(row: Row) -> dict[str, str]:
    """Audience and kind, which a precedent has beside its text; what is no such value is as for a text that says none."""
    return {
        "audience": row.audience if row.audience in Audience.values else Audience.LIBRARY,
        "kind": row.kind if row.kind in Kind.values else Kind.PRECEDENT,
    }


def content_for(row: Row, vocabulary: Vocabulary, remark: Remark) -> RevisionContent:
    """What the row says, in the names of this library, not checked yet; `remark` is told what the library does not know.

    Raises RuleBroken for what cannot be kept in any way.
    """
    for name in row.unknown:
        remark(f"不认识的键“{name}”没有读")
    if row.record is not None:
        return content_from(row.record, vocabulary, remark)
    _refuse_long_department(row)
    matter = vocabulary.matters.get(key_of(row.matter)) if row.matter else None
    if row.matter and matter is None:
        remark(f"事项“{row.matter}”不在事项目录里，写进了事项说明")
    region = vocabulary.regions.get(key_of(row.district)) if row.district else None
    causes, categories, more_tags = _classes(row, vocabulary, remark)
    citations, loose = _citations(row, vocabulary, remark)
    if row.district and region is None:
        remark(f"地区“{row.district}”不在区划里，记在来源里")
        loose.insert(0, Source(name=f"导入文件写的地区：{row.district}"))
    # What was matched by name alone, or not at all, nobody has checked.
    unverified = ["region"] * bool(row.district and region is None) + ["policies"] * bool(row.policies)
    content = replace(
        _said(row),
        matter=matter,
        theme=matter.theme if matter else None,
        matter_note="" if matter else row.matter,
        region=region,
        causes=causes,
        categories=categories,
        tags=tuple(dict.fromkeys((*row.tags, *more_tags))),
        citations=citations,
        sources=tuple(loose),
        unverified=tuple(unverified),
    )
    more = dict(row.more)
    return replace(content, sources=(*more.pop("sources", ()), *content.sources), **more)


def _refuse_long_department(row: Row) -> None:
    if len(row.department) > _ORG_LENGTH:
        raise RuleBroken(
            gettext("department 有 {count} 个字，最多 {org_length} 个。").format(
                count=len(row.department), org_length=_ORG_LENGTH
            ),
            code="too_long",
            field="lead_org",
        )


def _said(row: Row) -> RevisionContent:
    """What needs no look at the library."""
    return RevisionContent(
        title=row.title,
        problem=row.problem,
        blocker=row.blocker,
        resolution=row.resolution,
        applies_when=row.applicable,
        not_when=row.not_applicable,
        lead_org=row.department,
    )


def _owner(row: Row, vocabulary: Vocabulary, remark: Remark, *, region: Region | None) -> Department:
    found = vocabulary.department(row.department, region=region) if row.department else None
    owner = found or vocabulary.default_department
    if owner is None:
        raise RuleBroken(
            gettext("库里还没有部门。先运行 load_starter，或者先建部门。"), code="no_department", field="department"
        )
    if found is None:
        written = f"没有找到部门“{row.department}”" if row.department else "没有写部门"
        remark(f"{written}，归到“{owner}”")
    return owner


def _classes(row: Row, vocabulary: Vocabulary, remark: Remark) -> tuple[tuple, tuple, list[str]]:
    """Causes, classes of a scheme, and what is neither: that becomes a tag, so that it can still be found."""
    causes, categories, tags = [], [], []
    for name in row.category:
        key = key_of(name)
        if key in vocabulary.causes:
            causes.append(vocabulary.causes[key])
        elif key in vocabulary.categories:
            categories.append(vocabulary.categories[key])
        elif len(name) > TAG_LENGTH:
            raise RuleBroken(
                gettext("分类“{name}……”不在库里，也太长，作不了标签。").format(name=name[:TAG_LENGTH]),
                code="tag_too_long",
            )
        else:
            tags.append(name)
            remark(f"分类“{name}”既不是原因也不在分类方案里，作为标签")
    return tuple(causes), tuple(categories), tags


def _citations(row: Row, vocabulary: Vocabulary, remark: Remark) -> tuple[tuple[CitationSpec, ...], list[Source]]:
    """What is cited, and in words what the library does not have."""
    found: dict[tuple, CitationSpec] = {}
    loose: list[Source] = []
    for text in row.policies:
        spec = vocabulary.citation(text)
        if spec is None:
            remark(f"政策“{text}”在库里没有今天现行的版本，记在来源里")
            loose.append(Source(name=f"导入文件写的依据：{text}"))
        else:
            found.setdefault((spec.version.pk, spec.clause and spec.clause.pk, spec.locator), spec)
    return tuple(found.values()), loose
