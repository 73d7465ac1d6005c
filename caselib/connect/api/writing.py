"""Operations that write. Each calls the service that the page calls; what it does is in the trail under the system's account."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Router, Status

from caselib.cases.access import may_register
from caselib.cases.entry import ReadFacts, read_facts, typed_from
from caselib.cases.models import Ticket, source_key
from caselib.cases.selectors import lists_for_entry, ticket_with_number
from caselib.cases.services import ticket_register
from caselib.catalog.selectors import matter_with_code
from caselib.connect.clients.answering import answered_once
from caselib.connect.clients.models import Deed
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.precedents.selectors import visible_precedent
from caselib.reuse.services import reuse_record
from caselib.search.gaps.services import gap_file

from . import answers, sent, shapes
from .doors import Door
from .reading import named

router = Router(by_alias=True)

# Printable and short: it is stored and compared, nothing else.
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=64,
        pattern="^[A-Za-z0-9_-]+$",
        description="每次登记一个新的键，重发用同一个：只算一次",
    ),
]


class WrongFields(Exception):
    """`args[0]`: sentences by field."""


@router.post(
    "/tickets",
    auth=Door(Deed.TICKETS),
    response={200: shapes.TicketAnswer, 201: shapes.TicketAnswer},
    operation_id="ticket_in",
    summary="送入工单",
    tags=["登记"],
)
def ticket_in(request: HttpRequest, ticket: sent.TicketIn):
    """登记到这个系统所在的部门。同一个来源系统和编号只登记一次：再送，答 200 和原来那一件，不改动它。"""
    may_register(request.scope).require()
    read = _read(request, ticket)
    facts = read.facts
    key = source_key(facts.source_system, facts.source_number)
    before = ticket_with_number(request.scope, key=key)
    if before is not None:
        return _ticket(request, before, created=False)
    try:
        made = ticket_register(facts, actor=request.caller.client.account)
    except RuleBroken:
        # The same one sent twice at a time; of another department's nothing is told but that the number is taken.
        before = ticket_with_number(request.scope, key=key)
        if before is None:
            raise
        return _ticket(request, before, created=False)
    return _ticket(request, made, created=True)


def _read(request: HttpRequest, ticket: sent.TicketIn) -> ReadFacts:
    """Raises WrongFields."""
    given = {name: "" if value is None else value for name, value in ticket.dict().items()}
    typed = typed_from({**given, "is_supervised": "1" if ticket.is_supervised else ""})
    # 0 is a count, and no empty field.
    typed |= {name: str(value) for name, value in given.items() if type(value) is int}
    read = read_facts(typed, lists=lists_for_entry(request.scope), today=clock.today())
    missing = {
        name: "去掉看不见的字符后是空的。" for name in ("source_system", "source_number")
        if read.facts is not None and not getattr(read.facts, name)
    }  # fmt: skip
    if read.errors or missing:
        raise WrongFields({**read.errors, **missing})
    return read


def _ticket(request: HttpRequest, ticket: Ticket, *, created: bool) -> Status:
    told = {
        "schema": "caselib.ticket/1",
        "code": ticket.code,
        "created": created,
        "source_system": ticket.source_system,
        "source_number": ticket.source_number,
        "received_on": ticket.received_on.isoformat(),
        "stage": str(ticket.stage),
        "url": answers.page_url(request, "desk:tickets:ticket", ticket.code),
    }
    return Status(201 if created else 200, told)


@router.post(
    "/precedents/{key}/reuse",
    auth=Door(Deed.REUSE),
    response={201: shapes.ReuseAnswer},
    operation_id="reuse",
    summary="登记复用",
    tags=["登记"],
)
def reuse(request: HttpRequest, key: str, used: sent.ReuseIn, idempotency_key: IdempotencyKey):
    """照着这个案例办，结果怎么样。带上办件编号：没带的，一分钟内说法一样的算同一次。"""
    precedent, now = visible_precedent(request.scope, **named(key)), clock.now()

    def deed() -> tuple[int, dict[str, Any]]:
        record = reuse_record(
            precedent,
            scope=request.scope,
            outcome=used.outcome,
            note=used.note,
            point=used.point,
            case_number=used.case_number,
            revision=used.version,
            nonce=idempotency_key,
            now=now,
        )
        told = {
            "schema": "caselib.reuse/1",
            "precedent": precedent.code,
            "outcome": record.outcome,
            "label": record.get_outcome_display(),
            "at": record.at.isoformat(),
        }
        return 201, told

    asked = {"precedent": precedent.code, **used.dict()}
    return Status(*answered_once(request.caller.client, idempotency_key, asked, deed, now=now))


@router.post(
    "/gaps",
    auth=Door(Deed.GAPS),
    response={200: shapes.GapAnswer, 201: shapes.GapAnswer},
    operation_id="gap",
    summary="记知识缺口",
    tags=["登记"],
)
def gap(request: HttpRequest, asked: sent.GapIn):
    """查不到的问题记下来，编辑补上。同一个系统记同一个问题只算一次，所以可以重发。"""
    matter = matter_with_code(asked.matter) if asked.matter.strip() else None
    filed = gap_file(asked.question, scope=request.scope, matter=matter, urgency=asked.urgency)
    told = {
        "schema": "caselib.gap/1",
        "question": filed.gap.question,
        "created": filed.is_new,
        "times": filed.gap.times,
        "cut": filed.is_cut,
    }
    return Status(201 if filed.is_new else 200, told)
