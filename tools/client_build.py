"""Build the client: what npm installs, the page and the worker, and the memory snapshot.

Three steps, each of which is skipped while the digest of its inputs is the one of its last
success. The digests lie in ``.build/``, outside git. So a change of a Python file rebuilds only the
snapshot, a change of the page only the page, and a build with nothing to do needs no network.

    python -m tools.client_build
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.node import Node, NodeError, find_node

MODULES_INPUTS = ("client/package.json", "client/package-lock.json", "client/.npmrc")
PAGE_INPUTS = (
    "client/package-lock.json",
    "client/index.html",
    "client/public",
    "client/src",
    "client/tsconfig.json",
    "client/vite.config.ts",
)
SNAPSHOT_INPUTS = (
    "client/package-lock.json",
    "client/scripts",
    "src/peergym/server/packing.py",
)


class BuildError(Exception):
    """The client cannot be built; the message says why and what helps."""


@dataclass(frozen=True)
class ClientBuild:
    """The client of one checkout (or one unpacked source distribution)."""

    root: Path

    @property
    def client(self) -> Path:
        """The npm project."""
        return self.root / "client"

    @property
    def package(self) -> Path:
        """The Python package, into which the client is built."""
        return self.root / "src" / "peergym"

    @property
    def out(self) -> Path:
        """What the server serves."""
        return self.package / "client_dist"

    def build(self) -> list[str]:
        """Do what has to be done, in order.

        Returns:
            Names of the steps that ran; empty if everything was up to date.

        Raises:
            BuildError: If a step fails.
            NodeError: If there is no Node.js to build with.
        """
        steps = {
            "modules": (self.modules_digest, self.client / "node_modules", self.install_modules),
            "page": (self.page_digest, self.out / "index.html", self.build_page),
            "snapshot": (self.snapshot_digest, self.out / "snapshot", self.build_snapshot),
        }
        ran = []
        for name, (digest_inputs, product, run) in steps.items():
            stamp = self.root / ".build" / name
            digest = digest_inputs()
            if product.exists() and _read(stamp) == digest:
                continue
            stamp.unlink(missing_ok=True)
            run()
            stamp.parent.mkdir(exist_ok=True)
            stamp.write_text(digest, encoding="utf-8")
            ran.append(name)
        return ran

    def modules_digest(self) -> str:
        """Return the digest of what ``npm ci`` depends on: the lock, and the platform."""
        return self._digest(MODULES_INPUTS, sys.platform)

    def page_digest(self) -> str:
        """Return the digest of what the page and the worker are built from."""
        return self._digest(PAGE_INPUTS)

    def snapshot_digest(self) -> str:
        """Return the digest of the Python that the snapshot holds, and of what makes it."""
        return self._digest(SNAPSHOT_INPUTS, self._package_digest())

    def install_modules(self) -> None:
        """Install exactly what the lock says.

        Raises:
            BuildError: If the npm registry cannot be reached, or what it serves is not in the lock.
        """
        print("Installing the packages that the client is built from (npm ci) ...", flush=True)
        node = find_node()
        try:
            self._run(node, [node.npm_script, "ci", "--no-audit", "--no-fund"], cwd=self.client)
        except BuildError as error:
            raise BuildError(
                f"{error}\nWithout these packages the client cannot be built. If the npm registry "
                "could not be reached, go online once, or set npm_config_registry to one that can "
                "be; after that, builds work offline."
            ) from None

    def build_page(self) -> None:
        """Build the page and the worker, and lay Pyodide's core beside them."""
        print("Building the page and the worker ...", flush=True)
        vite = self.client / "node_modules" / "vite" / "bin" / "vite.js"
        self._run(find_node(), [vite, "build", "--logLevel", "warn"], cwd=self.client)

    def build_snapshot(self) -> None:
        """Make the memory snapshot, from which a page starts Python much sooner."""
        print("Making the memory snapshot ...", flush=True)
        script = self.client / "scripts" / "build_snapshot.mjs"
        arguments: list[str | Path] = ["--package", self.package, "--out", self.out / "snapshot"]
        self._run(find_node(), [script, *arguments, "--python", sys.executable], cwd=self.root)

    def _package_digest(self) -> str:
        packing = self.package / "server" / "packing.py"
        run = subprocess.run(
            [sys.executable, packing, self.package], capture_output=True, text=True, check=False
        )
        if run.returncode:
            raise BuildError(f"The Python for the browser cannot be packed: {run.stderr.strip()}")
        return run.stdout.strip()

    def _run(self, node: Node, arguments: Sequence[str | Path], cwd: Path) -> None:
        command = [str(node.executable), *map(str, arguments)]
        run = subprocess.run(command, cwd=cwd, env=node.environment(), check=False)
        if run.returncode:
            shown = " ".join([Path(arguments[0]).name, *map(str, arguments[1:])])
            raise BuildError(f"`node {shown}` failed with exit status {run.returncode}; see above.")

    def _digest(self, names: Iterable[str], *more: str) -> str:
        return digest_files(self.root, names, more)


def digest_files(root: Path, names: Iterable[str], more: Iterable[str] = ()) -> str:
    """Return a digest of files: of their names below the root and of their contents.

    Args:
        root: The folder that names are relative to.
        names: Files, and folders with all that is in them; what does not exist counts as absent.
        more: Further inputs.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in more:
        digest.update(f"{len(part)} {part}\n".encode())
    for path in _files(root, names):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(root: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = root / name
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.is_file())


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main() -> None:
    """Build the client of the checkout that this file lies in."""
    try:
        ran = ClientBuild(Path(__file__).resolve().parents[1]).build()
    except (BuildError, NodeError) as error:
        sys.exit(f"\n{error}")
    if ran:
        print(f"Built: {', '.join(ran)}.")


if __name__ == "__main__":
    main()
