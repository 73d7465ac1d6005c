"""Backup and restore by the scripts of deploy/, on a site of their own; and that its tables, which migrations made step by step, are
those that the models ask for: the suite makes its own straight from these."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FROM_MODELS = "import django; django.setup(); from tests.tables import tables_made; tables_made()"


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory) -> Path:
    """A migrated database without rows."""
    return _database(tmp_path_factory.mktemp("empty"), "manage.py", "migrate", "--verbosity", "0")


def _database(folder: Path, *words: str) -> Path:
    """What Python makes in a folder of its own when it is run with these words."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
    environment |= {"CASELIB_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "caselib.settings.dev"}
    subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True, timeout=300)
    return folder / "caselib.sqlite3"


@pytest.fixture
def site(tmp_path, empty_database):
    """A copy of the scripts beside this project's code, with a site of its own; returns how to run a command there."""
    house = tmp_path / "house"
    house.mkdir()
    for name in ("caselib", "templates", "static", "manage.py"):
        (house / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "deploy", house / "deploy")
    (house / ".venv" / "bin").mkdir(parents=True)
    python = house / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
    environment |= {"CASELIB_DATA_DIR": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "caselib.settings.dev"}

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        chosen = environment | settings
        return subprocess.run(
            list(words), cwd=house, env=chosen, capture_output=True, text=True, timeout=120, check=False
        )

    (tmp_path / "data").mkdir()
    shutil.copy(empty_database, tmp_path / "data" / "caselib.sqlite3")
    return run


def themes(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM catalog_mattertheme ORDER BY name")]


def add_theme(database: Path, name: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("INSERT INTO catalog_mattertheme (name, position) VALUES (?, 0)", (name,))


def test_restored_library_is_the_one_that_was_backed_up(site, tmp_path):
    database, backup = tmp_path / "data" / "caselib.sqlite3", tmp_path / "backup"
    add_theme(database, "以前的")
    saved = site("deploy/backup.sh", str(backup))
    assert saved.returncode == 0, saved.stderr
    add_theme(database, "后来的")

    restored = site("deploy/restore.sh", str(backup))

    assert restored.returncode == 0, restored.stderr
    assert themes(database) == ["以前的"]
    (kept,) = (tmp_path / "data").glob("before-restore-*.sqlite3")
    assert themes(kept) == ["以前的", "后来的"]


def test_backup_overwrites_nothing(site, tmp_path):
    existing = tmp_path / "backup"
    existing.write_text("别的东西", encoding="utf-8")
    refused = site("deploy/backup.sh", str(existing))
    assert refused.returncode == 1
    assert "没有覆盖它" in refused.stderr
    assert existing.read_text(encoding="utf-8") == "别的东西"


def test_damaged_backup_leaves_the_library_alone(site, tmp_path):
    database, damaged = tmp_path / "data" / "caselib.sqlite3", tmp_path / "damaged"
    add_theme(database, "现在的")
    damaged.write_bytes(database.read_bytes()[:6000])
    refused = site("deploy/restore.sh", str(damaged))
    assert refused.returncode != 0
    assert "没有留下副本" in refused.stderr
    assert themes(database) == ["现在的"]


def test_backup_can_be_read_by_its_owner_alone(site, tmp_path):
    site("deploy/backup.sh", str(tmp_path / "backup"))
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("relative", [False, True])
def test_database_elsewhere_is_the_one_that_is_saved_and_restored(site, tmp_path, relative):
    ordinary, backup = tmp_path / "data" / "caselib.sqlite3", tmp_path / "backup"
    elsewhere = tmp_path / "house" / "other.sqlite3" if relative else tmp_path / "other" / "hall.sqlite3"
    elsewhere.parent.mkdir(exist_ok=True)
    shutil.copy(ordinary, elsewhere)
    url = "sqlite:///other.sqlite3" if relative else f"sqlite:///{elsewhere}"
    add_theme(ordinary, "平时的库")
    add_theme(elsewhere, "以前的")
    saved = site("deploy/backup.sh", str(backup), DATABASE_URL=url)
    assert saved.returncode == 0, saved.stderr
    assert themes(backup) == ["以前的"]
    add_theme(elsewhere, "后来的")

    restored = site("deploy/restore.sh", str(backup), DATABASE_URL=url)

    assert restored.returncode == 0, restored.stderr
    assert themes(elsewhere) == ["以前的"]
    assert themes(ordinary) == ["平时的库"]
    (kept,) = elsewhere.parent.glob("before-restore-*.sqlite3")
    assert themes(kept) == ["以前的", "后来的"]


def test_database_that_the_scripts_do_not_know_is_left_alone(site, tmp_path):
    refused = site("deploy/backup.sh", str(tmp_path / "backup"), DATABASE_URL="mysql://hall@127.0.0.1/caselib")
    assert refused.returncode == 1
    assert "只会 SQLite 和 PostgreSQL" in refused.stderr
    assert not (tmp_path / "backup").exists()


def _shape(database: Path) -> dict[str, tuple[set[tuple], set[str]]]:
    """Of each table its columns (name, type, whether it may be null, whether it is the key), and its indexes and checks by their words."""
    with sqlite3.connect(database) as connection:
        tables = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return {name: (_columns(connection, name), _bounds(connection, name, sql)) for name, sql in tables.fetchall()}


def _columns(connection: sqlite3.Connection, table: str) -> set[tuple]:
    rows = connection.execute(f'PRAGMA table_info("{table}")')
    return {(name, kind, not_null, key) for _, name, kind, not_null, _, key in rows}


def _bounds(connection: sqlite3.Connection, table: str, sql: str) -> set[str]:
    indexes = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql != ''", (table,)
    )
    named = {part.split('"')[1] for part in sql.split("CONSTRAINT ")[1:]}
    # What Django names by itself ends in a digest of its parts; the parts are told by what is indexed.
    return {" ".join(row.split(" ON ", 1)[1].split()) for (row,) in indexes} | {
        name for name in named if "_fk_" not in name
    }


def test_migrations_and_models_make_the_same_tables(tmp_path, empty_database):
    migrated, made = _shape(empty_database), _shape(_database(tmp_path, "-c", FROM_MODELS))
    made.setdefault("django_migrations", migrated["django_migrations"])
    assert json.dumps(migrated, default=sorted, sort_keys=True) == json.dumps(made, default=sorted, sort_keys=True)
    assert len(migrated) > 60
