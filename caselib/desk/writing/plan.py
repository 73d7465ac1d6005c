"""What the form of a draft asks, in which sections, and which of them a kind of result needs."""

from dataclasses import dataclass

from caselib.precedents.content import LABELS, RevisionContent
from caselib.precedents.models import ResultType

NO_WAY = (ResultType.LAWFULLY_IMPOSSIBLE, ResultType.OUT_OF_SCOPE)
# Only what was done has papers that came later, and something that it came to.
_ONLY_DONE = ("later", "lasting")


@dataclass(frozen=True, slots=True)
class Plan:
    """A section of the form. `hint`: one line of guidance; `fields`: of the text, in their order."""

    key: str
    title: str
    hint: str
    fields: tuple[str, ...]


SECTIONS = (
    Plan("what", "事项和要旨", "先让人一眼看出：什么事，最后怎么办的。",
         ("title", "gist", "result_type", "matter", "matter_note", "more_matters", "theme", "region", "admin_level", "requester_type",
          "occurred", "applies_from", "applies_until")),
    Plan("problem", "问题和卡点", "只写事，不写人。时间写第几天，不写哪天。",
         ("problem", "blocker", "causes", "requester_wording", "failed_stage", "visits", "categories")),
    Plan("handling", "处理和结果", "谁牵头、怎么办成的、谁能定。",
         ("lead_org", "partner_orgs", "handling_steps", "resolution", "who_can_decide", "decision_level",
          "manner", "flexibility", "force", "assessment")),
    Plan("fits", "适用和不适用", "每条一句话，窗口能答“是”或“否”；不符合的，写清去哪。", ("applies_when", "not_when", "detours")),
    Plan("later", "容缺记录", "先收后补的材料，一件一条；没有容缺就空着。", ("deferred_material",)),
    Plan("papers", "材料和样例", "要带什么，正确的长什么样，常错在哪里。", ("materials", "entrances")),
    Plan("basis", "依据", "凭哪一条办的；引到条款，不只引文件名。", ("citations",)),
    Plan("say", "口径", "能直接对群众说的话；办不了的，写清还能走哪条路。", ("script", "alternatives")),
    Plan("lasting", "长效和成效", "是一案一办，还是已经成了常用做法；办成以后怎样。",
         ("measure", "lasting_rule", "evaluation", "outcome")),
    Plan("kin", "同类案例和来源", "库里已有同一事项、同一原因的，说明为什么另写，或者代替哪一件。",
         ("why_another", "supersedes", "tags", "sources")),
)  # fmt: skip
SECTION_OF = {name: plan.key for plan in SECTIONS for name in plan.fields}
_CARD_TITLES = {"handling": "该找谁", "say": "口径和分流"}


def plans_for(content: RevisionContent) -> tuple[Plan, ...]:
    """The sections that this kind of result needs, and every other in which something stands already."""
    return tuple(
        plan
        for plan in SECTIONS
        if plan.key not in _ONLY_DONE or content.result_type not in NO_WAY or _is_begun(plan, content)
    )


def _is_begun(plan: Plan, content: RevisionContent) -> bool:
    blank = RevisionContent(title="")
    return any(getattr(content, name) != getattr(blank, name) for name in plan.fields)


def title_of(plan: Plan, content: RevisionContent) -> str:
    if content.result_type == ResultType.OUT_OF_SCOPE:
        return _CARD_TITLES.get(plan.key, plan.title)
    return plan.title


def label_of(name: str) -> str:
    """The name of a field as the form says it."""
    return {"gist": "要旨", "result_type": "办理结果", "region": "地区", "deferred_material": "容缺记录", "alternatives": "替代办法",
            "citations": "依据条款", "script": "口径", "unverified": "待核"}.get(name) or LABELS.get(name, name)  # fmt: skip
