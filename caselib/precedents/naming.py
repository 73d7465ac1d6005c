"""Rows of the vocabularies by what people type or choose: names, codes and numbers.

Nothing here makes a row. What has no name in the vocabulary, or is switched off there, is missing from the answer.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Model, Q

from caselib.catalog.models import Category, Cause, Matter, MatterTheme
from caselib.core.text import normalise
from caselib.orgs.models import Department, Region

from .models import Precedent
from .visibility import FINDABLE, Audience


def category_key(category: Category) -> str:
    """What stands for a class in a form: `scheme:class`. Needs the scheme loaded."""
    return f"{category.scheme.key}:{category.name}"


def precedent_key(precedent: Precedent) -> str:
    return precedent.number or precedent.code


def matters_named(names: Iterable[str]) -> dict[str, Matter]:
    """Matters by name, or by a code or another name that only one of them has. 1 query, 2 where a name is no name."""
    names = list(dict.fromkeys(names))
    found = {matter.name: matter for matter in _matters(Q(name__in=names))} if names else {}
    left = [name for name in names if name not in found]
    if not left:
        return found
    known: dict[str, set[Matter]] = {}
    for matter in _matters(Q()):
        for word in {matter.code, *map(normalise, [matter.name, *matter.aliases])}:
            known.setdefault(word, set()).add(matter)
    for name in left:
        rows = known.get(name) or known.get(normalise(name).strip()) or set()
        if len(rows) == 1:
            found[name] = next(iter(rows))
    return found


def _matters(wanted: Q) -> Iterable[Matter]:
    return Matter.objects.filter(wanted, is_active=True).select_related("theme")


def causes_named(names: Iterable[str]) -> dict[str, Cause]:
    """1 query."""
    return _by(Cause.objects.filter(name__in=list(names), is_active=True), lambda cause: cause.name)


def themes_named(names: Iterable[str]) -> dict[str, MatterTheme]:
    """1 query."""
    return _by(MatterTheme.objects.filter(name__in=list(names)), lambda theme: theme.name)


def regions_named(names: Iterable[str]) -> dict[str, Region]:
    """By full name. 1 query."""
    return _by(Region.objects.filter(full_name__in=list(names)), lambda region: region.full_name)


def categories_named(keys: Iterable[str]) -> dict[str, Category]:
    """By `category_key`. 1 query."""
    names = [key.partition(":")[2] for key in keys]
    return _by(Category.objects.filter(name__in=names, is_active=True).select_related("scheme"), category_key)


def precedent_numbered(typed: str, *, owner: Department | None) -> Precedent | None:
    """The precedent of that number or code that people of the department may take out of use: one in the library that
    all of them see. 1 query."""
    wanted = "".join(normalise(typed).upper().split())
    seen = Q(audience=Audience.LIBRARY) | Q(owner_department=owner) if owner else Q(audience=Audience.LIBRARY)
    return Precedent.objects.filter(seen, Q(number=wanted) | Q(code=typed.strip()), status__in=FINDABLE).first()


Row = TypeVar("Row", bound=Model)


def _by(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, Row]:
    return {key(row): row for row in rows}
