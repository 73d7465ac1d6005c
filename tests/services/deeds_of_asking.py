"""The deeds around what no precedent answers, with personal data in everything that people type; as in `deeds`."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.consulting import services as consulting
from caselib.consulting.asking import NewConsultation, consultation_ask
from caselib.consulting.models import Consultation
from caselib.core.ids import new_code
from caselib.desk.writing.from_consultation import draft_begin_from_consultation
from caselib.desk.writing.from_gap import draft_begin_from_gap
from caselib.orgs.models import Department, Role, User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.search.gaps.services import gap_file
from caselib.search.gaps.working import gap_join, gap_part, gap_release, gap_sort, gap_take
from caselib.search.models import KnowledgeGap
from tests import factories

from .deeds import planted


def asked(
    *, lead: Department | None = None, others: tuple[Department, ...] = (), by: User | None = None, **values
) -> Consultation:
    """A consultation as the counter asks one, `now` at that moment."""
    now = values.pop("now", None)
    new = NewConsultation(
        question=values.pop("question", "宠物殡葬店的执照怎么登记"),
        lead=lead or factories.department(),
        others=others,
        **values,
    )
    return consultation_ask(new, scope=scope_of(by or factories.user(Role.WINDOW)), code=new_code(), now=now)


def speaker(department: Department, role: Role = Role.EDITOR) -> ViewerScope:
    return scope_of(factories.user(role, within=department))


def concluded(**values) -> Consultation:
    """One that is over. `words`: the conclusion."""
    words = values.pop("words", "可以登记为宠物服务，不用民政批。")
    made = asked(**values)
    lead = consulting.lead_party(made).department
    return consulting.consultation_conclude(
        made, words=words, basis="", lock_version=made.lock_version, anyway=True, scope=speaker(lead)
    )


def _gap(words: str = "月球上能不能办执照") -> KnowledgeGap:
    return gap_file(planted(words), scope=scope_of(factories.user(Role.WINDOW))).gap


def _editor() -> ViewerScope:
    return scope_of(factories.user(Role.EDITOR))


def _released() -> None:
    editor = _editor()
    gap_release(gap_take(_gap(), scope=editor), scope=editor)


def _joined() -> KnowledgeGap:
    gap = _gap("火星上能不能办执照")
    gap_join(gap, into=_gap(), scope=_editor())
    return gap


def _gap_drafted() -> None:
    home = factories.department()
    author = factories.user(Role.EDITOR, within=home)
    draft_begin_from_gap(_gap(), department=home, scope=scope_of(author), author=author)


def _answered() -> None:
    party = asked(question=planted()).parties.get()
    read = {"lock_version": 0, "scope": speaker(party.department)}
    consulting.consultation_answer(party, words=planted("可以"), basis=planted("依据"), **read)


def _passed() -> None:
    party = asked().parties.get()
    read = {"lock_version": 0, "scope": speaker(party.department)}
    consulting.consultation_pass(party, reason=planted("不归"), owner=planted("街道"), **read)


def _withdrawn() -> None:
    by = factories.user(Role.WINDOW)
    consulting.consultation_withdraw(asked(by=by), reason=planted("问清楚了"), scope=scope_of(by))


def _led() -> None:
    by = factories.user(Role.WINDOW)
    consulting.consultation_lead(asked(by=by), factories.department(), scope=scope_of(by))


def _drafted() -> None:
    made = concluded(question=planted("宠物殡葬"), words=planted("可以登记"))
    author = factories.user(Role.EDITOR, within=consulting.lead_party(made).department)
    draft_begin_from_consultation(made, scope=scope_of(author), author=author)


ASKING: dict[Action, Callable[[], object]] = {
    Action.GAP_TAKEN: lambda: gap_take(_gap(), scope=_editor()),
    Action.GAP_RELEASED: _released,
    Action.GAP_SORTED: lambda: gap_sort(_gap(), factories.matter(planted("事项")), scope=_editor()),
    Action.GAP_JOINED: _joined,
    Action.GAP_PARTED: lambda: gap_part(_joined(), scope=_editor()),
    Action.GAP_DRAFTED: _gap_drafted,
    Action.CONSULTATION_ASKED: lambda: asked(question=planted()),
    Action.CONSULTATION_ANSWERED: _answered,
    Action.CONSULTATION_PASSED: _passed,
    Action.CONSULTATION_LED: _led,
    Action.CONSULTATION_CONCLUDED: lambda: concluded(words=planted("可以")),
    Action.CONSULTATION_WITHDRAWN: _withdrawn,
    Action.CONSULTATION_DRAFTED: _drafted,
}
