"""Writes of packs, their modules and lessons. All hold the pack and its open version first, in this order, and note who wrote last."""
