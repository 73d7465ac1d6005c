import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from caselib.catalog.models import Category, Cause, Matter, MatterTheme, Tag
from caselib.core.ids import new_code
from caselib.orgs.models import Department, Region
from caselib.policies.models import Clause, PolicyVersion

from .choices import AdminLevel, DoubtKind, Kind, Measure, Relation, ResultType, RevisionState, Tier
from .visibility import Audience, PrecedentQuerySet, PrecedentStatus

USER = settings.AUTH_USER_MODEL

# How long ahead a change is announced: what is accepted today is decided within the month.
SOON = dt.timedelta(days=30)


OPEN_STATES = (RevisionState.DRAFT, RevisionState.SUBMITTED, RevisionState.CHANGES_REQUESTED)


class Precedent(models.Model):
    """先例／案例: one solved case with its permanent number. What it says is in its revisions."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    # 入库编号, given at first publication and never used again: region code, year, department code, serial.
    number = models.CharField(max_length=32, unique=True, null=True, blank=True)
    external_id = models.CharField(max_length=128, unique=True, null=True, blank=True)
    owner_department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="precedents")
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.LIBRARY)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.PRECEDENT)
    tier = models.CharField(max_length=12, choices=Tier, default=Tier.REFERENCE)
    status = models.CharField(max_length=24, choices=PrecedentStatus, default=PrecedentStatus.DRAFT)
    # PROTECT: the text that readers see cannot be deleted below them.
    live_revision = models.OneToOneField(
        "Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="live_for"
    )
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")
    retired_reason = models.CharField(max_length=500, blank=True, default="")
    reverify_due_on = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    lock_version = models.PositiveIntegerField(default=0)
    # Copies of the live revision's (before publication the draft's) columns, for browsing; kept by precedents.services.
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.PROTECT, related_name="precedents")
    theme = models.ForeignKey(MatterTheme, null=True, blank=True, on_delete=models.PROTECT, related_name="precedents")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="precedents")
    admin_level = models.CharField(max_length=4, choices=AdminLevel, blank=True, default="")
    applies_until = models.DateField(null=True, blank=True, db_index=True)
    # How often it was used with success; kept by precedents.services.precedent_reuse_counted.
    reuse_count = models.PositiveIntegerField(default=0)

    objects = PrecedentQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PrecedentStatus.values), name="ck_precedent_status"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in_review"])
                | Q(live_revision__isnull=False, number__isnull=False, published_at__isnull=False),
                name="ck_precedent_published_has_live_revision",
            ),
            models.CheckConstraint(condition=~Q(replaced_by=F("id")), name="ck_precedent_not_replaced_by_itself"),
        ]
        indexes = [
            models.Index(fields=["status", "-published_at"], name="ix_precedent_status_published"),
            models.Index(fields=["status", "-reuse_count"], name="ix_precedent_status_reuse"),
        ]

    def __str__(self) -> str:
        return self.number or f"草稿 {self.code}"


class NumberSeries(models.Model):
    """The last serial given out for a region, year and department; rows are never deleted, so numbers are never reused."""

    region_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    department_code = models.CharField(max_length=6)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region_code", "year", "department_code"], name="uq_numberseries"),
        ]

    def __str__(self) -> str:
        return f"{self.region_code}-{self.year}-{self.department_code}: {self.last}"


class Revision(models.Model):
    """One text of a precedent. A submitted text is frozen; a published one never changes."""

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=RevisionState, default=RevisionState.DRAFT)
    lock_version = models.PositiveIntegerField(default=0)
    content_digest = models.CharField(max_length=64)

    title = models.CharField(max_length=100)
    gist = models.CharField(max_length=200, blank=True, default="")
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    more_matters = models.ManyToManyField(Matter, blank=True, related_name="+")
    # The matter in the source's own words, where it fits no entry of the catalogue.
    matter_note = models.CharField(max_length=200, blank=True, default="")
    theme = models.ForeignKey(MatterTheme, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    admin_level = models.CharField(max_length=4, choices=AdminLevel, blank=True, default="")
    requester_type = models.CharField(max_length=32, blank=True, default="")
    # ISO date as far as it is known: 2023, 2023-02 or 2023-02-13.
    occurred = models.CharField(max_length=10, blank=True, default="")
    # 过渡期, half-open: a text for the seam between old and new rules holds in [applies_from, applies_until). Null: open.
    applies_from = models.DateField(null=True, blank=True)
    applies_until = models.DateField(null=True, blank=True)
    requester_wording = models.JSONField(default=list, blank=True)
    problem = models.TextField(blank=True, default="")
    blocker = models.CharField(max_length=300, blank=True, default="")
    causes = models.ManyToManyField(Cause, blank=True, related_name="revisions")
    categories = models.ManyToManyField(Category, blank=True, related_name="revisions")
    tags = models.ManyToManyField(Tag, blank=True, related_name="revisions")
    lead_org = models.CharField(max_length=64, blank=True, default="")
    partner_orgs = models.JSONField(default=list, blank=True)
    handling_steps = models.JSONField(default=list, blank=True)
    resolution = models.TextField(blank=True, default="")
    script = models.TextField(blank=True, default="")
    applies_when = models.JSONField(default=list, blank=True)
    not_when = models.JSONField(default=list, blank=True)
    materials = models.JSONField(default=list, blank=True)
    deferred_material = models.JSONField(default=list, blank=True)
    alternatives = models.JSONField(default=list, blank=True)
    who_can_decide = models.CharField(max_length=200, blank=True, default="")
    result_type = models.CharField(max_length=20, choices=ResultType, default=ResultType.SOLVED)
    measure = models.CharField(max_length=8, choices=Measure, default=Measure.NONE)
    lasting_rule = models.TextField(blank=True, default="")
    outcome = models.JSONField(default=dict, blank=True)
    sources = models.JSONField(default=list, blank=True)
    # Names of fields that nobody has checked against a source; shown as 待核.
    unverified = models.JSONField(default=list, blank=True)

    # SET_NULL with the name kept: closing an account never deletes or empties content.
    author = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=64)
    last_editor = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    approved_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["precedent", "number"]
        constraints = [
            models.UniqueConstraint(fields=["precedent", "number"], name="uq_revision_precedent_number"),
            models.UniqueConstraint(
                fields=["precedent"],
                condition=Q(state__in=["draft", "submitted", "changes_requested"]),
                name="uq_revision_one_open",
            ),
            models.CheckConstraint(condition=Q(state__in=RevisionState.values), name="ck_revision_state"),
            # Null passes: SQL leaves a comparison with an unknown undecided, and an import has no person on either side.
            models.CheckConstraint(condition=~Q(approved_by=F("author")), name="ck_revision_approver_not_author"),
            models.CheckConstraint(
                condition=~Q(approved_by=F("last_editor")), name="ck_revision_approver_not_last_editor"
            ),
            models.CheckConstraint(
                condition=Q(applies_from__isnull=True)
                | Q(applies_until__isnull=True)
                | Q(applies_until__gt=F("applies_from")),
                name="ck_revision_applies_until_after_from",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（第 {self.number} 版）"

    @property
    def occurred_on(self) -> dt.date | None:
        """The first day of the time that is known, or None."""
        parts = [int(part) for part in self.occurred.split("-") if part.isdigit()]
        return dt.date(*[*parts, 1, 1][:3]) if parts else None

    @property
    def occurred_until(self) -> dt.date | None:
        """The last day of the time that is known, or None: 2023 ends on 2023-12-31."""
        parts = [int(part) for part in self.occurred.split("-") if part.isdigit()]
        if not parts:
            return None
        if len(parts) == 3:
            return dt.date(*parts)
        year, month = (parts[0] + 1, 0) if len(parts) == 1 else divmod(parts[0] * 12 + parts[1], 12)
        return dt.date(year, month + 1, 1) - dt.timedelta(days=1)


class Citation(models.Model):
    """引用: what a revision relies on, at the level of a clause of one version, with the relation."""

    # CASCADE: a citation is part of the text of its revision; revisions themselves are protected.
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="citations")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="citations")
    # Null: the document as a whole, or an article that is not entered yet (then `locator` names it).
    clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="citations")
    locator = models.CharField(max_length=64, blank=True, default="")
    relation = models.CharField(max_length=16, choices=Relation)
    note = models.CharField(max_length=500, blank=True, default="")
    is_verified = models.BooleanField(default=False)

    class Meta:
        ordering = ["revision", "position"]
        constraints = [
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="ck_citation_relation"),
            models.UniqueConstraint(fields=["revision", "position"], name="uq_citation_revision_position"),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.clause or self.version}"


class ReviewDecision(models.Model):
    """审核意见: who decided what about the text with which digest."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "通过"
        RETURN = "return", "退回修改"
        REJECT = "reject", "不予通过"

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions")
    reviewer = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reviewer_name = models.CharField(max_length=64)
    verdict = models.CharField(max_length=8, choices=Verdict)
    comment = models.CharField(max_length=1000, blank=True, default="")
    digest_seen = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.reviewer_name} {self.get_verdict_display()} {self.revision}"


