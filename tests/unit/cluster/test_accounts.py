"""Associations as sacctmgr prints them with --parsable2."""

from braid.cluster.accounts import Accounts, Association, associations


def test_accounts_of_a_user():
    found = associations("lab||\nlab|gpu|20\nother||100\n")
    assert found == [
        Association("lab", "", None),
        Association("lab", "gpu", 20),
        Association("other", "", 100),
    ]
    assert Accounts("lab", found).names == ["lab", "other"]


def test_nobody():
    assert associations("") == []
