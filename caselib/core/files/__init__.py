"""Files from outside: `received` lets a few kinds in and gives each back written anew, with all of its text for scanning."""

from .clean import CleanFile
from .limits import LONGEST_SIDE, MOST_BYTES, MOST_OFFICE_BYTES, MOST_PAGES, MOST_PICTURE_BYTES, MOST_PIXELS
from .receiving import received

__all__ = [
    "LONGEST_SIDE",
    "MOST_BYTES",
    "MOST_OFFICE_BYTES",
    "MOST_PAGES",
    "MOST_PICTURE_BYTES",
    "MOST_PIXELS",
    "CleanFile",
    "received",
]
