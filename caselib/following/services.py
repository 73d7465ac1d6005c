"""Writes of what somebody follows and how far it was read.

Following is a wish about the own screen, not a deed in the library, as contrast is: no audit event. The address that mail
goes to is one: titles leave the site by it.
"""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.models import Matter, Tag
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Policy

from . import answers
from .access import may_follow
from .models import Follow, Reading, SavedSearch, SearchNews
from .trail import newest_event

Thing = Policy | Matter | Tag

# More than these nobody reads; it bounds what each page of the follower asks the database.
MOST_FOLLOWED = 200


@transaction.atomic
def follow(user: User, thing: Thing, *, scope: ViewerScope, now: dt.datetime | None = None) -> Follow:
    """Has the user hear of changes from now on; a second time changes nothing.

    Raises NotAllowed for who reads no content, RuleBroken for more than 200 things. Writes Follow, Reading and the
    user's count; no audit event: it says something about the account only.
    """
    may_follow(scope).require()
    # Two clicks that arrive together wait for each other, and the second finds the follow of the first.
    User.objects.select_for_update().get(pk=user.pk)
    mine = Follow.objects.filter(user=user)
    found = mine.filter(**_column(thing)).first()
    if found is not None:
        return found
    if mine.count() >= MOST_FOLLOWED:
        raise RuleBroken(
            gettext("最多关注 {most_followed} 项，没有再加。到“我的关注”取消几项再来。").format(
                most_followed=MOST_FOLLOWED
            ),
            code="too_many",
            field="follow",
        )
    newest = newest_event()
    if not mine.exists():
        # The first one: nothing before it is of interest, and no page need look through the trail for it.
        Reading.objects.update_or_create(user=user, defaults={"seen_event": newest, "digested_event": newest})
    made = Follow.objects.create(user=user, created_at=now or clock.now(), since_event=newest, **_column(thing))
    recount(user)
    return made


@transaction.atomic
def unfollow(user: User, thing: Thing) -> bool:
    """Ends a follow; returns whether there was one. No audit event, like `follow`. Writes the user's count."""
    User.objects.select_for_update().get(pk=user.pk)
    gone, _ = Follow.objects.filter(user=user, **_column(thing)).delete()
    recount(user)
    return bool(gone)


@transaction.atomic
def notices_read(user: User, *, until: int | None = None, moment: dt.datetime | None = None) -> None:
    """Marks what was told up to an event as read, or all of it; the mark never goes back. No audit event.

    `moment`: up to which answers and news of saved searches are read, now if not given.
    """
    newest = newest_event()
    upto = newest if until is None else min(until, newest)
    now = clock.now()
    moment = min(moment or now, now)
    # One that only asked something has no row yet.
    Reading.objects.get_or_create(user=user, defaults={"seen_event": upto, "digested_event": upto})
    Reading.objects.filter(user=user, seen_event__lt=upto).update(seen_event=upto)
    Reading.objects.filter(Q(seen_at=None) | Q(seen_at__lt=moment), user=user).update(seen_at=moment)
    SearchNews.objects.filter(search__user=user, seen_at=None, at__lte=moment).update(seen_at=now)
    answers.forget(user.pk)


@transaction.atomic
def daily_mail_set(user: User, address: str, *, scope: ViewerScope) -> User:
    """Has a mail a day go to that address, or none with an empty one. It begins with what happens from now on.

    Raises NotAllowed for who reads no content, RuleBroken for what is no address or one outside of the hall's domains.
    Writes AuditEvent account.mail_set, without the address.
    """
    may_follow(scope).require()
    address = address.strip()
    if address:
        _check_address(address)
    before = User.objects.select_for_update().get(pk=user.pk).email
    if address == before:
        return user
    User.objects.filter(pk=user.pk).update(email=address)
    user.email = address
    if not before:
        newest = newest_event()
        Reading.objects.update_or_create(
            user=user,
            defaults={"digested_event": newest, "mailed_at": clock.now()},
            create_defaults={"digested_event": newest, "seen_event": newest, "mailed_at": clock.now()},
        )
    record(Action.MAIL_SET, user, actor=user, before={"on": bool(before)}, after={"on": bool(address)})
    return user


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise RuleBroken(
            gettext("没有存：这不是一个邮箱地址。看看 @ 前后有没有写漏。"), code="bad_address", field="email"
        ) from error
    domains = settings.CASELIB_MAIL_DOMAINS
    if domains and address.rpartition("@")[2].lower() not in domains:
        raise RuleBroken(
            gettext("没有存：本站的邮件只发到 {names}。换成单位邮箱。").format(names="、".join(domains)),
            code="foreign_domain",
            field="email",
        )
    if len(address) > User._meta.get_field("email").max_length:
        raise RuleBroken(gettext("没有存：邮箱地址太长了。"), code="too_long", field="email")


def _column(thing: Thing) -> dict[str, Thing]:
    return {{Policy: "policy", Matter: "matter", Tag: "tag"}[type(thing)]: thing}


def recount(user: User) -> None:
    """Works out anew whether pages of this account have anything to ask. Call it with the row of the account locked."""
    user.follow_count = Follow.objects.filter(user=user).count() + SavedSearch.objects.filter(user=user).count()
    User.objects.filter(pk=user.pk).update(follow_count=user.follow_count)


@transaction.atomic
def follows_moved(thing: Matter | Tag, *, into: Matter | Tag) -> None:
    """Lets who followed a matter or tag follow the one that took its place. Call it in the transaction of the merge."""
    ((name, _),) = _column(thing).items()
    for follow in Follow.objects.filter(**{name: thing}).select_related("user").select_for_update(of=("self",)):
        if Follow.objects.filter(user=follow.user, **{name: into}).exists():
            follow.delete()
            recount(follow.user)
        else:
            Follow.objects.filter(pk=follow.pk).update(**{name: into})
