"""How much a pack holds, and how long what is typed may be."""

MOST_MODULES = 40
MOST_LESSONS = 400
MOST_QUESTIONS = 30
# So many may be put in at once: what a page of results and a pasted list hold.
MOST_AT_ONCE = 100
MOST_EDITORS = 20

LONGEST_TITLE = 60
LONGEST_GOAL = 300
LONGEST_INTRO = 5_000
LONGEST_LESSON_TITLE = 100
LONGEST_NOTE = 20_000
LONGEST_REASON = 200
MOST_MINUTES = 240
MOST_WAIT = 7 * 24 * 60
MOST_TRIES = 20
