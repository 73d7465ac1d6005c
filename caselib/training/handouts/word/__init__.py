"""A pack as a Word document: cover, contents, lessons, and answers as an appendix."""

from .document import document_of

__all__ = ["document_of"]
