"""What the page of a precedent holds several times, drawn here: a template for each takes longer than all that is in it.

Every text goes through a `Frame`, which escapes it; no frame holds anything that was typed or stored.
"""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from caselib.core.frames import NOTHING, Frame, joined
from caselib.precedents.fitting import Answer, Need, Question, State, Way, words_of

from .look import _drawn, icon, numbers_linked

register = template.Library()

_ASK = Frame("""
<li data-question="{0}"><p class="ask__q" id="q-{0}">{1}{2}</p>
  <div class="seg seg--s" role="radiogroup" aria-labelledby="q-{0}"><label class="y"><input type="radio" name="{0}" value="good" required{7}>{3}{4}</label><label class="n"><input type="radio" name="{0}" value="bad" required{8}>{5}{6}</label><label class="u"><input type="radio" name="{0}" value="unsure" required{9}>{10}</label></div>
  <span class="ask__boxes print-only" aria-hidden="true">□ {4}　□ {6}</span></li>
""")  # noqa: E501 (as it is sent)
_CHOSEN = Frame(" checked")()
_ANSWERS = {
    Need.HOLDS: (gettext_noop("是"), gettext_noop("否"), "？"),
    Need.ABSENT: (gettext_noop("没有"), gettext_noop("有"), ""),
}


@register.simple_tag
def ask(question: Question) -> SafeString:
    """One question of 能用吗 with its answer. A text that asks already gets no second mark."""
    good, bad, mark = _ANSWERS[question.need]
    good, bad, unsure = gettext(good), gettext(bad), gettext("不清楚")
    text = question.text
    mark = "" if text.rstrip().endswith(("？", "?")) else mark
    chosen = (_CHOSEN if question.answer is answer else NOTHING for answer in Answer)
    return _ASK(question.key, numbers_linked(text), mark, icon("check"), good, icon("x"), bad, *chosen, unsure)


_GO = Frame("""
<li data-go="{0}"{1}><p data-when="bad"{2}><b>{3}</b></p><p data-when="unsure"{4}>{5}</p>{6}</li>""")
_HIDDEN = Frame(" hidden")()
_WAYS = Frame("""<ul class="ways" data-when="bad"{}>{}</ul>""")
_WAY = Frame("""<li>{}<span class="vh">→ </span>{}{}{}</li>""")
_LINK = Frame(""" <a href="{}">{}</a> {}""")
_GUESS = Frame("""<span class="tag tag--line">{}</span>""")


@register.simple_tag
def go(question: Question) -> SafeString:
    """What the verdict says of one question: that it fails with where to go instead, or that it has to be asked."""
    fails, unsure = question.answer is Answer.BAD, question.answer is Answer.UNSURE
    is_bad, is_unsure = (NOTHING if shown else _HIDDEN for shown in (fails, unsure))
    ways = _WAYS(is_bad, joined(map(_way, question.ways))) if question.ways else NOTHING
    hidden = NOTHING if fails or unsure else _HIDDEN
    return _GO(question.key, hidden, is_bad, question.failed_words, is_unsure, question.unsure_words, ways)


def _way(way: Way) -> SafeString:
    pill = _drawn("signal", word=way.signal, label=way.signal_label) if way.signal else ""
    link = _LINK(way.address, way.label, pill) if way.address else NOTHING
    guess = _GUESS(gettext("可能是这一件")) if way.is_guess else ""
    return _WAY(icon("arrow"), guess, way.words, link)


_DATA = Frame(' data-{}="{}|{}"')


@register.simple_tag
def fit_words(good: State) -> SafeString:
    """The words of every verdict as data for the script; of those that end in a yes the one that this page may say."""
    said: Sequence[State] = (State.BLANK, State.ASK, State.CARE, State.STOP)
    named = [*((str(state), words_of(state)) for state in said), ("good", words_of(good))]
    return joined(_DATA(name, *words) for name, words in named)
