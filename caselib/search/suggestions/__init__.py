"""What the search box offers while somebody types: titles, matters, policies, tags and questions that were asked before.

`patterns` reads what was typed, `part` finds it in an immutable file of arrays, `sources` reads the names from the
database, `store` keeps the files beside the index, `selectors` decides what this viewer is shown.
"""
