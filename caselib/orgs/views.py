from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

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


@require_POST
def contrast(request: HttpRequest) -> HttpResponse:
    """Switches high contrast on or off for this account and goes back to where the viewer was."""
    contrast_set(request.user, high=request.POST.get("high") == "1")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    return redirect(back)
