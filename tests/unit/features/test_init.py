import inspect

import pytest

from braid.features import KINDS, find


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_takes_a_stimulus_and_a_model_first(kind):
    names = list(inspect.signature(find(kind).extract).parameters)
    assert names[:2] == ["stimulus", "model"]


def test_unknown_kind_is_refused():
    with pytest.raises(KeyError, match="word2vec"):
        find("word2vec")
