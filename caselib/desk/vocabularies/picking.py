"""What a form offers while somebody types: entries by name, other names, pinyin and initials; those in use alone.

`offers` answers the script of a picker; `picker_of` gives the same without script, as a list narrowed by a search box.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from caselib.catalog.models import Cause, Matter, Tag
from caselib.core.errors import NotVisible
from caselib.orgs.models import Department, Region

from .matching import fitting

MOST = 20
MOST_WITHOUT_SCRIPT = 50
WANTED_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Offer:
    """`value`: what the form sends; `hint`: what tells it from its like, or the other name that was typed."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    offer: Offer
    names: Sequence[str]


def offers(kind: str, wanted: str, *, most: int = MOST) -> tuple[Offer, ...]:
    """The nearest entries of a kind: matter, tag, department, cause or region. Raises NotVisible for another kind.

    1 query, 2 for regions; under 100 ms at 1,000 matters with three names each.
    """
    entries = _entries(kind)
    found = fitting(wanted, ((number, entry.names) for number, entry in enumerate(entries)))
    return tuple(_told(entries[number], name) for number, name in found[:most])


def offer_at(kind: str, value: str) -> Offer | None:
    """The entry with that value if it is offered. 1 query."""
    return next((entry.offer for entry in _entries(kind) if entry.offer.value == value), None) if value else None


def _told(entry: _Entry, name: str) -> Offer:
    offer = entry.offer
    if name == offer.label or name in offer.label:
        return offer
    return Offer(offer.value, offer.label, f"也叫 {name}" if not offer.hint else f"也叫 {name} · {offer.hint}")


def _entries(kind: str) -> list[_Entry]:
    if kind not in _KINDS:
        raise NotVisible()
    return _KINDS[kind]()


def _matters() -> list[_Entry]:
    columns = ("pk", "name", "aliases", "theme__name", "department_kind", "basic_code", "impl_code")
    rows = Matter.objects.filter(is_active=True).order_by("name").values_list(*columns)
    return [
        _Entry(Offer(str(pk), name, " · ".join(filter(None, (theme, kind)))), [name, *aliases, *filter(None, codes)])
        for pk, name, aliases, theme, kind, *codes in rows
    ]


def _tags() -> list[_Entry]:
    merged: dict[int, list[str]] = {}
    for name, into in Tag.objects.exclude(merged_into=None).values_list("name", "merged_into"):
        merged.setdefault(into, []).append(name)
    rows = Tag.objects.filter(merged_into=None).order_by("name").values_list("pk", "name", "synonyms")
    # Texts name their tags: the name is the value.
    return [_Entry(Offer(name, name), [name, *synonyms, *merged.get(pk, ())]) for pk, name, synonyms in rows]


def _departments() -> list[_Entry]:
    columns = ("pk", "name", "code", "short_names", "former_names", "region__full_name")
    rows = Department.objects.filter(is_active=True).order_by("region__path", "code").values_list(*columns)
    return [
        _Entry(Offer(str(pk), name, region), [name, *short, *former, region + name, code])
        for pk, name, code, short, former, region in rows
    ]


def _causes() -> list[_Entry]:
    rows = Cause.objects.filter(is_active=True).values_list("pk", "name")
    return [_Entry(Offer(str(pk), name), [name]) for pk, name in rows]


def _regions() -> list[_Entry]:
    rows = Region.objects.filter(is_active=True).order_by("path").values_list("pk", "full_name", "name", "code")
    return [
        _Entry(Offer(str(pk), full_name, code), [full_name, name, *([code] if code else [])])
        for pk, full_name, name, code in rows
    ]


_KINDS: dict[str, Callable[[], list[_Entry]]] = {
    "matter": _matters,
    "tag": _tags,
    "department": _departments,
    "cause": _causes,
    "region": _regions,
}


@dataclass(frozen=True, slots=True)
class Picker:
    """What `components/matter_picker.html` draws. `chosen`: what is picked; `options`: what the list offers without script.

    `address`: where the script asks; `wanted`: what was typed into the search box, which is sent as `<name>_q`.
    """

    name: str
    label: str
    address: str
    chosen: tuple[Offer, ...]
    options: tuple[Offer, ...]
    wanted: str = ""
    is_many: bool = False
    blank: str = "还没选"

    @property
    def shown(self) -> str:
        """The one that is picked, or what was typed."""
        return self.wanted or ("" if self.is_many or not self.chosen else self.chosen[0].label)

    @property
    def value(self) -> str:
        return "" if self.is_many or not self.chosen else self.chosen[0].value


def picker_of(
    kind: str,
    *,
    name: str,
    label: str,
    chosen: Sequence[Offer] = (),
    wanted: str = "",
    is_many: bool = False,
    without: Sequence[str] = (),
) -> Picker:
    """A picker of a kind. `wanted` narrows what the list offers without script; `without`: values not offered.

    `chosen` may hold an entry that is not offered any more: it stays until somebody takes it away. 1 query.
    """
    wanted = wanted.strip()[:WANTED_LENGTH]
    is_shown = not is_many and any(offer.label == wanted for offer in chosen)
    found = [
        offer
        for offer in offers(kind, "" if is_shown else wanted, most=MOST_WITHOUT_SCRIPT + len(without))
        if offer.value not in without
    ]
    values = {offer.value for offer in found}
    first = [] if is_many else [offer for offer in chosen if offer.value not in values]
    return Picker(
        name=name,
        label=label,
        address=f"{reverse('desk:vocabularies:pick')}?kind={kind}",
        chosen=tuple(chosen),
        options=(*first, *found[:MOST_WITHOUT_SCRIPT]),
        wanted="" if is_shown else wanted,
        is_many=is_many,
    )
