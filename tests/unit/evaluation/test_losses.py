"""What training wrote down, as rows of a figure."""

import json

import numpy as np
import pandas as pd
import pytest

from braid.evaluation import findings
from braid.evaluation.losses import losses


@pytest.fixture
def folder(tmp_path):
    """Four updates, validated every second one; the third validation would have come at 6."""
    log = pd.DataFrame(
        {
            "step": range(5),
            "learning_rate": [0, 1e-5, 2e-5, 1e-5, 0],
            "training_loss": [np.nan, 5.0, 3.0, 2.0, 1.0],
            "validation_loss": [6.0, np.nan, 2.5, np.nan, 2.75],
        }
    )
    log.to_csv(tmp_path / "log.csv", index=False)
    (tmp_path / "training.json").write_text(json.dumps({"best_step": 2, "stopped_early": True}))
    return tmp_path


def test_a_row_is_a_validation_with_the_mean_training_loss_since_the_one_before(folder):
    rows = losses([(folder, {"network": "MLM", "subject": "S1"})] * 2)
    assert len(rows) == 6
    first = rows.iloc[:3]
    assert first["step"].tolist() == [0, 2, 4]
    assert first["training_loss"].tolist()[1:] == [4.0, 1.5]
    assert first["best"].tolist() == [False, True, False]
    assert first["stopped_early"].all()
    assert (first["network"].iloc[0], first["subject"].iloc[0]) == ("MLM", "S1")


def test_findings_say_where_the_loss_was_lowest_and_how_training_ended(folder):
    named = {"network": "MLM", "subject": "S1"}
    stopped = losses([(folder, named)])
    assert findings.of_losses(stopped) == [
        "“MLM”, S1: validation loss 2.5 at update 2, 6 at update 0; stopped early at update 4."
    ]
    whole = findings.of_losses(stopped.assign(stopped_early=False))
    assert whole[0].endswith("; ended at update 4.")
