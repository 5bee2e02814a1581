"""Data to figures: maps, charts, tables, the report, and the passports that they carry."""
