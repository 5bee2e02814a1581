import hashlib

from braid.sources import annex

CONTENT = b"the first volume\n" * 100


def test_the_key_holds_size_and_hash(published):
    digest = hashlib.sha256(CONTENT).hexdigest()
    found = annex.key(published, "bold.bin")
    assert found == annex.Key(f"SHA256E-s{len(CONTENT)}--{digest}.bin", len(CONTENT))


def test_a_file_in_git_has_no_key(published):
    assert annex.key(published, "README") is None
