"""What a text lacks before somebody reviews it: the check list of who writes it, and the rule of who submits it.

Rows of the requirements: root cause C5 and E10, analysis and evaluation B1, what does not solve is no model B7, the bounds of a flexible
handling E8 and C6, binding only where a formal document says so E9.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .content import DeferredMaterial, RevisionContent
from .entrances import allowed_domains, is_allowed
from .fitting import same_condition
from .models import Force, Manner, Measure, Relation, ResultType

# What a source may leave out: such a field is either filled or named in `unverified`, and shows as 待核.
DECLARABLE = ("matter", "lead_org", "who_can_decide", "region", "admin_level", "evaluation")
# A statement that one answers with 是 or 否 is one sentence.
LONGEST_STATEMENT = 60
_PARTS = {"item": "缺哪件", "why_minor": "为什么不是关键件", "verification": "怎么核的", "deadline": "多久补",
          "consequence": "逾期后果"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing. `must`: without it the text cannot be submitted. `words` say what to write."""

    field: str
    words: str
    must: bool = True


def lacks(content: RevisionContent) -> tuple[Lack, ...]:
    """Everything that is missing, what must be there first. No query where the content's rows are loaded."""
    found = [*_plain(content), *_by_result(content), *_flexible(content), *_records(content), *_better(content)]
    return tuple(sorted(found, key=lambda lack: not lack.must))


def missing_for_submission(content: RevisionContent) -> list[str]:
    """Names of the fields that a text needs before somebody reviews it and that are missing, each once."""
    return list(dict.fromkeys(lack.field for lack in lacks(content) if lack.must))


def _plain(content: RevisionContent) -> Iterator[Lack]:
    words = {
        "gist": "要旨：一句话说清怎么办成的",
        "problem": "问题描述：发生了什么",
        "blocker": "卡点：卡在哪一步",
        "causes": "原因：至少选一个",
        "resolution": "解决办法：怎么办成的",
        "applies_when": "适用条件：至少一条能答“是”或“否”的话",
        "not_when": "不适用情形：至少一条能答“是”或“否”的话",
    }
    yield from (Lack(name, sentence) for name, sentence in words.items() if not getattr(content, name))
    declarable = {
        "matter": "事项：选一个，目录里没有就写事项说明",
        "lead_org": "牵头单位：只写一家",
        "who_can_decide": "谁能定：窗口、中心、区联席还是市级",
        "region": "地区：在哪里这样办",
        "admin_level": "层级：市、区还是街镇",
        "evaluation": "成效：办成以后怎样，前后差多少",
    }
    yield from (
        Lack(name, f"{sentence}；来源没写就标待核")
        for name, sentence in declarable.items()
        if not _has(content, name) and name not in content.unverified
    )


def _has(content: RevisionContent, name: str) -> bool:
    if name == "matter":
        return bool(content.matter or content.matter_note)
    if name == "evaluation":
        # Only what was done has come to something.
        return bool(content.evaluation or content.outcome) or content.result_type != ResultType.SOLVED
    return bool(getattr(content, name))


def _by_result(content: RevisionContent) -> Iterator[Lack]:
    result = content.result_type
    if result in (ResultType.LAWFULLY_IMPOSSIBLE, ResultType.OUT_OF_SCOPE) and not content.script:
        yield Lack("script", "口径：办不了的时候怎么跟群众说")
    if result == ResultType.LAWFULLY_IMPOSSIBLE and not content.alternatives:
        yield Lack("alternatives", "替代办法：还能走哪条路；没有就写“没有替代办法”")
    if content.measure == Measure.LASTING and not content.lasting_rule:
        yield Lack("lasting_rule", "长效机制：现在的规矩是什么")
    if any(category.needs_reference for category in content.categories) and not _cites(content, Relation.COMPARE):
        # A sample or a guide decides nothing by the rule of elsewhere.
        decides = result in (ResultType.SOLVED, ResultType.LAWFULLY_IMPOSSIBLE)
        yield Lack("citations", "依据条款：别处能办、这里办不了的，引上别处的规定，关系选“参照”", must=decides)
    if content.force == Force.MANDATORY and not _cites(content, Relation.BASIS):
        yield Lack("citations", "依据条款：必须按此的要有正式文件作依据")


