from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from caselib.core.addresses import own_address

from .forms import SignInForm
from .services import contrast_set


@method_decorator(login_not_required, name="dispatch")
class SignInView(LoginView):
    """登录. Everything else asks for it."""

    template_name = "orgs/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOutView(LogoutView):
    """退出. POST only, so that no link or image can sign somebody out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Also has the browser forget the pages it keeps: the next person at the counter cannot go back to them."""
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


@require_POST
def contrast(request: HttpRequest) -> HttpResponse:
    """Switches high contrast on or off for this account and goes back to where the viewer was."""
    contrast_set(request.user, high=request.POST.get("high") == "1")
    return HttpResponseRedirect(own_address(request, request.POST.get("next", "")))
