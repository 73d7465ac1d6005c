"""The tables of precedents, one room for each thing that they are about."""

from ..choices import AdminLevel, DoubtKind, Kind, Measure, Relation, ResultType, RevisionState, Tier
from .keeping import SOON, Doubt, DoubtQuerySet, UnresolvedCitation, Verification
from .precedent import NumberSeries, Precedent
from .review import ReviewDecision
from .revision import OPEN_STATES, Citation, Revision

__all__ = [
    "OPEN_STATES",
    "SOON",
    "AdminLevel",
    "Citation",
    "Doubt",
    "DoubtKind",
    "DoubtQuerySet",
    "Kind",
    "Measure",
    "NumberSeries",
    "Precedent",
    "Relation",
    "ResultType",
    "ReviewDecision",
    "Revision",
    "RevisionState",
    "Tier",
    "UnresolvedCitation",
    "Verification",
]
