"""先定，再对照: learners take lessons, decide, and see the precedent beside their answer."""
