"""The kinds of entries of this room, in the order in which the page shows them."""

from caselib.core.errors import NotVisible

from .base import Kind
from .causes import CAUSES
from .departments import DEPARTMENTS
from .matters import MATTERS
from .regions import REGIONS
from .schemes import SCHEMES
from .tags import TAGS

KINDS: dict[str, Kind] = {kind.slug: kind for kind in (MATTERS, CAUSES, SCHEMES, TAGS, DEPARTMENTS, REGIONS)}


def kind_at(slug: str) -> Kind:
    """Raises NotVisible for a kind that is none."""
    if slug not in KINDS:
        raise NotVisible()
    return KINDS[slug]
