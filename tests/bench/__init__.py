"""How fast the site answers, beside engines that get the same tokens. Run by `make bench`; it asserts no times."""
