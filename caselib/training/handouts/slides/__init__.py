"""A pack as slides: the question before the answer, the reasoning in the notes."""

from .lessons import slides_of

__all__ = ["slides_of"]
