import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from caselib.core.ids import new_code
from caselib.orgs.models import Department


class Deed(models.TextChoices):
    """What a system may be let do. Each is asked for by itself: the token of a feed stands in an address, and opens no more."""

    READ = "read", gettext_noop("检索和读取")
    TICKETS = "tickets", gettext_noop("送入工单")
    REUSE = "reuse", gettext_noop("复用登记")
    GAPS = "gaps", gettext_noop("记知识缺口")
    EMBED = "embed", gettext_noop("嵌入检索面板")
    FEED = "feed", gettext_noop("订阅更新")
    HOOKS = "hooks", gettext_noop("接收推送")


class Client(models.Model):
    """对接系统: a system of a hall that is served, such as the entry system of its comprehensive window.

    It acts through an account of its own that nobody can sign in with, a member of one department: so what it sees and
    may do comes from the same ViewerScope as that of a person, and the trail names it.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    name = models.CharField(max_length=64, unique=True)
    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="client")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    # Values of Deed.
    deeds = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(default=600)
    note = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    # Switched off by the security administrator: the department cannot switch it on again by itself.
    is_blocked = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(per_minute__gte=1), name="ck_client_per_minute")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether its calls are answered, as far as itself goes."""
        return self.is_active and not self.is_blocked


class Token(models.Model):
    """A secret of a client. Only its SHA-256 is kept: it is 256 random bits, so that no slower hash is needed."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="tokens")
    # The first characters, by which people tell tokens apart.
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # To the day: a moment for each call would be a write for each call.
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="ck_token_expires_later")]

    def __str__(self) -> str:
        return f"{self.client} {self.prefix}…"

    def is_valid(self, now: dt.datetime) -> bool:
        """Whether it opens anything at that moment, its client apart."""
        return self.revoked_at is None and self.expires_at > now


class Reason(models.TextChoices):
    """Why a call was refused. The values are stable: programs read them."""

    UNKNOWN = "unknown_token", gettext_noop("没有这个令牌")
    EXPIRED = "token_expired", gettext_noop("令牌过期")
    REVOKED = "token_revoked", gettext_noop("令牌已吊销")
    OFF = "client_off", gettext_noop("系统已停用")
    DEPARTMENT = "department_closed", gettext_noop("部门已停用")
    DEED = "deed_not_granted", gettext_noop("没有开通")


class Refusal(models.Model):
    """How often calls were refused on one day, for one token and reason; without a token: secrets that nobody has."""

    # CASCADE: a count says something about the token only.
    token = models.ForeignKey(Token, null=True, blank=True, on_delete=models.CASCADE, related_name="refusals")
    reason = models.CharField(max_length=20, choices=Reason)
    day = models.DateField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "reason", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["token", "reason", "day"], name="uq_refusal_token_reason_day"),
            models.UniqueConstraint(
                fields=["reason", "day"], condition=Q(token__isnull=True), name="uq_refusal_unknown_reason_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.token or '不认识的令牌'} {self.get_reason_display()}"


class KeptAnswer(models.Model):
    """The answer to a call that wrote, under the key that the system gave it: asked again, it is given again.

    `asked`: SHA-256 of what was sent, so that a key is not used for something else. Kept for days (`answering`).
    """

    # CASCADE: it says something about the system only.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="kept_answers")
    key = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="uq_keptanswer_client_key")]

    def __str__(self) -> str:
        return f"{self.client} {self.key}"
