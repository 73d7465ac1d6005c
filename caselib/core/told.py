"""An answer that somebody waits for, as the packages hand it up to the page of notices."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """`title`: what was asked; `text`: what came of it; `view` and `args`: name of the page that shows it, and its arguments."""

    at: dt.datetime
    title: str
    text: str
    view: str
    args: tuple[str | int, ...] = ()
