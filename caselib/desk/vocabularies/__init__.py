"""词表: matters, causes, schemes, tags, departments, regions."""
