"""布置、进度、评分、证书: who is to learn what, and who is stuck on what."""
