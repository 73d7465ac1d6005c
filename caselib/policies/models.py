import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from caselib.core.ids import new_code
from caselib.orgs.models import Region


class Verified(models.TextChoices):
    """How far a fact was checked. Anything but TEXT is shown as 待核."""

    TEXT = "text", gettext_noop("已对照正文")
    SEARCH = "search", gettext_noop("见于摘录")
    MEMORY = "memory", gettext_noop("未核实")


class Level(models.TextChoices):
    """效力级别, in the order of rank."""

    LAW = "law", gettext_noop("法律")
    ADMINISTRATIVE_REGULATION = "administrative_regulation", gettext_noop("行政法规")
    LOCAL_REGULATION = "local_regulation", gettext_noop("地方性法规")
    DEPARTMENT_RULE = "department_rule", gettext_noop("部门规章")
    NORMATIVE_DOCUMENT = "normative_document", gettext_noop("规范性文件")


class PolicyStatus(models.TextChoices):
    """时效性, a dated fact that a person confirmed; never read off words in the text."""

    IN_FORCE = "in_force", gettext_noop("现行有效")
    NOT_YET = "not_yet", gettext_noop("尚未生效")
    AMENDED = "amended", gettext_noop("已被修改")
    PARTLY_REPEALED = "partly_repealed", gettext_noop("部分失效")
    REPLACED = "replaced", gettext_noop("已被替代")
    REPEALED = "repealed", gettext_noop("已废止")
    EXPIRED = "expired", gettext_noop("已到期")
    UNKNOWN = "unknown", gettext_noop("待核")


class Policy(models.Model):
    """政策: one document through all its versions."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    external_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    title = models.CharField(max_length=200)
    short_titles = models.JSONField(default=list, blank=True)
    doc_number = models.CharField(max_length=200, blank=True, default="")
    # Normal form of the document number (core.text.document_numbers), for finding; empty when there is none.
    number_key = models.CharField(max_length=64, blank=True, default="", db_index=True)
    issuer = models.CharField(max_length=100, blank=True, default="")
    level = models.CharField(max_length=32, choices=Level)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="policies")
    issued_on = models.DateField(null=True, blank=True)
    # Copies of the status fact that holds today, for lists and the index; kept by policies.standing.
    status = models.CharField(max_length=20, choices=PolicyStatus, default=PolicyStatus.UNKNOWN)
    status_source = models.CharField(max_length=300, blank=True, default="")
    status_as_of = models.DateField(null=True, blank=True)
    official_url = models.URLField(max_length=300, blank=True, default="")
    title_verified = models.CharField(max_length=8, choices=Verified, default=Verified.MEMORY)
    number_verified = models.CharField(max_length=8, choices=Verified, default=Verified.MEMORY)
    dates_verified = models.CharField(max_length=8, choices=Verified, default=Verified.MEMORY)
    status_verified = models.CharField(max_length=8, choices=Verified, default=Verified.MEMORY)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PolicyStatus.values), name="ck_policy_status"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="ck_policy_level"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def short_title(self) -> str:
        return self.short_titles[0] if self.short_titles else self.title


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def in_force(self, *, on: dt.date) -> "PolicyVersionQuerySet":
        """Versions that applied on that date; one whose beginning is not known never does."""
        return self.filter(Q(effective_from__lte=on), Q(effective_to__isnull=True) | Q(effective_to__gt=on))


class PolicyVersion(models.Model):
    """One text of a policy and the time in which it applied: [effective_from, effective_to), dates in the hall's calendar.

    A predecessor under another name carries its own title and document number.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=200, blank=True, default="")
    doc_number = models.CharField(max_length=200, blank=True, default="")
    issuer = models.CharField(max_length=100, blank=True, default="")
    issued_on = models.DateField(null=True, blank=True)
    # Null: not known, so it cannot answer "what applied on that day".
    effective_from = models.DateField(null=True, blank=True)
    # Half-open: the first day on which it no longer applied. Null: no end is known.
    effective_to = models.DateField(null=True, blank=True)
    changed_by = models.CharField(max_length=300, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    verified = models.CharField(max_length=8, choices=Verified, default=Verified.MEMORY)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "label"], name="uq_policyversion_policy_label"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True)
                | Q(effective_from__isnull=True)
                | Q(effective_to__gt=F("effective_from")),
                name="ck_policyversion_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.policy.title}（{self.label}）"

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it applied."""
        return self.effective_to - dt.timedelta(days=1) if self.effective_to else None

    def applied_on(self, on: dt.date) -> bool:
        return (
            self.effective_from is not None
            and self.effective_from <= on
            and (self.effective_to is None or on < self.effective_to)
        )

    def ended_by(self, on: dt.date) -> bool:
        return self.effective_to is not None and self.effective_to <= on

    def begins_after(self, on: dt.date) -> bool:
        return self.effective_from is not None and self.effective_from > on


class Clause(models.Model):
    """条款 of one version. `gist` is a paraphrase; `text` stays empty until the official text is entered."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="clauses")
    position = models.PositiveSmallIntegerField(default=0)
    # Normal form 条/款/项 of core.text.article_refs; empty for documents without numbered articles.
    ref = models.CharField(max_length=24, blank=True, default="")
    label = models.CharField(max_length=100)
    gist = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    # The same key in each version in which this clause lives on; kept by policies.services.
    stable_key = models.CharField(max_length=12, default=new_code, db_index=True)
    verified = models.CharField(max_length=8, choices=Verified, default=Verified.MEMORY)

    class Meta:
        ordering = ["version", "position"]
        indexes = [models.Index(fields=["version", "ref"], name="ix_clause_version_ref")]

    def __str__(self) -> str:
        return f"{self.version} {self.label}"


