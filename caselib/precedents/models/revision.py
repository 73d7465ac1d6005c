"""One text of a precedent with what it cites."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from caselib.catalog.models import Category, Cause, Matter, MatterTheme, Tag
from caselib.orgs.models import Region
from caselib.policies.models import Clause, PolicyVersion

from ..choices import (
    AdminLevel,
    DecisionLevel,
    FailedStage,
    Force,
    Manner,
    Measure,
    Relation,
    ResultType,
    RevisionState,
)
from .precedent import Precedent

USER = settings.AUTH_USER_MODEL
OPEN_STATES = (RevisionState.DRAFT, RevisionState.SUBMITTED, RevisionState.CHANGES_REQUESTED)


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
    # 不符合时去哪: for one condition, word for word, what to do instead and where that is written.
    detours = models.JSONField(default=list, blank=True)
    # 办理入口: link text and address, of allowed government domains alone (row A9).
    entrances = models.JSONField(default=list, blank=True)
    who_can_decide = models.CharField(max_length=200, blank=True, default="")
    decision_level = models.CharField(max_length=12, choices=DecisionLevel, blank=True, default=DecisionLevel.UNKNOWN)
    result_type = models.CharField(max_length=20, choices=ResultType, default=ResultType.SOLVED)
    measure = models.CharField(max_length=8, choices=Measure, default=Measure.NONE)
    lasting_rule = models.TextField(blank=True, default="")
    manner = models.CharField(max_length=8, choices=Manner, blank=True, default=Manner.ORDINARY)
    # 授权边界 of a flexible handling: its basis, what stays mandatory, who approved.
    flexibility = models.JSONField(default=dict, blank=True)
    # 研判理由: may it be done, and ought it to be done? For training; the view at the counter leaves it out.
    assessment = models.TextField(blank=True, default="")
    # 跟踪评估 in words, beside the figures in `outcome`.
    evaluation = models.CharField(max_length=500, blank=True, default="")
    failed_stage = models.CharField(max_length=16, choices=FailedStage, blank=True, default=FailedStage.UNKNOWN)
    visits = models.PositiveSmallIntegerField(null=True, blank=True)
    force = models.CharField(max_length=12, choices=Force, default=Force.REFERENCE)
    # Why it stands beside others about the same matter and cause, or which of them it takes the place of.
    why_another = models.CharField(max_length=500, blank=True, default="")
    supersedes = models.ForeignKey(Precedent, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.JSONField(default=dict, blank=True)
    sources = models.JSONField(default=list, blank=True)
    # Names of fields that nobody has checked against a source; shown as 待核.
    unverified = models.JSONField(default=list, blank=True)

    # 为什么改: said by who wrote it, of this text against the one before. No part of the text.
    change_note = models.CharField(max_length=500, blank=True, default="")
    # SET_NULL with the name kept: closing an account never deletes or empties content.
    author = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=64)
    last_editor = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_editor_name = models.CharField(max_length=64, blank=True, default="")
    approved_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["precedent", "number"]
        # The number in the header counts by state on every page.
        indexes = [models.Index(fields=["state", "precedent"], name="ix_revision_state_precedent")]
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
        # How the trail names it for ever: by number, because a title may turn out to tell of a person.
        return f"{self.precedent} 第 {self.number} 版"

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
