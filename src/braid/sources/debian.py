"""One Debian package, fetched with the apt of this machine; never installed, never executed."""

import tempfile
from pathlib import Path

from braid.errors import BadInput
from braid.sources.commands import run
from braid.sources.secrets import redact
from braid.sources.tables import Package


def fetch_deb(package: Package, target: Path) -> None:
    """Fetch a package from the archives that apt is configured with, as any user.

    The state of the system stays as it is: what apt writes goes to a temporary folder beside
    `target`, also the lists of what there is, which a fresh container lacks.

    Parameters
    ----------
    package
        Which project and version. Its sha256 is not looked at here.
    target
        Where to put the file.

    Raises
    ------
    BadInput
        When this machine has no apt, or its archives do not have that version.
    """
    with tempfile.TemporaryDirectory(prefix=".apt-", dir=target.parent) as name:
        _download(package, Path(name)).replace(target)


def _download(package: Package, folder: Path) -> Path:
    wanted = ["download", f"{package.project}={package.version}"]
    own_lists = ["-o", f"Dir::State::lists={folder}/lists"]
    (folder / "lists" / "partial").mkdir(parents=True)
    complaints: list[str] = []
    for arguments in (wanted, [*own_lists, "update"], [*own_lists, *wanted]):
        complaints += _apt_get(package, arguments, folder)
        if found := next(folder.glob("*.deb"), None):
            return found
    raise _not_fetched(package, folder, redact("; ".join(dict.fromkeys(complaints))))


def _apt_get(package: Package, arguments: list[str], folder: Path) -> list[str]:
    """Lines in which apt-get complains."""
    command = ["apt-get", "-qq", "-o", f"Dir::Cache={folder}/cache", "-o", "Debug::NoLocking=1"]
    # As root, apt would else turn into a user who may not write to the folder.
    command += ["-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=2"]
    try:
        return run([*command, *arguments], folder, watched=folder).stderr.splitlines()
    except FileNotFoundError:
        raise _not_fetched(package, folder, "this machine has no apt-get") from None


def _not_fetched(package: Package, folder: Path, problem: str) -> BadInput:
    wanted = f"{package.project}={package.version}"
    return BadInput(
        package.filename,
        "Debian package",
        problem,
        f"on a Debian machine that has it, run `apt-get download {wanted}`, then put the file "
        f"into {folder.parent} as {package.filename}",
    )
