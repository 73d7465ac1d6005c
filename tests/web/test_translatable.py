"""What the counter reads of the site itself can be put into another language: each word of it goes through gettext.

The texts of the library are another thing: what it quotes stays as it is.
"""

import re

import pytest
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import reverse
from django.utils import translation

from caselib.orgs.models import Department, Region, Role, User
from tests import factories, training_rows
from tests.search.conftest import index

__all__ = ["index"]

pytestmark = pytest.mark.django_db
TWO = [("zh-hans", "简体中文"), ("en", "English")]
_TRANSLATED = re.compile(r"⟦[^⟦⟧]*⟧")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
# Texts of the library in Greek, so that whatever is Chinese on a page is a word of the site.
TEXT = {
    "title": "Αλφα",
    "gist": "Βητα",
    "problem": "Γαμμα",
    "blocker": "Δελτα",
    "resolution": "Εψιλον",
    "script": "Ζητα",
    "who_can_decide": "Ητα",
    "lead_org": "Θητα",
    "applies_when": ("Ιωτα",),
    "not_when": ("Καππα",),
    "requester_wording": ("Λαμδα",),
}
PAGES = (
    "/p/{}/?y1=bad&n1=unsure",
    "/p/{}/slip/?have=1",
    "/reuse/{}/",
    "/reuse/{}/how/?outcome=failed",
    "/reuse/{}/report/?section=gist",
    "/search/?q=%CE%91%CE%BB%CF%86%CE%B1",
    "/search/?q=zzzz",
    "/search/gaps/new/?q=x",
    "/search/gaps/mine/",
    "/consult/new/?q=x",
)


@pytest.fixture
def brackets(monkeypatch, settings):
    """Stands in for a catalogue: what went through gettext stands in brackets."""
    settings.LANGUAGES = TWO
    # What was read and drawn before was read and drawn in one language.
    settings.TEMPLATES = [{**settings.TEMPLATES[0]}]
    monkeypatch.setattr(translation._trans, "gettext", lambda text: f"⟦{text}⟧")


@pytest.fixture
def client(settings) -> Client:
    settings.CASELIB_SITE_NAME = "Μι"
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    User.objects.update(display_name="Ξι")
    return client


def untranslated(html: str) -> set[str]:
    while _TRANSLATED.search(html):
        html = _TRANSLATED.sub("", html)
    return set(_CHINESE.findall(html))


@pytest.mark.parametrize("page", PAGES)
def test_every_word_that_the_counter_reads_goes_through_gettext(page, client, index, brackets):
    precedent = factories.published(**TEXT, causes=(factories.cause("Μυ"),))
    Region.objects.update(full_name="Ομικρον", name="Πι")
    index.refresh()
    Department.objects.update(name=Concat(Value("Νι"), F("pk"), output_field=CharField()))
    answer = client.get(page.format(precedent.code))
    assert answer.status_code == 200
    assert untranslated(answer.content.decode()) == set()


def test_every_word_that_a_learner_reads_goes_through_gettext(client, brackets):
    body = {"options": [{"key": "a", "text": "Ρο"}, {"key": "b", "text": "Σιγμα"}], "right": ["a"]}
    points = {"points": [{"key": "a", "text": "Ταυ"}], "sample": "Υψιλον", "marking": "self"}
    pack = training_rows.pack(title="Φι", pass_mark=60, wait_minutes=5)
    precedent = factories.published(owner=pack.owner_department, **TEXT)
    lesson = training_rows.case(training_rows.open_version(pack), precedent, title="Χι")
    questions = [
        training_rows.question(body=body, precedent=precedent, stem="Ψι"),
        training_rows.question("short", points, precedent=precedent, stem="Ωμεγα"),
        training_rows.question("order", {"items": [*body["options"], {"key": "c", "text": "Αα"}]}, stem="Ββ"),
        training_rows.question(body={**body, "right": []}, stem="Γγ"),
    ]
    training_rows.asked(lesson, *questions)
    training_rows.publish(pack)
    pack.live_version.modules.update(title="Δδ")
    Region.objects.update(full_name="Ομικρον", name="Πι")
    Department.objects.update(name=Concat(Value("Νι"), F("pk"), output_field=CharField()))
    cover = reverse("training:learning:pack", args=[pack.code])
    address = reverse("training:learning:lesson", args=[pack.code, lesson.key])
    for page in ("/training/", cover, address):
        assert untranslated(client.get(page).content.decode()) == set(), page
    learner = User.objects.get(pk=client.session["_auth_user_id"])
    given = {questions[0]: {"chosen": ["b"]}, questions[1]: {"text": "Εε"}}
    attempt = training_rows.handed_in(lesson, learner, given)
    for page in (reverse("training:learning:attempt", args=[attempt.code]), address, cover, "/training/"):
        assert untranslated(client.get(page).content.decode()) == set(), page


def test_a_word_that_does_not_is_seen():
    assert untranslated("<p>⟦能用吗 ⟦是⟧⟧ 口径 Αλφα</p>") == {"口径"}
