"""讲义: a pack as a Word document, as slides and as a page to print."""
