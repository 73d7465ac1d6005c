"""The deeds that keep precedents clean, with personal data in everything that people type into them; as in `deeds`."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.core.clock import now
from caselib.orgs.models import Role
from caselib.precedents.blanking import texts_blank
from caselib.precedents.models import PrivacyOverride, Tier
from caselib.precedents.overrides import override_ask, override_decide
from caselib.precedents.rescan import scan_if_rules_changed
from caselib.precedents.services import revision_withdraw
from caselib.precedents.tiers import precedent_tier_set
from caselib.precedents.withholding import precedent_restore_view, precedent_withhold

from .clean_house import Home, hit_of, home, leaky
from .deeds import PHONE, planted


def _asked() -> tuple[Home, PrivacyOverride]:
    made = leaky()
    return made, override_ask(made.precedent, hit_of(made), claim=planted(), actor=made.person(Role.EDITOR))


def _decided() -> None:
    made, override = _asked()
    override_decide(override, allow=True, reason=planted(), by=made.person(Role.REVIEWER))


def _withheld() -> Home:
    made = home()
    precedent_withhold(made.precedent, reason=planted(), actor=made.person(Role.EDITOR))
    return made


def _restored() -> None:
    made = _withheld()
    precedent_restore_view(made.precedent, reason=planted(), actor=made.person(Role.REVIEWER))


def _blanked() -> None:
    made = home()
    draft = made.draft(problem=planted(), tags=(planted(),))
    revision_withdraw(draft, lock_version=draft.lock_version, actor=draft.author)
    texts_blank(made.precedent, words=[PHONE, "老李"], actor=made.person(Role.DEPARTMENT_ADMIN))


def _conferred() -> None:
    made, by = home(), planted("市政务服务办")
    precedent_tier_set(made.precedent, tier=Tier.EXEMPLARY, conferred_by=by, actor=made.person(Role.REVIEWER))


def _scanned() -> None:
    leaky()
    scan_if_rules_changed(now=now())


KEEPING: dict[Action, Callable[[], object]] = {
    Action.OVERRIDE_ASKED: _asked,
    Action.OVERRIDE_DECIDED: _decided,
    Action.PRECEDENT_WITHHELD: _withheld,
    Action.PRECEDENT_RESTORED: _restored,
    Action.TEXTS_BLANKED: _blanked,
    Action.TIER_SET: _conferred,
    Action.PRIVACY_SCANNED: _scanned,
}
