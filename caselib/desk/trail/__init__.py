"""审计: the trail, for whoever audits it."""
