"""审核: the queue, one text with its checks, and the history of a precedent."""
