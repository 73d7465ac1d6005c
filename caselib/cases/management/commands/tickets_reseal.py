from typing import Any

from django.core.management.base import BaseCommand, CommandError

from caselib.cases.resealing import tickets_reseal


class Command(BaseCommand):
    help = "换密钥以后，把工单用 CASELIB_TICKET_KEYS 的第一把重新封一遍。做完才能去掉旧的那把。"

    def handle(self, *args: Any, **options: Any) -> None:
        resealed = tickets_reseal()
        self.stdout.write(f"重新封了 {resealed.done} 处。")
        if resealed.closed:
            raise CommandError(f"有 {resealed.closed} 处现在的密钥都解不开，没有动。旧的密钥先不要去掉。")
