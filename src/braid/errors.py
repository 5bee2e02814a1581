"""The one error that a person sees when what they brought cannot be used."""

from pathlib import Path


class BadInput(ValueError):
    """Something outside the code is wrong: names the file, the field, and the cure.

    Parameters
    ----------
    file
        The file (or other named source) that is wrong.
    field
        Where in it: a key, a tier, a line, a voxel count.
    problem
        What is wrong there, with the values found.
    cure
        What the reader can do about it.
    """

    def __init__(self, file: str | Path, field: str, problem: str, cure: str) -> None:
        super().__init__(f"{file}: {field}: {problem}\n  cure: {cure}")
        self.file = str(file)
        self.field = field
        self.problem = problem
        self.cure = cure
