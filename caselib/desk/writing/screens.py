"""What the page of a draft shows, prepared so that its templates ask nothing."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Q

from caselib.catalog.offered import Offered, offered
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.scope import ViewerScope
from caselib.precedents.citation_desk import CitationsPage, citations_for_edit
from caselib.precedents.content import RECORD_FIELDS, RevisionContent, content_of
from caselib.precedents.models import (
    Force,
    Precedent,
    ResultType,
    ReviewComment,
    ReviewDecision,
    Revision,
)
from caselib.precedents.naming import category_key
from caselib.precedents.privacy import Hit, hits_of
from caselib.precedents.siblings import siblings_open

from .beside import RELATIONS, BesideScreen, beside_of
from .checks import Checks, beside_the_text, checks_of
from .fields import Field, Option, Sheet, needs_bounds, result_note
from .findings import found_in
from .form import CHANGE_NOTE, typed_of
from .plan import NO_WAY, SECTION_OF, label_of, plans_for, title_of
from .remarking import answers_in
from .saving import Seen, base_of

_LISTS = ("requester_wording", "more_matters", "applies_when", "not_when")


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the form. `more`: fields that few texts need, behind a line that opens them."""

    key: str
    title: str
    hint: str
    fields: tuple[Field, ...]
    more: tuple[Field, ...]
    more_title: str
    is_more_open: bool
    missing: int
    better: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What is told above the form. `stale`: nothing was saved, and where both texts are; `wrong`: why a deed was not done;
    `lists_lacks`: whether it was a submission, which shows what is missing; `cite`: what was typed as 依据 and not found."""

    stale: str = ""
    wrong: str = ""
    wrong_field: str = ""
    lists_lacks: bool = False
    cite: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def field_of(error: RuleBroken | StaleState) -> str:
    """The field of the form that an error is about; empty for what stands in no field, as the status does."""
    name = getattr(error, "field", "")
    return name if name in (*SECTION_OF, CHANGE_NOTE, "remarks") else ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark of the reviewer. `section`: the field, empty for the text as a whole; `answer`: one that was typed and not stored."""

    key: int
    author_name: str
    text: str
    section: str
    label: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class DraftScreen:
    """`returned`: what the reviewer asked for, where it was sent back. `seen`: what the form brings back."""

    precedent: Precedent
    revision: Revision
    sections: tuple[Section, ...]
    checks: Checks
    cited: CitationsPage
    beside: BesideScreen
    matters: tuple[str, ...]
    said: Said
    seen: Seen
    change_note: Field | None
    returned: ReviewDecision | None
    comments: tuple[Comment, ...]
    other_unverified: tuple[str, ...]
    siblings: int
    relations: tuple[tuple[str, str], ...] = RELATIONS

    @property
    def is_card(self) -> bool:
        return self.revision.result_type == ResultType.OUT_OF_SCOPE

    @property
    def ticket(self) -> str:
        return self.precedent.origin_ticket

    @property
    def is_live(self) -> bool:
        return self.precedent.live_revision_id is not None

    @property
    def saved_at(self) -> dt.datetime:
        return self.revision.saved_at


def draft_screen(
    precedent: Precedent,
    revision: Revision,
    *,
    scope: ViewerScope,
    typed: Mapping[str, Sequence[str]] | None = None,
    said: Said | None = None,
    opens: str = "",
    seen: Seen | None = None,
) -> DraftScreen:
    """The form of an open draft. `typed`: what was sent and could not be saved, whole or in part; `seen`: its lock, digest and
    window, which stay where all of it was kept beside the draft. 16 queries for any length of the text."""
    said = said or Said()
    content = content_of(revision)
    beside = beside_of(content, scope=scope, precedent=precedent, on=clock.today())
    hits = hits_of(content, precedent=precedent)
    checks = _checks(precedent, revision, content, hits, beside=beside, problems=[*said.problems])
    shown = _shown(content, typed, said, note=revision.change_note)
    sheet = Sheet(shown, said.problems, {} if said.stale else found_in(hits), opens)
    lists = offered()
    seen = seen or Seen(revision.lock_version, revision.number, base_of(content), secrets.token_hex(8))
    sections = _sections(sheet, content, lists, checks)
    asked = {each.name for section in sections for each in (*section.fields, *section.more) if each.may_lack}
    return DraftScreen(
        precedent=precedent,
        revision=revision,
        sections=sections,
        checks=checks,
        cited=citations_for_edit(precedent, on=clock.today()),
        beside=beside,
        matters=lists.matters,
        said=said,
        seen=seen,
        change_note=_why(sheet) if precedent.live_revision_id else None,
        returned=_returned(revision),
        comments=_comments(revision, typed or {}),
        other_unverified=tuple(name for name in shown.get("unverified", ()) if name and name not in asked),
        siblings=len(siblings_open(precedent)),
    )


