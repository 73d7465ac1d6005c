import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from caselib.core.errors import DomainError
from caselib.search.engine.port import EngineError
from caselib.search.evaluation import MEASURES, Answer, BadFile, ask, judgments_of, load_corpus, queries_of, summary
from caselib.search.outbox import rebuild

# Set for the process that works inside the throw-away site.
_INSIDE = "CASELIB_EVALUATION_SITE"


class Command(BaseCommand):
    help = "检索评测：把语料装进一个用完即弃的站点，逐条提问，打印各项指标。不动本站的数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            metavar="DIR",
            help="内有 queries.jsonl、qrels.jsonl、corpus.jsonl；没有 corpus.jsonl 就用起始库",
        )
        parser.add_argument("--run", metavar="OUT.jsonl", default="", help="把每个问题的结果写进这个文件")
        parser.add_argument("--json", action="store_true", help="指标以 JSON 打印")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"]).resolve()
        run = Path(options["run"]).resolve() if options["run"] else None
        try:
            if os.environ.get(_INSIDE) == str(settings.CASELIB_DATA_DIR):
                self._evaluate(folder, run, as_json=options["json"])
            else:
                # Before a site is set up for nothing.
                queries_of(folder), judgments_of(folder)
                self._in_site_of_its_own(folder, run, as_json=options["json"])
        except BadFile as error:
            raise CommandError(str(error)) from error
        except DomainError as error:
            raise CommandError(f"语料没有装进来：{error.message}") from error
        except EngineError as error:
            raise CommandError(error.message) from error

    def _in_site_of_its_own(self, folder: Path, run: Path | None, *, as_json: bool) -> None:
        """The same command in a process whose database and index lie in a temporary folder."""
        with tempfile.TemporaryDirectory(prefix="caselib-evaluation-") as site:
            where = str(Path(site).resolve())
            inherited = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "SEARCH_URL"}}
            environment = {
                **inherited,
                "CASELIB_DATA_DIR": where,
                "CASELIB_INDEX_INLINE": "0",
                "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
                _INSIDE: where,
            }
            command = [sys.executable, "-m", "django", "evaluate_search", str(folder)]
            command += ["--run", str(run)] if run else []
            command += ["--json"] if as_json else []
            done = subprocess.run(  # noqa: S603 (our own command, no shell)
                command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True, check=False
            )
            self.stdout.write(done.stdout, ending="")
            if done.returncode:
                raise CommandError("评测没有做完，原因见上。", returncode=done.returncode)

    def _evaluate(self, folder: Path, run: Path | None, *, as_json: bool) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        count = load_corpus(folder)
        rebuild()
        answers = [ask(query) for query in queries_of(folder)]
        if run:
            _write_run(run, answers)
        table = summary(answers, judgments_of(folder))
        if as_json:
            self.stdout.write(json.dumps({"documents": count, "by_kind": table}, ensure_ascii=False))
        else:
            self.stdout.write(f"{count} 篇，{len(answers)} 问")
            self._print(table)

    def _print(self, table: Mapping[str, Mapping[str, float]]) -> None:
        self.stdout.write(f"{'kind':<20}{'queries':>8}" + "".join(f"{name:>11}" for name in MEASURES) + f"{'fits':>12}")
        for kind, row in table.items():
            figures = "".join(f"{row[name]:>11.4f}" for name in MEASURES)
            recognised = f"{row['recognised']:.0f}/{row['unanswerable']:.0f}"
            self.stdout.write(f"{kind:<20}{row['queries']:>8.0f}{figures}{recognised:>12}")


def _write_run(path: Path, answers: Iterable[Answer]) -> None:
    try:
        with path.open("w", encoding="utf-8") as file:
            for answer in answers:
                line = {"query": answer.query.id, "docs": list(answer.docs), "fits": answer.fits}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise CommandError(f"写不了 {path.name}：{error.strerror}。") from error
