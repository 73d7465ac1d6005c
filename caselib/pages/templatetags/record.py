"""What the page of a precedent holds several times, drawn here: a template for each takes longer than all that is in it.

Every text goes through `format_html`, which escapes it; no frame holds anything that was typed or stored.
"""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .look import icon, numbers_linked

register = template.Library()

_ASK = """
<li><p class="ask__q" id="{0}">{1}{2}</p>
  <div class="seg seg--s" role="radiogroup" aria-labelledby="{0}"><label class="y"><input type="radio" name="{0}" value="good" required>{3}{4}</label><label class="n"><input type="radio" name="{0}" value="bad" required>{5}{6}</label><label class="u"><input type="radio" name="{0}" value="unsure" required>不清楚</label></div>
  <span class="ask__boxes print-only" aria-hidden="true">□ {4}　□ {6}</span></li>
"""  # noqa: E501 (as it is sent)


@register.simple_tag
def ask(text: str, *, at: str, n: int, good: str, bad: str, mark: str = "") -> SafeString:
    """One question of 能用吗. `at` with `n`: name of its radios; `good` and `bad`: the answers; `mark`: ？ or nothing, left out
    where the text asks already."""
    mark = "" if text.rstrip().endswith(("？", "?")) else mark
    return format_html(_ASK, f"{at}{n}", numbers_linked(text), mark, icon("check"), good, icon("x"), bad)
