#!/usr/bin/env bash
# What `make demo` does after the installation: database, starter library, index, then serve. Running it again keeps
# what people wrote. PORT: where to serve on 127.0.0.1. SERVE=0: everything but serve.
set -euo pipefail
cd "$(dirname "$0")/.."

port=${PORT:-8000}
python=.venv/bin/python
export DJANGO_SETTINGS_MODULE=caselib.settings.dev

if [[ ! $port =~ ^[0-9]+$ ]] || ((port < 1 || port > 65535)); then
    echo "PORT=$port 不是端口号，写 1 到 65535 之间的数。" >&2
    exit 1
fi
if [ "${SERVE:-1}" != 0 ] && ! $python deploy/port_is_free.py "$port"; then
    echo "端口 $port 已经有程序在用。换一个再运行：make demo PORT=$((port + 1))" >&2
    exit 1
fi

echo "[1/4] 准备数据库……"
$python manage.py migrate --verbosity 0
echo "[2/4] 装载起始库（已有的内容不动）……"
# The index is built once at the end instead of after each of the hundreds of commits.
CASELIB_INDEX_INLINE=0 $python manage.py load_starter
echo "[3/4] 检查索引（缺了、旧了才重建）……"
CASELIB_EMBEDDING=off $python manage.py index_worker --once
CASELIB_EMBEDDING=off $python manage.py search_reconcile --repair

if [ "${SERVE:-1}" = 0 ]; then
    $python manage.py index_worker --once
    echo "[4/4] 都准备好了（SERVE=0，不启动网站）。启动：make demo"
    exit 0
fi
echo "[4/4] 网站在 http://127.0.0.1:$port/ ，用上面的账号登录。按 Ctrl+C 停止。"
# Vectors take a minute or two at the first start. The site answers meanwhile, by words; Ctrl+C reaches this as well.
nice -n 10 $python manage.py index_worker --once &
exec .venv/bin/gunicorn caselib.wsgi --config deploy/gunicorn.conf.py --bind "127.0.0.1:$port" --log-level warning
