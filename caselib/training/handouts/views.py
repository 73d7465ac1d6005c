"""讲义: what of a pack is handed out and how, the deed that sends it, and the page for the printer."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.downloads import file_sent
from caselib.core.errors import RuleBroken

from ..access import may_edit_pack
from .choosing import EDITIONS, FORMS, PRINT, Ask, Choice, ask_read, choice_for
from .selectors import handouts_for_page
from .services import handout_begin, handout_file, told_of
from .shapes import Material

HERE = "training"
_KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


@require_safe
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """讲义 of a pack: nothing leaves yet."""
    ask = ask_read(request.GET)
    return _page(request, choice_for(request.scope, code, which=ask.which), ask)


@require_POST
def send(request: HttpRequest, code: str) -> HttpResponse:
    """导出: written down, then sent; a page to print is led to."""
    ask = ask_read(request.POST)
    choice = choice_for(request.scope, code, which=ask.which)
    on = clock.today()
    try:
        material = handout_begin(choice, ask, scope=request.scope, actor=request.user, on=on)
    except RuleBroken as error:
        return _page(request, choice, ask, wrong=error)
    if ask.form == PRINT:
        address = reverse("training:handouts:print", args=[choice.pack.code])
        return HttpResponseRedirect(f"{address}?{urlencode(ask.query)}")
    made = handout_file(material, ask.form)
    return file_sent(made, name=_name_of(material), ending=ask.form, kind=_KINDS[ask.form], plain="handout")


def _name_of(material: Material) -> str:
    """The name of the file: whoever hands out copies sees which of them holds the answers."""
    parts = [material.title, material.version_words.replace(" ", ""), f"{material.on:%Y%m%d}"]
    parts.append(gettext("老师用") if material.for_trainers else gettext("学员用"))
    return "-".join([*parts, gettext("附答案")] if material.answers and material.questions else parts)


@require_safe
def printed(request: HttpRequest, code: str) -> HttpResponse:
    """The page for the printer."""
    ask = ask_read(request.GET)
    choice = choice_for(request.scope, code, which=ask.which)
    try:
        material = told_of(choice, ask, scope=request.scope, on=clock.today())
    except RuleBroken as error:
        return _page(request, choice, ask, wrong=error)
    shown = {
        "material": material,
        "choice": choice,
        "ask": ask,
        "here": HERE,
        "query": "",
        "back": urlencode(ask.query),
    }
    return render(request, "training/handouts/print.html", shown)


def _page(request: HttpRequest, choice: Choice, ask: Ask, *, wrong: RuleBroken | None = None) -> HttpResponse:
    shown = {
        "screen": handouts_for_page(request.scope, choice, on=clock.today()),
        "ask": ask,
        "forms": [(value, gettext(label), gettext(_HINTS[value])) for value, label in FORMS.items()],
        "editions": [(value, gettext(label)) for value, label in EDITIONS.items()],
        "editing": may_edit_pack(request.scope, choice.pack),
        "wrong": wrong,
        "here": HERE,
    }
    return render(request, "training/handouts/pack.html", shown, status=wrong.status if wrong else 200)


_HINTS = {
    "docx": gettext_noop("A4，有封面、目录，可以再改"),
    "pptx": gettext_noop("先问后答，备注里有讲法；一课四页左右，题多的更多"),
    "print": gettext_noop("在浏览器里直接打印，不存文件"),
}
