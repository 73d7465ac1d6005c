"""What the pages of this room show: prepared here, so that templates hold no logic and make no query."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from caselib.core.answers import Answer
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import may_edit, may_retire
from caselib.precedents.guarding import may_attach, may_blank, may_restore_view, may_set_tier, may_withhold, sees_drafts
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import PrecedentStatus


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    address: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """One precedent in this room. `title` of the text that is shown; `why_not`: deed to the reason why it is not for the viewer.

    `successor`: what took its place, as far as the viewer may see it; `revise`: where a form opens its draft, or empty.
    """

    precedent: Precedent
    title: str
    tabs: tuple[Tab, ...]
    why_not: dict[str, str]
    successor: Precedent | None
    revise: str

    @property
    def is_withheld(self) -> bool:
        return self.precedent.status == PrecedentStatus.WITHHELD

    @property
    def is_retired(self) -> bool:
        return self.precedent.status == PrecedentStatus.RETIRED


_TABS = {"withhold": "紧急下架", "findings": "个人信息", "attach": "附件", "tier": "典型", "retire": "出库"}
_DEEDS = {
    "withhold": may_withhold,
    "restore": may_restore_view,
    "blank": may_blank,
    "retire": may_retire,
    "tier": may_set_tier,
    "attach": may_attach,
}


def screen_of(precedent: Precedent, scope: ViewerScope, *, here: str) -> Screen:
    """The frame of a page about that precedent. 1 query for a draft, 1 for a successor."""
    text = precedent.live_revision or precedent.revisions.last()
    answers = {name: ask(scope, precedent) for name, ask in _DEEDS.items()}
    tabs = (
        Tab(label, reverse(f"desk:keeping:{name}", args=[precedent.code]), name == here)
        for name, label in _TABS.items()
        if _leads_on(name, precedent, answers)
    )
    return Screen(
        precedent=precedent,
        title=text.title if text else str(precedent),
        tabs=tuple(tabs) if sees_drafts(scope, precedent) else (),
        why_not={name: "" if answer else answer.reason for name, answer in answers.items()},
        successor=_successor(precedent, scope),
        revise=_address("desk:writing:revise", precedent.code) if may_edit(scope, precedent) else "",
    )


def _leads_on(name: str, precedent: Precedent, answers: Mapping[str, Answer]) -> bool:
    """Whether the viewer finds a page there: what was never published has nothing to take down."""
    if name in ("findings", "withhold"):
        return name == "findings" or precedent.live_revision_id is not None
    return bool(answers[name]) and (name == "attach" or precedent.live_revision_id is not None)


def _successor(precedent: Precedent, scope: ViewerScope) -> Precedent | None:
    if precedent.replaced_by_id is None:
        return None
    return Precedent.objects.visible_to(scope).filter(pk=precedent.replaced_by_id).first()


def _address(name: str, *parts: str) -> str:
    """The address of a page of another room, empty where the site has no such room."""
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""
