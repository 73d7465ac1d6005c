"""The one-click form that files a question as a knowledge gap."""

from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.utils.translation import gettext

from caselib.search.gaps.access import may_file
from caselib.search.gaps.services import gap_question
from caselib.search.models import Urgency

register = template.Library()


@register.inclusion_tag("components/gap_form.html", takes_context=True)
def gap_form(context: template.RequestContext, question: str) -> dict[str, Any]:
    """The form for this question, with the words that will be kept of it; nothing where there is nothing to file.

    Works inside an include with `only` as well: the request stays with the context. No queries.
    """
    request = context.request
    return {
        "question": question,
        "back": request.get_full_path(),
        "kept": gap_question(question) if may_file(request.scope) else None,
        "urgencies": [(value, gettext(label)) for value, label in Urgency.choices],
        "csrf_token": get_token(request),
    }
