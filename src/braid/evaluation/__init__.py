"""From designs and responses to scores: encoding, decoding, identification, recovery."""
