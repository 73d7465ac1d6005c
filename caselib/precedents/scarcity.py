"""At most about two precedents for one question: who writes a third merges, supersedes, or says why it stands beside them."""

from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.orgs.scope import ViewerScope

from .completeness import Lack
from .content import RevisionContent
from .models import Kind, Precedent

# 人民法院案例库建设运行工作规程, Art. 4: so many for the same question.
ENOUGH = 2
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Others:
    """What the viewer sees in use about the same matter and one of the same causes. `named`: the first of them."""

    named: tuple[Precedent, ...] = ()
    has_more: bool = False

    @property
    def is_enough(self) -> bool:
        return len(self.named) >= ENOUGH

    @property
    def count(self) -> str:
        return f"{len(self.named)} 件以上" if self.has_more else f"{len(self.named)} 件"

    @property
    def words(self) -> str:
        return f"这个事项和原因已经有 {self.count}"


def others_on_the_same(content: RevisionContent, *, scope: ViewerScope, precedent: Precedent | None = None) -> Others:
    """Those in use that the viewer sees, without `precedent`; none where matter or causes are open. At most 1 query."""
    if content.matter is None or not content.causes:
        return Others()
    found = (
        Precedent.objects.visible_to(scope)
        .findable()
        .filter(
            kind=Kind.PRECEDENT, matter=content.matter, live_revision__causes__in=[cause.pk for cause in content.causes]
        )
        .exclude(pk=precedent.pk if precedent else None)
        .select_related("live_revision")
        .order_by("-reuse_count", "pk")
        .distinct()
    )
    rows = list(found[: MOST_NAMED + 1])
    return Others(tuple(rows[:MOST_NAMED]), has_more=len(rows) > MOST_NAMED)


def lack_of_a_reason(content: RevisionContent, others: Others, *, precedent: Precedent | None = None) -> Lack | None:
    """What is missing where enough stand there already. One that is published itself has answered before."""
    is_new = precedent is None or precedent.live_revision_id is None
    if not is_new or not others.is_enough or content.why_another or content.supersedes:
        return None
    return Lack("why_another", f"{others.words}：并入其中一件、代替一件，或者写明为什么另写")


def refuse_another(content: RevisionContent, *, scope: ViewerScope, precedent: Precedent) -> None:
    """Raises RuleBroken for one more without a reason. Call it before `revision_submit`. At most 1 query."""
    lack = lack_of_a_reason(content, others_on_the_same(content, scope=scope, precedent=precedent), precedent=precedent)
    if lack is not None:
        raise RuleBroken(
            gettext("还没提交。{words}。写好的内容都在。").format(words=lack.words), code="another", field=lack.field
        )
