"""题库: questions by matter and cause, made by hand or proposed from a precedent."""
