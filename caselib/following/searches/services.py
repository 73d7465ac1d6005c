"""Writes of saved searches. A wish about the own screen, as following is: no audit event."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.privacy import kinds_in
from caselib.search.questions import kept_note

from ..access import may_follow
from ..models import Frequency, Reading, SavedSearch, SearchNews
from ..services import recount
from ..trail import newest_event
from .asked import Asked
from .checking import known_now

# Each is asked again in the night, and each has a line on one page.
MOST_SAVED = 30
LONGEST_NAME = 60
LONGEST_TEXT = 300


@transaction.atomic
def search_save(
    user: User, asked: Asked, *, name: str, frequency: str, scope: ViewerScope, now: dt.datetime | None = None
) -> tuple[SavedSearch, bool]:
    """Saves a question with its filters. Returns it, and whether it is new: the same address again is the one there.

    What it finds now counts as known. Raises NotAllowed for who reads no content, RuleBroken without words and filters, for
    personal data in the words, for too many. Writes SavedSearch, Reading and the user's count; asks the index once.
    """
    may_follow(scope).require()
    now = now or clock.now()
    _refuse(asked)
    name, frequency = _name(name or asked.text or "全部案例"), _frequency(frequency)
    known = known_now(asked, scope)
    # Two clicks that arrive together wait for each other, and the second finds the search of the first.
    User.objects.select_for_update().get(pk=user.pk)
    mine = SavedSearch.objects.filter(user=user)
    found = mine.filter(address=asked.address).first()
    if found is not None:
        return found, False
    if mine.count() >= MOST_SAVED:
        raise RuleBroken(
            gettext("最多存 {most_saved} 个搜索，这一个没有存。到“存的搜索”删几个再来。").format(most_saved=MOST_SAVED),
            code="too_many",
            field="name",
        )
    newest = newest_event()
    Reading.objects.get_or_create(user=user, defaults={"seen_event": newest, "digested_event": newest})
    values = {"name": name, "address": asked.address, "frequency": frequency, "known": known}
    made = SavedSearch.objects.create(user=user, created_at=now, checked_at=now, **values)
    recount(user)
    return made, True


@transaction.atomic
def search_edit(search: SavedSearch, *, name: str, frequency: str) -> SavedSearch:
    """Another name, or told more or less often. Raises RuleBroken. `search`: one of the viewer's own."""
    search = SavedSearch.objects.select_for_update().filter(pk=search.pk).first()
    if search is None:
        raise NotVisible()
    search.name, search.frequency = _name(name), _frequency(frequency)
    search.save(update_fields=["name", "frequency"])
    return search


@transaction.atomic
def search_delete(search: SavedSearch) -> None:
    """Ends it with what it told. Writes the user's count."""
    user = User.objects.select_for_update().get(pk=search.user_id)
    SavedSearch.objects.filter(pk=search.pk).delete()
    recount(user)


def search_looked(search: SavedSearch, *, until: dt.datetime, now: dt.datetime | None = None) -> None:
    """Marks as seen what it told up to a moment: what came while the page was open stays new."""
    now = now or clock.now()
    SearchNews.objects.filter(search=search, seen_at=None, at__lte=min(until, now)).update(seen_at=now)


def search_of(key: int, user: User) -> SavedSearch:
    """One of the user's own. Raises NotVisible for any other. 1 query."""
    found = SavedSearch.objects.filter(pk=key, user=user).first()
    if found is None:
        raise NotVisible()
    return found


def _refuse(asked: Asked) -> None:
    if not asked.text and not asked.filters:
        raise RuleBroken(gettext("没有存：先写要查的词，或者选一个筛选。"), code="nothing_asked", field="name")
    if len(asked.text) > LONGEST_TEXT or len(asked.address) > SavedSearch._meta.get_field("address").max_length:
        raise RuleBroken(
            gettext("没有存：太长了。要查的词最多 {longest_text} 字，筛选也少选几个。").format(
                longest_text=LONGEST_TEXT
            ),
            code="too_long",
            field="name",
        )
    # An address that was made up may hold it in the place of a filter.
    if kinds := kinds_in("\n".join(value for _, value in asked.pairs)):
        raise RuleBroken(
            gettext("没有存：要查的词里像有个人信息（{names}），存下来会一直在。换成情形再查、再存。").format(
                names="、".join(kinds)
            ),
            code="personal_data",
            field="name",
        )


def _name(typed: str) -> str:
    name = kept_note(typed, longest=LONGEST_NAME)
    if not name:
        raise RuleBroken(gettext("没有存：给它一个名称。"), code="no_name", field="name")
    return name


def _frequency(value: str) -> str:
    if value not in Frequency.values:
        raise RuleBroken(gettext("没有存：选一个多久告诉一次。"), code="unknown_frequency", field="frequency")
    return value
