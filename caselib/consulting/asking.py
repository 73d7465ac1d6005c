"""提请会商: what was typed, read; and the consultation that comes of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.models import Matter
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken
from caselib.core.ids import is_code
from caselib.core.text import clean
from caselib.orgs.models import Department, User
from caselib.orgs.scope import ViewerScope
from caselib.orgs.services import user_asked
from caselib.precedents.models import Precedent
from caselib.search.models import KnowledgeGap, Urgency
from caselib.search.questions import kept_words
from caselib.search.urgency import due_on, urgency_of

from .access import may_ask
from .models import Consultation, Party

LONGEST_QUESTION = 2_000
# More is a meeting and no question.
MOST_DEPARTMENTS = 20


@dataclass(frozen=True, slots=True)
class NewConsultation:
    """What is asked, and of whom. `lead`: the department that leads (牵头); `others`: those that join in (协同)."""

    question: str
    lead: Department
    others: Sequence[Department] = ()
    matter: Matter | None = None
    urgency: str = Urgency.NORMAL
    gap: KnowledgeGap | None = None
    precedent: Precedent | None = None
    ticket_code: str = ""


@transaction.atomic
def consultation_ask(
    new: NewConsultation, *, scope: ViewerScope, code: str, now: dt.datetime | None = None
) -> Consultation:
    """Asks the departments. `code`: of the form, so that pressing twice asks once.

    The question is masked. Raises RuleBroken for no or too long a question and for departments that do not fit,
    NotAllowed, NotVisible for a code that is somebody else's. Writes Consultation, Party, AuditEvent consultation.asked.
    """
    may_ask(scope).require()
    # Two presses wait for each other here.
    actor = User.objects.select_for_update().get(pk=scope.user_id)
    if found := Consultation.objects.filter(code=code).first():
        if found.asked_by_id != scope.user_id:
            raise NotVisible()
        return found
    question, others = _question(new.question), _others(new)
    now, urgency = now or clock.now(), urgency_of(new.urgency)
    made = Consultation.objects.create(
        question=question,
        matter=new.matter,
        urgency=urgency,
        due_on=due_on(urgency, asked_at=now),
        gap=new.gap,
        precedent=new.precedent,
        ticket_code=new.ticket_code,
        asked_by=actor,
        asked_by_name=str(actor)[:64],
        department_id=scope.home_department_id,
        asked_at=now,
        **({"code": code} if is_code(code) else {}),
    )
    parties = [Party(consultation=made, department=each, is_lead=each == new.lead) for each in (new.lead, *others)]
    Party.objects.bulk_create(parties)
    user_asked(actor.pk)
    names = [each.name for each in others]
    after = {"question": question, "lead": new.lead.name, "others": names, "due_on": made.due_on}
    record(Action.CONSULTATION_ASKED, made, actor=actor, after=after)
    return made


def _question(typed: str) -> str:
    if not clean(typed).strip():
        raise RuleBroken(gettext("没有提请：还没有写要会商什么。"), code="required", field="question")
    if len(typed) > LONGEST_QUESTION:
        raise RuleBroken(
            gettext("没有提请：问题最多 {longest_question:,} 个字，现在 {count:,} 个。写的还在。").format(
                longest_question=LONGEST_QUESTION, count=len(typed)
            ),
            code="too_long",
            field="question",
        )
    question = kept_words(typed)
    if not any(map(str.isalnum, question)):
        raise RuleBroken(gettext("没有提请：还没有写要会商什么。"), code="required", field="question")
    return question[:LONGEST_QUESTION]


def _others(new: NewConsultation) -> tuple[Department, ...]:
    """Who joins in, each once and without the lead."""
    others = tuple(each for each in dict.fromkeys(new.others) if each != new.lead)
    for each in (new.lead, *others):
        if not each.is_active:
            raise RuleBroken(
                gettext("没有提请：“{each}”已经停用，换一个部门。").format(each=each),
                code="not_active",
                field="departments",
            )
    if len(others) >= MOST_DEPARTMENTS:
        raise RuleBroken(
            gettext("没有提请：一次最多请 {most_departments} 个部门。").format(most_departments=MOST_DEPARTMENTS),
            code="too_many",
            field="departments",
        )
    return others


def lead_of(keys: Sequence[str], *, offered: dict[str, Department]) -> Department:
    """The one department that was chosen to lead. Raises RuleBroken for none, for an unknown one and for two (B3)."""
    chosen = list(dict.fromkeys(key for key in keys if key))
    if not chosen:
        raise RuleBroken(gettext("没有提请：选一个牵头部门，由它汇总下结论。"), code="required", field="lead")
    if len(chosen) > 1:
        raise RuleBroken(gettext("没有提请：牵头部门只能有一个，其余的选作协同。"), code="two_leads", field="lead")
    return departments_of(chosen, offered=offered, field="lead")[0]


def departments_of(
    keys: Sequence[str], *, offered: dict[str, Department], field: str = "departments"
) -> list[Department]:
    """The departments of these keys. Raises RuleBroken for one that is not offered."""
    chosen = [offered.get(key) for key in dict.fromkeys(key for key in keys if key)]
    if None in chosen:
        raise RuleBroken(
            gettext("没有提请：选的部门里有一个已经停用或者没有了，重新选。"), code="unknown_department", field=field
        )
    return [each for each in chosen if each is not None]
