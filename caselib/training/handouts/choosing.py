"""What somebody asks to be handed out, and of which version."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext, gettext_noop

from caselib.core.answers import Denied
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from ..access import may_edit_pack, may_take_out
from ..choices import OPEN_VERSIONS, VersionState
from ..models import Pack, PackVersion
from ..visibility import visible_pack

WORD, SLIDES, PRINT = "docx", "pptx", "print"
FORMS = {WORD: gettext_noop("Word 讲义"), SLIDES: gettext_noop("幻灯片"), PRINT: gettext_noop("打印页")}
LEARNERS, TRAINERS = "learners", "trainers"
EDITIONS = {LEARNERS: gettext_noop("学员用"), TRAINERS: gettext_noop("老师用")}
LIVE, OPEN = "live", "open"
_KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Ask:
    """`form`: one of FORMS, or whatever was sent; `module`: a key, empty for all; `which`: LIVE or OPEN, empty for the live one
    where there is one."""

    form: str = WORD
    edition: str = LEARNERS
    answers: bool = True
    module: str = ""
    which: str = ""

    @property
    def for_trainers(self) -> bool:
        return self.edition == TRAINERS

    @property
    def query(self) -> dict[str, str]:
        """What `ask_read` reads it back from."""
        return {
            "form": self.form,
            "edition": self.edition,
            "answers": "1" if self.answers else "0",
            "module": self.module,
            "which": self.which,
        }


def ask_read(typed: Mapping[str, str]) -> Ask:
    """Never fails. A box that is not ticked is not sent: a form that was sent says so by its `form`."""
    edition, which = typed.get("edition", ""), typed.get("which", "")
    return Ask(
        form=typed.get("form", WORD)[:_KEY_LENGTH],
        edition=edition if edition in EDITIONS else LEARNERS,
        answers=typed.get("answers", "0" if "form" in typed else "1") == "1",
        module=typed.get("module", "")[: _KEY_LENGTH + 1],
        which=which if which in (LIVE, OPEN) else "",
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """`version`: what is handed out; `others`: (value of `which`, version) that could be, the chosen one among them."""

    pack: Pack
    version: PackVersion
    others: tuple[tuple[str, PackVersion], ...] = field(default=())


def choice_for(scope: ViewerScope, code: str, *, which: str = "") -> Choice:
    """The version that this viewer may hand out. 2 queries.

    Raises NotVisible for a pack that is hidden and for an open version of others; NotAllowed for who hands nothing out, and
    where nothing is published yet.
    """
    pack = visible_pack(scope, code)
    may_take_out(scope, pack).require()
    may_edit = bool(may_edit_pack(scope, pack))
    states = [VersionState.PUBLISHED, *(OPEN_VERSIONS if may_edit else ())]
    versions = PackVersion.objects.filter(pack=pack, state__in=states).order_by("number")
    found = {OPEN if version.state in OPEN_VERSIONS else LIVE: version for version in versions}
    for version in found.values():
        version.pack = pack
    if not found:
        Denied(gettext("这个培训包还没有发布。发布以后才有讲义。")).require()
    chosen = which or (LIVE if LIVE in found else OPEN)
    if chosen not in found:
        raise NotVisible()
    return Choice(pack, found[chosen], tuple((name, found[name]) for name in (LIVE, OPEN) if name in found))
