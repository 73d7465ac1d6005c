"""The closed lists of a precedent: what editors choose from."""

from django.db import models
from django.utils.translation import gettext_noop


class RevisionState(models.TextChoices):
    """What editors do. What readers see is PrecedentStatus."""

    DRAFT = "draft", gettext_noop("草稿")
    SUBMITTED = "submitted", gettext_noop("待审核")
    CHANGES_REQUESTED = "changes_requested", gettext_noop("退回修改")
    APPROVED = "approved", gettext_noop("已发布")
    SUPERSEDED = "superseded", gettext_noop("已被新版替代")
    REJECTED = "rejected", gettext_noop("未通过")
    WITHDRAWN = "withdrawn", gettext_noop("已撤回")


class Tier(models.TextChoices):
    REFERENCE = "reference", gettext_noop("参考案例")
    EXEMPLARY = "exemplary", gettext_noop("典型案例")


class Kind(models.TextChoices):
    PRECEDENT = "precedent", gettext_noop("案例")
    ROUTING_CARD = "routing_card", gettext_noop("分流卡")
    CAUSE_SAMPLE = "cause_sample", gettext_noop("原因样例")
    INTAKE_SAMPLE = "intake_sample", gettext_noop("受理情形样例")


class ResultType(models.TextChoices):
    SOLVED = "solved", gettext_noop("办成了")
    LAWFULLY_IMPOSSIBLE = "lawfully_impossible", gettext_noop("依法办不了")
    GUIDANCE = "guidance", gettext_noop("指引")
    OUT_OF_SCOPE = "out_of_scope", gettext_noop("不属受理范围")
    # Kept apart from what one may follow: a question that nobody could solve yet.
    UNSOLVED = "unsolved", gettext_noop("没办成，留作参考")


class Measure(models.TextChoices):
    NONE = "none", gettext_noop("一案一办")
    INTERIM = "interim", gettext_noop("临时措施")
    LASTING = "lasting", gettext_noop("已固化")


class Manner(models.TextChoices):
    """处理方式: how far the handling went beyond the ordinary way."""

    ORDINARY = "", gettext_noop("照常办")
    SPECIAL = "special", gettext_noop("特事特办")
    URGENT = "urgent", gettext_noop("急事急办")
    EASED = "eased", gettext_noop("难事易办")


class FailedStage(models.TextChoices):
    """失败阶段: where it stuck before somebody solved it."""

    UNKNOWN = "", gettext_noop("未写")
    NOT_ACCEPTED = "not_accepted", gettext_noop("未受理")
    NOT_APPROVED = "not_approved", gettext_noop("未批准")
    REPEATED = "repeated", gettext_noop("多次未解决")


class Force(models.TextChoices):
    """效力: how binding it is; the last only where a formal document says so."""

    REFERENCE = "reference", gettext_noop("参考")
    RECOMMENDED = "recommended", gettext_noop("推荐")
    MANDATORY = "mandatory", gettext_noop("必须按此")


class DecisionLevel(models.TextChoices):
    """协调层级 (row B6): the lowest level that can decide it. Who exactly stands in `who_can_decide`."""

    UNKNOWN = "", gettext_noop("未写")
    WINDOW = "window", gettext_noop("窗口可自行决定")
    CENTRE = "centre", gettext_noop("中心协调后定")
    DEPARTMENT = "department", gettext_noop("主管部门定")
    DISTRICT = "district", gettext_noop("区联席会商定")
    CITY = "city", gettext_noop("市级以上定")


class Significance(models.TextChoices):
    """这次改动: what a reviewer takes a change of a published text for."""

    FIRST = "first", gettext_noop("首次入库")
    MINOR = "minor", gettext_noop("小改，不通知")
    SUBSTANTIAL = "substantial", gettext_noop("实质改动，通知关注人并重新复核")


class AdminLevel(models.TextChoices):
    CITY = "市", gettext_noop("市级")
    DISTRICT = "区", gettext_noop("区级")
    SUBDISTRICT = "街镇", gettext_noop("街镇级")
    UNKNOWN = "", gettext_noop("未写")


class Relation(models.TextChoices):
    """What a clause is to the precedent."""

    BASIS = "basis", gettext_noop("依据")
    EXPLAINS = "explains", gettext_noop("解释")
    COMPARE = "compare", gettext_noop("参照")
    DISTINGUISHED = "distinguished", gettext_noop("区别")
    EXCEPTION = "exception", gettext_noop("例外")
    CONFLICT = "conflict", gettext_noop("冲突")
    ALTERNATIVE = "alternative", gettext_noop("替代政策")

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

    NOTED = "noted", gettext_noop("有人指出")
    POLICY = "policy", gettext_noop("政策变了")
    REVIEW_DUE = "review_due", gettext_noop("复核日到了")
    REPORTED = "reported", gettext_noop("照办未成")
    PRIVACY = "privacy", gettext_noop("可能有个人信息")
