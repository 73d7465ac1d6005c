"""Templates of a site that speaks one language: what is to be translated is settled when a template is read.

A page of results asks gettext thirty times, which is a twelfth of its time. With one language in settings.LANGUAGES each of the
answers is known before, and a page pays nothing for its words being translatable.
"""

from django.conf import settings
from django.template import Node, Origin, Template
from django.template.base import NodeList, TextNode
from django.template.context import Context
from django.template.loaders.cached import Loader
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language


def language_told() -> str:
    """The language of now, for what is kept drawn; empty where the site speaks one."""
    return "" if len(settings.LANGUAGES) == 1 else get_language() or ""


class OneLanguageLoader(Loader):
    """As Django's cached loader. Where LANGUAGES holds more than one, nothing is settled before the page is drawn."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        if len(settings.LANGUAGES) == 1 and not getattr(template, "is_settled", False):
            _settle(template.nodelist)
            template.is_settled = True
        return template


def _settle(nodes: NodeList) -> None:
    for place, node in enumerate(nodes):
        if isinstance(node, TranslateNode) and _is_settled(node):
            nodes[place] = _as_text(node)
        else:
            for part in _parts(node):
                _settle(part)


def _is_settled(node: TranslateNode) -> bool:
    """Whether it says the same whatever stands in the context."""
    expression = node.filter_expression
    return (
        isinstance(expression.var.literal, str)
        and not expression.filters
        and not node.asvar
        and not node.message_context
    )


def _as_text(node: TranslateNode) -> TextNode:
    text = TextNode(node.render(Context({}, autoescape=True)))
    text.token, text.origin = node.token, node.origin
    return text


def _parts(node: Node) -> list[NodeList]:
    """The lists of nodes below a node. A condition keeps its lists in pairs, which `child_nodelists` does not name."""
    found = [part for name in node.child_nodelists if isinstance(part := getattr(node, name, None), NodeList)]
    for _, part in getattr(node, "conditions_nodelists", ()):
        found.append(part)
    return found
