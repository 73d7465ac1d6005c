"""The starter library: human-readable files in fixtures/starter, brought in through the same services as people's work."""
