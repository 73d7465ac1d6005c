import datetime as dt
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from caselib.connect.hooks.sending import hooks_send
from caselib.connect.hooks.services import deliveries_prune
from caselib.core import clock, workdays

# Seconds between two comparisons of the library with what systems know, for what no event of the trail tells.
_SWEEP_EVERY = 300


class Command(BaseCommand):
    help = "把入库、改动、撤下推送给登记了地址的对接系统。停掉再开不丢，也可以同时开两个；--once 送完到时候的就结束。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="把现在该送的送一遍就结束")
        parser.add_argument("--every", type=float, default=2.0, help="隔几秒看一次，默认 2")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopping.set())
        if not settings.CASELIB_HOOK_HOSTS:
            self.stdout.write("没有设置 CASELIB_HOOK_HOSTS，推送哪里都不去，改动会等着。")
        swept_at = None
        while not stopping.is_set():
            # This process serves no request, by which it would hear that days were entered.
            workdays.forget()
            is_sweep = swept_at is None or time.monotonic() - swept_at >= _SWEEP_EVERY
            failed = self._turn(sweep=is_sweep, all_of_it=options["once"])
            if is_sweep:
                swept_at = time.monotonic()
                deliveries_prune(older_than=clock.now() - dt.timedelta(days=settings.CASELIB_HOOK_DAYS))
            if options["once"]:
                raise SystemExit(1 if failed else 0)
            stopping.wait(options["every"])
            # The server may have ended the connection during the pause.
            close_old_connections()

    def _turn(self, *, sweep: bool, all_of_it: bool) -> int:
        """Sends what is due, with `all_of_it` until nothing more goes. Returns how many failed."""
        failed = 0
        while True:
            tally = hooks_send(sweep=sweep)
            failed += tally.failed
            if tally.sent or tally.failed:
                self.stdout.write(f"送到 {tally.sent} 条，没送到 {tally.failed} 条，不用送 {tally.dropped} 条。")
            if not all_of_it or not tally.done:
                return failed
            sweep = False