def _flexible(content: RevisionContent) -> Iterator[Lack]:
    if content.manner not in (Manner.SPECIAL, Manner.URGENT) and not content.deferred_material:
        return
    bounds = content.flexibility
    if not (bounds and bounds.basis):
        yield Lack("flexibility", "授权边界：凭什么可以变通")
    if not (bounds and bounds.still_mandatory):
        yield Lack("flexibility", "授权边界：哪些没有变通、仍要照办")
    if not (bounds and bounds.approved_by):
        yield Lack("flexibility", "授权边界：谁批准的（写岗位，不写姓名）")


def _records(content: RevisionContent) -> Iterator[Lack]:
    for number, entry in enumerate(content.deferred_material, start=1):
        yield from _deferred(entry, number)
    for number, material in enumerate(content.materials, start=1):
        if not material.name:
            yield Lack("materials", f"材料第 {number} 件没有名称")
    for number, other in enumerate(content.alternatives, start=1):
        if not other.instead:
            yield Lack("alternatives", f"替代办法第 {number} 条没写改走哪条")
    yield from _detours(content)
    for number, entrance in enumerate(content.entrances, start=1):
        if not entrance.label:
            yield Lack("entrances", f"办理入口第 {number} 处没写名称")
        if entrance.address and not is_allowed(entrance.address):
            domains = "、".join(allowed_domains())
            yield Lack(
                "entrances",
                f"办理入口第 {number} 处的网址不是政府网站：要写 http:// 或 https:// 开头、在 {domains} 里的地址",
            )


def _detours(content: RevisionContent) -> Iterator[Lack]:
    """A way out hangs on one condition, word for word: without it nobody at a counter would ever be shown it."""
    conditions = (*content.applies_when, *content.not_when)
    for number, detour in enumerate(content.detours, start=1):
        if not any(same_condition(detour.condition, condition) for condition in conditions):
            yield Lack("detours", f"不符合时去哪第 {number} 条没有选是哪一条条件，或者那一条改了字，重新选")
        if not (detour.instead or detour.target):
            yield Lack("detours", f"不符合时去哪第 {number} 条没写改怎么办")


def _deferred(entry: DeferredMaterial, number: int) -> Iterator[Lack]:
    empty = [label for name, label in _PARTS.items() if not getattr(entry, name)]
    if empty:
        yield Lack("deferred_material", f"容缺第 {number} 件没写：{'、'.join(empty)}")
    if entry.supplied is None:
        yield Lack("deferred_material", f"容缺第 {number} 件没记后来补没补", must=False)


def _better(content: RevisionContent) -> Iterator[Lack]:
    """What makes a text more useful and stops nothing."""
    if not content.requester_wording:
        yield Lack("requester_wording", "群众原话：写上，别人才搜得到", must=False)
    if not content.script and content.result_type in (ResultType.SOLVED, ResultType.GUIDANCE):
        yield Lack("script", "口径：一句可以直接说的话", must=False)
    if not content.citations:
        yield Lack("citations", "依据条款：凭哪一条办的", must=False)
    if content.who_can_decide and not content.decision_level:
        yield Lack("decision_level", "协调层级：选一个，别人才能按“窗口可自行决定”筛选", must=False)
    if content.result_type == ResultType.GUIDANCE and not content.entrances:
        yield Lack("entrances", "办理入口：指引类写上在哪里办，窗口一键复制", must=False)
    if not content.handling_steps:
        yield Lack("handling_steps", "处理过程：谁、第几天、做了什么", must=False)
    if content.materials and not any(entry.correct_sample or entry.sample_picture for entry in content.materials):
        yield Lack("materials", "材料：给一个正确样例", must=False)
    for name in ("applies_when", "not_when"):
        if any(len(statement) > LONGEST_STATEMENT for statement in getattr(content, name)):
            yield Lack(name, f"有一条超过 {LONGEST_STATEMENT} 字，拆成几条，每条只问一件事", must=False)


def _cites(content: RevisionContent, relation: Relation) -> bool:
    return any(citation.relation == relation for citation in content.citations)
