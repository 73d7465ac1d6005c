"""A training pack, its versions, and the modules and lessons of a version.

A published version never changes: who edits a published pack writes in its open version, a copy. A lesson keeps its `key` from
version to version, so that what somebody has learned stays learned.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from caselib.core.ids import new_code
from caselib.orgs.models import Department
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.visibility import Audience

from ..choices import AnswersShown, LessonKind, PackStatus, Readers, VersionState

USER = settings.AUTH_USER_MODEL


class Pack(models.Model):
    """培训包. What it says is in its versions; `live_version` is the one that learners take."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    # Of the starter library, so that loading it twice makes no second one.
    external_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    owner_department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.LIBRARY)
    status = models.CharField(max_length=10, choices=PackStatus, default=PackStatus.DRAFT)
    # PROTECT: what learners take cannot be deleted below them.
    live_version = models.OneToOneField(
        "PackVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="live_for"
    )
    # Offered as a beginning to who makes a new pack.
    is_template = models.BooleanField(default=False)
    copied_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # SET_NULL with the name kept: closing an account never deletes what it made.
    created_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by_name = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    # Why it is not to be begun any more: learners who have begun read it.
    archived_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["draft", "published", "archived"]), name="ck_pack_status"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(live_version__isnull=False, published_at__isnull=False),
                name="ck_pack_published_has_live_version",
            ),
            models.CheckConstraint(
                condition=~Q(status="archived") | Q(archived_at__isnull=False), name="ck_pack_archived_since"
            ),
        ]

    def __str__(self) -> str:
        return f"培训包 {self.code}"


class PackEditor(models.Model):
    """合编人: somebody who writes a pack along with the trainers of its department."""

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="editors")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()
    added_by_name = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "user"], name="uq_packeditor")]

    def __str__(self) -> str:
        return f"{self.pack} · {self.user}"


class PackVersion(models.Model):
    """One version of a pack. Every change of it, of its modules, lessons or questions counts `lock_version` up.

    `pass_mark`: per cent that a lesson's questions need; `most_attempts`: of each lesson, 0 for any number; `wait_minutes`: between
    two attempts. `content_digest`: of all that it says, kept when it is submitted, so that an approval names what was read.
    """

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=VersionState, default=VersionState.DRAFT)
    lock_version = models.PositiveIntegerField(default=0)
    content_digest = models.CharField(max_length=64, blank=True, default="")
    title = models.CharField(max_length=60)
    goal = models.CharField(max_length=300, blank=True, default="")
    readers = models.CharField(max_length=12, choices=Readers, default=Readers.WINDOW)
    intro = models.TextField(blank=True, default="")
    pass_mark = models.PositiveSmallIntegerField(default=80)
    most_attempts = models.PositiveSmallIntegerField(default=0)
    wait_minutes = models.PositiveSmallIntegerField(default=0)
    answers_shown = models.CharField(max_length=8, choices=AnswersShown, default=AnswersShown.EACH)
    change_note = models.CharField(max_length=300, blank=True, default="")
    author = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=64, blank=True, default="")
    last_editor = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_editor_name = models.CharField(max_length=64, blank=True, default="")
    approved_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    approved_by_name = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pack", "number"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "number"], name="uq_packversion_number"),
            models.UniqueConstraint(
                fields=["pack"],
                condition=Q(state__in=["draft", "submitted", "changes_requested"]),
                name="uq_packversion_one_open",
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="ck_packversion_state"),
            models.CheckConstraint(condition=Q(readers__in=Readers.values), name="ck_packversion_readers"),
            models.CheckConstraint(condition=Q(answers_shown__in=AnswersShown.values), name="ck_packversion_answers"),
            models.CheckConstraint(condition=Q(pass_mark__lte=100), name="ck_packversion_pass_mark"),
            # Null passes: what the starter library brings was checked by nobody of this hall.
            models.CheckConstraint(condition=~Q(approved_by=F("author")), name="ck_packversion_approver_not_author"),
            models.CheckConstraint(
                condition=~Q(approved_by=F("last_editor")), name="ck_packversion_approver_not_last_editor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack} 第 {self.number} 版"


class Module(models.Model):
    """单元: lessons that belong together."""

    version = models.ForeignKey(PackVersion, on_delete=models.CASCADE, related_name="modules")
    key = models.CharField(max_length=12, default=new_code)
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=60)

    class Meta:
        ordering = ["version", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="uq_module_key")]

    def __str__(self) -> str:
        return f"{self.version} {self.key}"


class Lesson(models.Model):
    """一课. A case pins one published revision of a precedent; `hides`: the learner decides before it opens.

    `note`: Markdown; of a case it stands above it, of a note it is all there is. `minutes`: how long it takes, 0 where nobody said.
    `version` is a copy of the module's, kept by the services, so that a page asks once for all lessons.
    """

    version = models.ForeignKey(PackVersion, on_delete=models.CASCADE, related_name="lessons")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="lessons")
    key = models.CharField(max_length=12, default=new_code)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=4, choices=LessonKind)
    title = models.CharField(max_length=100)
    note = models.TextField(blank=True, default="")
    minutes = models.PositiveSmallIntegerField(default=0)
    hides = models.BooleanField(default=False)
    precedent = models.ForeignKey(Precedent, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["version", "module__position", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="uq_lesson_key"),
            models.CheckConstraint(
                condition=Q(kind="case", revision__isnull=False, precedent__isnull=False)
                | Q(kind="note", revision__isnull=True, precedent__isnull=True, hides=False),
                name="ck_lesson_case_pins_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.key}"


class LessonQuestion(models.Model):
    """A question in its place in a lesson: pinned as a text, as a lesson pins a revision."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="asked")
    text = models.ForeignKey("QuestionText", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["lesson", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["lesson", "text"], name="uq_lessonquestion")]

    def __str__(self) -> str:
        return f"{self.lesson} 第 {self.position + 1} 题"


class PackDecision(models.Model):
    """What a reviewer said of a version. `digest_seen`: of what was read."""

    class Verdict(models.TextChoices):
        PUBLISHED = "published", "通过并发布"
        RETURNED = "returned", "退回修改"

    version = models.ForeignKey(PackVersion, on_delete=models.CASCADE, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict)
    comment = models.CharField(max_length=1000, blank=True, default="")
    digest_seen = models.CharField(max_length=64)
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["version", "at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["published", "returned"]), name="ck_packdecision_verdict")
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.get_verdict_display()}"
