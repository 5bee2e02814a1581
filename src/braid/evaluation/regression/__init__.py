"""Features of pictures decoded from responses by ridge, and the controls of it."""
