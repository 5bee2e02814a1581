"""Keys of git-annex, against those that git-annex itself makes."""

import hashlib

import pytest

from braid.errors import BadInput
from braid.sources import keys

CONTENT = b"a content\n"


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize(("extensions", "ending"), [("E", ".nii.gz"), ("E", ""), ("", "")])
def test_a_key_holds_size_and_hash(algorithm, extensions, ending):
    digest = hashlib.new(algorithm, CONTENT).hexdigest()
    name = f"{algorithm.upper()}{extensions}-s{len(CONTENT)}--{digest}{ending}"
    assert keys.parse(name, "ds1/file") == keys.Key(name, len(CONTENT), algorithm, digest)


@pytest.mark.parametrize("backend", ["MD5", "MD5E", "SHA256", "SHA256E", "SHA512E"])
def test_keys_of_git_annex_are_read(backend, git, published):
    file = published / "some story.nii.gz"
    file.write_bytes(CONTENT)
    git(published, "-c", f"annex.backend={backend}", "annex", "add", "--quiet", file.name)
    key = keys.parse(git(published, "annex", "lookupkey", file.name), file.name)
    assert key.size == len(CONTENT)
    assert key.digest == hashlib.new(key.algorithm, CONTENT).hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        "URL--http&c%%example.org%data.bin",
        "URL-s12--http&c%%example.org%data.bin",
        "WORM-s12-m1700000000--data.bin",
        "MD5E--9e107d9d372bb6826bd81d3542a419d6.bin",
        "MD5E-s12--9e107d9d372bb6826bd81d3542a419.bin",
        f"MD5E-s12--{'0' * 64}.bin",
        f"SHA256E-s12--{'G' * 64}",
        "",
    ],
)
def test_a_key_that_does_not_say_the_content_is_refused_by_path(name):
    with pytest.raises(BadInput, match="keys hold no hash") as error:
        keys.parse(name, "ds1/func/data.bin")
    assert (error.value.file, error.value.field) == ("ds1/func/data.bin", "annex key")
    assert "SHA256E" in error.value.cure
