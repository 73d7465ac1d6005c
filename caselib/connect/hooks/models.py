import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from caselib.catalog.models import Matter
from caselib.connect.clients.models import Client
from caselib.core.ids import new_code
from caselib.precedents.models import Precedent


class Event(models.TextChoices):
    """What a system is told of. The values are stable codes of the interface."""

    PUBLISHED = "published", gettext_noop("新入库")
    CHANGED = "changed", gettext_noop("有改动")
    WITHDRAWN = "withdrawn", gettext_noop("撤下")


# A message that only shows whether the way is open; nobody subscribes to it.
TEST = "test"


class Paused(models.TextChoices):
    """Why nothing is sent to an address."""

    NO = "", gettext_noop("在推送")
    BY_HAND = "by_hand", gettext_noop("人工停的")
    FAILING = "failing", gettext_noop("连着多次送不到，自动停的")
    GONE = "gone", gettext_noop("对方回答 410，不再接收")
    SEALED = "sealed", gettext_noop("签名密钥打不开")


class Hook(models.Model):
    """推送地址: where a system wants to be told, of what, and how far the trail was read for it."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="hooks")
    address = models.CharField(max_length=500)
    # Values of Event.
    events = models.JSONField(default=list)
    # Only precedents of this matter; empty: of all.
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Sealed (sealing.py): it has to be read to sign, so that no digest would do.
    secret = models.CharField(max_length=400)
    paused = models.CharField(max_length=12, choices=Paused, blank=True, default=Paused.NO)
    paused_at = models.DateTimeField(null=True, blank=True)
    # Attempts that failed one after the other because nobody answered there.
    failures = models.PositiveIntegerField(default=0)
    # Nothing is sent before; empty: at once.
    due_at = models.DateTimeField(null=True, blank=True)
    # The key of the last event of the trail that was read for it.
    read_event = models.BigIntegerField(default=0)
    # Who sends just now, and until when nobody else does.
    lease = models.CharField(max_length=12, blank=True, default="")
    leased_until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["client", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "address"], condition=Q(matter__isnull=True), name="uq_hook_address_all"
            ),
            models.UniqueConstraint(fields=["client", "address", "matter"], name="uq_hook_address_matter"),
        ]

    def __str__(self) -> str:
        # The way behind the host may be a secret of the other system: the trail keeps neither.
        return f"{self.client} 推送 {self.code}"

    @property
    def mark(self) -> str:
        """Stands for what a form of it was drawn from."""
        return hashlib.sha256(json.dumps([self.address, sorted(self.events)]).encode()).hexdigest()[:32]

    @property
    def host(self) -> str:
        return self.address.removeprefix("https://").partition("/")[0]


class Delivery(models.Model):
    """One message to one address, from the moment on which the trail told of its reason; what it says is read when it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_noop("等着送")
        SENT = "sent", gettext_noop("送到了")
        FAILED = "failed", gettext_noop("送不到，放弃了")
        DROPPED = "dropped", gettext_noop("不用送")

    # The id that the receiver knows it by: the same in every attempt.
    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="deliveries")
    # The event of the trail, and the precedent that it was about; both empty for a test.
    event = models.BigIntegerField(null=True, blank=True)
    precedent = models.ForeignKey(Precedent, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # A value of Event or TEST; empty until the first attempt, which decides it.
    kind = models.CharField(max_length=12, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    # The status that the last attempt was answered with, and why it failed in words.
    answer = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True, default="")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["hook", "event", "precedent"], condition=Q(event__isnull=False), name="uq_delivery_event"
            ),
            models.CheckConstraint(
                condition=Q(precedent__isnull=False) | Q(kind="test"), name="ck_delivery_about_a_precedent"
            ),
        ]
        indexes = [
            models.Index(fields=["hook", "precedent"], name="ix_delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["state", "done_at"], name="ix_delivery_done"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class Known(models.Model):
    """A precedent that the system was let see while the subscription ran: only of such ones is it told that they went.

    `digest`: of what it was told last; empty where it was not told, such as of what was there before it subscribed.
    """

    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="known")
    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hook", "precedent"], name="uq_known")]

    def __str__(self) -> str:
        return f"{self.hook_id} {self.precedent_id}"


class FeedAddress(models.Model):
    """订阅地址: a secret that stands in the address of a feed, since readers of feeds send no headers.

    A kind of its own, good for nothing but feeds: addresses end up in lists, histories and logs of other programs.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="feed_addresses")
    prefix = models.CharField(max_length=12)
    # SHA-256 of 256 random bits, as clients.Token.
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    # To the day, as clients.Token.
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.client} 订阅 {self.prefix}…"
