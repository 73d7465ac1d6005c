"""What search keeps of its own: words that editors maintain, what was asked, what should be found, what is missing.

None of it is needed to find something: an empty table means the words that come with the product and no log.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from caselib.catalog.models import Matter
from caselib.orgs.models import Department
from caselib.precedents.models import Precedent


class SynonymGroup(models.Model):
    """同义词组: words in normal form. `words[0]` is the preferred label; one-way, it is asked and finds the others."""

    class Origin(models.TextChoices):
        BUILT_IN = "built_in", gettext_noop("随产品")
        SITE = "site", gettext_noop("本站添加")

    words = models.JSONField()
    is_one_way = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True, default="")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.SITE)
    # Which group of the product this row stands for (Group.built_in_key); the product's own text then no longer counts.
    built_in_key = models.CharField(max_length=16, unique=True, null=True, blank=True)
    # SET_NULL: the group stays when the account is closed; the audit trail keeps the name.
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=["built_in", "site"]), name="ck_synonymgroup_origin")
        ]

    def __str__(self) -> str:
        return f"{self.words[0]} → {'、'.join(self.words[1:])}" if self.is_one_way else "、".join(self.words)


class SynonymState(models.Model):
    """A single row: `token` differs after every change of the groups. Every writer locks it, so that no two meet."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.CharField(max_length=16)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ck_synonymstate_single")]

    def __str__(self) -> str:
        return f"同义词表 {self.token}"


class SearchLogEntry(models.Model):
    """检索记录: one question with what came of it. Holds no user; personal data is masked before it is written.

    `question_key`: the question in normal form, for gathering the same ones. `thread`: a random sign that joins the
    questions of one sitting, so that a reworded question is seen; `token`: a random sign in the links of the results, by
    which the row learns what was opened. Neither names anybody, and both are blanked after a day.
    `reworded_as`: what the same sitting asked within two minutes and then opened a result of, where this one opened none.
    `opened_rank`: place of the first result that was opened, from 1.
    """

    at = models.DateTimeField(db_index=True)
    question = models.CharField(max_length=300)
    question_key = models.CharField(max_length=300)
    thread = models.CharField(max_length=16, blank=True, default="")
    token = models.CharField(max_length=16, blank=True, default="")
    reworded_as = models.CharField(max_length=300, blank=True, default="")
    total = models.PositiveIntegerField()
    fits = models.BooleanField()
    page = models.PositiveSmallIntegerField(default=1)
    narrowed = models.BooleanField(default=False)
    opened = models.ForeignKey(Precedent, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_rank = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["question_key", "at"], name="ix_searchlog_question"),
            # Only the rows of the last day have them.
            models.Index(fields=["thread", "at"], condition=~Q(thread=""), name="ix_searchlog_thread"),
            models.Index(fields=["token"], condition=~Q(token=""), name="ix_searchlog_token"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.question}"


class RelevanceQuestion(models.Model):
    """检索考题: a question with the precedents that should be found; without any, that nothing should fit."""

    text = models.CharField(max_length=300)
    text_key = models.CharField(max_length=300, unique=True)
    note = models.CharField(max_length=200, blank=True, default="")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class RelevanceJudgement(models.Model):
    """How well a precedent answers a question: 3 the one to follow, 2 also answers, 1 helps."""

    question = models.ForeignKey(RelevanceQuestion, on_delete=models.CASCADE, related_name="judgements")
    precedent = models.ForeignKey(Precedent, on_delete=models.CASCADE, related_name="+")
    grade = models.PositiveSmallIntegerField(default=3)

    class Meta:
        ordering = ["question", "-grade", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "precedent"], name="uq_relevancejudgement"),
            models.CheckConstraint(condition=Q(grade__in=[1, 2, 3]), name="ck_relevancejudgement_grade"),
        ]

    def __str__(self) -> str:
        return f"{self.question} → {self.precedent} ({self.grade})"


class Urgency(models.TextChoices):
    """How urgent a question is. Days until it is due: `caselib.search.urgency`."""

    NORMAL = "normal", gettext_noop("不急")
    SOON = "soon", gettext_noop("尽快")
    WAITING = "waiting", gettext_noop("群众在等")


class KnowledgeGap(models.Model):
    """知识缺口: a question that the library does not answer. The same question filed again is the same gap.

    `times`: how many people filed it or one that was joined into it. `urgency`: that of the most urgent filing. `draft`: the
    precedent that was begun from it; once it is published it answers. `answer` with `basis`: words, 不是先例.
    """

    class State(models.TextChoices):
        OPEN = "open", gettext_noop("待处理")
        ANSWERED = "answered", gettext_noop("已有案例")
        WORDS = "words", gettext_noop("已答复")
        DECLINED = "declined", gettext_noop("不收")
        JOINED = "joined", gettext_noop("已合并")

    question = models.CharField(max_length=300)
    question_key = models.CharField(max_length=300)
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    # Null for what was filed before there were such dates.
    due_on = models.DateField(null=True, blank=True)
    times = models.PositiveIntegerField(default=0)
    filed_at = models.DateTimeField()
    last_filed_at = models.DateTimeField()
    # Who works on it: SET_NULL with the name kept, so that a closed account shows as what it was.
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_by_name = models.CharField(max_length=64, blank=True, default="")
    taken_at = models.DateTimeField(null=True, blank=True)
    draft = models.ForeignKey(Precedent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # Never one that was joined itself: kept by gaps.joining.
    joined_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="joined")
    answered_by = models.ForeignKey(Precedent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.TextField(blank=True, default="")
    basis = models.CharField(max_length=500, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    # SET_NULL: what was decided stays when the account is closed; the audit trail keeps the name.
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-last_filed_at", "-pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="ix_knowledgegap_state_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["question_key"], condition=Q(state="open"), name="uq_knowledgegap_open_question"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered", "words", "declined", "joined"]), name="ck_knowledgegap_state"
            ),
            models.CheckConstraint(
                condition=Q(urgency__in=["normal", "soon", "waiting"]), name="ck_knowledgegap_urgency"
            ),
            models.CheckConstraint(
                condition=~Q(state="joined") | Q(joined_into__isnull=False), name="ck_knowledgegap_joined_into"
            ),
            models.CheckConstraint(condition=~Q(joined_into=F("id")), name="ck_knowledgegap_not_joined_into_itself"),
            models.CheckConstraint(condition=~Q(state="words") | ~Q(answer=""), name="ck_knowledgegap_words_answer"),
        ]

    def __str__(self) -> str:
        return self.question


class KnowledgeGapFiling(models.Model):
    """Who filed a gap: told when it is answered, and a department counts once a filing. `question`: in that person's words,
    masked; empty where they are those of the gap."""

    gap = models.ForeignKey(KnowledgeGap, on_delete=models.CASCADE, related_name="filings")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    question = models.CharField(max_length=300, blank=True, default="")
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    at = models.DateTimeField()

    class Meta:
        ordering = ["gap", "at"]
        constraints = [models.UniqueConstraint(fields=["gap", "user"], name="uq_knowledgegapfiling_user")]

    def __str__(self) -> str:
        return f"{self.gap} · {self.department}"
