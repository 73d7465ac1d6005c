from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.precedents.selectors import visible_precedent
from caselib.search import weights
from caselib.search.access import may_tune
from caselib.search.addresses import results_address
from caselib.search.questions import masked_told
from caselib.search.synonyms import trying
from caselib.search.tuning import files, proposals, relevance, trial
from caselib.search.tuning.desk import LABELS, desk_for_page, wanted_from
from caselib.search.tuning.forms import RelevanceForm, blank_form, form_of, posted_form

EXPORTS = ("queries", "qrels")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """检索调优: what was asked, and what did not go well."""
    may_tune(request.scope).require()
    wanted = wanted_from(request.GET)
    page = desk_for_page(wanted, scope=request.scope, now=clock.now(), page=request.GET.get("page", "1"))
    shown = {
        "desk": page,
        "title": LABELS[wanted.tab],
        "kept_days": settings.CASELIB_SEARCH_LOG_DAYS,
        "synonyms": reverse("search:synonyms:add"),
        "gap": reverse("search:gaps:file"),
        "here": "tuning",
        "room": "desk",
    }
    return render(request, "search/tuning/desk.html", shown)


@require_safe
def relevance_list(request: HttpRequest) -> HttpResponse:
    """检索考题."""
    may_tune(request.scope).require()
    return _relevance_list(request)


