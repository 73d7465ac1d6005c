"""The look: one source for each component, nothing that the Content-Security-Policy refuses, and light to load."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from caselib.orgs.models import Role
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
            assert re.match(r"(\{% load [a-z ]+%\})?\{# .+ (Parameters|No parameters|parameters).*#\}", source), name


def test_every_component_is_used():
    for name in SOURCES:
        if name.startswith("components/"):
            short = Path(name).stem
            ways = (f'include "{name}"', f'drawn "{short}"', f'_drawn("{short}"')
            tags = (Path(settings.BASE_DIR) / "caselib/pages/templatetags/look.py").read_text(encoding="utf-8")
            assert any(way in source for source in [*SOURCES.values(), tags] for way in ways), name


def test_every_icon_that_is_named_exists_and_every_icon_is_named():
    drawn = set(re.findall(r'id="i-([a-z]+)"', (STATIC / "sprite.svg").read_text(encoding="utf-8")))
    named = {name for source in SOURCES.values() for name in re.findall(r'\{% icon "([a-z]+)"', source)}
    named |= {name for source in SOURCES.values() for name in re.findall(r'icon_name="([a-z]+)"', source)}
    named |= {"ok", "care", "stop"}  # the words of signals and of validity
    assert named == drawn


def test_every_class_of_a_template_is_styled():
    styles = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.css"))
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", styles))
    for name, source in SOURCES.items():
        plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", re.sub(r"\{#.*?#\}", "", source))
        for classes in re.findall(r'class="([^"]*)"', plain):
            for word in classes.split():
                if not word.endswith("--") and word != "m":
                    assert word in known, (name, word)


@pytest.mark.django_db
def test_pages_allow_only_what_comes_from_this_site():
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "http" not in policy


@pytest.mark.django_db
def test_the_first_visit_of_the_results_page_is_light():
    owner = factories.department()
    for _ in range(20):
        factories.published(owner=owner)
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    page = client.get("/search/?q=注销").content
    files = [path.read_bytes() for path in STATIC.iterdir() if path.is_file()]
    assert len(page) + sum(map(len, files)) < FIRST_VISIT_LIMIT
    assert sum(len(gzip.compress(part)) for part in [page, *files]) < FIRST_VISIT_LIMIT / 3