class ClauseCounterpart(models.Model):
    """对应条款 in another version or another document: where a rule went, or where it came from."""

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="counterparts")
    other = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="counterpart_of")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clause", "other"], name="uq_clausecounterpart_pair"),
            models.CheckConstraint(condition=~Q(clause=F("other")), name="ck_clausecounterpart_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.clause} → {self.other}"


class RelationKind(models.TextChoices):
    """What a relation between two documents is for. The words beside it are the editor's own."""

    RELATED = "related", gettext_noop("相关")
    SUPERIOR = "superior", gettext_noop("上位规定")
    SUCCESSOR = "successor", gettext_noop("后继规定")
    LOCAL = "local", gettext_noop("地方另有规定")
    ALTERNATIVE = "alternative", gettext_noop("不符合时可考虑")


class PolicyRelation(models.Model):
    """相关政策: `relation` says what the other document is to this one, `kind` what the page does with it.

    `conditions`: when somebody who does not fit the first should look at the other, of ALTERNATIVE.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="relations")
    other = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="related_from")
    relation = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=RelationKind, default=RelationKind.RELATED)
    conditions = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "other", "relation"], name="uq_policyrelation"),
            models.CheckConstraint(condition=Q(kind__in=RelationKind.values), name="ck_policyrelation_kind"),
            models.CheckConstraint(condition=~Q(policy=F("other")), name="ck_policyrelation_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.policy} · {self.relation} · {self.other}"


class StatusFactQuerySet(models.QuerySet["StatusFact"]):
    def standing(self) -> "StatusFactQuerySet":
        """Those that nobody took back."""
        return self.filter(withdrawn_at=None)

    def in_effect(self, *, on: dt.date) -> "StatusFactQuerySet":
        """The standing ones that hold on that day, the deciding one first: the latest day, then the latest entry."""
        begun = self.standing().filter(Q(from_on__lte=on) | Q(from_on__isnull=True))
        return begun.order_by(F("from_on").desc(nulls_last=True), "-pk")


class StatusFact(models.Model):
    """时效事实: what a person confirmed about the force of a policy, from which day, and on what evidence.

    A fact is never changed or deleted: a wrong one is withdrawn with the reason and stays to be read.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="status_facts")
    status = models.CharField(max_length=20, choices=PolicyStatus)
    # Null: the day is not known. Such a fact holds on every day for which no dated one says otherwise.
    from_on = models.DateField(null=True, blank=True)
    # Which clauses are meant, of 部分失效.
    clauses = models.ManyToManyField(Clause, blank=True, related_name="status_facts")
    # The document that brought it about; `by_note` names one that is not in the library.
    other = models.ForeignKey(Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_note = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=300, blank=True, default="")
    source_url = models.URLField(max_length=300, blank=True, default="")
    # The day of the evidence, which is not the day on which somebody entered it.
    as_of = models.DateField(null=True, blank=True)
    verified = models.CharField(max_length=8, choices=Verified, default=Verified.MEMORY)
    # SET_NULL with the name kept: closing an account empties no fact.
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_by_name = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_name = models.CharField(max_length=64, blank=True, default="")
    withdrawn_reason = models.CharField(max_length=300, blank=True, default="")

    objects = StatusFactQuerySet.as_manager()

    class Meta:
        ordering = ["policy", F("from_on").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PolicyStatus.values), name="ck_statusfact_status"),
            models.CheckConstraint(condition=~Q(policy=F("other")), name="ck_statusfact_not_by_itself"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""), name="ck_statusfact_withdrawn_why"
            ),
        ]

    def __str__(self) -> str:
        since = f"{self.from_on:%Y-%m-%d} 起" if self.from_on else "日期待核"
        return f"{self.policy} {self.get_status_display()}（{since}）"


class VersionDraft(models.Model):
    """政策文本草稿: a version that somebody is entering, kept at each step so that nothing that was pasted is lost."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    # Null: the policy itself is new; `facts` then hold what is known of it.
    policy = models.ForeignKey(Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="drafts")
    facts = models.JSONField(default=dict, blank=True)
    text = models.TextField(blank=True, default="")
    # What was seen while the file was read, as sentences.
    warnings = models.JSONField(default=list, blank=True)
    # Code of a clause of the version before to where it lives on (succession.decision), as a person decided.
    followed = models.JSONField(default=dict, blank=True)
    lock_version = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    # Set when it became a version; the draft stays as the record of what was pasted.
    version = models.OneToOneField(PolicyVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="draft")
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-saved_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.facts.get('title') or self.policy} {self.facts.get('label', '')}".strip()
