"""工单: what a hall noted about a case, never public."""
