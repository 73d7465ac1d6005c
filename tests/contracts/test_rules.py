"""The project keeps its own rules, and each rule catches what it is there for."""

from pathlib import Path

import pytest

from . import source_rules, template_rules

MODULE = Path("caselib/pages/views/home.py")
PAGE = Path("templates/pages/home.html")

BAD_SOURCE = {
    "at most 40": "def long():\n" + "    x = 1\n" * 41,
    "at most 400": "x = 1\n" * 401,
    "catches everything": "try:\n    x = 1\nexcept Exception:\n    x = 2\n",
    "catches everything and goes on": "try:\n    x = 1\nexcept (ValueError, BaseException):\n    x = 2\n",
    "mark_safe outside": "x = mark_safe(text)\n",
    "SafeString outside": "x = SafeString(text)\n",
    "SafeString outside of": "x = safestring.SafeString(text)\n",
    "Frame under another name": "from caselib.core.frames import Frame as F\n",
    "mark_safe under another name": "from django.utils.safestring import mark_safe as m\n",
    "Frame is one constant": "x = frames.Frame(text)\n",
    "a Frame is one constant": "x = Frame(text)\n",
    "a Frame is one constant of the source": "x = Frame(f'<b>{text}</b>')\n",
    "Policy.objects": "from caselib.policies.models import Policy\n\n\ndef view(request):\n    return Policy.objects.all()\n",
    "save() is not overridden": "class A:\n    def save(self, force_insert=False):\n        pass\n",
}
GOOD_SOURCE = {
    "forty lines": "def short():\n" + "    x = 1\n" * 39,
    "re-raised": "try:\n    x = 1\nexcept Exception:\n    x = 2\n    raise\n",
    "narrow": "try:\n    x = 1\nexcept (ValueError, KeyError):\n    x = 2\n",
    "selector": "from caselib.policies.models import Policy\n\n\ndef view(request, policy: Policy):\n    return policy.title\n",
    "type of a result": "from django.utils.safestring import SafeString\n\n\ndef f() -> SafeString: ...\n",
    "frame of the source": "x = Frame('<b>{}</b>')\n",
    "own model": "from caselib.pages.models import Page\n\n\ndef view(request):\n    return Page.objects.all()\n",
}


@pytest.mark.parametrize("name", BAD_SOURCE)
def test_bad_source_is_named(name):
    assert any(name in rule for rule in source_rules.broken(MODULE, BAD_SOURCE[name]))


@pytest.mark.parametrize("name", GOOD_SOURCE)
def test_good_source_is_left_alone(name):
    assert list(source_rules.broken(MODULE, GOOD_SOURCE[name])) == []


BAD_TEMPLATES = {
    "text is marked safe": "{{ text|safe }}",
    "text is marked safe ": "{% autoescape off %}{{ text }}{% endautoescape %}",
    "script inside the page": "<script>x()</script>",
    "style inside the page": "<style>p{}</style>",
    "style attribute": '<p class="a" style="color:red">',
    "event handler attribute": '<button type="button" onclick="x()">',
    "hx-on handler": '<button hx-on:click="x()">',
    "javascript: address": '<a href="javascript:x()">',
    "loads from another host": '<script src="https://cdn.example/x.js"></script>',
    "loads from another host ": '<link rel="stylesheet" href="//cdn.example/x.css">',
    "a form that posts has no csrf_token": '<form method="post"><button></button></form>',
    "a second h1": "<h1></h1><h1></h1>",
    "asks for rows": "{% for row in Precedent.objects %}{% endfor %}",
    "words that nobody can translate": "<p>能用吗</p>",
    "words that nobody can translate ": '<p aria-label="位置：{{ name }}">',
    "words that nobody can translate  ": '{% include "components/empty.html" with title="没有" only %}',
}
GOOD_TEMPLATES = {
    "escaped": "{{ text }}",
    "script of the site": "<script src=\"{% static 'app.js' %}\" defer></script>",
    "comment about a script": "{# no <script> here #}<p></p>",
    "link to another site": '<a href="https://www.gov.cn/"></a>',
    "form with token": '<form method="post">{% csrf_token %}<button></button></form>',
    "form that gets": '<form method="get"><button></button></form>',
    "words to translate": '{% translate "能用吗" %}{% blocktranslate with n=count %}还有 {{ n }} 条{% endblocktranslate %}',
    "words in arguments": '{{ name|default:_("没写") }}{% include "components/empty.html" with title=_("没有") only %}',
    "class named like a handler": '<p class="one" data-on="x">',
}


@pytest.mark.parametrize("name", BAD_TEMPLATES)
def test_bad_template_is_named(name):
    assert any(name.strip() in rule for rule in template_rules.broken(PAGE, BAD_TEMPLATES[name]))


@pytest.mark.parametrize("name", GOOD_TEMPLATES)
def test_good_template_is_left_alone(name):
    assert list(template_rules.broken(PAGE, GOOD_TEMPLATES[name])) == []


def test_style_sheet_loads_nothing_from_another_host():
    assert list(template_rules.broken_style(PAGE, "@import url(https://cdn.example/x.css);"))
    assert list(template_rules.broken_style(PAGE, "a{background:url('//cdn.example/x.png')}"))
    assert not list(template_rules.broken_style(PAGE, "a{background:url(../img/x.svg)}"))


def test_line_is_named_behind_comments_of_several_lines():
    assert list(template_rules.broken(PAGE, "<!-- a\nb\n-->\n<style>")) == [f"{PAGE}:4: style inside the page"]
