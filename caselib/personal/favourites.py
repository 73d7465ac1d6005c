"""Writes of favourites: one click on, one click off. What somebody keeps is a taste and no deed: no audit event."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent

from .access import may_keep
from .models import Favourite

# More than these nobody finds anything in, and folders do better; it bounds what each page of the list reads.
MOST_FAVOURITES = 1000


@transaction.atomic
def favourite_add(precedent: Precedent, *, scope: ViewerScope, now: dt.datetime | None = None) -> Favourite:
    """Keeps a precedent for who asks; a second time changes nothing.

    `precedent`: one that the viewer may see. Raises NotAllowed for who reads no content, RuleBroken for what was never
    published and for more than 1,000. Writes Favourite; 4 queries.
    """
    may_keep(scope).require()
    if precedent.live_revision_id is None:
        raise RuleBroken(gettext("还没有发布的不能收藏。发布以后再点。"), code="not_published", field="precedent")
    # Two clicks that arrive together wait for each other, and the second finds the star of the first.
    User.objects.select_for_update().get(pk=scope.user_id)
    mine = Favourite.objects.filter(user_id=scope.user_id)
    found = mine.filter(precedent=precedent).first()
    if found is not None:
        return found
    if mine.count() >= MOST_FAVOURITES:
        raise RuleBroken(
            gettext("最多收藏 {most_favourites} 件，这一件没有加。到“我的案例”取消几件再来，或者放进资料夹。").format(
                most_favourites=MOST_FAVOURITES
            ),
            code="too_many",
            field="star",
        )
    return Favourite.objects.create(user_id=scope.user_id, precedent=precedent, at=now or clock.now())


def favourite_remove(precedent: Precedent, *, scope: ViewerScope) -> bool:
    """Keeps it no longer; returns whether it was kept. 1 query."""
    gone, _ = Favourite.objects.filter(user_id=scope.user_id, precedent=precedent).delete()
    return bool(gone)


def favourite_drop(key: int, *, scope: ViewerScope) -> bool:
    """Takes a line off the own list by its key, whether or not its precedent can be seen. False where there is none."""
    gone, _ = Favourite.objects.filter(user_id=scope.user_id, pk=key).delete()
    return bool(gone)
