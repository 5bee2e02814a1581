"""Study files: what they may say, and how they are refused."""

import json
from pathlib import Path

import pytest
import yaml

from braid.errors import BadInput
from braid.study import load_config, load_studies, load_study, restrict
from braid.study.__main__ import SCHEMAS, write
from braid.study.chance import Chance

HAXBY = Path("config/studies/haxby2001.yaml")


@pytest.fixture
def edited(tmp_path):
    """Write a copy of a study with some text replaced."""

    def edit(old, new):
        text = HAXBY.read_text()
        assert old in text
        path = tmp_path / HAXBY.name
        path.write_text(text.replace(old, new, 1))
        return path

    return edit


def line_of(text):
    lines = HAXBY.read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if text in line)


def test_the_studies_of_the_repository_are_valid():
    studies = ["haxby2001", "kobayashi2025", "luo2025", "pinel2007", "takagi2023"]
    assert list(load_studies("config/studies")) == studies


def test_all_errors_come_at_once_with_their_lines(tmp_path):
    path = tmp_path / HAXBY.name
    text = HAXBY.read_text().replace("C: 0.01", "C: -1").replace("n_draws: 1000", "n_draw: 1000")
    path.write_text(text.replace("kind: slices", "kind: sliced"))
    with pytest.raises(BadInput) as error:
        load_study(path)
    message = str(error.value)
    assert f"line {line_of('C: 0.01'):>3}  decoders.category.classify.C" in message
    assert f"line {line_of('n_draws: 1000'):>3}  chance.n_draw: Extra inputs" in message
    assert f"line {line_of('kind: slices'):>3}  figures.encoding_map.kind" in message


@pytest.mark.fault(40, 41)
@pytest.mark.parametrize(
    "name", ["../evil", "/etc", "a b", "a;touch x", "$(x)", "-rf", "a/b", ".x"]
)
def test_names_are_safe_for_paths_and_shells(edited, name):
    with pytest.raises(BadInput, match="pattern"):
        load_study(edited("public: [sub001]", f"public: [{json.dumps(name)}]"))


def test_a_dangling_name_is_found_with_its_line(edited):
    path = edited("decoders: [category]", "decoders: [kategory]")
    with pytest.raises(BadInput) as error:
        load_study(path)
    assert f"line {line_of('decoders: [category]'):>3}" in str(error.value)
    assert "'kategory' is not defined here (known: category, minilm" in str(error.value)


def test_a_figure_of_languages_shows_decoders_of_captions(tmp_path):
    path = tmp_path / "takagi2023.yaml"
    text = Path("config/studies/takagi2023.yaml").read_text()
    path.write_text(text.replace("decoders: [said_en, said_fr,", "decoders: [said_en, z,"))
    with pytest.raises(BadInput, match=r"languages\.decoders\.1: 'z' decodes no captions"):
        load_study(path)


def test_a_dangling_baseline_is_found_with_its_line(edited):
    path = edited("baselines: [categories_shuffled]", "baselines: [word_rate]")
    with pytest.raises(BadInput) as error:
        load_study(path)
    assert f"line {line_of('baselines: [categories_shuffled]'):>3}" in str(error.value)
    assert "'word_rate' is not defined here (known: categories, categories_sh" in str(error.value)


def test_chance_is_circular_shifts_with_bh_unless_the_study_says_more(edited):
    assert load_study(HAXBY).chance == Chance(
        kind="circular_shift", n_draws=1000, block="matched", correction="bh"
    )
    said = "{kind: block_permutation, block: 25, correction: by}"
    study = load_study(edited("{n_draws: 1000}", said))
    assert (study.chance.block, study.chance.n_draws) == (25, 1000)


def test_blocks_belong_to_block_permutation_alone(edited):
    with pytest.raises(BadInput, match=r"chance\.block: circular_shift has no block to choose"):
        load_study(edited("{n_draws: 1000}", "{block: 25}"))


def test_test_runs_may_not_choose_the_penalty(tmp_path):
    path = tmp_path / "kobayashi2025.yaml"
    text = Path("config/studies/kobayashi2025.yaml").read_text()
    path.write_text(text.replace("twin: [wheretheressmoke]", "twin: [buck]"))
    with pytest.raises(BadInput, match=r"test runs of twin would choose the penalty: buck"):
        load_study(path)


def test_two_studies_must_agree_on_a_feature_of_one_data_set(tmp_path):
    text = HAXBY.read_text()
    (tmp_path / "haxby2001.yaml").write_text(text)
    other = text.replace("id: haxby2001", "id: other").replace("coding: boxcar", "coding: onset")
    (tmp_path / "other.yaml").write_text(other)
    with pytest.raises(BadInput, match=r"features\.categories"):
        load_studies(tmp_path)


def test_the_id_is_the_name_of_the_file(tmp_path):
    path = tmp_path / "haxby2002.yaml"
    path.write_text(HAXBY.read_text())
    with pytest.raises(BadInput, match="haxby2002"):
        load_study(path)


@pytest.mark.fault(42)
def test_a_yaml_bomb_is_refused_before_it_grows(tmp_path):
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(levels))
    with pytest.raises(BadInput, match=r"line 2: alias \*a0"):
        load_study(path)


@pytest.mark.fault(42)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: !!python/object/apply:os.system ['true']", "could not determine a constructor"),
        ("id: [", "did not find expected node content"),
        ("id: x\nid: y", "stands twice"),
        ("id: " + "x" * 1_000_001, "more than 1000000 bytes"),
        ("id: 'caf\udce9'", "not UTF-8"),
    ],
)
def test_yaml_that_is_not_plain_is_refused(tmp_path, text, message):
    path = tmp_path / "x.yaml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput, match=message):
        load_study(path)


def test_the_schemas_are_those_of_the_models(tmp_path):
    write(tmp_path)
    for schema in tmp_path.iterdir():
        assert (SCHEMAS / schema.name).read_text() == schema.read_text(), "run `make schema`"


def test_each_study_names_its_schema():
    for path in Path("config/studies").glob("*.yaml"):
        assert path.read_text().startswith("# yaml-language-server: $schema=../../workflow/schemas")


@pytest.mark.parametrize(
    "config", [{"sources": "twin"}, {"source": "real"}, {"mirrors": {"../x": "y"}}]
)
def test_unknown_config_is_refused(config):
    with pytest.raises(BadInput, match=r"config\.yaml"):
        load_config(config)


def test_the_config_of_the_repository_is_valid():
    assert load_config(yaml.safe_load(Path("config/config.yaml").read_text())).source is None


def test_subjects_can_be_restricted():
    studies = load_studies("config/studies")
    found = restrict(studies, ["UTS01"])
    assert found["kobayashi2025"].subjects == {"public": ("UTS01",), "twin": ("UTS01",)}
    assert found["haxby2001"] == studies["haxby2001"]
    assert restrict(studies, ()) == studies


def test_a_subject_that_no_study_has_is_refused():
    with pytest.raises(BadInput, match=r"no study has \['UTS99'\]"):
        restrict(load_studies("config/studies"), ["UTS01", "UTS99"])
