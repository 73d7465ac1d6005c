"""A call that writes may be sent again: under the same key it does nothing more and gets the first one's answer."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from caselib.core.errors import StaleState

from .models import Client, KeptAnswer

KEPT = dt.timedelta(days=7)
_MOST_PRUNED = 500


class KeyUsed(StaleState):
    """The key was used for something else: 409."""

    title = "这个幂等键用过了"


def answered_once(
    client: Client,
    key: str,
    asked: Mapping[str, Any],
    deed: Callable[[], tuple[int, dict[str, Any]]],
    *,
    now: dt.datetime,
) -> tuple[int, dict[str, Any]]:
    """(status, answer) of the deed, or of the first call with that key within seven days. Deed and answer are one transaction.

    Of two that arrive together the second waits for the first. Raises KeyUsed where the key came with something else, and
    what the deed raises: then nothing is kept, and the same key may be sent again. Writes KeptAnswer.
    """
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode(errors="replace")).hexdigest()
    try:
        with transaction.atomic():
            _old_ones_dropped(client, now)
            kept = KeptAnswer.objects.create(client=client, key=key, asked=digest, at=now)
            kept.status, kept.answer = deed()
            kept.save(update_fields=["status", "answer"])
            return kept.status, kept.answer
    except IntegrityError:
        kept = KeptAnswer.objects.filter(client=client, key=key).first()
        if kept is None:
            raise
    if kept.asked != digest:
        raise KeyUsed("这个 Idempotency-Key 已经用在另一次内容不同的调用上，这一次什么都没做。换一个新的键再调。")
    return kept.status, kept.answer


def _old_ones_dropped(client: Client, now: dt.datetime) -> None:
    old = KeptAnswer.objects.filter(client=client, at__lt=now - KEPT).order_by("at").values("pk")[:_MOST_PRUNED]
    KeptAnswer.objects.filter(pk__in=[row["pk"] for row in old]).delete()
