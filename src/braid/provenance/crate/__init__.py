"""Figures and all that is known of how they came to be, in one folder that anyone can verify."""
