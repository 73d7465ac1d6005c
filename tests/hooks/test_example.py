"""The example of the documentation checks real messages, and refuses what was changed or is old."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from caselib.connect.hooks.models import Event
from caselib.connect.hooks.sealing import REPLAY_WINDOW
from caselib.connect.hooks.sending import ATTEMPTS, FAILURES, hooks_send
from caselib.connect.hooks.telling import SCHEMA
from tests import factories

pytestmark = pytest.mark.django_db
DOCUMENT = (Path(settings.BASE_DIR) / "docs/connect.md").read_text(encoding="utf-8")


@pytest.fixture
def is_ours():
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    names: dict = {}
    exec(example, names)  # noqa: S102 (our own document)
    return names["is_ours"]


def test_the_example_knows_our_messages_from_others(is_ours, hooked, receiver):
    hook = hooked()
    factories.published()
    hooks_send()
    (got,) = receiver.got
    header = got.headers["Caselib-Signature"]
    moment = int(header.split(",")[0].removeprefix("t="))
    assert is_ours(got.body, header, hook.plain, now=moment + REPLAY_WINDOW)
    assert is_ours(got.body, header, hook.plain)
    assert not is_ours(got.body, header, hook.plain, now=moment + REPLAY_WINDOW + 1)
    assert not is_ours(got.body + b" ", header, hook.plain)
    assert not is_ours(got.body, header, "whsec_another")
    assert not is_ours(got.body, header.replace(f"t={moment}", f"t={moment + 1}"), hook.plain)
    assert not is_ours(got.body, "", hook.plain)


def test_the_document_names_what_the_code_does():
    for words in (SCHEMA, f"{ATTEMPTS} times", f"{FAILURES} failures", *(f"`{event}`" for event in Event.values)):
        assert words in DOCUMENT, words
