import inspect
from typing import get_args

import pytest

from braid.features import NEEDS, PICTURE_KINDS, PictureExtractor, find_of_pictures
from braid.study.features import Feature

MODELS = {get_args(m.model_fields["kind"].annotation)[0]: m for m in get_args(get_args(Feature)[0])}


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_every_kind_takes_what_a_study_says_of_it(kind):
    module = find_of_pictures(kind)
    assert isinstance(module, PictureExtractor)
    names = list(inspect.signature(module.extract).parameters)
    assert names[:4] == ["stimulus", "model", "numbers", "seed"]
    assert set(names[4:]) == set(MODELS[kind].model_fields) - {"kind", "model"}


def test_every_kind_says_what_it_reads():
    assert NEEDS.keys() == PICTURE_KINDS.keys()
    assert {need for needs in NEEDS.values() for need in needs} == {"images", "captions"}


def test_unknown_kind_is_refused():
    with pytest.raises(KeyError, match="word_rate"):
        find_of_pictures("word_rate")
