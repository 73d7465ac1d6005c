"""The closed lists of training."""

from django.db import models
from django.utils.translation import gettext_noop


class PackStatus(models.TextChoices):
    """What learners see of a pack. What its editors do is VersionState."""

    DRAFT = "draft", gettext_noop("编写中")
    PUBLISHED = "published", gettext_noop("已发布")
    ARCHIVED = "archived", gettext_noop("已归档")


class VersionState(models.TextChoices):
    DRAFT = "draft", gettext_noop("草稿")
    SUBMITTED = "submitted", gettext_noop("待审核")
    CHANGES_REQUESTED = "changes_requested", gettext_noop("退回修改")
    PUBLISHED = "published", gettext_noop("已发布")
    SUPERSEDED = "superseded", gettext_noop("已被新版替代")
    DISCARDED = "discarded", gettext_noop("已放弃")


OPEN_VERSIONS = (VersionState.DRAFT, VersionState.SUBMITTED, VersionState.CHANGES_REQUESTED)
# What may still be written in; a submitted version is frozen.
WRITABLE = (VersionState.DRAFT, VersionState.CHANGES_REQUESTED)


class Readers(models.TextChoices):
    """受众: for whom a pack was written."""

    WINDOW = "window", gettext_noop("窗口人员")
    COMMUNITY = "community", gettext_noop("社区服务中心人员")
    DEPARTMENT = "department", gettext_noop("部门业务人员")


class AnswersShown(models.TextChoices):
    """When a learner sees what would have been right."""

    EACH = "each", gettext_noop("每次交卷后都看答案")
    PASSED = "passed", gettext_noop("合格或者次数用完才看答案")


class LessonKind(models.TextChoices):
    CASE = "case", gettext_noop("案例")
    NOTE = "note", gettext_noop("讲解")


class QuestionKind(models.TextChoices):
    SINGLE = "single", gettext_noop("单选")
    MULTIPLE = "multiple", gettext_noop("多选")
    ORDER = "order", gettext_noop("排顺序")
    MATCH = "match", gettext_noop("连线")
    WHICH = "which", gettext_noop("两件里选一件")
    SHORT = "short", gettext_noop("简答")


class Aspect(models.TextChoices):
    """What of a decision a question asks for."""

    TYPE = "type", gettext_noop("是哪一类")
    CONDITION = "condition", gettext_noop("哪个条件说了算")
    PAPERS = "papers", gettext_noop("哪些可以后补")
    BASIS = "basis", gettext_noop("依据哪一条")
    SAY = "say", gettext_noop("怎么说")
    STEPS = "steps", gettext_noop("先做什么")
    OTHER = "other", gettext_noop("其他")


class QuestionState(models.TextChoices):
    ACTIVE = "active", gettext_noop("在用")
    RETIRED = "retired", gettext_noop("停用")


class AttemptState(models.TextChoices):
    OPEN = "open", gettext_noop("答题中")
    # Something of it waits for the learner or a trainer to be marked.
    SUBMITTED = "submitted", gettext_noop("待评分")
    MARKED = "marked", gettext_noop("已评分")
