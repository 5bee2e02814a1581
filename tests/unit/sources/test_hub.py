import hashlib
import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from braid.sources.tables import Model

REVISION = "6da4b6a26a1877e173fca3225479512db81a5e5b"
FILES = {"config.json": b'{"layers": 2}', "model.safetensors": b"weights" * 99}
UNSAFE = {"pytorch_model.bin": b"pickle"}

# The hub's client reads its environment once, when it is imported: hence another process.
JOB = """
import logging, sys
from pathlib import Path
from braid.errors import BadInput
from braid.sources.models import fetch_model
from braid.sources.tables import Model
logging.basicConfig(level=logging.INFO)
try:
    fetch_model(Model.model_validate_json(sys.argv[1]), {}, Path(sys.argv[2]), Path("unused"))
except BadInput as error:
    sys.exit(f"BadInput {error}")
"""


# What the rules do with a fetched model on a compute node.
USE = """
import sys
from pathlib import Path
from braid.features.transformer import load, tokenise
model = load(Path(sys.argv[1]))
tokenise(model, "alice fell")
print(model.shape)
"""


class _Hub(BaseHTTPRequestHandler):
    """As much of the hub as its client asks for: the tree of a revision, and files."""

    files = FILES | UNSAFE | {f"large/{name}": content * 2 for name, content in FILES.items()}
    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        name = self.path.partition("?")[0].partition(f"/{REVISION}/")[2]
        if self.path.startswith(f"/api/models/lab/tiny/tree/{REVISION}"):
            self._answer(json.dumps(self._tree()).encode(), "application/json")
        elif self.path.startswith(f"/lab/tiny/resolve/{REVISION}/") and name in self.files:
            self._answer(self.files[name], "application/octet-stream")
        else:
            self.send_error(404)

    def do_HEAD(self):
        self.do_GET()

    def _tree(self):
        return [
            {"type": "file", "path": n, "size": len(c), "oid": hashlib.sha1(c).hexdigest()}
            for n, c in self.files.items()
        ]

    def _answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Repo-Commit", REVISION)
        self.send_header("ETag", hashlib.sha1(body).hexdigest())
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format, *args):
        pass


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setattr(_Hub, "asked", [])
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hub) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def fetch(empty_home, tmp_path):
    def run(endpoint, **changes):
        files = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
        model = Model(
            model="tiny",
            kind="hub",
            origin="lab/tiny",
            revision=REVISION,
            files=files,
            licence="MIT",
            layers=2,
            width=4,
            note="tiny",
        ).model_copy(update=changes)
        return subprocess.run(
            [sys.executable, "-c", JOB, model.model_dump_json(), str(tmp_path / "models" / "tiny")],
            # As in a job: the rules say offline to all.
            env=os.environ
            | {"HF_ENDPOINT": endpoint, "HF_TOKEN": "CANARY-of-the-hub", "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
        )

    return run


def test_exactly_the_pinned_files_are_fetched(hub, fetch, tmp_path):
    done = fetch(hub)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "models" / "tiny"
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == FILES
    assert f"fetching lab/tiny at {REVISION}" in done.stderr
    assert "CANARY" not in done.stdout + done.stderr


def test_the_files_of_a_folder_come_without_it(hub, fetch, tmp_path):
    files = {name: hashlib.sha256(content * 2).hexdigest() for name, content in FILES.items()}
    done = fetch(hub, origin="lab/tiny//large", files=files)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "models" / "tiny"
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        n: c * 2 for n, c in FILES.items()
    }


def test_open_digests_are_told_all_at_once(hub, fetch):
    done = fetch(hub, files=dict.fromkeys(FILES, "n/a"))
    told = [f"{n} is {hashlib.sha256(c).hexdigest()}, expected n/a" for n, c in FILES.items()]
    assert all(line in done.stderr for line in told)


@pytest.mark.fault(47)
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"files": {"config.json": "0" * 64}}, "sha256: config.json is "),
        ({"files": {"absent.safetensors": "0" * 64}}, "is absent"),
        ({"revision": "0" * 40}, "cannot be fetched"),
    ],
)
def test_what_is_not_as_pinned_is_refused(changes, problem, hub, fetch, tmp_path):
    done = fetch(hub, **changes)
    assert "BadInput" in done.stderr and problem in done.stderr
    assert "CANARY" not in done.stdout + done.stderr
    assert not list((tmp_path / "models").iterdir())


@pytest.fixture
def bert(tmp_path):
    """Files of a transformer of two layers of four features."""
    from tokenizers import Tokenizer, models
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = models.WordLevel({"[UNK]": 0, "[PAD]": 1, "alice": 2, "fell": 3}, unk_token="[UNK]")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(words), pad_token="[PAD]")
    tokenizer.save_pretrained(tmp_path / "bert")
    sizes = {"hidden_size": 4, "num_hidden_layers": 2, "num_attention_heads": 1}
    config = BertConfig(vocab_size=4, intermediate_size=4, max_position_embeddings=8, **sizes)
    BertModel(config).save_pretrained(tmp_path / "bert")
    return {file.name: file.read_bytes() for file in (tmp_path / "bert").iterdir()}


def test_a_fetched_model_is_used_without_a_word_to_the_hub(bert, hub, fetch, tmp_path, monkeypatch):
    monkeypatch.setattr(_Hub, "files", bert)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in bert.items()}
    assert fetch(hub, files=digests).returncode == 0
    _Hub.asked.clear()
    used = subprocess.run(
        [sys.executable, "-c", USE, str(tmp_path / "models" / "tiny")],
        env=os.environ | {"HF_ENDPOINT": hub, "HF_HUB_OFFLINE": "0"},  # it could, and must not
        capture_output=True,
        text=True,
    )
    assert used.stdout == "(3, 4)\n", used.stderr
    assert not _Hub.asked
