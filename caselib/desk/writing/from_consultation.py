"""从会商起草: one conclusion, one draft of the department that led. GET says what will happen, POST does it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from caselib.consulting.access import may_draft
from caselib.consulting.models import Consultation, Saying
from caselib.consulting.services import consultation_drafted, consultation_to_draft, draft_of, lead_party, told_parties
from caselib.consulting.visibility import visible_consultation
from caselib.core.errors import RuleBroken
from caselib.core.pasted import tidy_line
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.content import LIST_LENGTH, TEXT_LENGTH, TITLE_LENGTH, RevisionContent
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.services import precedent_create
from caselib.search.gaps.working import draft_of as draft_of_gap
from caselib.search.gaps.working import gap_drafted, wordings_of

from .starting import place_of

_LEAD_LENGTH = Revision._meta.get_field("lead_org").max_length


@require_http_methods(["GET", "HEAD", "POST"])
def from_consultation(request: HttpRequest, code: str) -> HttpResponse:
    """For who writes in the department that led."""
    consultation = visible_consultation(request.scope, code)
    lead = lead_party(consultation)
    may_draft(request.scope, lead).require()
    if consultation.state != Consultation.State.CLOSED:
        raise RuleBroken(gettext("还没有结论，起不了草稿。先由牵头部门下结论。"), code="no_conclusion")
    if request.method != "POST":
        shown = {"consultation": consultation, "lead": lead, "here": "writing"}
        return render(request, "writing/from_consultation.html", shown)
    precedent, is_new = draft_begin_from_consultation(consultation, scope=request.scope, author=request.user)
    if is_new:
        messages.success(request, gettext("草稿起好了：问题、各部门的意见、结论和协同部门带进来了。核对一遍再往下写。"))
    else:
        messages.info(request, gettext("这次会商已经起过草稿，就是这一份。"))
    return redirect("desk:writing:draft", precedent.code)


@transaction.atomic
def draft_begin_from_consultation(
    consultation: Consultation, *, scope: ViewerScope, author: User
) -> tuple[Precedent, bool]:
    """(the precedent of a consultation, whether it was begun now): one conclusion, one draft, unless that was given up.

    The knowledge gap that it came from is answered when this draft is published. Raises what `consultation_to_draft` raises.
    Writes what `precedent_create`, `consultation_drafted` and `gap_drafted` write.
    """
    consultation = consultation_to_draft(consultation, scope=scope)
    if found := draft_of(consultation):
        return found, False
    lead = lead_party(consultation)
    content = _content(consultation, lead)
    made = precedent_create(content, owner_department=lead.department, author=author).precedent
    consultation_drafted(consultation, made, actor=author)
    gap = consultation.gap and (consultation.gap.joined_into or consultation.gap)
    if gap is not None and gap.state != gap.State.ANSWERED and draft_of_gap(gap) is None:
        gap_drafted(gap, made, actor=author)
    return made, True


def _content(consultation: Consultation, lead) -> RevisionContent:
    """What was asked, what each department said, and what came of it. 3 queries."""
    parties = list(consultation.parties.select_related("department").order_by("pk"))
    sayings = list(consultation.sayings.select_related("department").order_by("at", "pk"))
    conclusion = next((each.words for each in sayings if each.kind == Saying.Kind.CONCLUSION), "")
    gap = consultation.gap
    words = (consultation.question, *(wordings_of(gap, most=LIST_LENGTH) if gap else ()))
    matter = consultation.matter
    return RevisionContent(
        title=tidy_line(consultation.question)[:TITLE_LENGTH],
        problem=consultation.question,
        requester_wording=tuple(dict.fromkeys(tidy_line(each) for each in words))[:LIST_LENGTH],
        matter=matter,
        theme=matter.theme if matter else None,
        resolution=conclusion,
        assessment="\n\n".join(filter(None, map(_said, sayings)))[:TEXT_LENGTH],
        lead_org=lead.department.name[:_LEAD_LENGTH],
        partner_orgs=told_parties(parties)[:LIST_LENGTH],
        **place_of(lead.department),
    )


def _said(saying: Saying) -> str:
    if saying.kind not in (Saying.Kind.ANSWER, Saying.Kind.CONCLUSION):
        return ""
    basis = f"（依据：{saying.basis}）" if saying.basis else ""
    head = f"{saying.department}结论" if saying.kind == Saying.Kind.CONCLUSION else f"{saying.department}"
    return f"{head}：{saying.words}{basis}"
