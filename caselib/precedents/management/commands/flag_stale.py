from django.core.management.base import BaseCommand

from caselib.core import clock
from caselib.precedents.stale import flag


class Command(BaseCommand):
    help = "每天夜里运行一次：政策时效到了日子的、复核日过了的、过渡期结束的，给各负责部门开待复核任务。"

    def handle(self, *args: object, **options: object) -> None:
        found = flag(now=clock.now(), on=clock.today())
        self.stdout.write(
            f"时效有变化的政策 {found.policies} 部；新开待复核点 {found.opened} 个；"
            f"到期转为待复核的案例 {found.due} 件；过渡期已过的案例 {found.seams} 件。"
        )
