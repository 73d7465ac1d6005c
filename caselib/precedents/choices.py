"""The closed lists of a precedent: what editors choose from."""

from django.db import models


class RevisionState(models.TextChoices):
    """What editors do. What readers see is PrecedentStatus."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    CHANGES_REQUESTED = "changes_requested", "退回修改"
    APPROVED = "approved", "已发布"
    SUPERSEDED = "superseded", "已被新版替代"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"


class Tier(models.TextChoices):
    REFERENCE = "reference", "参考案例"
    EXEMPLARY = "exemplary", "典型案例"


class Kind(models.TextChoices):
    PRECEDENT = "precedent", "案例"
    ROUTING_CARD = "routing_card", "分流卡"
    CAUSE_SAMPLE = "cause_sample", "原因样例"
    INTAKE_SAMPLE = "intake_sample", "受理情形样例"


class ResultType(models.TextChoices):
    SOLVED = "solved", "办成了"
    LAWFULLY_IMPOSSIBLE = "lawfully_impossible", "依法办不了"
    GUIDANCE = "guidance", "指引"
    OUT_OF_SCOPE = "out_of_scope", "不属受理范围"
    # Kept apart from what one may follow: a question that nobody could solve yet.
    UNSOLVED = "unsolved", "没办成，留作参考"


class Measure(models.TextChoices):
    NONE = "none", "一案一办"
    INTERIM = "interim", "临时措施"
    LASTING = "lasting", "已固化"


class Manner(models.TextChoices):
    """处理方式: how far the handling went beyond the ordinary way."""

    ORDINARY = "", "照常办"
    SPECIAL = "special", "特事特办"
    URGENT = "urgent", "急事急办"
    EASED = "eased", "难事易办"


class FailedStage(models.TextChoices):
    """失败阶段: where it stuck before somebody solved it."""

    UNKNOWN = "", "未写"
    NOT_ACCEPTED = "not_accepted", "未受理"
    NOT_APPROVED = "not_approved", "未批准"
    REPEATED = "repeated", "多次未解决"


class Force(models.TextChoices):
    """效力: how binding it is; the last only where a formal document says so."""

    REFERENCE = "reference", "参考"
    RECOMMENDED = "recommended", "推荐"
    MANDATORY = "mandatory", "必须按此"


class DecisionLevel(models.TextChoices):
    """协调层级 (row B6): the lowest level that can decide it. Who exactly stands in `who_can_decide`."""

    UNKNOWN = "", "未写"
    WINDOW = "window", "窗口可自行决定"
    CENTRE = "centre", "中心协调后定"
    DEPARTMENT = "department", "主管部门定"
    DISTRICT = "district", "区联席会商定"
    CITY = "city", "市级以上定"


class Significance(models.TextChoices):
    """这次改动: what a reviewer takes a change of a published text for."""

    FIRST = "first", "首次入库"
    MINOR = "minor", "小改，不通知"
    SUBSTANTIAL = "substantial", "实质改动，通知关注人并重新复核"


class AdminLevel(models.TextChoices):
    CITY = "市", "市级"
    DISTRICT = "区", "区级"
    SUBDISTRICT = "街镇", "街镇级"
    UNKNOWN = "", "未写"


class Relation(models.TextChoices):
    """What a clause is to the precedent."""

    BASIS = "basis", "依据"
    EXPLAINS = "explains", "解释"
    COMPARE = "compare", "参照"
    DISTINGUISHED = "distinguished", "区别"
    EXCEPTION = "exception", "例外"
    CONFLICT = "conflict", "冲突"
    ALTERNATIVE = "alternative", "替代政策"

    @property
    def reverse_label(self) -> str:
        """What the precedent is to the clause, beside the clause."""
        return _REVERSE[self]


_REVERSE = {
    Relation.BASIS: "据此办理",
    Relation.EXPLAINS: "用它解释",
    Relation.COMPARE: "参照办理",
    Relation.DISTINGUISHED: "情形不同",
    Relation.EXCEPTION: "按例外办理",
    Relation.CONFLICT: "与它不一致",
    Relation.ALTERNATIVE: "不符合时改走",
}


class DoubtKind(models.TextChoices):
    """Where a point came from: who wrote it down decides what closes it."""

    NOTED = "noted", "有人指出"
    POLICY = "policy", "政策变了"
    REVIEW_DUE = "review_due", "复核日到了"
    REPORTED = "reported", "照办未成"
    PRIVACY = "privacy", "可能有个人信息"
