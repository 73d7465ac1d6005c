"""从知识缺口起草: one gap, one draft. GET says what will happen, POST does it; a second press leads to the first draft."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from caselib.core.errors import RuleBroken
from caselib.core.pasted import tidy_line
from caselib.orgs.models import Department, User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.content import LIST_LENGTH, TITLE_LENGTH, RevisionContent
from caselib.precedents.models import Precedent
from caselib.precedents.services import precedent_create
from caselib.search.gaps.access import may_tend
from caselib.search.gaps.selectors import gap_to_close
from caselib.search.gaps.working import draft_of, gap_drafted, gap_to_draft, wordings_of
from caselib.search.models import KnowledgeGap

from .listing import departments_of
from .starting import department_chosen, place_of


@require_http_methods(["GET", "HEAD", "POST"])
def from_gap(request: HttpRequest, key: int) -> HttpResponse:
    """For editors; the draft belongs to a department in which the viewer writes."""
    may_tend(request.scope).require()
    gap, own = gap_to_close(key), departments_of(request.scope)
    shown = {"gap": gap, "departments": own, "here": "writing"}
    if request.method != "POST":
        return render(request, "writing/from_gap.html", shown)
    try:
        department = department_chosen(request.scope, request.POST.get("department", ""), offered=own)
    except RuleBroken as error:
        return render(request, "writing/from_gap.html", shown | {"wrong": error.message}, status=error.status)
    precedent, is_new = draft_begin_from_gap(gap, department=department, scope=request.scope, author=request.user)
    if not is_new and precedent.owner_department_id not in {row.pk for row in own}:
        messages.info(
            request,
            gettext("{owner_department} 已经从它起了草稿，没有再起一份。").format(
                owner_department=precedent.owner_department
            ),
        )
        return redirect("search:gaps:gap", key)
    if is_new:
        messages.success(request, gettext("草稿起好了：标题、原话和事项带进来了。审核通过，这条缺口就算有案例了。"))
    else:
        messages.info(request, gettext("这条缺口已经起过草稿，就是这一份。"))
    return redirect("desk:writing:draft", precedent.code)


@transaction.atomic
def draft_begin_from_gap(
    gap: KnowledgeGap, *, department: Department, scope: ViewerScope, author: User
) -> tuple[Precedent, bool]:
    """(the precedent of a gap, whether it was begun now): one gap, one draft, unless that was given up.

    Raises what `gap_to_draft` raises. Writes what `precedent_create` and `gap_drafted` write.
    """
    gap = gap_to_draft(gap, scope=scope)
    if found := draft_of(gap):
        return found, False
    content = RevisionContent(
        title=tidy_line(gap.question)[:TITLE_LENGTH],
        requester_wording=wordings_of(gap, most=LIST_LENGTH),
        matter=gap.matter,
        theme=gap.matter.theme if gap.matter else None,
        **place_of(department),
    )
    made = precedent_create(content, owner_department=department, author=author).precedent
    gap_drafted(gap, made, actor=author)
    return made, True
