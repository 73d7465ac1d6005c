from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from caselib.catalog.models import Matter, Tag
from caselib.policies.models import Policy
from caselib.precedents.models import Precedent


class Follow(models.Model):
    """关注: a policy, a matter or a tag whose changes somebody wants to hear of.

    `since_event`: key of the newest AuditEvent when it began; what happened up to there makes no notice.
    """

    # CASCADE on all sides: a follow says something about the account only, and nothing of the library.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    policy = models.ForeignKey(Policy, null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    tag = models.ForeignKey(Tag, null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    created_at = models.DateTimeField()
    since_event = models.BigIntegerField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(policy__isnull=False, matter__isnull=True, tag__isnull=True)
                | Q(policy__isnull=True, matter__isnull=False, tag__isnull=True)
                | Q(policy__isnull=True, matter__isnull=True, tag__isnull=False),
                name="ck_follow_one_thing",
            ),
            models.UniqueConstraint(fields=["user", "policy"], name="uq_follow_user_policy"),
            models.UniqueConstraint(fields=["user", "matter"], name="uq_follow_user_matter"),
            models.UniqueConstraint(fields=["user", "tag"], name="uq_follow_user_tag"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.policy or self.matter or self.tag}"


class Reading(models.Model):
    """How far somebody has read: high-water marks over the keys of AuditEvent, which only grow.

    An event gets its key under the lock of AuditHead, so that none with a lower key appears once a higher one is there.
    """

    # CASCADE: it says something about the account only.
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reading")
    # Up to which event notices are read.
    seen_event = models.BigIntegerField(default=0)
    # Up to which event a mail told of.
    # How much waited for the reader at the last mail, by kind of caselib.waiting: more of a kind is something new.
    mailed_waiting = models.JSONField(default=dict, blank=True)
    digested_event = models.BigIntegerField(default=0)
    # Up to which moment answers (core.told) are read, and up to which a mail told of them.
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.seen_event}, {self.digested_event}"


class Frequency(models.TextChoices):
    """How often a saved search is asked again."""

    AT_ONCE = "at_once", gettext_noop("有就告诉")
    DAILY = "daily", gettext_noop("每天一次")
    WEEKLY = "weekly", gettext_noop("每周一次")
    OFF = "off", gettext_noop("不用告诉")


class SavedSearch(models.Model):
    """存的搜索: a question with its filters, asked again from time to time with what its owner may see then.

    `address`: the part of the results page's address behind the question mark. `known`: digest of the text by key of each
    precedent that it found so far, so that each change is told once.
    """

    # CASCADE: a wish of the account, which goes with it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=2000)
    frequency = models.CharField(max_length=8, choices=Frequency, default=Frequency.DAILY)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    known = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="uq_savedsearch_user_address"),
            models.CheckConstraint(condition=Q(frequency__in=Frequency.values), name="ck_savedsearch_frequency"),
        ]

    def __str__(self) -> str:
        return self.name


class SearchNews(models.Model):
    """What a saved search found that was not there before, or has changed since. Told once on the page, once by mail."""

    class Kind(models.TextChoices):
        NEW = "new", gettext_noop("新增")
        CHANGED = "changed", gettext_noop("有改动")

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="news")
    # CASCADE: a line about a precedent says nothing without it.
    precedent = models.ForeignKey(Precedent, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            # Two checks that run at once tell once.
            models.UniqueConstraint(
                fields=["search", "precedent"], condition=Q(seen_at__isnull=True), name="uq_searchnews_unseen"
            ),
            models.CheckConstraint(condition=Q(kind__in=["new", "changed"]), name="ck_searchnews_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.search} · {self.get_kind_display()} · {self.precedent_id}"
