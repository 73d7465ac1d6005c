import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from caselib.audit.verifying import nightly_check
from caselib.cases.pruning import tickets_prune
from caselib.core import clock, workdays
from caselib.precedents.rescan import rules_digest, scan_if_rules_changed
from caselib.precedents.stale import flag
from caselib.search.analysis import preload
from caselib.search.engine.port import EngineError
from caselib.search.live import live_engine, policy_engine
from caselib.search.log.services import search_log_prune
from caselib.search.outbox import drain, is_outdated, is_pending, rebuild
from caselib.search.policies import keeping as policies
from caselib.search.semantic import sync as vectors
from caselib.search.semantic.asking import PAUSE
from caselib.search.semantic.port import EmbeddingUnavailable
from caselib.search.suggestions import store as suggestions

# Seconds after a failure, doubled each time up to the last.
_PAUSES = (1, 2, 5, 10, 30, 60)


def _is_waiting() -> bool:
    """Whether an index has to be written."""
    return is_pending() or policies.is_pending()


class Command(BaseCommand):
    help = "更新检索索引的后台程序：处理数据库里记下的改动。停掉再开不丢任何更新。"

    # When vectors are made again, by the monotonic clock.
    _vectors_at = 0.0
    # The rules by which this process knows the library to be looked through.
    _rules_seen = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="处理完现有的改动就结束")
        parser.add_argument("--every", type=float, default=0.2, help="隔几秒看一次，默认 0.2")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        preload()
        failures = 0
        night_of = None
        while not stopping.is_set():
            # This process serves no request, by which it would hear that days were entered.
            workdays.forget()
            try:
                self._turn()
                self._make_vectors(all_of_them=options["once"], interrupted=lambda: stopping.is_set() or _is_waiting())
                self._look_for_personal(lambda: stopping.is_set() or (_is_waiting() and not options["once"]))
                failures = 0
                if night_of != clock.today():
                    self._night()
                    night_of = clock.today()
            except EngineError as error:
                self.stderr.write(error.message)
                failures += 1
            if options["once"]:
                raise SystemExit(1 if failures else 0)
            stopping.wait(_PAUSES[min(failures, len(_PAUSES)) - 1] if failures else options["every"])
            # The server may have ended the connection during the pause.
            close_old_connections()

    def _night(self) -> None:
        """What a new day does: old questions and tickets go, what policies and days made doubtful becomes a task, the trail
        is checked."""
        search_log_prune(now=clock.now())
        tickets_prune(now=clock.now())
        found = flag(now=clock.now(), on=clock.today())
        if found.opened or found.due:
            self.stdout.write(f"新开待复核点 {found.opened} 个，到期转为待复核的案例 {found.due} 件。")
        checked = nightly_check(now=clock.now())
        if checked is not None and checked.broken:
            self.stderr.write(f"审计记录有 {checked.broken} 处对不上，用 manage.py audit_verify 查是哪几条。")

    def _look_for_personal(self, interrupted: Callable[[], bool]) -> None:
        """Once for each set of rules, a few hundred texts at a time, and none while the index has to be written."""
        if interrupted() or self._rules_seen == rules_digest():
            return
        found = scan_if_rules_changed(now=clock.now(), interrupted=interrupted)
        if found is None or found.is_whole:
            self._rules_seen = rules_digest()
        if found is not None and found.found:
            self.stdout.write(f"按新规则重查个人信息：查了 {found.texts} 件，{found.found} 件要处理。")

    def _turn(self) -> None:
        if is_outdated():
            self.stdout.write("索引缺失、损坏或词典已更新，正在重建。")
            self.stdout.write(f"索引已重建，共 {rebuild()} 条。")
        if is_pending():
            drain()
        else:
            live_engine().tidy()
            suggestions.settle()
        self._policies_turn()

    def _policies_turn(self) -> None:
        """After the precedents: the index of policies is read with the words of theirs."""
        if policies.is_outdated():
            self.stdout.write("政策索引缺失、损坏或词典已更新，正在重建。")
            self.stdout.write(f"政策索引已重建，共 {policies.rebuild()} 条。")
        if policies.is_pending():
            policies.drain()
        else:
            policy_engine().tidy()

    def _make_vectors(self, *, all_of_them: bool, interrupted: Callable[[], bool]) -> None:
        """A few at a time, and none while the index has to be written. A model that fails is asked again after a pause."""
        if interrupted() or time.monotonic() < self._vectors_at:
            return
        try:
            if all_of_them:
                vectors.fill(self._show, interrupted=interrupted)
            else:
                vectors.sync(interrupted=interrupted)
        except EmbeddingUnavailable as error:
            self.stderr.write(error.message)
            self._vectors_at = time.monotonic() + PAUSE
        except OSError as error:
            self.stderr.write(f"语义向量没有写成（{error.strerror}），没做完的已记下，一分钟后再试。")
            self._vectors_at = time.monotonic() + PAUSE

    def _show(self, done: int, whole: int) -> None:
        self.stdout.write(f"  语义向量：已处理 {done}/{whole} 件")
