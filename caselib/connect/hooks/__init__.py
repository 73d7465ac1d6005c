"""Webhooks: other systems are told of what was published, changed and withdrawn."""
