"""Content from every kind of place that one line of the configuration can name."""

import shutil
from pathlib import Path

import pytest
import toyclones
import toys

from braid.errors import BadInput
from braid.sources import datalad

CONTENT = b"the first volume\n" * 100


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    toyclones.hurry(monkeypatch)


@pytest.fixture(scope="module")
def store(_first_version, tmp_path_factory):
    """Give a RIA store of the data set, and the data set's identifier."""
    folder = tmp_path_factory.mktemp("store")
    published = shutil.copytree(_first_version, folder / "ds1", symlinks=True)
    place = f"ria+file://{folder}/store"
    for command in (
        ["create", "--force"],
        ["create-sibling-ria", "-s", "ria", "--new-store-ok", "--alias=toy", place],
        ["push", "--to=ria"],
    ):
        toyclones.datalad(published, *command)
    name = toys.git(published, "config", "-f", ".datalad/config", "datalad.dataset.id")
    shutil.rmtree(published, ignore_errors=True)
    return place, name


@pytest.fixture
def bare(published):
    """Give a bare repository with content, beside the published data set."""
    place = published.with_name("bare.git")
    toys.git(published, "clone", "--quiet", "--bare", str(published), str(place))
    toys.git(place, "annex", "init", "--quiet")
    toys.git(published, "remote", "add", "bare", str(place))
    toys.git(published, "annex", "push", "--quiet", "bare")
    return str(place)


@pytest.fixture
def places(published, bare, store):
    """Give places with content; of the data set itself only its history is at hand."""
    store, name = store
    return {"repository": str(published), "bare repository": bare} | {
        "RIA store by alias": f"{store}#~toy",
        "RIA store by identifier": f"{store}#{name}",
    }


@pytest.mark.parametrize("kind", ["repository", "bare repository", "RIA store by alias"])
def test_content_comes_from_the_place_that_is_named(kind, places, published, tmp_path):
    commit = datalad.head(published)
    if kind != "repository":
        published.rename(published.with_name("away"))
    dataset = datalad.clone(places[kind], commit, tmp_path / "ds1")
    assert datalad.head(dataset) == commit
    assert not (dataset / "bold.bin").exists()
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("kind", ["bare repository", "RIA store by identifier"])
def test_a_clone_that_is_there_gets_content_from_a_place_that_is_named_later(
    kind, published, places, tmp_path
):
    dataset = toyclones.clone(published, tmp_path)
    published.rename(published.with_name("away"))
    datalad.clone(places[kind], datalad.head(dataset), dataset)
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".place-")]


def test_content_comes_over_http(published, serve, git, tmp_path, monkeypatch):
    for number, (key, value) in enumerate(
        {"allowed-ip-addresses": "127.0.0.1", "allowed-http-addresses": "127.0.0.1"}.items()
    ):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", f"annex.security.{key}")
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
    git(published, "update-server-info")
    place = f"{serve(published.parent)}/ds1/.git"
    dataset = datalad.clone(place, datalad.head(published), tmp_path / "ds1")
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT


def empty_mirror(published: Path) -> str:
    """Copy the tree, not the content."""
    place = published.with_name("mirror.git")
    toys.git(published, "clone", "--quiet", "--mirror", str(published), str(place))
    toys.git(place, "annex", "init", "--quiet")
    return str(place)


def test_a_mirror_without_content_does_not_block_the_published_place(published, tmp_path):
    dataset = toyclones.clone(published, tmp_path)
    datalad.clone(empty_mirror(published), datalad.head(dataset), dataset)
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT


def test_a_mirror_without_content_knows_where_the_data_set_has_it(
    published, git, serve, tmp_path, monkeypatch
):
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "bold.bin").write_bytes(CONTENT)
    toyclones.move_to_web(published, "bold.bin", f"{serve(tmp_path / 'web')}/bold.bin")
    place = empty_mirror(published)
    dataset = datalad.clone(place, datalad.head(published), tmp_path / "ds1")
    toyclones.allow_this_machine(dataset)
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT


def test_a_published_place_without_content_does_not_block_a_mirror(published, bare, git, tmp_path):
    git(published, "annex", "drop", "--force", "--quiet", "bold.bin")
    dataset = toyclones.clone(published, tmp_path)
    datalad.clone(bare, datalad.head(dataset), dataset)
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT


def test_a_mirror_out_of_reach_does_not_block_what_is_there(published, tmp_path, caplog):
    dataset = toyclones.clone(published, tmp_path)
    datalad.clone(str(tmp_path / "absent"), datalad.head(dataset), dataset)
    assert "absent" in caplog.text
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT


def test_a_place_is_learnt_once(published, tmp_path, caplog):
    caplog.set_level("INFO")
    place = empty_mirror(published)
    dataset = toyclones.clone(published, tmp_path)
    for known in (place, str(published), place):
        datalad.clone(known, datalad.head(dataset), dataset)
    assert caplog.messages == [f"cloning {published}", f"cloning {place}"]


@pytest.mark.parametrize(
    "place",
    [
        "https://user:CANARY@localhost:9/ds1",
        "https://CANARY@localhost:9/ds1",
        "ria+https://CANARY@localhost:9/store#~ds1",
        "ssh://user:CANARY@localhost:9/ds1",
    ],
)
def test_an_address_with_a_password_is_refused_without_showing_it(place, tmp_path, caplog):
    caplog.set_level("DEBUG")
    with pytest.raises(BadInput, match="netrc") as error:
        datalad.clone(place, "0" * 40, tmp_path / "clones" / "ds1")
    assert "CANARY" not in str(error.value) + caplog.text
    assert "***@localhost:9" in str(error.value)
    assert not (tmp_path / "clones").exists()


def test_an_address_with_the_user_of_ssh_is_not_refused(empty_home, tmp_path):
    with pytest.raises(BadInput, match=r"^ssh://\*\*\*@localhost:9/ds1: clone: "):
        datalad.clone("ssh://git@localhost:9/ds1", "0" * 40, tmp_path / "ds1")
