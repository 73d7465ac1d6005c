"""做培训包: packs, modules and lessons, from search, templates and copies."""
