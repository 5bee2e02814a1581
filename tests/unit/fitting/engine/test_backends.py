import array_api_compat
import numpy as np
import pytest
import torch

from braid.fitting.engine.backends import eigh, is_out_of_memory, namespace, to_backend, to_numpy

A = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_an_array_goes_and_comes_back_in_its_own_memory(backend):
    there = to_backend(A, backend)
    assert type(there) is {"numpy": np.ndarray, "torch": torch.Tensor}[backend]
    assert np.shares_memory(to_numpy(there), A)
    assert to_numpy(there).dtype == np.float32


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_the_namespace_is_that_of_the_array(backend):
    there = to_backend(A, backend)
    assert namespace(there) is array_api_compat.array_namespace(there)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_symmetric_matrix_is_decomposed(backend):
    S = (A.T @ A).astype(np.float64)
    values, vectors = map(to_numpy, eigh(to_backend(S, backend)))
    assert (np.diff(values) >= 0).all()
    np.testing.assert_allclose(vectors * values @ vectors.T, S, atol=1e-12)


def test_only_a_lack_of_memory_can_be_cured_by_smaller_blocks():
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert is_out_of_memory(torch.cuda.OutOfMemoryError())
    assert not is_out_of_memory(RuntimeError("CUDA error: illegal memory access"))
