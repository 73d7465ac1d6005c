#!/usr/bin/env bash
# Writes the database of the site to one file: `deploy/backup.sh /backup/caselib-2026-11-22`. People go on working.
# The database is the one of the site's settings: SQLite, or PostgreSQL where DATABASE_URL names one. The index is not
# part of it: it is built from the database.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${1:?usage: deploy/backup.sh FILE}
if [ -e "$target" ]; then
    echo "$target 已经存在，没有覆盖它。换一个文件名。" >&2
    exit 1
fi
umask 077
case "${DATABASE_URL:-}" in
postgres*) pg_dump --format custom --no-owner --file "$target" "$DATABASE_URL" ;;
*)
    database=$(.venv/bin/python deploy/sqlite_path.py)
    .venv/bin/python deploy/sqlite_copy.py "$database" "$target"
    ;;
esac
echo "已备份到 $target"