def _relevance_list(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    wanted = request.GET.get("q", "")[: relevance.LONGEST_WANTED]
    rows, page = relevance.relevance_for_page(scope=request.scope, wanted=wanted, page=request.GET.get("page", "1"))
    shown = {"rows": rows, "page": page, "wanted": wanted, "error": error, "here": "tuning", "room": "relevance"}
    return render(request, "search/tuning/relevance.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def relevance_add(request: HttpRequest) -> HttpResponse:
    """加一道考题; the address may bring the question and a number along."""
    may_tune(request.scope).require()
    if request.method == "POST":
        return _relevance_saved(request, None)
    return _relevance_form(request, blank_form(request.GET), None)


@require_http_methods(["GET", "HEAD", "POST"])
def relevance_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """改一道考题."""
    may_tune(request.scope).require()
    question = relevance.relevance_question(pk)
    if request.method == "POST":
        return _relevance_saved(request, question)
    form = form_of(question, relevance.judgements_seen(question, request.scope))
    return _relevance_form(request, form, question)


def _relevance_saved(request: HttpRequest, question: relevance.RelevanceQuestion | None) -> HttpResponse:
    form = posted_form(request.POST)
    try:
        grades = relevance.grades_from(form.lines, scope=request.scope)
        if not grades and not form.nothing:
            raise RuleBroken(
                gettext("写上该查到的编号；库里确实没有的，勾选“应当查不到”。"), code="no_choice", field="doc"
            )
        relevance.relevance_save(
            question,
            text=form.text,
            note=form.note,
            grades=grades,
            scope=request.scope,
            actor=request.user,
            now=clock.now(),
            seen=form.seen,
        )
    except (RuleBroken, StaleState) as error:
        wrong = form.with_error(error.message, getattr(error, "field", ""))
        return _relevance_form(request, wrong, question, status=error.status)
    masked = masked_told(form.text) or masked_told(form.note)
    messages.success(request, gettext("考题存好了。{masked}").format(masked=masked))
    return redirect("search:tuning:relevance")


def _relevance_form(
    request: HttpRequest, form: RelevanceForm, question: relevance.RelevanceQuestion | None, status: int = 200
) -> HttpResponse:
    shown = {
        "form": form,
        "question": question,
        "grades": relevance.GRADES.items(),
        "here": "tuning",
        "room": "relevance",
    }
    return render(request, "search/tuning/relevance_form.html", shown, status=status)


@require_POST
def relevance_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """删掉一道考题."""
    may_tune(request.scope).require()
    relevance.relevance_delete(relevance.relevance_question(pk), actor=request.user)
    messages.success(request, gettext("考题删掉了；变更记录里还有它。"))
    return redirect("search:tuning:relevance")


@require_POST
def relevance_first(request: HttpRequest) -> HttpResponse:
    """这条该排第一: from a row of the results, back to the results."""
    may_tune(request.scope).require()
    precedent = visible_precedent(request.scope, code=request.POST.get("code", ""))
    question = relevance.relevance_first(request.POST.get("q", ""), precedent, actor=request.user, now=clock.now())
    messages.success(
        request,
        gettext("记进考题了：“{value}”该先查到 {value2}。").format(
            value=question.text[:30], value2=precedent.number or precedent.code
        ),
    )
    # What is kept is masked and cut; the results are asked again as they were, where an address can hold that.
    return redirect(results_address(request.POST.get("q", ""), kept=question.text))


@require_safe
def relevance_export(request: HttpRequest, name: str) -> HttpResponse:
    """queries.jsonl or qrels.jsonl, as evaluate_search reads them."""
    may_tune(request.scope).require()
    lines = files.queries_lines() if name == "queries" else files.qrels_lines(request.scope)
    response = StreamingHttpResponse(lines, content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.jsonl"'
    return response


@require_POST
def relevance_import(request: HttpRequest) -> HttpResponse:
    """Two files of the form that evaluate_search reads."""
    may_tune(request.scope).require()
    try:
        queries, qrels = (_uploaded(request, name) for name in EXPORTS)
        done = files.relevance_import(queries, qrels, scope=request.scope, actor=request.user, now=clock.now())
    except RuleBroken as error:
        return _relevance_list(request, error=error.message, status=error.status)
    told = f"新加 {done.added} 道，改了 {done.changed} 道。"
    if done.skipped:
        told += f"没有收 {done.skipped} 道：问题里没有字，或案例一个都认不出。"
    if done.unknown:
        told += f"认不出的编号：{'、'.join(done.unknown[:5])[:120]}{' 等' if len(done.unknown) > 5 else ''}。"
    messages.success(request, told)
    return redirect("search:tuning:relevance")


def _uploaded(request: HttpRequest, name: str) -> bytes:
    file = request.FILES.get(name)
    if file is None:
        raise RuleBroken(
            gettext("还要选 {name}.jsonl。两个文件一起导入。").format(name=name), code="missing_file", field=name
        )
    if file.size > files.MOST_BYTES:
        raise RuleBroken(
            gettext("{name}.jsonl 太大，最多 {value} MB。").format(name=name, value=files.MOST_BYTES // 1024 // 1024),
            code="too_big",
            field=name,
        )
    return file.read()


@require_safe
def trial_page(request: HttpRequest) -> HttpResponse:
    """试算: what a change would bring to the questions of the relevance set."""
    may_tune(request.scope).require()
    return _trial(request, words=proposals.WordsProposal(words=request.GET.get("words", "")[:1000]))


@require_POST
def trial_words(request: HttpRequest) -> HttpResponse:
    """A group of synonyms before it is saved. Writes nothing."""
    may_tune(request.scope).require()
    words = proposals.words_proposed(request.POST, key=request.GET.get("key", ""))
    try:
        synonyms = proposals.synonyms_with(words)
    except RuleBroken as error:
        return _trial(request, words=words, words_error=error.message, status=error.status)
    questions = trial.question_set()
    found = trial.compared(questions.questions, lambda: trying(synonyms), of_reading=True)
    return _trial(request, words=words, questions=questions, comparison=found, tried="words")


@require_POST
def trial_weights(request: HttpRequest) -> HttpResponse:
    """Other weights. Writes nothing: they are changed for good in a file."""
    may_tune(request.scope).require()
    knobs = proposals.knobs_of(request.POST)
    try:
        values = proposals.weights_from(knobs)
    except RuleBroken as error:
        return _trial(request, knobs=knobs, weights_error=error.message, status=error.status)
    questions = trial.question_set()
    found = trial.compared(questions.questions, lambda: weights.trying(values))
    return _trial(request, knobs=knobs, questions=questions, comparison=found, tried="weights")


def _trial(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    usual = {
        "words": proposals.WordsProposal(),
        "knobs": proposals.knobs_of({}),
        "questions": shown.get("questions") or trial.question_set(),
        "here": "tuning",
        "room": "trial",
    }
    return render(request, "search/tuning/trial.html", {**usual, **shown}, status=status)
