"""写案例: every page of the room answers, and what it shows."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_pages_of_the_room_answer():
    department = factories.department()
    editor = factories.user(Role.EDITOR, within=department)
    client = Client()
    client.force_login(editor)
    draft = factories.draft(owner=department, author=editor)
    address = f"/desk/write/{draft.precedent.code}/"
    for page in ("/desk/write/", "/desk/write/new/", address, f"{address}preview/"):
        assert client.get(page).status_code == 200
