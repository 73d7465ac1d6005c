"""批注 in the form of a draft: who writes answers a remark there, and any button of the form sends the answer with the text."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import may_answer
from caselib.precedents.commenting import comment_answer
from caselib.precedents.models import Precedent, ReviewComment

# The input of the answer to one remark is `answer-` with its key; no field of a text is called so.
PREFIX = "answer-"


def answers_in(typed: Mapping[str, str]) -> dict[int, str]:
    """What was typed as an answer, by the key of its remark; an empty one is none."""
    found = {name.removeprefix(PREFIX): text for name, text in typed.items() if name.startswith(PREFIX)}
    return {
        int(key): text
        for key, text in found.items()
        if key.isascii() and key.isdigit() and len(key) < 10 and text.strip()
    }


@transaction.atomic
def remarks_answered(typed: Mapping[str, str], *, precedent: Precedent, scope: ViewerScope, actor: User) -> int:
    """Stores all answers of a form or none; how many. Raises RuleBroken for a remark of another text, and what
    `comment_answer` raises, whose writes it writes. No query without an answer."""
    answers = answers_in(typed)
    if not answers:
        return 0
    related = ReviewComment.objects.select_related("revision__precedent__owner_department")
    rows = {row.pk: row for row in related.filter(pk__in=answers, revision__precedent=precedent)}
    for key, text in answers.items():
        if key not in rows:
            raise RuleBroken(gettext("没有这条批注，答复没有记。您写的还在。"), code="no_remark", field="remarks")
        may_answer(scope, rows[key].revision).require()
        comment_answer(rows[key], text=text, actor=actor)
    return len(answers)
