"""Who vouches for a crate: an ssh signature of its metadata, which list every digest."""

import subprocess
from pathlib import Path

from braid.errors import BadInput
from braid.provenance.crate.verify import METADATA


def sign(folder: Path, key: Path) -> None:
    """Sign the metadata of a crate; the signature goes beside them.

    Parameters
    ----------
    folder
        The crate.
    key
        Private key, or the public one of a key that an agent holds.

    Raises
    ------
    BadInput
        When `ssh-keygen` is not there or cannot use the key.
    """
    command = ["ssh-keygen", "-Y", "sign", "-n", "braid", "-f", str(key.absolute()), METADATA]
    try:
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
    except FileNotFoundError:
        raise BadInput("ssh-keygen", "program", "not there", "install openssh-client") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode().strip()
        raise BadInput(key, "key", said, "make one with: ssh-keygen -t ed25519") from None
