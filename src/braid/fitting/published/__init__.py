"""Fitting schemes as the sources ran them, for tables made as they made them."""
