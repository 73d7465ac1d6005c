"""Atom feeds of new and changed precedents."""
