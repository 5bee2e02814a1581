"""The small text files of the simulated ds003020, each of which says that it is simulated."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

README = """\
SIMULATED DATA: a double of OpenNeuro ds003020 in the same layout.

No brain was scanned. The stories are passages of Alice's Adventures in Wonderland (public domain)
spoken by the synthesiser espeak-ng; the responses are planted weights on features of the words
and of the sound, a haemodynamic response and noise. The surfaces are fsaverage5, moved and scaled;
anatomical volumes, caches and views of pycortex are there by name alone.

The real data set: LeBel, A., Wagner, L., Jain, S. et al. A natural language fMRI dataset for
voxelwise encoding models. Sci Data 10, 555 (2023). doi:10.1038/s41597-023-02437-z
"""
UNLISTED = "UTS09"  # missing from the published table of transforms
CHANGES = "1.0.0 2025-05-21\n  - simulated data, first version\n"


def write(root: Path, trs: Mapping[str, int], subjects: Sequence[str]) -> None:
    """Write the files of the top folder, and the two tables of `derivative/`.

    Parameters
    ----------
    root
        The data set.
    trs
        Story to number of TRs of its scan.
    subjects
        Names without `sub-`.
    """
    (root / "README").write_text(README)
    (root / "CHANGES").write_text(CHANGES)
    rows = [f"sub-{subject}\tn/a\tn/a" for subject in subjects]
    (root / "participants.tsv").write_text("\n".join(["participant_id\tage\tsex", *rows, ""]))
    _write_json(root / "dataset_description.json", _description())
    for story in trs:
        _write_json(root / f"task-{story}_bold.json", _task(story))
    (root / "derivative").mkdir()
    _write_json(root / "derivative/respdict.json", trs)
    transforms = {subject: f"{subject}_auto" for subject in subjects if subject != UNLISTED}
    _write_json(root / "derivative/subject_xfms.json", transforms)


def _description() -> dict[str, object]:
    return {
        "Name": "SIMULATED double of: An fMRI dataset during a passive natural language "
        "listening task",
        "BIDSVersion": "1.3.0",
        "Authors": ["simulated by BRAID"],
        "License": "CC0",
        "SourceDatasets": [{"DOI": "doi:10.18112/openneuro.ds003020.v3.1.0"}],
    }


def _task(story: str) -> dict[str, object]:
    return {
        "RepetitionTime": 2,
        "TaskName": story,
        "Instructions": "Simulated: nobody was scanned",
        "TaskDescription": "Simulated listening to a passage under the name of the story",
    }


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n")
