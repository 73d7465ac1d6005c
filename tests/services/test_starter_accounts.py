"""In whose names the starter library comes in, and where demo accounts are made."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.precedents.models import Precedent
from tests import factories

from .small_library import found, load, small_library, snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_library(tmp_path)


def test_the_one_who_writes_cannot_be_the_one_who_approves(folder: Path) -> None:
    with pytest.raises(RuleBroken) as caught:
        load(folder, reviewer="editor")
    assert "由另一个人审核" in caught.value.message
    assert not Precedent.objects.exists()


def test_account_that_is_not_there_is_named_and_nothing_is_written(folder: Path) -> None:
    before = snapshot()
    with pytest.raises(RuleBroken, match="没有账号“nobody”"):
        load(folder, demo_password="", editor="nobody")
    assert snapshot() == before


def test_weak_demo_password_is_refused(folder: Path) -> None:
    with pytest.raises(RuleBroken, match="密码不够安全"):
        load(folder, demo_password="12345")
    assert not User.objects.exists()


def run(folder: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("load_starter", folder=folder, stdout=out, **options)
    return out.getvalue()


def test_trial_site_gets_demo_accounts_and_is_told_the_password(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASELIB_DEMO_PASSWORD", raising=False)
    said = run(folder)
    assert "hall-demo-2026" in said
    assert User.objects.get(username="window").check_password("hall-demo-2026")


def test_demo_password_of_the_environment_is_used_and_not_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELIB_DEMO_PASSWORD", "a-word-of-our-own")
    assert "a-word-of-our-own" not in run(folder)
    assert User.objects.get(username="window").check_password("a-word-of-our-own")


def test_real_site_refuses_demo_accounts(folder: Path, settings: Any) -> None:
    settings.CASELIB_TRIAL_SITE = False
    with pytest.raises(CommandError, match="正式环境"):
        run(folder)
    assert not User.objects.exists()


def test_real_site_makes_demo_accounts_when_asked_and_only_with_a_password_of_its_own(
    folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CASELIB_TRIAL_SITE = False
    monkeypatch.delenv("CASELIB_DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="CASELIB_DEMO_PASSWORD"):
        run(folder, demo_accounts=True)
    assert not User.objects.exists()
    monkeypatch.setenv("CASELIB_DEMO_PASSWORD", "a-word-of-our-own")
    run(folder, demo_accounts=True)
    assert User.objects.filter(username="window").exists()


def test_real_site_loads_in_the_names_of_its_own_people(folder: Path, settings: Any) -> None:
    settings.CASELIB_TRIAL_SITE = False
    factories.user(username="window-editor")
    factories.user(username="window-reviewer")
    said = run(folder, editor="window-editor", reviewer="window-reviewer")
    assert "演示账号（" not in said
    assert set(User.objects.values_list("username", flat=True)) == {"window-editor", "window-reviewer"}
    live = found().live_revision
    assert (live.author.username, live.approved_by.username) == ("window-editor", "window-reviewer")


def test_editor_without_a_reviewer_is_refused(folder: Path) -> None:
    with pytest.raises(CommandError, match="一起给"):
        run(folder, editor="editor")
    assert not Precedent.objects.exists()
