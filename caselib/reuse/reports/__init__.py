"""纠错: what readers and uses say is wrong with a text, and what its owner makes of it."""
