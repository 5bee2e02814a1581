"""Debian packages of a few bytes, and an archive of them that apt can be pointed at."""

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Literal

Packing = Literal["gz", "xz"]


def write_deb(
    path: Path,
    files: dict[str, bytes],
    links: dict[str, str] | None = None,
    packing: Packing = "xz",
) -> Path:
    """Write a package that holds these files and symbolic links, as dpkg-deb would."""
    control = "Package: tiny\nVersion: 1:2.0-1\nArchitecture: all\nDescription: toy\n"
    parts = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": _tar({"control": control.encode()}, {}, "gz"),
        f"data.tar.{packing}": _tar(files, links or {}, packing),
    }
    ar = b"".join(_ar_member(name, body) for name, body in parts.items())
    path.write_bytes(b"!<arch>\n" + ar)
    return path


def _ar_member(name: str, body: bytes) -> bytes:
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(body):<10}`\n".encode()
    return header + body + b"\n" * (len(body) % 2)


def _tar(files: dict[str, bytes], links: dict[str, str], packing: Packing) -> bytes:
    buffer = io.BytesIO()
    mode: Literal["w:gz", "w:xz"] = "w:gz" if packing == "gz" else "w:xz"
    with tarfile.open(fileobj=buffer, mode=mode) as tar:
        for name, body in files.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
        for name, target in links.items():
            info = tarfile.TarInfo(f"./{name}")
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
    return buffer.getvalue()


def write_archive(folder: Path, deb: Path) -> Path:
    """Write an archive of one package, and the configuration that makes it all apt knows."""
    content = deb.read_bytes()
    (folder / "empty").mkdir()
    (folder / "Packages").write_text(
        "Package: tiny\nVersion: 1:2.0-1\nArchitecture: all\nMaintainer: toy <toy@localhost>\n"
        f"Filename: ./{deb.relative_to(folder)}\nSize: {len(content)}\n"
        f"SHA256: {hashlib.sha256(content).hexdigest()}\nDescription: toy\n"
    )
    (folder / "sources.list").write_text(f"deb [trusted=yes] file:{folder} ./\n")
    settings = folder / "apt.conf"
    settings.write_text(
        f'Dir::Etc::sourcelist "{folder}/sources.list";\nDir::Etc::sourceparts "/dev/null";\n'
        f'Dir::Etc::parts "/dev/null";\nDir::State::lists "{folder}/empty";\n'
    )
    return settings
