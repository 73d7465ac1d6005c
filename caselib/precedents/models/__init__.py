"""The tables of precedents, one room for each thing that they are about."""

from ..choices import (
    AdminLevel,
    DecisionLevel,
    DoubtKind,
    FailedStage,
    Force,
    Kind,
    Manner,
    Measure,
    Relation,
    ResultType,
    RevisionState,
    Significance,
    Tier,
)
from .drafting import SiblingDraft
from .keeping import SOON, Doubt, DoubtQuerySet, UnresolvedCitation, Verification
from .precedent import NumberSeries, Precedent
from .privacy import Attachment, AttachmentData, PrivacyOverride, PrivacyScan
from .review import ReviewComment, ReviewDecision
from .revision import OPEN_STATES, Citation, Revision

__all__ = [
    "OPEN_STATES",
    "SOON",
    "AdminLevel",
    "Attachment",
    "AttachmentData",
    "Citation",
    "DecisionLevel",
    "Doubt",
    "DoubtKind",
    "DoubtQuerySet",
    "FailedStage",
    "Force",
    "Kind",
    "Manner",
    "Measure",
    "NumberSeries",
    "Precedent",
    "PrivacyOverride",
    "PrivacyScan",
    "Relation",
    "ResultType",
    "ReviewComment",
    "ReviewDecision",
    "Revision",
    "RevisionState",
    "SiblingDraft",
    "Significance",
    "Tier",
    "UnresolvedCitation",
    "Verification",
]
