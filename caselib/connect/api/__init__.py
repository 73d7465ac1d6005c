"""The HTTP API v1: what systems of a hall ask and tell the library.

Thin on purpose: parse, call the selector or service that the pages call, answer. `doors` knows who calls, `problems` how
refusals look (RFC 9457), `shapes` what goes out and comes in, `answers` makes the shapes, `reading` and `writing` hold the
operations, `outside` what is true of every answer. docs/api.md is for those who call.
"""
