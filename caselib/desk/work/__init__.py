"""需要我处理: what waits for the viewer, by kind."""
