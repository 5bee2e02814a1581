"""Banded ridge: a penalty for each band of features, and what each band explains."""
