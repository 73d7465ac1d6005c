"""How gunicorn serves the site. Command-line options win over this file."""

import os

bind = "127.0.0.1:8000"
# Searching holds the interpreter for a few milliseconds: processes, not threads, answer people in parallel.
workers = int(os.environ.get("CASELIB_WEB_WORKERS", "2"))
threads = 4
# One loading for all workers: dictionary and index are read once, and their memory is shared.
preload_app = True
timeout = 60
graceful_timeout = 30
# Whatever a library leaks goes away with the worker; the jitter keeps workers from restarting together.
max_requests = 20000
max_requests_jitter = 2000
# The gateway of the hall is the only one that may say how a request reached it.
forwarded_allow_ips = os.environ.get("CASELIB_GATEWAY", "127.0.0.1")
accesslog = None
# A pasted ticket of 20,000 characters is an address of 180,000; the largest number that this setting takes is 8,190.
# The gateway in front sets the bound (docs/operations.md).
limit_request_line = 0


def when_ready(server: object) -> None:
    """Reads dictionary, index and pages once, before the workers part: the first question is as fast as the next."""
    from caselib.search.live import preload

    preload()


def post_fork(server: object, worker: object) -> None:
    """Loads the model for searching by meaning in each worker: what it needs does not survive a fork."""
    from caselib.search.semantic.live import preload

    preload()
