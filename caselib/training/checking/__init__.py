"""送审、发布、保持准确: versions are checked by a second person, and follow the precedents that they pin."""
