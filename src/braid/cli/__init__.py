"""What a person asks of BRAID from a terminal: `braid --help`."""
