"""Who wrote in a version, also before somebody else did: none of them checks it.

The version names who began it and who wrote last. Those in between stand in the trail, which is kept for ever, and at the texts of the
questions that were written since the version was begun.
"""

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent

from .models import LessonQuestion, PackVersion

WRITES = (Action.PACK_SAVED, Action.PACK_ARRANGED, Action.PACK_ADOPTED)


def q_wrote(user: int | None) -> Q:
    """The condition on PackVersion for one in which the account wrote. Nobody wrote for no account."""
    key = user or 0
    deeds = AuditEvent.objects.filter(
        object_type="training.Pack",
        object_id=Cast(OuterRef("pack"), CharField()),
        at__gte=OuterRef("created_at"),
        action__in=WRITES,
        actor=key,
    )
    texts = LessonQuestion.objects.filter(
        lesson__version=OuterRef("pk"), text__author=key, text__at__gt=OuterRef("created_at")
    )
    # Starter packs have no author: where it is turned round, an unknown one must not count as anybody.
    named = Q(author__isnull=False, author=key) | Q(last_editor__isnull=False, last_editor=key)
    return named | Q(Exists(deeds)) | Q(Exists(texts))


def with_writing(versions: QuerySet[PackVersion], user: int | None) -> QuerySet[PackVersion]:
    """The versions with `has_written`: whether the account wrote in them."""
    return versions.annotate(has_written=Case(When(q_wrote(user), then=True), default=False))
