"""Markdown to safe HTML. The only module that marks text as safe: everything passes through nh3 on the way out."""

import markdown
import nh3
from django.utils.safestring import SafeString, mark_safe

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "a", "code", "pre", "hr",
        "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "th": {"align"}, "td": {"align"}}
SCHEMES = {"http", "https", "mailto"}
# Page sections start at h2, so a heading inside a text begins at h3.
HEADING_SHIFT = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h5", "h5": "h5", "h6": "h5"}


class _ShiftHeadings(markdown.treeprocessors.Treeprocessor):
    def run(self, root):
        for element in root.iter():
            element.tag = HEADING_SHIFT.get(element.tag, element.tag)


def to_html(text: str) -> SafeString:
    """Renders Markdown as HTML that holds only the tags, attributes and address schemes listed above."""
    renderer = markdown.Markdown(extensions=["tables", "sane_lists", "nl2br"], output_format="html")
    renderer.treeprocessors.register(_ShiftHeadings(renderer), "shift-headings", 1)
    html = renderer.convert(text)
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer")
    return mark_safe(clean)  # noqa: S308 (cleaned in the line above)
