"""Signing out and the switch for high contrast: where they lead and what the browser keeps."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


def signed_in() -> Client:
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    return client


@pytest.mark.parametrize(
    "address",
    [
        "",
        "foo",
        "foo bar",
        "%00",
        "\x00",
        "pages:home",
        "//other.example/",
        "https://other.example/",
        "/\\other.example",
    ],
)
def test_contrast_goes_to_the_start_page_for_an_address_that_is_not_of_this_site(address):
    response = signed_in().post("/account/contrast/", {"high": "1", "next": address})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_contrast_goes_back_to_where_the_viewer_was():
    response = signed_in().post("/account/contrast/", {"high": "1", "next": "/search/?q=前租户 注销"})
    assert response["Location"].startswith("/search/?q=%E5%89%8D")


def test_contrast_goes_to_the_start_page_when_the_question_is_too_long_for_a_redirect():
    response = signed_in().post("/account/contrast/", {"high": "1", "next": "/search/?q=" + "注销" * 10_000})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_sign_out_has_the_browser_forget_the_pages_it_keeps():
    response = signed_in().post("/account/sign-out/")
    assert response.status_code == 302
    assert response["Clear-Site-Data"] == '"cache"'
