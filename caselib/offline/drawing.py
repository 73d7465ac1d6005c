"""Pages of a pack: drawn from templates/offline, then freed of everything that leads out of the folder."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static

from .sheets import path_of

# Copied beside the pages. What else the site has is for what a pack cannot do.
STYLES = ("tokens.css", "base.css", "layout.css", "components.css", "counter.css", "print.css", "offline.css")
FILES = (*STYLES, "offline.js", "icon.svg")
_ICONS = "<!--icons-->"
_SYMBOL = re.compile(r'<symbol id="i-([a-z]+)".*?</symbol>', re.DOTALL)
_LINK = re.compile(r'(<a\b[^>]*?)\shref="([^"]*)"')
_NUMBER = re.compile(r".*/n/([^/]+)/")
# A path below the folder or a place on the page: no scheme, no host, no root.
_WITHIN = re.compile(r"(?:\.\./)?(?:[\w.-]+/)?[\w.-]+\.html(?:#[\w-]*)?|#[\w-]*")


def file_of(name: str) -> bytes:
    """A file of static/. Raises FileNotFoundError for a site without its files."""
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(name)
    return Path(found).read_bytes()


class Drawing:
    """Draws the pages of one pack. `codes`: library number to code of what is in it; `common`: what every page shows."""

    def __init__(self, codes: Mapping[str, str], common: Mapping[str, Any]) -> None:
        self._codes = codes
        self._common = dict(common)
        self._symbols = {found[1]: found[0] for found in _SYMBOL.finditer(file_of("sprite.svg").decode())}
        self._icon = re.compile(re.escape(static("sprite.svg")) + r"#i-([a-z]+)")

    def page(self, template: str, path: str, **values: Any) -> str:
        """The page that lies at `path` of the pack. No query for values that are loaded."""
        up = "../" * path.count("/")
        html = render_to_string(f"offline/{template}.html", {**self._common, "up": up, **values})
        return self._with_icons(_LINK.sub(lambda link: self._relinked(link, up), html))

    def _relinked(self, link: re.Match[str], up: str) -> str:
        """A number leads to its page where the pack holds it; what leads out of the folder leads nowhere."""
        address = link[2]
        if _WITHIN.fullmatch(address):
            return link[0]
        number = _NUMBER.fullmatch(address)
        code = self._codes.get(number[1].upper()) if number else None
        return f'{link[1]} href="{up}{path_of(code)}"' if code else link[1]

    def _with_icons(self, html: str) -> str:
        """Icons stand in each page itself: a file opened from the disk may not draw from another."""
        named = dict.fromkeys((*self._icon.findall(html), "ok", "care", "stop"))
        symbols = "".join(self._symbols[name] for name in named if name in self._symbols)
        html = self._icon.sub(r"#i-\1", html)
        return html.replace(
            _ICONS, f'<svg width="0" height="0" aria-hidden="true" hidden><defs>{symbols}</defs></svg>', 1
        )
