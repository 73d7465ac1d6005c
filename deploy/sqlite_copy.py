"""Copies an SQLite database that may be in use, and checks the copy: `sqlite_copy.py FROM TO`."""

import sqlite3
import sys
from pathlib import Path


def main() -> int:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    if not source.is_file():
        sys.stderr.write(f"没有数据库文件 {source}，什么都没有做。\n")
        return 1
    old = sqlite3.connect(source)
    new = sqlite3.connect(target)
    try:
        old.backup(new)
        verdict = new.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    finally:
        new.close()
        old.close()
    if verdict != "ok":
        target.unlink()
        sys.stderr.write(f"{source} 不完整（{verdict}），没有留下副本。\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
