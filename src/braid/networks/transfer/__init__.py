"""Transfer to a second language: tell translations from other sentences."""