def _checks(
    precedent: Precedent,
    revision: Revision,
    content: RevisionContent,
    hits: Sequence[Hit],
    *,
    beside: BesideScreen,
    problems: Sequence[str],
) -> Checks:
    more = beside_the_text(precedent, content, others=beside.found, note=revision.change_note)
    asks_why = precedent.live_revision_id is not None
    return checks_of(content, hits, more=more, asks_why=asks_why, problems=problems)


def _shown(
    content: RevisionContent, typed: Mapping[str, Sequence[str]] | None, said: Said, *, note: str
) -> dict[str, Sequence[str]]:
    """The text, and in its place what was typed: all of it where nothing was saved, else the fields that were not."""
    shown: dict[str, Sequence[str]] = {**typed_of(content, change_note=note)}
    if typed is None:
        return shown
    stuck = {name.partition("-")[0] for name in said.problems}
    for name in RECORD_FIELDS:
        if (said.stale or name in stuck) and any(key.startswith(f"{name}-") for key in typed):
            shown = {key: values for key, values in shown.items() if not key.startswith(f"{name}-")}
    kept = {name: values for name, values in typed.items() if said.stale or name.partition("-")[0] in stuck}
    return shown | kept


def _why(sheet: Sheet) -> Field:
    return sheet.plain(
        CHANGE_NOTE,
        "line",
        label="为什么改",
        need="提交前必填",
        hint="审核人先看这一句；发布后记在变更记录里，不写个人信息。",
    )


def _returned(revision: Revision) -> ReviewDecision | None:
    """1 query, none for a draft that was never sent back."""
    if revision.state != "changes_requested":
        return None
    return revision.decisions.filter(verdict=ReviewDecision.Verdict.RETURN).order_by("-at", "-pk").first()


def _comments(revision: Revision, typed: Mapping[str, Sequence[str]]) -> tuple[Comment, ...]:
    """What a reviewer remarked and nobody answered or took back, and what was answered in vain. 1 query."""
    answers = answers_in({name: values[-1] for name, values in typed.items() if values})
    waits = Q(withdrawn_at=None, answered_at=None) | Q(pk__in=answers)
    rows = ReviewComment.objects.filter(waits, revision=revision)
    return tuple(
        Comment(row.pk, row.author_name, row.text, row.section, label_of(row.section), answers.get(row.pk, ""))
        for row in rows
    )


def _sections(sheet: Sheet, content: RevisionContent, lists: Offered, checks: Checks) -> tuple[Section, ...]:
    drawn = _fields(sheet, content, lists)
    rare = _rare(content)
    progress = {each.key: each for each in checks.sections}
    made = []
    for plan in plans_for(content):
        fields = [drawn[name] for name in plan.fields if name in drawn]
        more = [each for each in fields if each.name in rare]
        state = progress[plan.key]
        made.append(
            Section(
                key=plan.key,
                title=title_of(plan, content),
                hint=plan.hint,
                fields=tuple(each for each in fields if each.name not in rare),
                more=tuple(more),
                more_title="、".join(each.label for each in more),
                is_more_open=any(each.error or each.found for each in more),
                missing=state.missing,
                better=state.more,
                is_done=state.is_done,
            )
        )
    return tuple(made)


def _rare(content: RevisionContent) -> frozenset[str]:
    """What stands behind 还可以写 because most texts go without it."""
    names = {"requester_type", "occurred", "applies_from", "applies_until", "theme", "failed_stage", "categories", "more_matters",
             "assessment", "force", "sources"}  # fmt: skip
    return frozenset(name for name in names if not _is_written(content, name))


def _is_written(content: RevisionContent, name: str) -> bool:
    return getattr(content, name) not in ("", (), None, Force.REFERENCE) and name != "theme"


