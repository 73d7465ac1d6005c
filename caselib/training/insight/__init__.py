"""What training tells of the library: what has no lesson yet, what most people miss, and what that says of a text."""
