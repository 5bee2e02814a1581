"""What a source printed, as rows that stand beside ours."""

from collections.abc import Sequence

import pandas as pd

from braid.study.claims import Counterpart, Table

PAPER = "paper: "
"""Before the name of a column that the source printed."""


def beside(printed: Sequence[Table]) -> pd.DataFrame:
    """Rows of tables of a source, of those that have a counterpart here.

    Parameters
    ----------
    printed
        Tables of a source.

    Returns
    -------
    pandas.DataFrame
        One row each: what tells our row, the columns of the source with `PAPER` before their names,
        and `tolerance`.
    """
    return pd.concat([_rows(table, table.ours) for table in printed if table.ours])


def _rows(table: Table, ours: Counterpart) -> pd.DataFrame:
    names = [f"{PAPER}{column}" for column in table.columns.values()]
    rows = pd.DataFrame.from_dict(dict(table.rows), orient="index", columns=names)
    named = rows.rename_axis(ours.row).reset_index()
    return named.assign(tolerance=table.tolerance, **ours.where)
