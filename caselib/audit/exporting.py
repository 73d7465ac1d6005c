"""The trail in files: CSV for a person, JSON Lines for a check of the hashes by somebody else's program."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from caselib.core.personal_data import mask

from .actions import LABELS, Action
from .chain import GENESIS
from .models import AuditEvent, AuditHead
from .selectors import Wanted, events_wanted
from .services import record

FORMATS = ("csv", "jsonl")
MOST_EXPORTED = 100_000
_BATCH = 2000
# A cell of Excel holds no more; it would spill into the cells beside it.
_CELL = 32_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COLUMNS = (
    *("序号", "时间", "账号", "姓名", "行为", "行为代码", "对象类型", "对象键", "对象", "改前", "改后"),
    *("请求编号", "地址", "前一条的哈希", "哈希"),
)
HASH_OF = (
    "sha256(UTF-8(JSON 数组：at, actor_name, action, object_type, object_id, object_label, before, after, request_id, ip, "
    "previous_hash，account 不为空时再加 account；键按字母排序，分隔符是“, ”和“: ”，汉字不转义))；previous_hash 是前一条的 hash"
)


@dataclass(frozen=True, slots=True)
class Export:
    """What was asked for, ready to be written. `count`: events in the file; `left_out`: whether older ones stay out.

    `told`: the conditions in words; `by` and `at`: who took it out and when.
    """

    events: QuerySet[AuditEvent]
    count: int
    left_out: bool
    told: str
    by: str
    at: dt.datetime

    @property
    def definition(self) -> str:
        """The first line of the file: what it is, of which time, and who took it out."""
        rest = f"只含最新的 {self.count} 条，更早的没有放进来，请缩小日期再导出" if self.left_out else "全部在内"
        return (
            f"案例库审计记录；条件：{self.told}；共 {self.count} 条，{rest}；新的在前，时间按北京时间；"
            f"{self.by} 于 {timezone.localtime(self.at):%Y-%m-%d %H:%M:%S} 导出"
        )


@transaction.atomic
def trail_export(wanted: Wanted, *, form: str, told: str, actor: Any, now: dt.datetime) -> Export:
    """Notes that the events were taken out, and says which: the newest MOST_EXPORTED of those of before this deed.

    `told`: the conditions in words, as they are written down. Writes AuditEvent trail.exported.
    """
    head, _ = AuditHead.objects.select_for_update().get_or_create(id=1, defaults={"hash": GENESIS})
    found = events_wanted(wanted)
    count = found.order_by()[: MOST_EXPORTED + 1].count()
    kept, left_out = min(count, MOST_EXPORTED), count > MOST_EXPORTED
    # A telephone number may be what was looked for.
    after = {"form": form, "conditions": mask(told), "events": kept, "left_out": left_out}
    event = record(Action.TRAIL_EXPORTED, head, actor=actor, after=after)
    events = found.filter(pk__lt=event.pk).select_related("actor").order_by("-pk")[:MOST_EXPORTED]
    return Export(events=events, count=kept, left_out=left_out, told=told, by=str(actor), at=now)


def csv_lines(export: Export) -> Iterator[str]:
    """The file for Excel, line by line: byte order mark, definition, headings, one row for each event. 1 query."""
    yield "\ufeff"
    yield _csv_line([export.definition])
    yield _csv_line(_COLUMNS)
    for event in export.events.iterator(chunk_size=_BATCH):
        yield _csv_line(_row(event))


def json_lines(export: Export) -> Iterator[str]:
    """The file for programs, line by line: what it is, then every event with all that its hash is made of. 1 query."""
    yield _json({"definition": export.definition, "events": export.count, "hash_of": HASH_OF})
    for event in export.events.iterator(chunk_size=_BATCH):
        yield _json(
            {
                "id": event.pk,
                # As it is hashed: in UTC. `_json` would cut it to milliseconds.
                "at": event.at.isoformat(),
                "actor_name": event.actor_name,
                "account": event.account,
                "action": event.action,
                "object_type": event.object_type,
                "object_id": event.object_id,
                "object_label": event.object_label,
                "before": event.before,
                "after": event.after,
                "request_id": event.request_id,
                "ip": event.ip,
                "previous_hash": event.previous_hash,
                "hash": event.hash,
            }
        )


def _row(event: AuditEvent) -> list[str]:
    return [
        str(event.pk),
        f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}",
        event.actor.get_username() if event.actor else "",
        event.actor_name,
        LABELS.get(event.action, event.action),
        event.action,
        event.object_type,
        event.object_id,
        event.object_label,
        _text(event.before),
        _text(event.after),
        event.request_id,
        event.ip,
        event.previous_hash,
        event.hash,
    ]


def _text(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, cls=DjangoJSONEncoder) if values else ""


def _csv_line(cells: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()


def harmless(cell: str) -> str:
    """The cell as Excel shows it and does not calculate it: a quotation mark stands before what begins like a formula."""
    text = cell.replace("\x00", "")
    if len(text) > _CELL:
        text = f"{text[:_CELL]}……（太长，全文见 JSON Lines）"
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, cls=DjangoJSONEncoder) + "\n"
