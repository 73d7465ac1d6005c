"""SCORM 1.2: a published pack as one file for a learning platform.

One SCO for the whole pack. SCORM 1.2 knows no order between several, platforms roll their scores up each in its own way, and some open
only the first; one SCO brings its own contents, one status and one score, and behaves the same everywhere.
"""
