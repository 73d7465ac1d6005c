"""What a real site starts with, and what it refuses to start with; the promises of the files that deploy it."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s3cret-" * 10


@pytest.fixture
def manage(tmp_path):
    """Runs a management command of the production settings in a process of its own."""

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CASELIB_", "DJANGO_")) and name not in {"DATABASE_URL", "SEARCH_URL"}
        }
        environment = inherited | {
            "DJANGO_SETTINGS_MODULE": "caselib.settings.prod",
            "CASELIB_DATA_DIR": str(tmp_path),
            "CASELIB_SECRET_KEY": SECRET,
            "CASELIB_ALLOWED_HOSTS": "library.example",
            **settings,
        }
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_deployment_check_has_no_finding(manage):
    checked = manage("check", "--deploy", "--fail-level", "INFO")
    assert checked.returncode == 0, checked.stderr
    assert "2 silenced" in checked.stdout + checked.stderr


HSTS = (
    "from django.conf import settings as s; "
    "print(s.SECURE_HSTS_SECONDS > 0, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD, s.SILENCED_SYSTEM_CHECKS)"
)


def test_https_is_forced_on_this_name_alone(manage):
    shown = manage("shell", "-v", "0", "-c", HSTS)
    assert shown.stdout.strip() == "True False False ['security.W005', 'security.W021']", shown.stderr


def test_https_is_forced_on_all_names_below_only_when_asked(manage):
    shown = manage("shell", "-v", "0", "-c", HSTS, CASELIB_HSTS_SUBDOMAINS="1")
    assert shown.stdout.strip() == "True True True []", shown.stderr


def test_deployment_check_silences_nothing_when_https_is_forced_on_all_names(manage):
    checked = manage("check", "--deploy", "--fail-level", "INFO", CASELIB_HSTS_SUBDOMAINS="1")
    assert checked.returncode == 0, checked.stderr
    assert "0 silenced" in checked.stdout + checked.stderr


@pytest.mark.parametrize("secret", ["", "too-short", "x" * 49])
def test_site_without_a_good_secret_does_not_start_and_says_which_setting(manage, secret):
    refused = manage("check", CASELIB_SECRET_KEY=secret)
    assert refused.returncode != 0
    assert "Set CASELIB_SECRET_KEY to at least 50 random characters" in refused.stderr


def test_site_without_host_names_does_not_start_and_says_which_setting(manage):
    refused = manage("check", CASELIB_ALLOWED_HOSTS="")
    assert refused.returncode != 0
    assert "Set CASELIB_ALLOWED_HOSTS" in refused.stderr


def test_production_shows_no_debug_page_even_when_asked(manage):
    shown = manage(
        "shell", "-v", "0", "-c", "from django.conf import settings; print(settings.DEBUG)", CASELIB_DEBUG="1"
    )
    assert shown.stdout.strip().endswith("False"), shown.stderr


def test_production_leaves_the_index_to_its_worker(manage):
    shown = manage("shell", "-v", "0", "-c", "from django.conf import settings; print(settings.CASELIB_INDEX_INLINE)")
    assert shown.stdout.strip().endswith("False"), shown.stderr


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.lower().replace("_", "-").split("==") for line in lines if line and not line.startswith("#"))


def test_constraints_pin_names_to_exact_versions_and_record_no_address():
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), line


def test_every_declared_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    declared = [*project["dependencies"], *(entry for extra in extras for entry in extra)]
    names = {re.split(r"[\[<>=~! ]", entry)[0].lower().replace("_", "-") for entry in declared}
    assert names - set(pinned()) == set()


def test_commands_that_the_documents_name_exist():
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    for document in documents:
        text = document.read_text(encoding="utf-8")
        for target in re.findall(
            r"\bmake ([a-z][a-z-]+)", " ".join(re.findall(r"`[^`]+`|^    .*|^make .*", text, re.M))
        ):
            assert target in targets, f"{document.name}: make {target}"
        for path in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
            assert (document.parent / path).exists(), f"{document.name}: {path}"


def test_real_site_gets_no_tools_of_tests():
    make = ["make", "--dry-run", "--what-if=pyproject.toml", "install-site"]
    planned = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert "--editable '.[fast,postgres]'" in planned.stdout, planned.stderr
    assert "dev" not in re.findall(r"\[([^\]]*)\]'", planned.stdout)[0].split(",")


def test_a_suite_never_works_in_the_folder_of_a_site_whose_settings_are_in_the_environment(tmp_path):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CASELIB_", "DJANGO_"))}
    site = {"CASELIB_DATA_DIR": str(tmp_path), "SEARCH_URL": f"whoosh://{tmp_path}/search"}
    code = "from django.conf import settings; print(settings.CASELIB_DATA_DIR, settings.SEARCH_URL)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=inherited | site | {"DJANGO_SETTINGS_MODULE": "caselib.settings.test"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "caselib-test-" in told.stdout and str(tmp_path) not in told.stdout
