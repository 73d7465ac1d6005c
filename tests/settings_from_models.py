"""Settings of the suite for a process of its own whose tables are made straight from the models; see tests/tables.py."""

from caselib.settings.test import *  # noqa: F403

from .tables import NoMigrations

MIGRATION_MODULES = NoMigrations()
