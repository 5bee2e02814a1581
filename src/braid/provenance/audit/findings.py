"""What an audit can find: one code for each kind, and how bad it is."""

from typing import Literal, NamedTuple

Level = Literal["mismatch", "unknown", "behind", "note"]

CODES: dict[str, tuple[Level, str]] = {
    "RECORD_INVALID": ("mismatch", "a record is not of the form of a record"),
    "RECORD_EDITED": ("mismatch", "a record was changed after it was written"),
    "RECORD_MISPLACED": ("mismatch", "a record lies where another one belongs"),
    "CHAIN_BROKEN": ("mismatch", "a job read something else than its maker wrote"),
    "OUTPUT_CHANGED": ("mismatch", "a file is not what its job wrote"),
    "CACHE_CHANGED": ("mismatch", "an entry of the shared cache is not what its job wrote"),
    "FIGURE_EDITED": ("mismatch", "a figure carries a passport but shows something else"),
    "FIGURE_RECOMPRESSED": ("mismatch", "other bytes, but the same picture"),
    "INPUT_CHANGED": ("mismatch", "a job read a tracked file that its commit does not hold so"),
    "RAW_NOT_LOCKED": ("mismatch", "raw data are not what the lock of their data set says"),
    "WEIGHTS_NOT_PINNED": ("mismatch", "weights are not the pinned ones"),
    "RAN_UNCOMMITTED": ("mismatch", "a job ran from code that was not committed"),
    "SOURCE_NOT_IN_COMMIT": ("mismatch", "a job ran a file that its commit does not hold so"),
    "LEAK": ("mismatch", "the test set had a part in training or selection"),
    "SIMULATED_AS_PUBLIC": ("mismatch", "simulated data pass for measured data"),
    "RECORD_MISSING": ("unknown", "nothing says how a file was made"),
    "FILE_MISSING": ("unknown", "a file that only its data set or its job can give is not here"),
    "COMMIT_GONE": ("unknown", "the repository does not know the commit that ran"),
    "FIGURE_CONVERTED": ("unknown", "a copy without a passport that looks like a figure"),
    "CODE_CHANGED": ("behind", "the code of a step is another one today"),
    "PARAMS_CHANGED": ("behind", "a parameter of a step is another one today"),
    "PLAN_CHANGED": ("behind", "a step has other inputs today, or is no step any more"),
    "ENVIRONMENT_CHANGED": ("behind", "software was pinned at another version since"),
    "RECORD_REMADE": ("behind", "a step ran again, since or elsewhere, with the same result"),
    "LEAK_UNKNOWN": ("note", "whether the test set leaked cannot be read from this record"),
    "LEAK_DECLARED": ("note", "a leak that the study shows on purpose"),
}


class Finding(NamedTuple):
    """One thing that an audit found."""

    code: str
    path: str
    """Of the file or record."""
    text: str

    @property
    def level(self) -> Level:
        """How bad it is."""
        return CODES[self.code][0]


class Verdict(NamedTuple):
    """What an audit found, and what it looked at."""

    findings: list[Finding]
    files: int
    """Whose content was compared with a record."""
    bytes: int
    gone: int = 0
    """Intermediates that are not kept: on record of their maker and their reader alone."""

    @property
    def exit(self) -> Literal[0, 1, 2]:
        """0 verified, 1 mismatch, 2 cannot verify."""
        levels = {finding.level for finding in self.findings}
        return 1 if "mismatch" in levels else 2 if "unknown" in levels else 0

    @property
    def word(self) -> str:
        """The exit code in words."""
        return ("verified", "mismatch", "cannot verify")[self.exit]
