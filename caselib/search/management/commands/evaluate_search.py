import hashlib
import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from caselib.core.errors import DomainError
from caselib.search.engine.port import EngineError
from caselib.search.evaluation import MEASURES, Answer, BadFile, ask, judgments_of, load_corpus, queries_of, summary
from caselib.search.outbox import rebuild
from caselib.search.semantic.chosen import embedder
from caselib.search.semantic.keeping import bring, keep
from caselib.search.semantic.port import EmbeddingUnavailable
from caselib.search.semantic.sync import fill
from caselib.search.tuning.report import site_report

# Set for the process that works inside the throw-away site.
_INSIDE = "CASELIB_EVALUATION_SITE"
# Where it finds vectors of earlier evaluations and leaves its own: each text costs a tenth of a second.
_KEPT = "CASELIB_EVALUATION_VECTORS"
# Vectors of more take longer than anybody waits for without having asked for them.
_MOST_DOCUMENTS = 2000


class Command(BaseCommand):
    help = "检索评测：把语料装进一个用完即弃的站点，逐条提问，打印各项指标。不动本站的数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            metavar="DIR",
            nargs="?",
            default="",
            help="内有 queries.jsonl、qrels.jsonl、corpus.jsonl；没有 corpus.jsonl 就用起始库",
        )
        parser.add_argument("--site", action="store_true", help="不用 DIR：拿本站的检索考题问现在的索引，不写任何东西")
        parser.add_argument("--run", metavar="OUT.jsonl", default="", help="把每个问题的结果写进这个文件")
        meaning = parser.add_mutually_exclusive_group()
        meaning.add_argument(
            "--semantic", action="store_true", default=None, help="用上语义检索；不写时语料不超过 2000 篇才用"
        )
        meaning.add_argument("--no-semantic", action="store_false", dest="semantic", help="只按字词检索")
        parser.add_argument("--json", action="store_true", help="指标以 JSON 打印")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["site"] == bool(options["folder"]):
            raise CommandError("写明考什么：要么给 DIR，要么加 --site 用本站的检索考题。")
        if options["site"]:
            self._evaluate_site(as_json=options["json"])
            return
        folder = Path(options["folder"]).resolve()
        run = Path(options["run"]).resolve() if options["run"] else None
        try:
            if os.environ.get(_INSIDE) == str(settings.CASELIB_DATA_DIR):
                self._evaluate(folder, run, as_json=options["json"], semantic=options["semantic"])
            else:
                # Before a site is set up for nothing.
                queries_of(folder), judgments_of(folder)
                self._in_site_of_its_own(folder, run, as_json=options["json"], semantic=options["semantic"])
        except BadFile as error:
            raise CommandError(str(error)) from error
        except DomainError as error:
            raise CommandError(f"语料没有装进来：{error.message}") from error
        except (EngineError, EmbeddingUnavailable) as error:
            raise CommandError(error.message) from error

    def _in_site_of_its_own(self, folder: Path, run: Path | None, *, as_json: bool, semantic: bool | None) -> None:
        """The same command in a process whose database and index lie in a temporary folder."""
        with tempfile.TemporaryDirectory(prefix="caselib-evaluation-") as site:
            where = str(Path(site).resolve())
            inherited = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "SEARCH_URL"}}
            environment = {
                **inherited,
                "CASELIB_DATA_DIR": where,
                "CASELIB_INDEX_INLINE": "0",
                # What is measured is how good the answers are: a busy machine may take its time.
                "EMBEDDING_TIMEOUT": "60",
                "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
                _INSIDE: where,
                _KEPT: str(settings.CASELIB_DATA_DIR / "evaluation-vectors"),
            }
            command = [sys.executable, "-m", "django", "evaluate_search", str(folder)]
            command += ["--run", str(run)] if run else []
            command += ["--json"] if as_json else []
            command += ["--semantic"] if semantic else []
            if semantic is False:
                environment["CASELIB_EMBEDDING"] = "off"
            done = subprocess.run(  # noqa: S603 (our own command, no shell)
                command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True, check=False
            )
            self.stdout.write(done.stdout, ending="")
            if done.returncode:
                raise CommandError("评测没有做完，原因见上。", returncode=done.returncode)

    def _evaluate(self, folder: Path, run: Path | None, *, as_json: bool, semantic: bool | None) -> None:
        # Settings may leave the migrations out, for a site that nobody keeps: then the tables come from the models.
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
        count = load_corpus(folder)
        rebuild()
        with self._vectors(folder, wanted=semantic, documents=count):
            answers = [ask(query) for query in queries_of(folder)]
        if run:
            _write_run(run, answers)
        table = summary(answers, judgments_of(folder))
        if as_json:
            self.stdout.write(json.dumps({"documents": count, "by_kind": table}, ensure_ascii=False))
        else:
            self.stdout.write(f"{count} 篇，{len(answers)} 问")
            self._print(table)

    @contextmanager
    def _vectors(self, folder: Path, *, wanted: bool | None, documents: int) -> Iterator[None]:
        """Inside, the library has its vectors, unless they are not wanted or would take too long.

        Raises CommandError where they are wanted and there is no model.
        """
        model = embedder()
        if model is None and wanted:
            raise CommandError("没有可用的语义模型。请安装 caselib[semantic]，或设置 EMBEDDING_URL。")
        if model is None or (documents > _MOST_DOCUMENTS and not wanted):
            yield
            return
        kept = Path(os.environ[_KEPT]) / hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        bring(kept, model=model.name)
        fill(lambda done, whole: self.stderr.write(f"  语义向量：已处理 {done}/{whole} 件"))
        # Twice: what was made is kept also when the questions come to no end.
        self._keep(kept, model=model.name)
        yield
        self._keep(kept, model=model.name)

    def _keep(self, folder: Path, *, model: str) -> None:
        try:
            keep(folder, model=model)
        except OSError as error:
            self.stderr.write(f"语义向量没有留下来（{error.strerror}），下次评测要重新计算。")

    def _evaluate_site(self, *, as_json: bool) -> None:
        report = site_report()
        if report is None:
            raise CommandError("还没有考题。在“检索调优”里加，或从文件导入。")
        if as_json:
            self.stdout.write(report.as_json())
            return
        for line in report.lines():
            self.stdout.write(line)
        self.stdout.write(f"{len(report.outcomes)} 问")
        self._print(report.table)

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
                line["signs"] = {name: round(value, 5) for name, value in answer.signs.items()}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise CommandError(f"写不了 {path.name}：{error.strerror}。") from error
