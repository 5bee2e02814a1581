"""Keep credentials out of messages and logs."""

import os
import re

_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY", re.IGNORECASE)
# To the last @ before the path: people forget to quote one that is in a password.
_USER_IN_URL = re.compile(r"(?<=://)[^/\s]+@")
# Shorter values ("1", "true") are switches, and would blot out ordinary text.
_SHORTEST_SECRET = 6


def redact(text: str) -> str:
    """Blot out the user part of URLs and the value of every secret of the environment."""
    for name, value in os.environ.items():
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "***")
    return _USER_IN_URL.sub("***@", text)
