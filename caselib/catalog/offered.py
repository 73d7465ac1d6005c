"""What the vocabularies offer in a form."""

from dataclasses import dataclass

from caselib.orgs.models import Region

from .models import Category, Cause, Matter, MatterTheme


@dataclass(frozen=True, slots=True)
class Offered:
    """Names to choose from; what is switched off is not among them. `schemes`: those in use, each with its classes in order."""

    matters: tuple[str, ...]
    themes: tuple[str, ...]
    causes: tuple[str, ...]
    regions: tuple[str, ...]
    schemes: tuple[tuple[str, tuple[Category, ...]], ...]


def offered() -> Offered:
    """5 queries for any size of the vocabularies."""
    schemes: dict[str, list[Category]] = {}
    for category in Category.objects.filter(is_active=True, scheme__is_active=True).select_related("scheme"):
        schemes.setdefault(category.scheme.name, []).append(category)
    return Offered(
        matters=_names(Matter.objects.filter(is_active=True).order_by("name")),
        themes=_names(MatterTheme.objects.all()),
        causes=_names(Cause.objects.filter(is_active=True)),
        regions=tuple(Region.objects.values_list("full_name", flat=True)),
        schemes=tuple((name, tuple(rows)) for name, rows in schemes.items()),
    )


def _names(rows) -> tuple[str, ...]:
    return tuple(rows.values_list("name", flat=True))
