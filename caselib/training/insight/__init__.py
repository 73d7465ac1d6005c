"""教学价值: what is good to teach, what is not covered, what most people miss."""
