from braid.sources.secrets import redact


def test_users_in_addresses_are_blotted_out():
    text = "from https://me:word@host/a and ssh://me@host, mail me@host"
    assert redact(text) == "from https://***@host/a and ssh://***@host, mail me@host"


def test_an_unquoted_at_sign_in_a_password_hides_nothing_less():
    assert (
        redact("from https://me:w@rd@host/a, mail me@host")
        == "from https://***@host/a, mail me@host"
    )


def test_secrets_of_the_environment_are_blotted_out(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "CANARY-42")
    monkeypatch.setenv("USE_TOKEN", "1")
    assert redact("header CANARY-42, 1 try") == "header ***, 1 try"
