"""Tables for a site that a test starts in a process of its own.

Straight from the models: going through all migrations takes six times as long. That both make the same tables is held by
tests/recovery/test_backup.py.
"""


class NoMigrations:
    """Stands for MIGRATION_MODULES: no app has any."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def tables_made() -> None:
    """Makes all tables in the database of the settings, which has none yet."""
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
