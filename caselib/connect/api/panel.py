"""The operation with which a system lets its own people into the panel (`connect.embed`)."""

from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Router, Status

from caselib.catalog.selectors import matter_with_code
from caselib.connect.clients.models import Deed
from caselib.connect.embed import tickets
from caselib.core import clock

from . import answers, sent, shapes
from .doors import Door

router = Router(by_alias=True)


@router.post(
    "/embed-tickets",
    auth=Door(Deed.EMBED),
    response={201: shapes.EmbedTicketAnswer},
    operation_id="embed_ticket",
    summary="要一张面板的票",
    tags=["嵌入"],
)
def embed_ticket(request: HttpRequest, wanted: sent.EmbedTicketIn):
    """由业务系统的服务器来要，令牌不进浏览器。票只能打开检索面板，最多 8 小时，令牌吊销或到期就跟着失效。"""
    caller = request.caller
    matter = matter_with_code(wanted.matter) if wanted.matter.strip() else None
    ticket = tickets.embed_ticket(caller, matter=matter)
    told = {
        "schema": "caselib.embed-ticket/1",
        "ticket": ticket,
        "expires_at": tickets.ends_at(caller, now=clock.now()).isoformat(),
        "url": f"{answers.page_url(request, 'embed:search')}?{urlencode({'t': ticket})}",
    }
    return Status(201, told)
