"""The form of what a pack says of itself, as it is drawn and as it was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from caselib.core.text import clean
from caselib.orgs.models import Department
from caselib.orgs.scope import ViewerScope
from caselib.precedents.visibility import Audience

from ..access import TRAINERS
from ..choices import AnswersShown, Readers
from ..models import PackVersion
from .limits import LONGEST_GOAL, LONGEST_INTRO, LONGEST_TITLE, MOST_TRIES
from .services.packs import PackFacts

Choice = tuple[str, str, bool]
# What is given back of a text that is too long.
_SHOWN = 20_000


@dataclass(frozen=True, slots=True)
class FactsForm:
    """Lists of (value, label, whether chosen). `departments`: those that the viewer trains for, for a new pack."""

    facts: PackFacts
    readers: tuple[Choice, ...]
    audiences: tuple[Choice, ...]
    answers: tuple[Choice, ...]
    departments: tuple[Choice, ...] = ()
    lengths = {"title": LONGEST_TITLE, "goal": LONGEST_GOAL, "intro": LONGEST_INTRO, "tries": MOST_TRIES}


def form_of(facts: PackFacts, *, departments: tuple[Choice, ...] = ()) -> FactsForm:
    return FactsForm(
        facts=facts,
        readers=_choices(Readers, facts.readers),
        audiences=_choices(Audience, facts.audience),
        answers=_choices(AnswersShown, facts.answers_shown),
        departments=departments,
    )


def _choices(choices: type, chosen: str) -> tuple[Choice, ...]:
    return tuple((value, gettext(label), value == chosen) for value, label in choices.choices)


def facts_posted(posted: Mapping[str, str]) -> PackFacts:
    """What was typed, bounded. Never fails; what breaks a rule is told by the service."""

    def typed(name: str, otherwise: str = "") -> str:
        return clean(posted.get(name, otherwise)[:_SHOWN])

    department = typed("department")
    is_key = department.isascii() and department.isdigit() and len(department) < 10
    return PackFacts(
        title=typed("title"),
        goal=typed("goal"),
        intro=typed("intro"),
        readers=typed("readers", Readers.WINDOW),
        audience=typed("audience", Audience.LIBRARY),
        pass_mark=typed("pass_mark", "80"),
        most_attempts=typed("most_attempts", "0"),
        wait_minutes=typed("wait_minutes", "0"),
        answers_shown=typed("answers_shown", AnswersShown.EACH),
        department=int(department) if is_key else None,
    )


def facts_stored(version: PackVersion) -> PackFacts:
    """What a version says of itself now. Needs `pack` loaded."""
    return PackFacts(
        title=version.title,
        goal=version.goal,
        intro=version.intro,
        readers=version.readers,
        audience=version.pack.audience,
        pass_mark=str(version.pass_mark),
        most_attempts=str(version.most_attempts),
        wait_minutes=str(version.wait_minutes),
        answers_shown=version.answers_shown,
    )


def facts_for_copy(version: PackVersion) -> PackFacts:
    """The same for a pack of one's own: its title says that it is a copy, unless it comes from a template."""
    facts = facts_stored(version)
    if version.pack.is_template:
        return replace(facts, audience=Audience.LIBRARY)
    ending = gettext("（副本）")
    return replace(facts, title=facts.title[: LONGEST_TITLE - len(ending)] + ending)


def departments_of(scope: ViewerScope, chosen: int | None) -> tuple[Choice, ...]:
    """The departments that the viewer trains for, the home one first and chosen where none was; nothing to choose from one. 1 query."""
    own = scope.departments_with(*TRAINERS)
    if len(own) == 1:
        return ()
    found = sorted(
        Department.objects.filter(pk__in=own), key=lambda each: (each.pk != scope.home_department_id, each.name)
    )
    if chosen is None and found:
        chosen = found[0].pk
    return tuple((str(each.pk), each.name, each.pk == chosen) for each in found)
