"""Takes the place of haystack's command of this name, which empties the index before it is filled again."""

from argparse import ArgumentParser
from typing import Any

from .search_rebuild import Command as SearchRebuild


class Command(SearchRebuild):
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        # Asked for by scripts that are written for haystack's command; there is nothing to confirm here.
        parser.add_argument("--noinput", action="store_false", dest="interactive")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
