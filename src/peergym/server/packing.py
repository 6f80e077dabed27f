"""Pack what runs in a browser into a zip that is the same on every machine.

The zip is a function of names and contents alone: entries sorted, dates fixed, nothing compressed
(compressors differ from one build of zlib to the next; HTTP compresses on the way). So its digest
says whether two sides hold the same Python, and whether a memory snapshot fits.

The build needs this before the package is installed: the module imports the standard library
only, and runs as ``python packing.py FOLDER --zip OUT``, which prints the digest.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

PACKAGE = "peergym"

BROWSER_PATTERNS = (
    "__init__.py",
    "errors.py",
    "data/__init__.py",
    "data/execution.py",
    "data/explain.py",
    "data/replay/*.py",
    "data/verify.py",
    "rollback/**/*.py",
    "envs/**/*.py",
    "experiment/__init__.py",
    "experiment/gym_scene.py",
    "games/**/*.py",
    "hosts/**/*.py",
)
"""What runs in a browser, relative to the package's folder."""

NATIVE_PREFIX = "native"
"""Modules of hosts/ that begin with this drive sessions outside a browser and stay behind."""

DIGEST_BYTES = 16
"""128 bits: nobody finds two zips with the same digest by accident or by trying."""

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can hold; any fixed one would do."""


def browser_files(folder: Path) -> dict[str, bytes]:
    """Read the package's files that run in a browser.

    Args:
        folder: The package's folder, the one with ``__init__.py`` in it.

    Returns:
        Contents by name inside the zip, such as ``peergym/errors.py``.

    Raises:
        FileNotFoundError: If the folder is not the package's.
    """
    if not (folder / "__init__.py").is_file():
        raise FileNotFoundError(f"{folder} is not the folder of the package {PACKAGE}")
    files: dict[str, bytes] = {}
    for pattern in BROWSER_PATTERNS:
        for path in folder.glob(pattern):
            relative = path.relative_to(folder)
            if relative.parts[0] == "hosts" and path.name.startswith(NATIVE_PREFIX):
                continue
            files[f"{PACKAGE}/{relative.as_posix()}"] = path.read_bytes()
    return files


def make_zip(files: Mapping[str, bytes]) -> bytes:
    """Return the zip of some files; the same files make the same bytes, everywhere."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            # The default depends on the operating system that packs.
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def digest_of(data: bytes) -> str:
    """Return the digest of a zip, 32 hexadecimal digits."""
    return blake2b(data, digest_size=DIGEST_BYTES).hexdigest()


def package_digest(folder: Path) -> str:
    """Return the digest of the zip of our own package's part alone, without any game of a user.

    Raises:
        FileNotFoundError: If the folder is not the package's.
    """
    return digest_of(make_zip(browser_files(folder)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the zip of the package's own part and print its digest."""
    parser = argparse.ArgumentParser(
        description="Pack the part of peergym that runs in a browser, and print its digest."
    )
    parser.add_argument("folder", type=Path, help="the package's folder, such as src/peergym")
    parser.add_argument("--zip", type=Path, help="where to write the zip; left out: nowhere")
    chosen = parser.parse_args(arguments)
    data = make_zip(browser_files(chosen.folder))
    if chosen.zip is not None:
        chosen.zip.write_bytes(data)
    sys.stdout.write(f"{digest_of(data)}\n")


if __name__ == "__main__":
    main()
