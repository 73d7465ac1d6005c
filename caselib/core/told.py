"""What somebody waits for or has to know, as the packages hand it up to the page of notices."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """`title`: what was asked; `text`: what came of it; `view` and `args`: name of the page that shows it, and its arguments.

    `word`: what it is where it is no answer to a question (新布置, 快到期), empty for an answer.
    """

    at: dt.datetime
    title: str
    text: str
    view: str
    args: tuple[str | int, ...] = ()
    word: str = ""
