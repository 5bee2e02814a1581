"""Parameters on record beside those of today."""

from braid.provenance.plans import changed, flat


def test_equal_parameters_have_no_difference():
    params = {"code": "a", "plan": {"fit": {"alphas": [1, 10]}, "tr": 2.0}}
    assert changed(params, {"plan": {"tr": 2, "fit": {"alphas": [1, 10]}}, "code": "a"}) == {}


def test_a_difference_is_named_where_it_is():
    recorded = {"code": "a", "plan": {"fit": {"alphas": [1, 10], "solver": "ridge"}, "tr": 2.0}}
    today = {"code": "b", "plan": {"fit": {"alphas": [1], "solver": "ridge"}, "tr": 2.0}}
    assert changed(recorded, today) == {"code": ("a", "b"), "plan.fit.alphas": ([1, 10], [1])}


def test_what_came_and_what_went_is_named_even_when_it_was_empty():
    recorded = {"key": {"wildcards": {"part": "0"}}, "gone": None}
    assert changed(recorded, {"key": {"wildcards": {}}, "come": {}}) == {
        "key.wildcards.part": ("0", None),
        "key.wildcards": (None, {}),
        "gone": (None, None),
        "come": (None, {}),
    }


def test_names_of_parameters_are_dotted_and_lists_stay_whole():
    assert flat({"a": {"b": {"c": 1}, "d": [{"e": 2}]}}) == {"a.b.c": 1, "a.d": [{"e": 2}]}
