"""Rules of templates: they compile, escape, and load nothing that the Content-Security-Policy would refuse.

`python -m tests.contracts.template_rules` names each place that breaks one. `test_template_rules.py` holds a good and
a bad example of each.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"

_COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
RULES: dict[str, re.Pattern[str]] = {
    "text is marked safe": re.compile(r"\|\s*(?:safe|safeseq)\b|\{%\s*autoescape\s+off"),
    "script inside the page": re.compile(r"<script(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "style inside the page": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "event handler attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on handler": re.compile(r"\shx-on[:\-a-z]*\s*=", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript\s*:", re.IGNORECASE),
    "loads from another host": re.compile(
        r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\ssrc\s*=\s*[\"']?(?:https?:)?//"
        r"|<link\b[^>]*\shref\s*=\s*[\"']?(?:https?:)?//",
        re.IGNORECASE,
    ),
    "asks for rows": re.compile(r"\.objects\b|\.all\s*%\}|\.filter\b"),
}
_FORM = re.compile(r"<form\b[^>]*\bmethod\s*=\s*[\"']?post.*?</form>", re.IGNORECASE | re.DOTALL)
# What gettext finds, and so may be in Chinese: the two tags, and constants in the arguments of others.
_TRANSLATED = re.compile(
    r"\{%\s*blocktranslate\b.*?\{%\s*endblocktranslate\s*%\}"
    r"|\{%\s*translate\s+(\"[^\"]*\"|'[^']*')[^%]*%\}"
    r"|_\((\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_REMOTE_CSS = re.compile(r"@import\s+(?:url\()?[\"']?(?:https?:)?//|url\(\s*[\"']?(?:https?:)?//", re.IGNORECASE)


def broken(path: Path, source: str) -> Iterator[str]:
    """The rules that the text of a template breaks, each with its place."""
    # Blank out comments but keep their line breaks, so that line numbers stay right.
    text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)
    for rule, pattern in RULES.items():
        for match in pattern.finditer(text):
            yield f"{path}:{_line(text, match.start())}: {rule}"
    for form in _FORM.finditer(text):
        if "csrf_token" not in form[0]:
            yield f"{path}:{_line(text, form.start())}: a form that posts has no csrf_token"
    for words in _CHINESE.finditer(_TRANSLATED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)):
        yield f"{path}:{_line(text, words.start())}: words that nobody can translate: {words[0]}"
    for page_title in list(re.finditer(r"<h1\b", text))[1:]:
        yield f"{path}:{_line(text, page_title.start())}: a second h1"


def broken_style(path: Path, source: str) -> Iterator[str]:
    """The rules that a style sheet breaks."""
    for match in _REMOTE_CSS.finditer(source):
        yield f"{path}:{_line(source, match.start())}: loads from another host"


def uncompiled(names: list[str]) -> Iterator[str]:
    """Templates that Django cannot compile, with the reason. Needs Django to be set up."""
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    for name in names:
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            yield f"{name}: {error}"


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def template_paths() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt", ".xml"})


def all_broken() -> list[str]:
    """Every broken rule in templates and style sheets of the project."""
    found: list[str] = []
    for path in template_paths():
        found += broken(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    for path in sorted(STATIC.rglob("*.css")):
        found += broken_style(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    return found + list(uncompiled([str(path.relative_to(TEMPLATES)) for path in template_paths()]))


def main() -> int:
    """Prints every broken rule; 1 when there is one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselib.settings.test")
    import django

    django.setup()
    found = all_broken()
    sys.stdout.writelines(f"{rule}\n" for rule in found)
    count = len(template_paths())
    sys.stdout.write(
        f"Templates: {len(found)} broken rules.\n" if found else f"Templates: {count} files, rules kept.\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
