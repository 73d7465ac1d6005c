"""The desk on which policies are entered: facts, text, clauses that live on, impact, each a page that is saved by itself."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.text import clean
from caselib.core.uploads import refused_uploads
from caselib.policies import drafts, entry
from caselib.policies.access import may_edit_policies
from caselib.policies.desk import desk_for
from caselib.policies.models import Policy, VersionDraft
from caselib.policies.selectors import policy_at
from caselib.policies.succession import Plan, decision, refuse_claimed_twice
from caselib.policies.texts.reading import PolicyText, read_file, read_pasted
from caselib.policies.texts.splitting import Piece, Split, split
from caselib.precedents.entering import Entered, draft_finish, preview_of

from .. import entering as screens

HERE = "policies"
GET_OR_POST = ["GET", "HEAD", "POST"]
WANTED_LENGTH = 200
_TOO_LARGE = "文件超过 20 MB，没有读取。请去掉图片后另存，或只粘贴文字。框里的文字还在。"


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """政策录入台: open drafts, and what nobody checked."""
    may_edit_policies(request.scope).require()
    wanted = request.GET.get("q", "")[:WANTED_LENGTH]
    page = desk_for(request.scope, wanted=wanted, page=request.GET.get("page", "1"))
    return render(request, "pages/desk/desk.html", {"desk": page, "here": HERE})


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """录入新政策, or with `policy` in the address a new version of one."""
    may_edit_policies(request.scope).require()
    code = request.POST.get("policy", "") or request.GET.get("policy", "")
    policy = policy_at(code) if code else None
    if request.method == "POST":
        return _facts_posted(request, None, policy)
    typed = entry.typed_of(policy) if policy else entry.typed_from({})
    return _facts(request, screens.facts_screen(request.scope, typed, draft=None, policy=policy))


@require_http_methods(GET_OR_POST)
def facts(request: HttpRequest, code: str) -> HttpResponse:
    """第一步: what is known of the version."""
    draft = _draft(request, code)
    if request.method == "POST":
        chosen = request.POST.get("policy", "")
        return _facts_posted(request, draft, policy_at(chosen) if chosen else draft.policy)
    typed = entry.typed_from(draft.facts)
    return _facts(request, screens.facts_screen(request.scope, typed, draft=draft, policy=draft.policy))


def _facts_posted(request: HttpRequest, draft: VersionDraft | None, policy: Policy | None) -> HttpResponse:
    typed, code = entry.typed_from(request.POST), request.POST.get("code", "")
    if request.POST.get("use"):
        # The document that was meant: its name and number, and everything else as it was typed.
        policy = policy_at(request.POST["use"])
        typed |= {"title": policy.title, "doc_number": "", "issuer": policy.issuer}
        screen = screens.facts_screen(request.scope, typed, draft=draft, policy=policy, code=code)
        return _facts(request, screen)
    read = entry.read_facts(typed, policy=policy)
    if read.errors:
        screen = screens.facts_screen(request.scope, typed, draft=draft, policy=policy, code=code, read=read)
        return _facts(request, screen, status=RuleBroken.status)
    try:
        if draft is None:
            draft = drafts.draft_start(typed, policy=policy, actor=request.user, code=code)
        else:
            seen = _lock(request)
            drafts.draft_facts_save(draft, typed, policy=policy, lock_version=seen, actor=request.user)
    except StaleState as error:
        screen = screens.facts_screen(request.scope, typed, draft=draft, policy=policy, code=code, stale=error.message)
        return _facts(request, screen, status=error.status)
    return redirect("pages:draft_text", draft.code)


def _facts(request: HttpRequest, screen: screens.FactsScreen, status: int = 200) -> HttpResponse:
    return render(request, "pages/desk/facts.html", {"screen": screen, "here": HERE, "step": "facts"}, status=status)


@require_http_methods(GET_OR_POST)
def text(request: HttpRequest, code: str) -> HttpResponse:
    """第二步: the text, and the clauses that it is split into."""
    draft = _draft(request, code)
    if request.method == "POST":
        return _text_posted(request, draft)
    return _text(request, draft, text=draft.text)


def _text_posted(request: HttpRequest, draft: VersionDraft) -> HttpResponse:
    deed, typed = request.POST.get("do", ""), clean(request.POST.get("text", ""))
    try:
        read = _text_read(request, typed) if deed == "read" or request.FILES or refused_uploads(request) else None
        warnings = list(read.warnings) if read else draft.warnings
        kept = read.text if read else read_pasted(typed).text
        split(kept)
        drafts.draft_text_save(draft, kept, warnings=warnings, lock_version=_lock(request), actor=request.user)
    except RuleBroken as error:
        return _text(request, draft, text=typed, error=error.message, error_field=error.field, status=error.status)
    except StaleState as error:
        return _text(request, draft, text=typed, stale=error.message, status=error.status)
    return redirect("pages:draft_clauses" if deed == "next" and not read else "pages:draft_text", draft.code)


def _text_read(request: HttpRequest, typed: str) -> PolicyText:
    """The text of the uploaded file. Raises RuleBroken; what stands in the form is only replaced on purpose."""
    if refused_uploads(request):
        raise RuleBroken(_TOO_LARGE, code="too_large", field="file")
    file = request.FILES.get("file")
    if file is None:
        raise RuleBroken(
            gettext("还没有选文件。选一个 .txt、.md 或 .docx 文件，再读取。"), code="missing_file", field="file"
        )
    read = read_file(file.read(), name=file.name)
    if typed.strip() and typed.strip() != read.text.strip() and not request.POST.get("replace"):
        raise RuleBroken(
            gettext("框里已经有文字，没有用文件盖掉它。确实要换，勾选“用文件里的替换”再读取。"),
            code="not_empty",
            field="file",
        )
    return read


def _text(
    request: HttpRequest,
    draft: VersionDraft,
    *,
    text: str,
    error: str = "",
    error_field: str = "",
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    try:
        made = split(text)
    except RuleBroken:
        made = Split((), ())
    screen = screens.text_screen(
        request.scope, draft, made, text=text, error=error, error_field=error_field, stale=stale
    )
    return render(request, "pages/desk/text.html", {"screen": screen, "here": HERE, "step": "text"}, status=status)


@require_http_methods(GET_OR_POST)
def clauses(request: HttpRequest, code: str) -> HttpResponse:
    """第三步: where the clauses of the version before live on."""
    draft = _draft(request, code)
    plan = screens.plan_for(draft, entry.read_facts(draft.facts, policy=draft.policy))
    if request.method == "POST":
        return _clauses_posted(request, draft, plan)
    if not plan.to_decide:
        return redirect("pages:draft_impact", draft.code)
    return _clauses(request, draft, plan)


def _clauses_posted(request: HttpRequest, draft: VersionDraft, plan: Plan) -> HttpResponse:
    try:
        decided, wrong = ({}, {}) if request.POST.get("do") == "all" else _decided(request.POST, plan)
        if wrong:
            return _clauses(request, draft, plan, wrong=wrong, error=next(iter(wrong.values())), status=422)
        decided = decided or plan.accepted()
        drafts.draft_followed_save(draft, decided, lock_version=_lock(request), actor=request.user)
    except RuleBroken as error:
        return _clauses(
            request, draft, plan, wrong={error.field: error.message}, error=error.message, status=error.status
        )
    except StaleState as error:
        return _clauses(request, draft, plan, stale=error.message, status=error.status)
    left = sum(step.old.code not in decided for step in plan.open)
    if left:
        messages.success(request, gettext("记下了，还有 {left} 条没有确认。").format(left=left))
        return redirect("pages:draft_clauses", draft.code)
    return redirect("pages:draft_impact", draft.code)


def _decided(posted: Mapping[str, str], plan: Plan) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """(what was decided, what is wrong), by code of the old clause. Raises RuleBroken for a clause claimed twice."""
    by_key = {piece.key: piece for piece in plan.pieces}
    chosen, wrong = {}, {}
    for step in plan.to_decide:
        code, to = step.old.code, posted.get(f"to-{step.old.code}")
        if to is None:
            continue
        try:
            named = _named(to, posted.get(f"other-{code}", ""), by_key, plan)
        except RuleBroken as error:
            wrong[code] = error.message
            continue
        chosen[code] = (named, step.proposed)
    if wrong:
        return {}, wrong
    refuse_claimed_twice(plan, {code: piece for code, (piece, _) in chosen.items()})
    return {code: decision(piece, proposed=proposed) for code, (piece, proposed) in chosen.items()}, {}


def _named(to: str, other: str, by_key: Mapping[str, Piece], plan: Plan) -> Piece | None:
    """The piece that was chosen, None for 已删除. Raises RuleBroken for one that the text does not have."""
    if to == screens.GONE:
        return None
    if to == screens.OTHER:
        return plan.named(other)
    if to not in by_key:
        raise RuleBroken(gettext("新文本里没有选的这一条了，请重新选。"), code="no_clause")
    return by_key[to]


def _clauses(
    request: HttpRequest,
    draft: VersionDraft,
    plan: Plan,
    *,
    wrong: Mapping[str, str] | None = None,
    error: str = "",
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    screen = screens.clauses_screen(
        draft, plan, shows_all="all" in request.GET, page=request.GET.get("page", "1"),
        posted=request.POST, wrong=wrong, error=error, stale=stale,
    )  # fmt: skip
    shown = {"screen": screen, "here": HERE, "step": "clauses"}
    return render(request, "pages/desk/clauses.html", shown, status=status)


@require_http_methods(GET_OR_POST)
def impact(request: HttpRequest, code: str) -> HttpResponse:
    """第四步: what saving touches, then saving."""
    draft = _draft(request, code, may_be_finished=True)
    if request.method != "POST":
        return redirect(_address(draft)) if draft.version else _impact(request, draft)
    accepts = bool(request.POST.get("lost"))
    try:
        entered = draft_finish(
            draft, lock_version=_lock(request), scope=request.scope, actor=request.user, accepts_lost=accepts
        )
    except (RuleBroken, StaleState) as error:
        draft = drafts.draft_at(code)
        field = getattr(error, "field", "")
        return _impact(
            request, draft, error=error.message, error_field=field, accepts_lost=accepts, status=error.status
        )
    messages.success(request, _told(entered))
    return redirect(_address(drafts.draft_at(code)))


def _impact(
    request: HttpRequest,
    draft: VersionDraft,
    *,
    error: str = "",
    error_field: str = "",
    accepts_lost: bool = False,
    status: int = 200,
) -> HttpResponse:
    preview = preview_of(draft, scope=request.scope, page=request.GET.get("page", "1"), on=clock.today())
    screen = screens.draft_impact_screen(
        request.scope, draft, preview, error=error, error_field=error_field, accepts_lost=accepts_lost
    )
    return render(request, "pages/desk/impact.html", {"screen": screen, "here": HERE, "step": "impact"}, status=status)


def _told(entered: Entered) -> str:
    if not entered.is_new:
        return "这一版已经录好了，没有再录一份。"
    tasks = entered.tasks
    if not tasks.precedents:
        return "录好了。没有案例要复核。"
    return f"录好了。{tasks.departments} 个部门的 {tasks.precedents} 件案例开了待复核。"


def _address(draft: VersionDraft) -> str:
    version = draft.version
    return f"{reverse('pages:policy', args=[version.policy.code])}?v={version.position + 1}"


@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """放弃草稿."""
    draft = _draft(request, code)
    drafts.draft_discard(draft, lock_version=_lock(request), actor=request.user)
    messages.success(request, gettext("放弃了草稿：{draft}").format(draft=draft))
    return redirect("pages:policy_desk")


def _draft(request: HttpRequest, code: str, *, may_be_finished: bool = False) -> VersionDraft:
    """The draft that may be worked on. Raises NotAllowed, NotVisible, StaleState for one that became a version."""
    may_edit_policies(request.scope).require()
    draft = drafts.draft_at(code)
    if draft.discarded_at:
        raise NotVisible(gettext("这份草稿已经放弃。要录这部政策，从录入台重新开始。"))
    if draft.version and not may_be_finished:
        raise StaleState(gettext("这份草稿已经录成版本，不能再改。要改条文，请录一个新版本。"))
    return draft


def _lock(request: HttpRequest) -> int:
    seen = request.POST.get("lock_version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
