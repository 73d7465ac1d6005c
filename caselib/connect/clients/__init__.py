"""The systems of halls that are served: each has an account, tokens and the scope of one department."""
