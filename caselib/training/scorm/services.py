"""Taking a pack out as a package for a learning platform."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from ..choices import PackStatus
from ..models import Pack
from .packing import packed
from .reading import course_of

FORM = "scorm12"


@dataclass(frozen=True, slots=True)
class Package:
    """`name`: what the file is called, without its ending."""

    name: str
    content: bytes
    lessons: int
    left_out: int


@transaction.atomic
def pack_take_out(pack: Pack, *, scope: ViewerScope, now: dt.datetime | None = None) -> Package:
    """The live version of a published pack as SCORM 1.2, with what `scope` may read. The caller asked whether the viewer may.

    Raises RuleBroken for a pack that is not published, and for one of which nothing may be shown. Writes AuditEvent pack.exported,
    before the first byte is sent.
    """
    now = now or clock.now()
    if pack.status != PackStatus.PUBLISHED or pack.live_version is None:
        raise RuleBroken(
            gettext("还没有发布的培训包不能导出。先提交，审核发布以后再来。"), code="not_published", field=""
        )
    version = pack.live_version
    version.pack = pack
    on = clock.day_of(now)
    course = course_of(version, scope, on=on)
    if all(lesson.is_hidden for lesson in course.lessons):
        raise RuleBroken(gettext("这个培训包里没有一课现在能给人看，没有导出。"), code="nothing_to_show", field="")
    content = packed(course)
    after = {
        "form": FORM,
        "version": version.number,
        "count": len(course.lessons),
        "left_out": course.left_out,
        "digest": hashlib.sha256(content).hexdigest(),
    }
    record(Action.PACK_EXPORTED, pack, actor=User.objects.get(pk=scope.user_id), after=after)
    name = f"{course.title[:40]}-第{version.number}版-{on:%Y%m%d}-SCORM"
    return Package(name, content, len(course.lessons), course.left_out)
