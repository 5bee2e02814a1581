"""BRAID: brain-AI encoding and decoding studies as one reproducible workflow."""
