from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from caselib.precedents.models import Precedent
from caselib.search.engine.port import EngineError
from caselib.search.indexing import pk_of
from caselib.search.outbox import WORDS_NOTE, Drift, dictionary_is_behind, drain, drift, repair
from caselib.search.policies import keeping as policies
from caselib.search.semantic import sync as vectors

_SHOWN = 50
_KINDS = (("missing", "索引里缺"), ("stale", "内容不一致"), ("surplus", "不该在索引里"))
_VECTOR_KINDS = (("missing", "缺语义向量"), ("stale", "语义向量是旧文的"), ("surplus", "不该有语义向量"))


class Command(BaseCommand):
    help = "先处理完未完成的更新，再逐条核对案例和政策的索引、语义向量与数据库；有出入时列出并以 1 退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="把有出入的按数据库改正")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            drain()
            found = drift()
            self._show(found)
            if found.count and options["repair"]:
                repair(found)
                found = drift()
                self.stdout.write("已改正。" if not found.count else "改正后仍有出入。")
            behind = dictionary_is_behind()
        except EngineError as error:
            raise CommandError(error.message) from error
        if behind:
            # No drift: every document is there. So it fails nothing that watches the exit code.
            self.stdout.write(WORDS_NOTE)
        left = self._vectors(repair=options["repair"])
        of_policies = self._policies(repair=options["repair"])
        if found.count:
            raise CommandError(f"索引与数据库有 {found.count} 处出入。可加 --repair 改正。", returncode=1)
        self.stdout.write("索引与数据库一致，0 处出入。")
        if left:
            raise CommandError(f"语义向量与数据库有 {left} 处出入。可加 --repair 改正。", returncode=1)
        if of_policies:
            raise CommandError(f"政策索引与数据库有 {of_policies} 处出入。可加 --repair 改正。", returncode=1)

    def _policies(self, *, repair: bool) -> int:
        """Compares the index of policies and returns how many documents differ still. Raises CommandError without one."""
        try:
            policies.drain()
            found = policies.drift()
            for name, label in _KINDS:
                self._show_things(f"政策{label}", getattr(found, name))
            if found.count and repair:
                policies.repair(found)
                found = policies.drift()
                self.stdout.write("政策索引已改正。" if not found.count else "政策索引改正后仍有出入。")
        except EngineError as error:
            raise CommandError(f"政策索引：{error.message}") from error
        return found.count

    def _vectors(self, *, repair: bool) -> int:
        """Compares the vectors and returns how many differ still. Making new ones is left to whoever does that."""
        found = vectors.drift()
        for name, label in _VECTOR_KINDS:
            self._show_things(label, getattr(found, name))
        if found.count and repair:
            vectors.repair(found)
            found = vectors.drift()
            self.stdout.write("语义向量已改正，缺的由后台程序补上。" if not found.count else "语义向量改正后仍有出入。")
        return found.count

    def _show(self, found: Drift) -> None:
        for name, label in _KINDS:
            self._show_things(label, [pk_of(key) or key for key in getattr(found, name)])

    def _show_things(self, label: str, things: Sequence[int | str]) -> None:
        """The first of them, by their numbers where they are precedents."""
        pks = [thing for thing in things[:_SHOWN] if isinstance(thing, int)]
        numbers = {row.pk: str(row) for row in Precedent.objects.filter(pk__in=pks)}
        for thing in things[:_SHOWN]:
            self.stdout.write(f"{label}：{numbers.get(thing, thing)}")
        if len(things) > _SHOWN:
            self.stdout.write(f"{label}：另有 {len(things) - _SHOWN} 条")
