from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from caselib.search.engine.port import EngineError
from caselib.search.outbox import drain, rebuild
from caselib.search.policies import keeping as policies
from caselib.search.semantic import sync as vectors
from caselib.search.semantic.port import EmbeddingUnavailable


class Command(BaseCommand):
    help = "重建案例和政策的检索索引：在旁边建好、核对条数后一步切换，其间照常检索和修改；然后补齐语义向量。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-vectors", action="store_true", help="语义向量只核对，缺的留给后台程序 index_worker")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rebuild(lambda number: self.stdout.write(f"  已处理 {number} 条"))
            drain()
            # After the other: it is read with that one's words.
            documents = policies.rebuild(lambda number: self.stdout.write(f"  政策已处理 {number} 条"))
            policies.drain()
        except EngineError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"索引已重建，共 {count} 条。")
        self.stdout.write(f"政策索引已重建，政策和条款共 {documents} 条。")
        self._vectors(fill=not options["no_vectors"])

    def _vectors(self, *, fill: bool) -> None:
        """The index is of use without them: what is wrong with the model is told, and is no failure of the command."""
        try:
            if not fill:
                vectors.repair(vectors.drift())
            elif count := vectors.fill(self._show):
                self.stdout.write(f"语义向量已补齐，共 {count} 件。")
        except EmbeddingUnavailable as error:
            self.stderr.write(error.message)
        except OSError as error:
            self.stderr.write(f"语义向量没有写成（{error.strerror}），检索照常按字词进行；没做完的已记下，以后会补上。")

    def _show(self, done: int, whole: int) -> None:
        self.stdout.write(f"  语义向量：已处理 {done}/{whole} 件")
