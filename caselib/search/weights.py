"""How much each part of a precedent counts. Changing a zone's weight asks for a rebuild (it is in the index)."""

from dataclasses import dataclass

# Zones of a document, with the weight of a token that stands there. Measured on the public benchmark of statutes, whose
# titles are names of laws, more than 1.5 for titles costs more than it gains there.
ZONES = {"title": 1.25, "tags": 1.25, "wording": 1.0, "matter": 1.0, "body": 1.0}
# Zones short enough to index each Chinese character alone, for queries of one character, and how they sound.
SHORT_ZONES = frozenset({"title", "tags", "matter"})


@dataclass(frozen=True, slots=True)
class Saturation:
    """BM25: `k1` how fast repeats stop counting, `b` how much long texts are held back (0 to 1)."""

    k1: float
    b: float


BM25 = {
    "words": Saturation(1.2, 0.75),
    "grams": Saturation(1.2, 0.75),
    "exact": Saturation(0.5, 0.0),
    "sounds": Saturation(1.2, 0.75),
}
# Weight of a field's tokens in a query.
FIELD_WEIGHT = {"words": 1.0, "grams": 1.0, "exact": 3.0, "sounds": 1.0}
# A synonym counts less than the word that was asked: who writes 执照 means it a little more than 营业执照.
SYNONYM_WEIGHT = 0.6
