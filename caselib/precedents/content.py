"""What a revision says, as a value: validated here, stored by services, compared by digest."""

import dataclasses
import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop

from caselib.catalog.models import Category, Cause, Matter, MatterTheme
from caselib.core.errors import RuleBroken
from caselib.core.ids import is_code
from caselib.core.personal_data import Severity, find, mask
from caselib.core.text import clean
from caselib.orgs.models import Region
from caselib.policies.models import Clause, PolicyVersion

from .models import (
    AdminLevel,
    DecisionLevel,
    FailedStage,
    Force,
    Manner,
    Measure,
    Precedent,
    Relation,
    ResultType,
    Revision,
)
from .records import (
    Alternative,
    DeferredMaterial,
    Detour,
    Entrance,
    Flexibility,
    HandlingStep,
    Material,
    Outcome,
    Source,
)

TITLE_LENGTH = 100
GIST_LENGTH = 200
# 20,000 characters is what a pasted ticket may hold; a section longer than that is no precedent any more.
TEXT_LENGTH = 20_000
LIST_LENGTH = 100
MOST_VISITS = 999
CHOICES = {"admin_level": AdminLevel, "result_type": ResultType, "measure": Measure, "manner": Manner,
           "failed_stage": FailedStage, "force": Force, "decision_level": DecisionLevel}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CitationSpec:
    """One citation. `clause` belongs to `version`; `locator` names a place that is not entered as a clause: an article,
    or of a `clause` the paragraph or item in it."""

    version: PolicyVersion
    relation: Relation
    clause: Clause | None = None
    locator: str = ""
    note: str = ""
    is_verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionContent:
    """Everything that a revision says. Tags are names; the vocabulary rows are made when it is stored.

    `visits`: how often somebody came in vain, None where nobody counted. `supersedes`: the precedent that goes out of
    use when this text is approved.
    `applies_from`, `applies_until`: the seam between two rules for which it was written, half-open; None for no bound.
    """

    title: str
    gist: str = ""
    matter: Matter | None = None
    more_matters: tuple[Matter, ...] = ()
    matter_note: str = ""
    theme: MatterTheme | None = None
    region: Region | None = None
    admin_level: str = ""
    requester_type: str = ""
    occurred: str = ""
    applies_from: dt.date | None = None
    applies_until: dt.date | None = None
    requester_wording: tuple[str, ...] = ()
    problem: str = ""
    blocker: str = ""
    causes: tuple[Cause, ...] = ()
    categories: tuple[Category, ...] = ()
    tags: tuple[str, ...] = ()
    lead_org: str = ""
    partner_orgs: tuple[str, ...] = ()
    handling_steps: tuple[HandlingStep, ...] = ()
    resolution: str = ""
    script: str = ""
    applies_when: tuple[str, ...] = ()
    not_when: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    deferred_material: tuple[DeferredMaterial, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    detours: tuple[Detour, ...] = ()
    entrances: tuple[Entrance, ...] = ()
    who_can_decide: str = ""
    decision_level: str = DecisionLevel.UNKNOWN
    result_type: str = ResultType.SOLVED
    measure: str = Measure.NONE
    lasting_rule: str = ""
    manner: str = Manner.ORDINARY
    flexibility: Flexibility | None = None
    assessment: str = ""
    evaluation: str = ""
    failed_stage: str = FailedStage.UNKNOWN
    visits: int | None = None
    force: str = Force.REFERENCE
    why_another: str = ""
    supersedes: Precedent | None = None
    outcome: Outcome | None = None
    sources: tuple[Source, ...] = ()
    unverified: tuple[str, ...] = ()
    citations: tuple[CitationSpec, ...] = field(default=())


TEXT_FIELDS = ("title", "gist", "matter_note", "requester_type", "problem", "blocker", "lead_org", "resolution", "script",
               "who_can_decide", "lasting_rule", "occurred", "admin_level", "result_type", "measure")  # fmt: skip
# Fields that texts from before do not have. They count in the digest only where they differ from these.
LATER_TEXT_FIELDS = {"manner": Manner.ORDINARY, "assessment": "", "evaluation": "", "failed_stage": FailedStage.UNKNOWN,
                     "force": Force.REFERENCE, "why_another": "", "decision_level": DecisionLevel.UNKNOWN}  # fmt: skip
ALL_TEXT_FIELDS = (*TEXT_FIELDS, *LATER_TEXT_FIELDS)
STRING_LIST_FIELDS = ("requester_wording", "partner_orgs", "applies_when", "not_when", "unverified")
DATE_FIELDS = ("applies_from", "applies_until")
# Columns of a revision that hold the value as it is.
PLAIN_FIELDS = (*ALL_TEXT_FIELDS, *DATE_FIELDS, "visits", "matter", "theme", "region", "supersedes")
# Lists that texts from before do not have count in the digest only where something stands in them.
LATER_RECORD_FIELDS = ("detours", "entrances")
RECORD_FIELDS = ("handling_steps", "materials", "deferred_material", "alternatives", *LATER_RECORD_FIELDS, "sources")
RECORDS: dict[str, type] = {"handling_steps": HandlingStep, "materials": Material, "deferred_material": DeferredMaterial,
                            "alternatives": Alternative, "detours": Detour, "entrances": Entrance, "sources": Source}  # fmt: skip

LABELS = {
    "title": gettext_noop("标题"),
    "gist": gettext_noop("办理要旨"),
    "matter_note": gettext_noop("事项说明"),
    "requester_type": gettext_noop("诉求人类型"),
    "problem": gettext_noop("问题描述"),
    "blocker": gettext_noop("卡点"),
    "lead_org": gettext_noop("牵头单位"),
    "resolution": gettext_noop("解决办法"),
    "script": gettext_noop("口径"),
    "who_can_decide": gettext_noop("谁能定"),
    "lasting_rule": gettext_noop("长效机制"),
    "manner": gettext_noop("处理方式"),
    "flexibility": gettext_noop("授权边界"),
    "assessment": gettext_noop("研判理由"),
    "evaluation": gettext_noop("成效"),
    "outcome": gettext_noop("成效数字"),
    "failed_stage": gettext_noop("失败阶段"),
    "visits": gettext_noop("跑动次数"),
    "force": gettext_noop("效力"),
    "why_another": gettext_noop("为什么另写"),
    "supersedes": gettext_noop("代替哪一件"),
    "matter": gettext_noop("事项"),
    "more_matters": gettext_noop("相关事项"),
    "theme": gettext_noop("主题"),
    "admin_level": gettext_noop("层级"),
    "citations": gettext_noop("依据条款"),
    "categories": gettext_noop("分类"),
    "tags": gettext_noop("标签"),
    "occurred": gettext_noop("发生时间"),
    "applies_from": gettext_noop("过渡期开始"),
    "applies_until": gettext_noop("过渡期结束"),
    "requester_wording": gettext_noop("群众原话"),
    "partner_orgs": gettext_noop("协同部门"),
    "handling_steps": gettext_noop("处理过程"),
    "applies_when": gettext_noop("适用条件"),
    "not_when": gettext_noop("不适用情形"),
    "materials": gettext_noop("材料"),
    "deferred_material": gettext_noop("容缺材料"),
    "alternatives": gettext_noop("替代政策"),
    "detours": gettext_noop("不符合时去哪"),
    "entrances": gettext_noop("办理入口"),
    "decision_level": gettext_noop("协调层级"),
    "classifications": gettext_noop("分类"),
    "policies": gettext_noop("依据条款"),
    "result_type": gettext_noop("结果类型"),
    "measure": gettext_noop("措施性质"),
    "region": gettext_noop("地区"),
    "causes": gettext_noop("原因"),
    "sources": gettext_noop("来源"),
    "unverified": gettext_noop("标待核的栏目"),
}


def checked(content: RevisionContent) -> RevisionContent:
    """The content with debris of copying removed and empty list entries dropped.

    Raises RuleBroken naming the field that is too long, unknown or inconsistent.
    """
    changes: dict[str, Any] = {name: clean(getattr(content, name)).strip() for name in ALL_TEXT_FIELDS}
    for name in STRING_LIST_FIELDS:
        changes[name] = tuple(entry for entry in (clean(raw).strip() for raw in getattr(content, name)) if entry)
    # A tag becomes a word of everybody's vocabulary and stays in the trail: what must not get out does not get in.
    changes["tags"] = tuple(mask(tag) if _blocks(tag) else tag for tag in content.tags)
    # Nobody reads the code of a picture, and no gate does: what is none stays out.
    changes["materials"] = tuple(_with_codes(material) for material in content.materials)
    content = dataclasses.replace(content, **changes)
    _check_lengths(content)
    _check_values(content)
    for name, choices in CHOICES.items():
        if getattr(content, name) not in choices.values:
            raise RuleBroken(
                gettext("“{getattr}”不是可选的值。").format(getattr=getattr(content, name)),
                code="unknown_choice",
                field=name,
            )
    for citation in content.citations:
        if citation.clause is not None and citation.clause.version_id != citation.version.pk:
            raise RuleBroken(
                gettext("{label} 不在 {version} 里。").format(label=citation.clause.label, version=citation.version),
                code="wrong_version",
                field="citations",
            )
    return content


def _check_values(content: RevisionContent) -> None:
    if not content.title:
        raise RuleBroken(gettext("还没有标题。写一句话说清是什么办不成。"), code="required", field="title")
    if content.occurred and not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", content.occurred):
        raise RuleBroken(gettext("发生时间写成 2023、2023-02 或 2023-02-13。"), code="bad_date", field="occurred")
    if content.applies_from and content.applies_until and content.applies_until <= content.applies_from:
        raise RuleBroken(
            gettext("过渡期的结束日早于开始日。核对两个日期。"), code="ends_before_start", field="applies_until"
        )
    if content.visits is not None and not 0 <= content.visits <= MOST_VISITS:
        raise RuleBroken(
            gettext("跑动次数写 0 到 {most_visits} 的数字。").format(most_visits=MOST_VISITS),
            code="bad_number",
            field="visits",
        )


def _with_codes(material: Material) -> Material:
    codes = {name: getattr(material, name) for name in ("sample_picture", "mistake_picture")}
    return dataclasses.replace(material, **{name: code if is_code(code) else "" for name, code in codes.items()})


def _blocks(text: str) -> bool:
    return any(found.severity == Severity.BLOCK for found in find(text))


def _check_lengths(content: RevisionContent) -> None:
    for name in ALL_TEXT_FIELDS:
        limit = Revision._meta.get_field(name).max_length or TEXT_LENGTH
        if len(getattr(content, name)) > limit:
            raise RuleBroken(
                gettext("“{value}”有 {count} 个字，最多 {limit} 个。").format(
                    value=LABELS.get(name, name), count=len(getattr(content, name)), limit=limit
                ),
                code="too_long",
                field=name,
            )
    for name in (*STRING_LIST_FIELDS, *RECORD_FIELDS, "tags", "citations"):
        if len(getattr(content, name)) > LIST_LENGTH:
            raise RuleBroken(
                gettext("“{value}”最多 {list_length} 条。").format(
                    value=LABELS.get(name, name), list_length=LIST_LENGTH
                ),
                code="too_many",
                field=name,
            )


def digest(content: RevisionContent) -> str:
    """SHA-256 over everything that the content says: equal digests mean equal texts."""
    plain: dict[str, Any] = {name: getattr(content, name) for name in (*TEXT_FIELDS, *STRING_LIST_FIELDS)}
    # Only where they are set: texts from before there were such dates keep their digest.
    plain |= {name: day.isoformat() for name in DATE_FIELDS if (day := getattr(content, name))}
    plain |= {name: value for name, unset in LATER_TEXT_FIELDS.items() if (value := getattr(content, name)) != unset}
    if content.visits is not None:
        plain["visits"] = content.visits
    if content.supersedes is not None:
        plain["supersedes"] = content.supersedes.pk
    if content.flexibility is not None:
        plain["flexibility"] = dataclasses.asdict(content.flexibility)
    plain["tags"] = sorted(content.tags)
    records = (name for name in RECORD_FIELDS if name not in LATER_RECORD_FIELDS or getattr(content, name))
    plain |= {name: [_record(entry) for entry in getattr(content, name)] for name in records}
    plain["outcome"] = dataclasses.asdict(content.outcome) if content.outcome else {}
    plain["matter"] = content.matter.pk if content.matter else None
    plain["theme"] = content.theme.pk if content.theme else None
    plain["region"] = content.region.pk if content.region else None
    for name in ("more_matters", "causes", "categories"):
        plain[name] = sorted(row.pk for row in getattr(content, name))
    plain["citations"] = [
        [
            spec.version.pk,
            spec.clause.pk if spec.clause else None,
            spec.locator,
            spec.relation,
            spec.note,
            spec.is_verified,
        ]
        for spec in content.citations
    ]
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _record(entry: Any) -> dict[str, Any]:
    """An entry of a list as it is stored. Pictures came later: without one there is no key for it."""
    later = ("sample_picture", "mistake_picture")
    return {name: value for name, value in dataclasses.asdict(entry).items() if value or name not in later}


def columns(content: RevisionContent) -> dict[str, Any]:
    """The values of the Revision columns (no many-to-many rows) that hold this content, its digest included."""
    values: dict[str, Any] = {name: getattr(content, name) for name in PLAIN_FIELDS}
    values |= {name: list(getattr(content, name)) for name in STRING_LIST_FIELDS}
    values |= {name: [_record(entry) for entry in getattr(content, name)] for name in RECORD_FIELDS}
    values["outcome"] = dataclasses.asdict(content.outcome) if content.outcome else {}
    values["flexibility"] = dataclasses.asdict(content.flexibility) if content.flexibility else {}
    values["content_digest"] = digest(content)
    return values


def content_of(revision: Revision) -> RevisionContent:
    """Reads a stored revision back as a value. 5 queries unless the rows are prefetched."""
    values: dict[str, Any] = {name: getattr(revision, name) for name in PLAIN_FIELDS}
    values |= {name: tuple(getattr(revision, name)) for name in STRING_LIST_FIELDS}
    values |= {name: tuple(kind(**entry) for entry in getattr(revision, name)) for name, kind in RECORDS.items()}
    return RevisionContent(
        **values,
        flexibility=Flexibility(**revision.flexibility) if revision.flexibility else None,
        more_matters=tuple(revision.more_matters.all()),
        causes=tuple(revision.causes.all()),
        categories=tuple(revision.categories.all()),
        tags=tuple(tag.name for tag in revision.tags.all()),
        outcome=Outcome(**revision.outcome) if revision.outcome else None,
        citations=tuple(
            CitationSpec(
                version=citation.version,
                clause=citation.clause,
                locator=citation.locator,
                relation=Relation(citation.relation),
                note=citation.note,
                is_verified=citation.is_verified,
            )
            for citation in _citations_of(revision)
        ),
    )


def _citations_of(revision: Revision) -> Any:
    loaded = getattr(revision, "_prefetched_objects_cache", {})
    if "citations" in loaded:
        return loaded["citations"]
    return revision.citations.select_related("version__policy", "clause")
