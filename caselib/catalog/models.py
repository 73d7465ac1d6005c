from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from caselib.core.ids import new_code


class MatterTheme(models.Model):
    """事项主题: the first level by which people browse."""

    name = models.CharField(max_length=32, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Matter(models.Model):
    """政务服务事项. Codes follow GB/T 39554.1-2020 and stay empty until they are confirmed."""

    class Audience(models.TextChoices):
        PERSON = "个人", gettext_noop("个人")
        LEGAL_PERSON = "法人", gettext_noop("法人")
        BOTH = "个人和法人", gettext_noop("个人和法人")
        UNKNOWN = "", gettext_noop("未写")

    class KeyMatter(models.TextChoices):
        NATION = "国家", gettext_noop("国家重点事项")
        PLACE = "本市", gettext_noop("本市重点事项")
        NONE = "", gettext_noop("不是")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    name = models.CharField(max_length=64, unique=True)
    theme = models.ForeignKey(MatterTheme, on_delete=models.PROTECT, related_name="matters")
    # The kind of department that handles it, as the catalogue names it (市场监督管理局); no office of one hall.
    department_kind = models.CharField(max_length=64, blank=True, default="")
    aliases = models.JSONField(default=list, blank=True)
    audience = models.CharField(max_length=16, choices=Audience, blank=True, default="")
    materials = models.JSONField(default=list, blank=True)
    basic_code = models.CharField(max_length=12, blank=True, default="")
    impl_code = models.CharField(max_length=31, blank=True, default="")
    # “一件事”重点事项: whose list it is on, and with which batch it came.
    key_matter = models.CharField(max_length=4, choices=KeyMatter, blank=True, default="")
    key_batch = models.CharField(max_length=32, blank=True, default="")
    # One that is not active stays where it is used and is not offered any more.
    is_active = models.BooleanField(default=True)
    # The matter that took its place; never one that was merged itself (kept by catalog.matters.matter_merge).
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from")
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["theme", "name"]
        constraints = [
            models.UniqueConstraint(fields=["impl_code"], condition=~Q(impl_code=""), name="uq_matter_impl_code"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False), name="ck_matter_merged_is_not_active"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="ck_matter_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name


class Cause(models.Model):
    """原因（根因）: why it could not be done."""

    name = models.CharField(max_length=32, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Scheme(models.Model):
    """分类方案: a district's way of sorting cases. A case may be sorted in several; an inactive one is not offered."""

    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True, default="")
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """One class of a scheme."""

    # CASCADE: a class has no meaning without its scheme; schemes in use are protected by Classification.
    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="categories")
    name = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    # So many visits without success suggest this class; null: none do.
    min_visits = models.PositiveSmallIntegerField(null=True, blank=True)
    # Whoever sorts a case into it cites the rule of the place where it can be done, with the relation 参照.
    needs_reference = models.BooleanField(default=False)

    class Meta:
        ordering = ["scheme", "position"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "name"], name="uq_category_scheme_name"),
            models.CheckConstraint(condition=~Q(min_visits=0), name="ck_category_min_visits"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}：{self.name}"


class Tag(models.Model):
    """标签. A merged tag stays as a row that points to the one which took its place."""

    name = models.CharField(max_length=32, unique=True)
    synonyms = models.JSONField(default=list, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from")
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(merged_into=F("id")), name="ck_tag_not_merged_into_itself")]

    def __str__(self) -> str:
        return self.name
