"""Texts of policies: read from a file, split into clauses, followed through versions, paired and cited. Pure functions.

Nothing here reads or writes a row; what is known of the library's policies comes in as plain values.
"""
