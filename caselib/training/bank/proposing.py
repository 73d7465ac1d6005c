"""从案例出题: what the site proposes of one precedent, each to be confirmed by a trainer as it is or changed.

All proposals stand in one form, so that confirming one keeps what was typed in the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.core.ids import is_code, new_code
from caselib.orgs.models import Department

from ..choices import QuestionKind
from ..models import Question
from .facts import masked_told_of
from .form import Typed, changed, read_typed, rows_of_body
from .placing import question_create_into
from .proposals.made import Proposal
from .proposals.pairs import is_about
from .proposals.sources import Proposed, proposals_for_page
from .saving import facts_typed, owner_chosen, owners_of
from .screens import owner_options
from .selectors import Into, Option, lesson_to_fill, questions_about
from .views import HERE, REFUSED, may_make_or_write, place_of


@dataclass(frozen=True, slots=True)
class ProposalForm:
    """One proposal as it stands in the form. `proposal`: None where the precedent gives it no more; `made`: the question that came of
    it; `alike`: how many of the bank ask for the same aspect of the precedent; `is_open`: whether its inputs are shown at once."""

    key: str
    typed: Typed
    proposal: Proposal | None
    clauses: tuple[Option, ...]
    made: Question | None = None
    alike: int = 0
    is_open: bool = False
    wrong: DomainError | None = None

    @property
    def wrong_at(self) -> str:
        return place_of(self.wrong)

    @property
    def kind_label(self) -> str:
        return QuestionKind(self.typed.kind).label


@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: HttpRequest, code: str) -> HttpResponse:
    """What may be asked about a precedent."""
    into = lesson_to_fill(request.scope, request.GET)
    may_make_or_write(request, into)
    lesson = into.lesson if into else None
    beside = request.GET.get("with", "")[:12]
    proposed = proposals_for_page(code, scope=request.scope, on=clock.today(), lesson=lesson, beside=beside)
    typed, owners = typed_forms(proposed, request.POST), owners_of(request.scope, to_choose=request.method != "POST")
    key, deed = _pressed(request.POST)
    wrong = None
    if request.method == "POST" and key in typed:
        if deed == "confirm":
            wrong = _confirmed(request, typed[key], proposed, owners, into)
            # How many the lesson has now.
            into = into and lesson_to_fill(request.scope, request.GET)
        else:
            typed[key] = changed(typed[key], deed)
    shown = {
        "proposed": proposed,
        "row": proposed.pin.row,
        "forms": _forms(request, proposed, typed, pressed=key, wrong=wrong),
        "owners": owner_options(owners, request.POST.get("owner", "")),
        "wrong": wrong,
        "into": into,
        "beside": beside,
        "is_paired": any(is_about(each, beside) for each in proposed.proposals),
        "here": HERE,
    }
    return render(request, "training/bank/proposals.html", shown, status=wrong.status if wrong else 200)


def _pressed(posted: QueryDict) -> tuple[str, str]:
    """(key of the proposal, what to do with it)."""
    if posted.get("confirm"):
        return posted["confirm"], "confirm"
    key, _, deed = posted.get("do", "").partition("|")
    return key, deed


def _confirmed(
    request: HttpRequest, typed: Typed, proposed: Proposed, owners: list[Department], into: Into | None
) -> RuleBroken | StaleState | None:
    """Stores one; what was wrong with it, or None."""
    precedent = proposed.precedent
    try:
        question_create_into(
            facts_typed(typed, precedent=precedent, on=clock.today()),
            lesson=into.lesson if into else None,
            scope=request.scope,
            owner=owner_chosen(owners, typed),
            precedent=precedent,
            code=typed.code,
        )
    except REFUSED as error:
        return error
    told = "收下了，也放进了这一课。" if into else "收下了，在题库里了。"
    messages.success(request, f"{gettext(told)}{masked_told_of(*typed.words)}")
    return None


def typed_forms(proposed: Proposed, posted: QueryDict) -> dict[str, Typed]:
    """What stands in the form of each proposal, by key: what was typed, else what is proposed. Those typed in that are proposed no more
    stay at the end."""
    typed = {each.key: typed_of_proposal(each, proposed) for each in proposed.proposals}
    for key in posted.getlist("key")[:60]:
        prefix = f"{key}-"
        if f"{prefix}stem" in posted:
            known = typed.get(key) or Typed()
            typed[key] = replace(read_typed(posted, prefix=prefix, known=known), owner=posted.get("owner", ""))
        elif key in typed and is_code(posted.get(f"{prefix}code", "")):
            # Confirmed already: its code says which question came of it.
            typed[key] = replace(typed[key], code=posted[f"{prefix}code"])
    return typed


def typed_of_proposal(proposal: Proposal, proposed: Proposed) -> Typed:
    matter = proposed.precedent.matter
    return Typed(
        kind=proposal.kind,
        aspect=proposal.aspect,
        stem=proposal.stem,
        explanation=proposal.explanation,
        clause=proposal.clause,
        locator=proposal.locator,
        matter=matter.name if matter else "",
        cause=proposed.cause,
        rows=rows_of_body(proposal.kind, proposal.body),
        sample=str(proposal.body.get("sample", "")),
        revision=proposed.revision.number,
        code=new_code(),
        prefix=f"{proposal.key}-",
    )


def _forms(
    request: HttpRequest,
    proposed: Proposed,
    typed: Mapping[str, Typed],
    *,
    pressed: str,
    wrong: RuleBroken | StaleState | None,
) -> list[ProposalForm]:
    """1 query."""
    known = questions_about(request.scope, proposed.precedent)
    by_code, by_text = {each.code: each for each in known}, {(e.latest.kind, e.latest.stem): e for e in known}
    by_key = {each.key: each for each in proposed.proposals}
    return [
        ProposalForm(
            key=key,
            typed=each,
            proposal=by_key.get(key),
            clauses=tuple(Option(code, name, code == each.clause) for code, name in proposed.clauses.items()),
            made=by_code.get(each.code) or by_text.get((each.kind, each.stem)),
            alike=sum(other.aspect == each.aspect for other in known),
            is_open=key == pressed or key not in by_key,
            wrong=wrong if key == pressed else None,
        )
        for key, each in typed.items()
    ]