class Verification(models.Model):
    """复核: somebody checked a published text against the versions it cites. Not the same as editing it."""

    class Outcome(models.TextChoices):
        HOLDS = "holds", "仍然适用"
        CHANGES = "changes", "改了再用"
        NO_LONGER = "no_longer", "不再适用"

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="verifications")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="verifications")
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=64)
    on = models.DateField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.HOLDS)
    note = models.CharField(max_length=500, blank=True, default="")
    versions_seen = models.ManyToManyField(PolicyVersion, blank=True, related_name="+")

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.precedent} {self.on} {self.by_name}"


class DoubtQuerySet(models.QuerySet["Doubt"]):
    def open(self) -> "DoubtQuerySet":
        return self.filter(resolved_at=None)

    def told(self) -> "DoubtQuerySet":
        """Open points that the signal names. What a policy or the calendar did it reads off their dates itself."""
        return self.open().exclude(kind__in=[DoubtKind.POLICY, DoubtKind.REVIEW_DUE])

    def due(self, *, on: dt.date) -> "DoubtQuerySet":
        """Open points that count on that day: a change that is far ahead is a task already, and no doubt yet."""
        return self.open().filter(Q(from_on__isnull=True) | Q(from_on__lte=on + SOON))


class Doubt(models.Model):
    """存疑点: one point of a published text that somebody has to verify again, with the reason; a task of its owner."""

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="doubts")
    # SET_NULL: the point stays even if the citation goes with a discarded draft.
    citation = models.ForeignKey(Citation, null=True, blank=True, on_delete=models.SET_NULL, related_name="doubts")
    reason = models.CharField(max_length=500)
    kind = models.CharField(max_length=12, choices=DoubtKind, default=DoubtKind.NOTED)
    # The clause that was relied on and the one that took its place, for reading them side by side.
    old_clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new_clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The day of the change that it is about; null: at once.
    from_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        Verification, null=True, blank=True, on_delete=models.PROTECT, related_name="resolves"
    )

    objects = DoubtQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["precedent", "reason"], condition=Q(resolved_at__isnull=True), name="uq_doubt_open_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class UnresolvedCitation(models.Model):
    """未解决的引用: words of a text that cite something which the library cannot find, for somebody to settle."""

    class Why(models.TextChoices):
        UNKNOWN_POLICY = "unknown_policy", "库里没有这部政策"
        AMBIGUOUS = "ambiguous", "对得上不止一部"
        WRONG_NUMBER = "wrong_number", "文号和标题不是一对"
        NO_SUCH_CLAUSE = "no_such_clause", "这一版没有这一条"

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="unresolved_citations")
    words = models.CharField(max_length=300)
    why = models.CharField(max_length=16, choices=Why)
    # What it may be: a sentence that names the candidates.
    hint = models.CharField(max_length=500, blank=True, default="")
    opened_at = models.DateTimeField()
    opened_by_name = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_name = models.CharField(max_length=64, blank=True, default="")
    closed_how = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "words"], condition=Q(closed_at__isnull=True), name="uq_unresolvedcitation_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words}：{self.get_why_display()}"
