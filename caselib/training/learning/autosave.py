"""自动保存 of a half-filled attempt: each answer is JSON, and says saved only when the database has it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from caselib.core import clock
from caselib.core.errors import DomainError
from caselib.search.questions import MASKED

from ..access import may_learn
from ..choices import AttemptState
from .answering import posted_of
from .attempts import StaleAttempt, attempt_save

SIGNED_OUT = "登录过期了，答的还没有存，都在这一页。登录以后接着存。"
SOMEBODY_ELSE = "现在登录的是另一个账号，答的没有存，都在这一页。换回您的账号再存。"
# In bytes as they are sent: many times what eight short answers can hold.
MOST_SENT = 400_000
TOO_LARGE = "这一次写的太多，没有存，都在这一页。删掉误贴的部分再存。"


def _answered(answer: dict[str, object], *, status: int = 200) -> JsonResponse:
    response = JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


@sensitive_post_parameters()
@require_POST
@login_not_required
def save(request: HttpRequest, code: str, key: str) -> JsonResponse:
    """Keeps what is answered so far. Asks for the sign-in itself: a redirect to the page of it would look like an answer."""
    if not request.user.is_authenticated:
        address = reverse("orgs:sign_in")
        return _answered({"state": "signed_out", "words": gettext(SIGNED_OUT), "address": address}, status=401)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_SENT:
        return _answered({"state": "refused", "words": gettext(TOO_LARGE)}, status=413)
    if request.POST.get("account") != str(request.user.pk):
        address = reverse("orgs:sign_in")
        return _answered({"state": "other_account", "words": gettext(SOMEBODY_ELSE), "address": address}, status=409)
    now = clock.now()
    try:
        may_learn(request.scope).require()
        posted = posted_of(request.scope, code, key, request.POST, on=clock.today())
        attempt = attempt_save(posted.sent, **posted.within(request.scope), now=now)
    except StaleAttempt as error:
        opened = {"into": error.attempt.code, "lock": error.attempt.lock_version} if error.attempt else {}
        same = error.attempt is not None and error.attempt.lesson_id == posted.lesson.pk
        return _answered({"state": "stale", "words": error.message} | (opened if same else {}), status=error.status)
    except DomainError as error:
        return _answered({"state": "refused", "words": error.message}, status=error.status)
    if attempt.state != AttemptState.OPEN:
        address = reverse("training:learning:attempt", args=[attempt.code])
        return _answered({"state": "handed_in", "words": gettext("这一份已经交了。"), "address": address})
    at = f"{localtime(now):%H:%M:%S}"
    words = gettext("已存 {at}").format(at=at)
    masked = gettext(MASKED) if posted.is_masked else ""
    return _answered({"state": "saved", "words": words, "lock": attempt.lock_version, "masked": masked})
