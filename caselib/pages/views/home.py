from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.search.semantic import live

from ..screens import home_screen

# Each shows another way of asking that works: plain words, an article, a document number.
EXAMPLES = ("之前租铺子的人没销照，我办不了执照", "登记管理条例第33条", "国办发〔2025〕24号")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页: the question first, then what is new, what is used, and the ways to browse."""
    screen = home_screen(request.scope, on=clock.today())
    semantic = live.state() if request.scope.has_role(Role.SYSTEM_ADMIN) else None
    context = {"screen": screen, "here": "home", "examples": EXAMPLES, "semantic": semantic}
    return render(request, "pages/home.html", context)
