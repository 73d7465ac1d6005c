"""Search of policies: an index of its own over titles, numbers and clauses, with a ranking of its own, in the same box."""
