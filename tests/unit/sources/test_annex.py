import hashlib

from braid.sources import annex

CONTENT = b"the first volume\n" * 100


def test_the_key_holds_size_and_hash(published):
    found = annex.key(published, "bold.bin")
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert found is not None
    assert (found.size, found.algorithm, found.digest) == (len(CONTENT), "sha256", digest)


def test_a_file_in_git_has_no_key(published):
    assert annex.key(published, "README") is None
