"""HTTP API v1: parse, call a selector or service, answer."""
