"""The look: one source for each component, nothing that the Content-Security-Policy refuses, and light to load."""

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from caselib.orgs.models import Role
from caselib.pages.templatetags.look import day, day_words, marked, numbers_linked, occurred_words
from tests import factories

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STATIC = Path(settings.BASE_DIR) / "static"
SOURCES = {
    path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")
}
FIRST_VISIT_LIMIT = 120_000


def test_every_component_tells_its_parameters():
    for name, source in SOURCES.items():
        if name.startswith("components/"):
            assert re.match(r"(\{% load [a-z0-9 ]+%\})?\{# .+ (Parameters|No parameters|parameters).*#\}", source), name


def test_every_component_is_used():
    tags = [path.read_text(encoding="utf-8") for path in Path(settings.BASE_DIR).glob("caselib/*/templatetags/*.py")]
    for name in SOURCES:
        if name.startswith("components/"):
            short = Path(name).stem
            ways = (
                f'include "{name}"',
                f'render_to_string("{name}"',
                f'drawn "{short}"',
                f'_drawn("{short}"',
                f'inclusion_tag("{name}"',
            )
            assert any(way in source for source in [*SOURCES.values(), *tags] for way in ways), name


def test_every_icon_that_is_named_exists_and_every_icon_is_named():
    drawn = set(re.findall(r'id="i-([a-z]+)"', (STATIC / "sprite.svg").read_text(encoding="utf-8")))
    named = {name for source in SOURCES.values() for name in re.findall(r'\{% icon "([a-z]+)"', source)}
    named |= {name for source in SOURCES.values() for name in re.findall(r'icon_name="([a-z]+)"', source)}
    tags = [path.read_text(encoding="utf-8") for path in Path(settings.BASE_DIR).glob("caselib/*/templatetags/*.py")]
    named |= {name for source in tags for name in re.findall(r'\bicon\("([a-z]+)"', source)}
    named |= {"ok", "care", "stop"}  # the words of signals and of validity
    assert named == drawn


def test_every_class_of_a_template_is_styled():
    styles = "".join(path.read_text(encoding="utf-8") for path in STATIC.rglob("*.css"))
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", styles))
    for name, source in SOURCES.items():
        plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", re.sub(r"\{#.*?#\}", "", source))
        for classes in re.findall(r'class="([^"]*)"', plain):
            for word in classes.split():
                if not word.endswith("--") and word != "m":
                    assert word in known, (name, word)


# Styled in counter.css alone, which most pages do without.
OF_THE_COUNTER = r'class="(?:steps|papers|fits|slipsheet)\b|components/(?:steps|papers|fits|say)\.html'


def test_who_draws_what_a_counter_needs_loads_its_sheet():
    for name, source in SOURCES.items():
        # Parts are drawn in pages; the pages of an offline pack have all sheets.
        if not name.startswith(("components/", "offline/")) and re.search(OF_THE_COUNTER, source):
            assert "counter.css" in source or "counter_assets" in source, name


@pytest.mark.django_db
def test_pages_allow_only_what_comes_from_this_site():
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "http" not in policy


def test_the_first_visit_of_the_results_page_is_light(index):
    owner = factories.department()
    for n in range(20):
        factories.published(owner=owner, theme=factories.theme(f"主题{n}"), causes=(factories.cause(f"原因{n}"),))
    index.refresh()
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    page = client.get("/search/?q=注销").content
    assert page.count(b"data-hit") == 20
    assert page.count(b'name="theme"') == 10  # as many as are offered at once
    # What it names, and what those draw: the sprite.
    named = set(re.findall(rb'(?:href|src)="/static/([^"#?]+)', page)) | {b"sprite.svg"}
    files = [(STATIC / name.decode()).read_bytes() for name in named]
    assert len(files) >= 8 and b"desk.css" not in named
    assert len(page) + sum(map(len, files)) < FIRST_VISIT_LIMIT
    assert sum(len(gzip.compress(part)) for part in [page, *files]) < FIRST_VISIT_LIMIT / 3


def test_marks_escape_what_was_written_and_read_no_format_in_it():
    assert marked([("{0}<b>", False), ("注{销}&", True)]) == "{0}&lt;b&gt;<mark>注{销}&amp;</mark>"
    assert marked([]) == ""


def test_a_number_is_linked_and_the_rest_is_left_to_the_template_to_escape():
    assert numbers_linked("看<b>") == "看<b>"
    assert numbers_linked("看<b>310109-2026-D03-0001") == (
        '看&lt;b&gt;<a class="num" href="/n/310109-2026-D03-0001/">310109-2026-D03-0001</a>'
    )


def test_dates_are_those_of_the_hall():
    moment = dt.datetime(2026, 6, 30, 16, 30, tzinfo=dt.UTC)
    assert day(moment) == '<time datetime="2026-07-01">2026-07-01</time>'
    with time_machine.travel("2026-08-01T00:00+08:00"):
        assert ">7月1日<" in day_words(moment)
    with time_machine.travel("2027-08-01T00:00+08:00"):
        assert ">2026年7月1日<" in day_words(moment)
    assert [occurred_words(text) for text in ("2023", "2023-02", "2023-02-03", "")] == [
        "2023年",
        "2023年2月",
        "2023年2月3日",
        "",
    ]
