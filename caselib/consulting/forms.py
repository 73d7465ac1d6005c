"""The form of a new consultation: what the address brings along, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext

from caselib.cases.visibility import visible_ticket
from caselib.catalog.models import Matter
from caselib.core.errors import NotVisible, RuleBroken
from caselib.core.ids import new_code
from caselib.core.text import clean
from caselib.orgs.models import Department
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import visible_precedent
from caselib.search.gaps.meaning import matter_names, matters_meant
from caselib.search.gaps.views import matter_typed, urgencies
from caselib.search.models import KnowledgeGap

from .asking import LONGEST_QUESTION, MOST_DEPARTMENTS, NewConsultation, departments_of, lead_of
from .models import Party
from .selectors import departments_offered, gap_to_consult


@dataclass(frozen=True, slots=True)
class NewForm:
    """The form as it is drawn. `code`: of the consultation that it makes; `gap`, `precedent`, `ticket`: what it comes from."""

    code: str
    question: str
    matter: str
    urgency: str
    lead: str
    others: tuple[str, ...]
    offered: Mapping[str, Department]
    gap: KnowledgeGap | None = None
    precedent: Precedent | None = None
    ticket: str = ""
    matters: tuple[str, ...] = field(default_factory=tuple)
    # Whether what it came from went out of sight while somebody was typing.
    is_orphaned: bool = False

    @property
    def urgencies(self) -> list[tuple[str, str, int, bool]]:
        return urgencies(self.urgency)

    @property
    def leads(self) -> list[tuple[str, str, bool]]:
        """(value, label, whether chosen)."""
        return [(key, label_of(each), key == self.lead) for key, each in self.offered.items()]

    @property
    def joining(self) -> list[tuple[str, str, bool]]:
        return [(key, label_of(each), key in self.others) for key, each in self.offered.items()]

    most = LONGEST_QUESTION
    most_departments = MOST_DEPARTMENTS


def label_of(department: Department) -> str:
    """Its name, with the region where the name does not say it. Needs `region` loaded."""
    region = department.region.name
    return department.name if region in department.name else f"{department.name}（{region}）"


def blank_form(scope: ViewerScope, asked: QueryDict) -> NewForm:
    """From an address: `q`, `gap`, `precedent` (a code), `ticket`. Raises NotVisible for what the viewer may not see.

    The matter is the one that the question names, and the lead the one department of that kind, where there are such.
    """
    gap, precedent, ticket = _origin(scope, asked)
    question = clean(asked.get("q", "")[:LONGEST_QUESTION]) or (gap.question if gap else "")
    matter = (gap.matter if gap else None) or (matters_meant([question])[0] if question else None)
    offered = departments_offered(scope)
    return NewForm(
        code=new_code(),
        question=question,
        matter=matter.name if matter else "",
        urgency=gap.urgency if gap else "",
        lead=_lead_meant(matter, offered),
        others=(),
        offered=offered,
        gap=gap,
        precedent=precedent,
        ticket=ticket,
        matters=matter_names(),
    )


def posted_form(scope: ViewerScope, posted: QueryDict) -> NewForm:
    """What was typed, as it was; without what it came from where that is not visible any more. No error: nothing typed is lost."""
    try:
        (gap, precedent, ticket), is_orphaned = _origin(scope, posted), False
    except NotVisible:
        (gap, precedent, ticket), is_orphaned = (None, None, ""), True
    return NewForm(
        code=posted.get("code", ""),
        question=posted.get("question", ""),
        matter=posted.get("matter", ""),
        urgency=posted.get("urgency", ""),
        lead=posted.get("lead", ""),
        others=tuple(posted.getlist("departments")),
        offered=departments_offered(scope),
        gap=gap,
        precedent=precedent,
        ticket=ticket,
        matters=matter_names(),
        is_orphaned=is_orphaned,
    )


def leads_offered(scope: ViewerScope, lead: Party) -> list[tuple[str, str, bool]]:
    """Departments that may lead instead: (value, label, whether it leads now). 1 query."""
    offered = departments_offered(scope)
    return [(key, label_of(each), each.pk == lead.department_id) for key, each in offered.items()]


def asked_of(form: NewForm, posted: QueryDict) -> NewConsultation:
    """What the form asks. Raises RuleBroken for a matter or departments that do not fit, and where what it came from is gone."""
    if form.is_orphaned:
        raise RuleBroken(
            gettext("没有提请：它来自的案例、工单或者缺口，现在看不到了。写的都在；照样要提，再点一次“提请会商”。"),
            code="origin_gone",
            field="question",
        )
    return NewConsultation(
        question=form.question,
        lead=lead_of(posted.getlist("lead"), offered=dict(form.offered)),
        others=departments_of(form.others, offered=dict(form.offered)),
        matter=matter_typed(form.matter),
        urgency=form.urgency,
        gap=form.gap,
        precedent=form.precedent,
        ticket_code=form.ticket,
    )


def _origin(scope: ViewerScope, values: QueryDict) -> tuple[KnowledgeGap | None, Precedent | None, str]:
    code, ticket = values.get("precedent", ""), values.get("ticket", "")
    return (
        gap_to_consult(scope, values.get("gap", "")),
        visible_precedent(scope, code=code) if code else None,
        visible_ticket(scope, ticket).code if ticket else "",
    )


def _lead_meant(matter: Matter | None, offered: Mapping[str, Department]) -> str:
    """The one department near by that is of the kind that handles the matter."""
    kind = matter.department_kind if matter else ""
    named = [key for key, each in offered.items() if kind and (each.name in kind or kind in each.name)]
    return named[0] if len(named) == 1 else ""