def _fields(sheet: Sheet, content: RevisionContent, lists: Offered) -> dict[str, Field]:
    drawn = {
        name: sheet.plain(name, "area", is_short=True)
        for name in ("gist", "blocker", "script", "lasting_rule", "evaluation")
    }
    drawn |= {name: sheet.plain(name, "area") for name in ("problem", "resolution", "assessment")}
    drawn |= {name: sheet.plain(name, "line") for name in ("title", "matter_note", "requester_type", "occurred", "lead_org",
                                                           "applies_from", "applies_until", "visits", "who_can_decide",
                                                           "why_another", "supersedes")}  # fmt: skip
    drawn |= {
        name: sheet.choice(name)
        for name in ("admin_level", "decision_level", "failed_stage", "manner", "force", "measure")
    }
    drawn |= {name: sheet.joined(name) for name in ("partner_orgs", "tags")}
    drawn |= {name: sheet.entries(name, pick="matter" if name == "more_matters" else "") for name in _LISTS}
    drawn |= {name: sheet.records(name, is_bare=True) for name in RECORD_FIELDS}
    drawn["handling_steps"] = sheet.records("handling_steps")
    if content.result_type in NO_WAY:
        drawn["alternatives"] = sheet.records("alternatives")
    drawn["title"] = replace(drawn["title"], is_wide=True)
    drawn["result_type"] = sheet.choice("result_type", note=result_note(content.result_type))
    drawn["matter"] = sheet.plain("matter", "line", pick="matter", note=_theme_note(content))
    drawn["tags"] = replace(drawn["tags"], pick="tag")
    drawn["theme"] = sheet.chosen("theme", [("", "跟着事项走"), *((name, name) for name in lists.themes)])
    drawn["region"] = sheet.chosen("region", [("", "没有选"), *((name, name) for name in lists.regions)])
    drawn["causes"] = sheet.ticked("causes", [(name, name) for name in lists.causes])
    drawn["categories"] = _categories(sheet, content, lists)
    drawn["flexibility"] = sheet.single(
        "flexibility", is_open=bool(content.flexibility or content.deferred_material or needs_bounds(content.manner))
    )
    drawn["outcome"] = sheet.single("outcome", is_open=True)
    drawn["citations"] = sheet.plain("citations", "cites")
    if content.result_type == ResultType.OUT_OF_SCOPE:
        drawn["resolution"] = replace(drawn["resolution"], hint="该找谁、在哪里办、要带什么。")
    return drawn


def _theme_note(content: RevisionContent) -> str:
    return f"主题：{content.theme.name}" if content.theme else ""


def _categories(sheet: Sheet, content: RevisionContent, lists: Offered) -> Field:
    """One choice for each scheme; where a text is sorted twice in one, one more."""
    chosen = [value for value in sheet.shown.get("categories", ()) if value]
    parts = []
    for scheme, categories in lists.schemes:
        options = [("", "不选"), *((category_key(each), each.name) for each in categories)]
        keys = {key for key, _ in options}
        for value in [value for value in chosen if value in keys] or [""]:
            parts.append(_scheme(sheet, scheme, options, value, len(parts)))
    known = {category_key(each) for _, categories in lists.schemes for each in categories}
    for value in chosen:
        if value not in known:
            parts.append(
                _scheme(sheet, "不再提供的分类", [("", "不选"), (value, value.partition(":")[2])], value, len(parts))
            )
    made = sheet.plain("categories", "choices", parts=tuple(parts), value="")
    return replace(made, also=_suggested(content, lists, chosen))


def _scheme(sheet: Sheet, name: str, options: Sequence[tuple[str, str]], value: str, number: int) -> Field:
    part = replace(sheet, shown={**sheet.shown, "categories": [value]}).chosen("categories", options)
    return replace(part, label=name, id=f"f-categories-{number}", hint="", error="")


def _suggested(content: RevisionContent, lists: Offered, chosen: Sequence[str]) -> Option | None:
    """The class that so many visits suggest, where none of its scheme is chosen."""
    for _, categories in lists.schemes:
        if any(category_key(each) in chosen for each in categories):
            continue
        for category in categories:
            if category.min_visits and content.visits is not None and content.visits >= category.min_visits:
                return Option(
                    f"categories|{category_key(category)}", f"跑了 {content.visits} 次：选“{category.name}”", False
                )
    return None
