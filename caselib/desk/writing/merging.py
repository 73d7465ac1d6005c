"""What the page of 并存稿 shows: each text that is kept beside a draft, read over the draft as it is now, section by section."""

from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied
from caselib.core.errors import NotVisible
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import may_edit
from caselib.precedents.citation_edits import open_draft
from caselib.precedents.content import LABELS, RevisionContent, content_of
from caselib.precedents.models import Precedent, Revision, RevisionState, SiblingDraft
from caselib.precedents.siblings import Contrast, contrasts_of, require_sees_siblings, siblings_open
from caselib.precedents.visibility import PrecedentStatus

from .form import read_typed
from .saving import SAVED_INTO

_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Wrong:
    """Words of a sibling that break a rule: they cannot be taken as they are, and are shown so that nobody loses them."""

    label: str
    problem: str
    words: str


@dataclass(frozen=True, slots=True)
class SiblingScreen:
    """One sibling. `revision`: the draft; `content`: the sibling, read over it; `is_mine`: whether the viewer wrote it."""

    precedent: Precedent
    revision: Revision
    row: SiblingDraft
    content: RevisionContent
    contrasts: tuple[Contrast, ...]
    wrong: tuple[Wrong, ...]
    is_mine: bool
    may_drop: Answer
    is_dropping: bool = False

    @property
    def stamp(self) -> str:
        """Which of its saves is shown: its window may still be typing."""
        return self.row.saved_at.isoformat()

    @property
    def open(self) -> int:
        """Sections that nobody has decided."""
        return sum(not each.is_settled for each in self.contrasts)

    @property
    def is_same(self) -> bool:
        """Whether the draft holds all that was written in it."""
        return not self.open and not self.wrong

    @property
    def own(self) -> int:
        """Sections that its window changed."""
        return sum(each.is_own for each in self.contrasts)


@dataclass(frozen=True, slots=True)
class SiblingsScreen:
    """`revision`: the draft, or the last text where none is open; `may`: whether something can be taken, or why not."""

    precedent: Precedent
    revision: Revision
    siblings: tuple[SiblingScreen, ...]
    may: Answer
    is_editor: bool


def siblings_screen(scope: ViewerScope, code: str, *, dropping: str = "") -> SiblingsScreen:
    """Everything that is kept beside a draft. Raises NotVisible. 5 queries, and some 10 for each sibling."""
    precedent = _precedent(scope, code)
    revision = _text(precedent)
    rows = siblings_open(precedent)
    edits = may_edit(scope, precedent)
    return SiblingsScreen(
        precedent=precedent,
        revision=revision,
        siblings=tuple(_screen(scope, revision, row, dropping=dropping) for row in rows),
        may=_may_take(revision) if edits else edits,
        is_editor=bool(edits),
    )


def sibling_at(scope: ViewerScope, code: str, key: str) -> SiblingScreen:
    """One that is open. Raises NotVisible for what is not there, or was closed meanwhile."""
    precedent = _precedent(scope, code)
    row = next((row for row in siblings_open(precedent) if str(row.pk) == key), None)
    if row is None:
        raise NotVisible(gettext("没有找到这份并存稿，或者刚才已经处理过了。回到草稿看看。"))
    return _screen(scope, _text(precedent), row)


def _precedent(scope: ViewerScope, code: str) -> Precedent:
    precedents = Precedent.objects.visible_to(scope).select_related("owner_department", "live_revision")
    precedent = precedents.filter(code=code).first()
    if precedent is None:
        raise NotVisible()
    require_sees_siblings(scope, precedent)
    return precedent


def _text(precedent: Precedent) -> Revision:
    revision = open_draft(precedent) or precedent.revisions.order_by("number").last()
    if revision is None:
        raise NotVisible()
    # With the department loaded.
    revision.precedent = precedent
    return revision


def _screen(scope: ViewerScope, revision: Revision, row: SiblingDraft, *, dropping: str = "") -> SiblingScreen:
    current, precedent = content_of(revision), revision.precedent
    read = read_typed(row.typed, current=current, precedent=precedent)
    contrasts = contrasts_of(row, current, read.content)
    is_same = all(each.is_settled for each in contrasts) and not read.problems
    is_mine = row.author_id is not None and row.author_id == scope.user_id
    return SiblingScreen(
        precedent=precedent,
        revision=revision,
        row=row,
        content=read.content,
        contrasts=contrasts,
        wrong=tuple(_wrong(row, name, problem) for name, problem in read.problems.items()),
        is_mine=is_mine,
        may_drop=ALLOWED if is_mine or is_same else _of_others(scope, precedent, row),
        is_dropping=dropping == str(row.pk),
    )


def _of_others(scope: ViewerScope, precedent: Precedent, row: SiblingDraft) -> Answer:
    """May somebody else's text be put away unmerged? By administrators of the department alone."""
    if precedent.owner_department_id in scope.departments_with(Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(gettext("这是{author_name}写的，由本人或部门管理员收起。").format(author_name=row.author_name))


def _wrong(row: SiblingDraft, name: str, problem: str) -> Wrong:
    values = [value for value in row.typed.get(name, ()) if value]
    label = LABELS.get(name.partition("-")[0], name)
    return Wrong(label[:_LONGEST_LABEL], problem, "\n".join(values))


def _may_take(revision: Revision) -> Answer:
    if revision.state in SAVED_INTO:
        return ALLOWED
    if revision.state == RevisionState.SUBMITTED:
        return Denied(gettext("这一稿正在等审核，文字冻结着。撤回或退回以后再合。"))
    state = revision.get_state_display()
    if revision.precedent.live_revision_id is None or revision.precedent.status == PrecedentStatus.RETIRED:
        return Denied(
            gettext("这一版现在是“{state}”，不能再改。还要用的字复制出来新写一件，不要了就收起来。").format(state=state)
        )
    return Denied(gettext("这一版现在是“{state}”，没有打开的草稿。开始修订以后再合。").format(state=state))
