from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from caselib.core import clock
from caselib.precedents.citing_live import citations_of_texts


class Command(BaseCommand):
    help = "从已发布的文字里找引用：引用表里没有的列出来，认不出的放进“未解决的引用”。可以反复运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出来，不写入")

    def handle(self, *args: object, **options: object) -> None:
        new = unresolved = opened = 0
        for text in citations_of_texts(on=clock.today(), dry_run=bool(options["dry_run"])):
            new, unresolved, opened = new + len(text.new), unresolved + len(text.unresolved), opened + text.opened
            for each in text.new:
                self.stdout.write(f"{text.precedent.number}\t未列入引用\t{each}\t{each.caution}".rstrip())
            for each in text.unresolved:
                self.stdout.write(f"{text.precedent.number}\t没认出\t{each.words}\t{each.hint}")
        self.stdout.write(f"文字里有、引用表里没有 {new} 处；没认出 {unresolved} 处，新放进队列 {opened} 处。")
