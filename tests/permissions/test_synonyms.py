"""Words are looked after by editors and administrators of departments, and by nobody else."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.search.models import SynonymGroup
from caselib.search.synonyms.site import load_groups
from tests import factories

pytestmark = pytest.mark.django_db
MAY = {Role.EDITOR, Role.DEPARTMENT_ADMIN}


def pages() -> list[tuple[str, str, dict[str, str]]]:
    key = load_groups()[0].key
    words = {"words": "堵路车，违停车", "direction": "both", "lock_version": "0"}
    return [
        ("get", "/search/synonyms/", {}),
        ("get", "/search/synonyms/new/", {}),
        ("post", "/search/synonyms/new/", words),
        ("get", f"/search/synonyms/{key}/", {}),
        ("post", f"/search/synonyms/{key}/", words),
        ("post", f"/search/synonyms/{key}/switch/", {"active": "0", "lock_version": "0"}),
        ("get", "/search/synonyms/import/", {}),
        ("post", "/search/synonyms/import/", {"text": "堵路车，违停车"}),
        ("post", "/search/synonyms/import/confirm/", {"token": "0" * 32, "digest": ""}),
        ("get", "/search/synonyms/export/", {}),
    ]


@pytest.mark.parametrize("role", Role)
def test_only_editors_and_department_administrators_keep_words(role):
    client = Client()
    client.force_login(factories.user(role))
    for method, address, sent in pages():
        response = getattr(client, method)(address, sent)
        if role in MAY:
            assert response.status_code in (200, 302, 422), address
        else:
            assert response.status_code == 403, address
            assert "同义词由编辑和部门管理员维护" in response.content.decode()
    assert SynonymGroup.objects.exists() is (role in MAY)


def test_words_ask_for_sign_in():
    for method, address, sent in pages():
        response = getattr(Client(), method)(address, sent)
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")
