"""Prints where the SQLite database of this site lies, as Django's settings say; ends with 1 when it is no SQLite."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselib.settings.dev")
    from django.conf import settings

    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        sys.stderr.write(
            f"这个脚本只会 SQLite 和 PostgreSQL，DATABASE_URL 写的是 {database['ENGINE']}。什么都没有做。\n"
        )
        return 1
    sys.stdout.write(f"{Path(database['NAME']).absolute()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
