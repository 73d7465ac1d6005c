#!/usr/bin/env bash
# Puts a backup of deploy/backup.sh in place of the database, then builds the index: `deploy/restore.sh FILE`.
# Stop the web server and index_worker first. What was there before is kept beside it (SQLite).
set -euo pipefail
cd "$(dirname "$0")/.."

source=${1:?usage: deploy/restore.sh FILE}
[ -r "$source" ] || { echo "读不了备份文件 $source，什么都没有改。" >&2; exit 1; }
case "${DATABASE_URL:-}" in
postgres*) pg_restore --clean --if-exists --no-owner --single-transaction --dbname "$DATABASE_URL" "$source" ;;
*)
    database=$(.venv/bin/python deploy/sqlite_path.py)
    folder=$(dirname "$database")
    mkdir -p "$folder"
    .venv/bin/python deploy/sqlite_copy.py "$source" "$folder/restored.sqlite3"
    if [ -e "$database" ]; then
        kept="$folder/before-restore-$(date +%Y%m%d-%H%M%S).sqlite3"
        .venv/bin/python deploy/sqlite_copy.py "$database" "$kept"
        echo "原来的数据库留在 $kept"
        # Its write-ahead log belongs to the old file and would be played into the new one.
        rm -f "$database-wal" "$database-shm"
    fi
    mv "$folder/restored.sqlite3" "$database"
    ;;
esac
.venv/bin/python manage.py migrate --verbosity 0
.venv/bin/python manage.py search_rebuild
echo "已从 $source 恢复"
