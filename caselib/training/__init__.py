"""Training: packs of lessons that pin a revision, questions, who learns what, and how it went."""
