"""Short words of a precedent's page that follow from its text alone."""

import datetime as dt

from django.utils.translation import gettext

from .models import Kind, ResultType, Revision
from .place import Place


def seam_of(revision: Revision) -> str:
    """When a text for the seam between two rules holds; empty for every other."""
    begins, ends = revision.applies_from, revision.applies_until
    last = ends - dt.timedelta(days=1) if ends else None
    if begins and last:
        return gettext("{begins:%Y-%m-%d} 至 {last:%Y-%m-%d}").format(begins=begins, last=last)
    if begins or last:
        if begins:
            return gettext("{begins:%Y-%m-%d} 起").format(begins=begins)
        return gettext("到 {last:%Y-%m-%d} 为止").format(last=last)
    return ""


def steps_title(revision: Revision) -> str:
    is_card = revision.precedent.kind == Kind.ROUTING_CARD
    is_elsewhere = is_card or revision.result_type == ResultType.OUT_OF_SCOPE
    return gettext("该找谁") if is_elsewhere else gettext("怎么办")


def elsewhere(revision: Revision) -> str:
    """Where to go when it does not fit: the block of alternatives on the page, if there is one."""
    return "#instead" if revision.alternatives else ""


def far_words(place: Place | None) -> str:
    """What stands beside 外地做法, empty for practice that holds here."""
    if not place or not place.is_far:
        return ""
    return gettext("{place}的办法；本地规定不同的，照本地的办。").format(place=place.full_name)
