"""Lanczos interpolation from the times of words to the times of TRs."""

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float


def lanczos_matrix(
    times_in: Float[np.ndarray, " event"], times_out: Float[np.ndarray, " tr"], lobes: int = 3
) -> sp.csr_array:
    """Weights that carry values at `times_in` to `times_out`.

    With x = (times_out_i - times_in_j) / mean TR, the weight is sinc(x) sinc(x / lobes) for
    |x| <= lobes and 0 beyond. Rows are not renormalised: a TR with more words gets more.

    Parameters
    ----------
    times_in
        Times of the events in seconds, in any order.
    times_out
        Middle of each TR in seconds, rising.
    lobes
        Lobes of the kernel on each side.

    Returns
    -------
    scipy.sparse.csr_array
        Shape (tr, event).

    References
    ----------
    LeBel et al. (2023), Sci Data 10, 555; Huth et al. (2016), Nature 532, 453.
    """
    tr = np.diff(times_out).mean()
    first = np.searchsorted(times_out, times_in - lobes * tr)
    stop = np.searchsorted(times_out, times_in + lobes * tr)
    starts = np.concatenate([[0], np.cumsum(stop - first)])
    event = np.repeat(np.arange(len(times_in)), stop - first)
    row = np.arange(starts[-1]) + np.repeat(first - starts[:-1], stop - first)
    x = (times_out[row] - times_in[event]) / tr
    weights = np.sinc(x) * np.sinc(x / lobes)
    return sp.csr_array((weights, (row, event)), shape=(len(times_out), len(times_in)))


def interpolate(
    values: Float[np.ndarray, "event feature"],
    times_in: Float[np.ndarray, " event"],
    times_out: Float[np.ndarray, " tr"],
) -> Float[np.ndarray, "tr feature"]:
    """Carry features at events to TRs by `lanczos_matrix`, in the precision of `values`."""
    return lanczos_matrix(times_in, times_out).astype(values.dtype) @ values
