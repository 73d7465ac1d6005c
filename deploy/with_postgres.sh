#!/usr/bin/env bash
# Runs a command with DATABASE_URL pointing at a PostgreSQL server of its own, which goes away with its data at the end.
# Uses Debian's package `postgresql` (binaries only; a running service is not touched).
set -euo pipefail

binaries=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin -type d 2>/dev/null | sort -V | tail -n 1)
if [ -z "$binaries" ]; then
    echo "PostgreSQL is missing. Debian: apt-get install postgresql" >&2
    exit 1
fi

folder=$(mktemp -d)
as_owner=()
if [ "$(id -u)" = 0 ]; then
    # The server refuses to run as root.
    owner=$(id -un postgres 2>/dev/null || echo nobody)
    chown "$owner" "$folder"
    as_owner=(setpriv --reuid "$owner" --regid "$(id -gn "$owner")" --clear-groups env HOME="$folder")
fi
server() { (cd "$folder" && "${as_owner[@]}" "$@"); }

stop() {
    server "$binaries/pg_ctl" --pgdata "$folder/data" --mode immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
server "$binaries/initdb" --pgdata "$folder/data" --username caselib --auth trust --encoding UTF8 --locale C.UTF-8 >/dev/null
# Durability is of no use to data that goes away in a minute.
server "$binaries/pg_ctl" --pgdata "$folder/data" --wait --log "$folder/log" start --options \
    "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off" >/dev/null || {
    cat "$folder/log" >&2
    exit 1
}
server "$binaries/createdb" --host 127.0.0.1 --port "$port" --username caselib caselib
export DATABASE_URL="postgres://caselib@127.0.0.1:$port/caselib"
"$@"
