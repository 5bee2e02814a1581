"""Data that only those may have who accepted their terms."""

import logging
import stat
from pathlib import Path

from braid.errors import BadInput
from braid.sources.tables import DataSource

logger = logging.getLogger(__name__)


def require_acceptance(release: DataSource, accepted_by: str | None) -> None:
    """Refuse a data set with terms that nobody accepted, and log who accepted them, and when.

    Raises
    ------
    BadInput
        With the terms, and the line of the configuration that accepts them.
    """
    if release.access == "open":
        return
    if not accepted_by:
        raise BadInput(
            "config/config.yaml",
            f"licences.{release.dataset}",
            f"{release.dataset} is under the {release.licence}: {release.terms}",
            "read and sign the terms; then say so in the configuration, "
            f'licences: {{{release.dataset}: {{accepted_by: "<name, laboratory>", '
            "accepted_on: <year-month-day>}}",
        )
    logger.info("%s: terms accepted by %s", release.dataset, accepted_by)


def refuse_open_cache(folder: str | None) -> None:
    """Refuse an output cache that others can enter: Snakemake makes what lies in it readable.

    Raises
    ------
    BadInput
        When others than owner and group may enter the folder.
    """
    if folder and Path(folder).stat().st_mode & stat.S_IXOTH:
        raise BadInput(
            folder,
            "SNAKEMAKE_OUTPUT_CACHE",
            "anyone may enter it, and licensed data would lie there readable for all",
            f"chmod o-rwx {folder}, and let its group be those who accepted the terms",
        )


def warn_of_writable_cache(folder: str | None) -> None:
    """Warn of an output cache in which anyone can change what others take from it.

    What was changed is refused by the job that reads it.
    """
    if folder and Path(folder).stat().st_mode & stat.S_IWOTH:
        logger.warning("%s: anyone may change this cache; cure: chmod o-w %s", folder, folder)
