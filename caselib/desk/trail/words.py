"""What codes of the trail are called on the page; what stands here under no name is shown as it is."""

from caselib.audit.actions import Action
from caselib.orgs.models import Role
from caselib.policies.models import PolicyStatus, RelationKind
from caselib.precedents.models import Verification
from caselib.reuse.models import Outcome

# Kinds of deeds by what they are about: key in the address, name, first parts of the kinds.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "accounts": ("账号和登录", ("account",)),
    "places": ("区划和部门", ("region", "department")),
    "words": ("事项、原因、标签", ("matter", "cause", "scheme", "tag", "word")),
    "policies": ("政策", ("policy",)),
    "precedents": ("案例", ("precedent", "citation", "review")),
    "tickets": ("工单", ("ticket",)),
    "privacy": ("个人信息", ("privacy",)),
    "tuning": ("检索调优", ("synonym", "relevance")),
    "gaps": ("知识缺口", ("gap",)),
    "consultations": ("会商", ("consultation",)),
    "trail": ("审计", ("trail",)),
}
OTHERS = ("others", "其他")

TYPES = {
    "orgs.User": "账号",
    "orgs.Membership": "角色",
    "orgs.Region": "区划",
    "orgs.Department": "部门",
    "catalog.Matter": "事项",
    "catalog.MatterTheme": "事项主题",
    "catalog.Cause": "原因",
    "catalog.Scheme": "分类方案",
    "catalog.Tag": "标签",
    "policies.Policy": "政策",
    "policies.PolicyVersion": "政策版本",
    "policies.Clause": "条款",
    "policies.PolicyRelation": "政策关系",
    "policies.VersionDraft": "政策文本草稿",
    "precedents.Precedent": "案例",
    "precedents.Revision": "案例的一版",
    "precedents.UnresolvedCitation": "没认出的引用",
    "precedents.Attachment": "附件",
    "precedents.PrivacyOverride": "不是个人信息的说明",
    "precedents.PrivacyScan": "个人信息重查",
    "precedents.SiblingDraft": "并存稿",
    "exchange.ImportBatch": "案例导入",
    "cases.Ticket": "工单",
    "cases.TicketImport": "工单导入",
    "search.SynonymGroup": "同义词",
    "search.SynonymState": "同义词表",
    "search.RelevanceQuestion": "检索考题",
    "search.KnowledgeGap": "知识缺口",
    "consulting.Consultation": "会商",
    "audit.AuditHead": "审计记录",
}

FIELDS = {
    "active": "启用",
    "added": "加上的",
    "aliases": "俗称",
    "answer": "答复",
    "as_of": "查证日",
    "at": "时间",
    "basis": "依据",
    "broken": "不对的处数",
    "causes": "原因",
    "categories": "分类",
    "changed": "改动的",
    "clauses": "条款",
    "characters": "字数",
    "claim": "理由",
    "code": "代码",
    "comment": "意见",
    "conditions": "条件",
    "decision": "决定",
    "department": "部门",
    "digest": "内容摘要",
    "doc_number": "文号",
    "due_on": "期限",
    "effective_from": "施行日",
    "effective_to": "截止日",
    "entries": "经过条数",
    "events": "条数",
    "fields": "改动的项",
    "form": "格式",
    "from_on": "起始日",
    "hash": "哈希",
    "how": "怎么处理的",
    "into": "合并到",
    "is_active": "启用",
    "kind": "种类",
    "label": "名称",
    "length": "字数",
    "lead": "牵头部门",
    "left_out": "有没放进来的",
    "late": "过了期限",
    "lock_version": "保存次数",
    "name": "名称",
    "named": "不对的记录",
    "note": "说明",
    "new": "新增",
    "number": "编号",
    "official_url": "官方网址",
    "on": "打开",
    "one_way": "单向",
    "others": "协同部门",
    "outcome": "结果",
    "owner": "归谁管",
    "position": "次序",
    "precedent": "案例",
    "question": "问题",
    "reason": "理由",
    "reasons": "原因",
    "relation": "关系",
    "refused": "没有导入",
    "removed": "去掉的",
    "replaced": "换掉的处数",
    "restores": "恢复自第几版",
    "revision": "第几版",
    "role": "角色",
    "said": "说的话",
    "section": "部分",
    "significance": "改动大小",
    "silent": "没有答的部门",
    "source": "依据",
    "rows": "行数",
    "state": "状态",
    "status": "状态",
    "step": "哪一步",
    "successor": "替代的案例",
    "synonyms": "同义词",
    "text": "文字",
    "there": "已经有",
    "through": "读到第几条",
    "taken_by": "认领的人",
    "times": "次数",
    "title": "标题",
    "urgency": "多急",
    "username": "账号",
    "whole": "从头读的",
    "whole_at": "上次从头读",
    "words": "词",
}

# Codes that mean the same wherever they stand.
VALUES: dict[tuple[str, str], str] = {
    (field, code): label
    for field, choices in (
        ("role", Role),
        ("status", PolicyStatus),
        ("kind", RelationKind),
        ("outcome", Verification.Outcome),
        ("outcome", Outcome),
    )
    for code, label in choices.choices
}


def group_of(action: str) -> str:
    """The key of the group to which a kind of deed belongs."""
    first = action.split(".")[0]
    return next((key for key, (_, parts) in GROUPS.items() if first in parts), OTHERS[0])


def actions_in(group: str) -> tuple[Action, ...]:
    """The kinds of deeds of a group, empty for a key of none."""
    return tuple(action for action in Action if group_of(action) == group)
