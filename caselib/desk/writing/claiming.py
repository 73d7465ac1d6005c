"""不是个人信息: who writes says so and why; a second person decides."""

from collections.abc import Mapping

from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.precedents.models import Precedent
from caselib.precedents.overrides import override_ask

from .deeds import claimed
from .saving import Saved

_GONE = "文字改过了，没有提。看看现在标出来的地方。"


def claim_asked(posted: Mapping[str, str], saved: Saved, *, precedent: Precedent, actor: User) -> str:
    """What became of a claim in the form, in words; nothing where none was made. Raises RuleBroken; writes what
    `override_ask` writes."""
    key = posted.get("claim", "")
    if not key or saved.content is None:
        return ""
    hit = claimed(saved.content, precedent, key)
    if hit is None:
        raise RuleBroken(_GONE, code="moved", field=key.partition("|")[0])
    override_ask(precedent, hit, claim=posted.get(f"why-{key}", ""), actor=actor)
    return "提了，等部门里的第二个人看。看过以前还不能提交。"
