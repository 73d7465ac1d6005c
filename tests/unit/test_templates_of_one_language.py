"""What is to be translated is settled when a template is read, where the site speaks one language; never else."""

import pytest
from django.template import engines
from django.template.base import TextNode
from django.templatetags.i18n import TranslateNode
from django.test import override_settings
from django.utils import translation

TWO = [("zh-hans", "简体中文"), ("en", "English")]
SOURCE = """{% load i18n %}{% if here %}{% translate "能用吗" %}{% else %}\
{% for n in numbers %}{% translate "怎么办" %}{% endfor %}{% endif %}
{% blocktranslate with n=count %}还有 {{ n }} 条{% endblocktranslate %}\
{% translate word %}{% translate "缺什么" as missing %}{{ missing }}"""


@pytest.fixture
def read(settings, tmp_path):
    """The template, read by the loader of the site."""
    (tmp_path / "page.html").write_text(SOURCE, encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    return lambda: engines["django"].get_template("page.html")


@pytest.fixture
def english(monkeypatch):
    """Stands in for a catalogue: each text in brackets."""
    monkeypatch.setattr(translation._trans, "gettext", lambda text: f"[{text}]")


def kinds(template) -> list[type]:
    nodes = template.template.nodelist
    return [type(node) for kind in (TextNode, TranslateNode) for node in nodes.get_nodes_by_type(kind)]


def test_words_are_settled_where_the_site_speaks_one_language(read):
    template = read()
    # What depends on the context stays: a variable, and what is kept under a name.
    assert kinds(template).count(TranslateNode) == 2
    assert template.render({"here": True, "count": 2, "word": "x"}) == "能用吗\n还有 2 条x缺什么"
    assert template.render({"numbers": [1, 2], "count": 2, "word": "x"}).startswith("怎么办怎么办")


@override_settings(LANGUAGES=TWO)
def test_nothing_is_settled_where_it_speaks_two(read, english):
    template = read()
    assert kinds(template).count(TranslateNode) == 4
    assert template.render({"here": True, "count": 2, "word": "x"}) == "[能用吗]\n[还有 2 条][x][缺什么]"
