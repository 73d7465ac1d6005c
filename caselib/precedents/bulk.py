"""Many precedents in one transaction: what an import needs, where one query for each row would take hours."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.services import tags_named
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.core.marks import mark_dirty
from caselib.orgs.models import Department, User

from .content import RevisionContent, checked, columns
from .models import Citation, Kind, Precedent, Revision, RevisionState
from .numbers import next_numbers
from .privacy import hits_of, told
from .services import REVERIFY_AFTER, SYSTEM_NAME, TOPIC, browse_columns, citations_of
from .visibility import Audience, PrecedentStatus

BATCH = 500
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class NewPrecedent:
    """One precedent to bring in. `external_id` is its key in the system it comes from, `line` its place in a file, or 0."""

    content: RevisionContent
    owner_department: Department
    external_id: str | None = None
    kind: str = Kind.PRECEDENT
    audience: str = Audience.LIBRARY
    line: int = 0

    @property
    def name(self) -> str:
        """How a message calls it."""
        return f"第 {self.line} 行" if self.line else f"“{self.external_id or self.content.title[:20]}”"


@transaction.atomic
def precedents_import(
    items: Sequence[NewPrecedent], *, publish: bool, actor: User | None, now: dt.datetime
) -> list[Precedent]:
    """Brings all of them in, or none: as drafts, or with `publish` as published by the decision of whoever imports.

    Raises RuleBroken for the first one that does not hold, and with `publish` naming those with personal data, which may
    come in as drafts. About 20 queries for each 500. Writes one AuditEvent for each owning department, NumberSeries;
    marks the index dirty when published.
    """
    contents = [checked(item.content) for item in items]
    if publish:
        _refuse_personal(items, contents)
    _refuse_known(items)
    numbers = _numbers(items, year=clock.day_of(now).year) if publish else [None] * len(items)
    precedents = [
        Precedent(
            owner_department=item.owner_department,
            external_id=item.external_id or None,
            number=number,
            audience=item.audience,
            kind=item.kind,
            **browse_columns(content),
        )
        for item, content, number in zip(items, contents, numbers, strict=True)
    ]
    Precedent.objects.bulk_create(precedents, batch_size=BATCH)
    state = {"state": RevisionState.APPROVED, "decided_at": now} if publish else {"state": RevisionState.DRAFT}
    revisions = [
        _first_revision(precedent, content, actor=actor, **state)
        for precedent, content in zip(precedents, contents, strict=True)
    ]
    Revision.objects.bulk_create(revisions, batch_size=BATCH)
    _store_rows(revisions, contents, actor=actor)
    if publish:
        _publish(precedents, revisions, now=now)
    _record(precedents, actor=actor, publish=publish)
    return precedents


def _refuse_personal(items: Sequence[NewPrecedent], contents: Sequence[RevisionContent]) -> None:
    """Raises RuleBroken that names lines and kinds, never words. 1 to 4 ms for each text; no query."""
    bad = [
        f"{item.name}：{told(blocking)}"
        for item, content in zip(items, contents, strict=True)
        if (blocking := [hit for hit in hits_of(content) if hit.blocks])
    ]
    if bad:
        more = f"；还有 {len(bad) - MOST_NAMED} 行" if len(bad) > MOST_NAMED else ""
        message = f"有 {len(bad)} 行有个人信息，一行也没有发布。{'；'.join(bad[:MOST_NAMED])}{more}。改好再导入，或者先存为草稿。"
        raise RuleBroken(message, code="personal_data", field="rows")


def _first_revision(precedent: Precedent, content: RevisionContent, *, actor: User | None, **state: Any) -> Revision:
    return Revision(
        precedent=precedent,
        number=1,
        author=actor,
        author_name=str(actor or SYSTEM_NAME),
        last_editor=actor,
        last_editor_name=str(actor or SYSTEM_NAME),
        **state,
        **columns(content),
    )


def known_external_ids(wanted: Sequence[str]) -> set[str]:
    """Those of the ids that precedents of the library already have. 1 query for each 500."""
    known: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        rows = Precedent.objects.filter(external_id__in=wanted[start : start + BATCH])
        known.update(rows.values_list("external_id", flat=True))
    return known


def _refuse_known(items: Sequence[NewPrecedent]) -> None:
    wanted = [item.external_id for item in items if item.external_id]
    if len(wanted) != len(set(wanted)):
        twice = next(key for key in wanted if wanted.count(key) > 1)
        raise RuleBroken(
            gettext("编号“{twice}”在文件里出现了两次。").format(twice=twice), code="external_id_twice", field="id"
        )
    if known := known_external_ids(wanted):
        raise RuleBroken(
            gettext("编号“{value}”已经导入过了。").format(value=min(known)), code="external_id_taken", field="id"
        )


def _publish(precedents: Sequence[Precedent], revisions: Sequence[Revision], *, now: dt.datetime) -> None:
    values = {
        "status": PrecedentStatus.PUBLISHED,
        "published_at": now,
        "changed_at": now,
        "reverify_due_on": clock.day_of(now) + REVERIFY_AFTER,
    }
    # One statement for each batch: the only revision of a new precedent is its live one.
    only_revision = Revision.objects.filter(precedent=OuterRef("pk")).values("pk")[:1]
    for start in range(0, len(precedents), BATCH):
        keys = [precedent.pk for precedent in precedents[start : start + BATCH]]
        Precedent.objects.filter(pk__in=keys).update(live_revision=Subquery(only_revision), **values)
    for precedent, revision in zip(precedents, revisions, strict=True):
        for name, value in {"live_revision": revision, **values}.items():
            setattr(precedent, name, value)
    mark_dirty(TOPIC, [precedent.pk for precedent in precedents])


def _numbers(items: Sequence[NewPrecedent], *, year: int) -> list[str]:
    """One number for each item, in the order of the items within each department."""
    count: dict[Department, int] = defaultdict(int)
    for item in items:
        count[item.owner_department] += 1
    free = {department: iter(next_numbers(department, year=year, count=n)) for department, n in count.items()}
    return [next(free[item.owner_department]) for item in items]


def _store_rows(revisions: Sequence[Revision], contents: Sequence[RevisionContent], *, actor: User | None) -> None:
    names = dict.fromkeys(name for content in contents for name in content.tags)
    tags = {tag.name: tag for tag in tags_named(names, actor=actor)}
    pairs = list(zip(revisions, contents, strict=True))
    _link(
        Revision.tags.through,
        "tag",
        [(r, tags[name]) for r, c in pairs for name in dict.fromkeys(c.tags) if name in tags],
    )
    _link(Revision.causes.through, "cause", [(r, cause) for r, c in pairs for cause in dict.fromkeys(c.causes)])
    _link(Revision.categories.through, "category", [(r, row) for r, c in pairs for row in dict.fromkeys(c.categories)])
    _link(
        Revision.more_matters.through, "matter", [(r, row) for r, c in pairs for row in dict.fromkeys(c.more_matters)]
    )
    Citation.objects.bulk_create((row for r, c in pairs for row in citations_of(r, c)), batch_size=BATCH)


def _link(through: type[models.Model], name: str, pairs: list[tuple[Revision, models.Model]]) -> None:
    through.objects.bulk_create(
        [through(**{"revision_id": revision.pk, f"{name}_id": row.pk}) for revision, row in pairs], batch_size=BATCH
    )


def _record(precedents: Sequence[Precedent], *, actor: User | None, publish: bool) -> None:
    """One event for each department: the rows of an import are one deed, and name each other in it."""
    by_department: dict[Department, list[Precedent]] = defaultdict(list)
    for precedent in precedents:
        by_department[precedent.owner_department].append(precedent)
    for department, rows in by_department.items():
        record(
            Action.PRECEDENTS_IMPORTED,
            department,
            actor=actor,
            after={
                "published": publish,
                "count": len(rows),
                "first": rows[0].code,
                "codes": [row.code for row in rows[:1000]],
            },
        )
