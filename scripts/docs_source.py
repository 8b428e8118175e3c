"""`make docs`, first half: the pages as they lie in the repository, what they link to, and a page a room.

Their relative links hold in the repository and in the site, because both have the same folders.
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "build" / "docs_source"
LIBRARY = ROOT / "scripts" / "schurscope"
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")
TOP = """# schurscope

What stands at the top: `import schurscope`.

::: schurscope.one_network.profile

::: schurscope.stages.memory.fisher_memory

::: schurscope.external.network.read_network
"""


def main() -> None:
    shutil.rmtree(SOURCE, ignore_errors=True)
    pages = [ROOT / name for name in PAGES] + sorted(ROOT.glob("docs/*.md"))
    for page in pages:
        keep(page)
        for name in LINK.findall(page.read_text(encoding="utf-8")):
            target = (page.parent / name).resolve()
            if target.is_file() and target not in pages:
                keep(target)  # a picture, or a file of the code
    for name in ("site.css", "iframe-worker.js"):
        keep(ROOT / "docs" / name)
    (SOURCE / "reference").mkdir()
    (SOURCE / "reference" / "schurscope.md").write_text(TOP, encoding="utf-8")
    for room in sorted(path.parent for path in LIBRARY.glob("*/__init__.py")):
        text = f"# {room.name}\n\n::: schurscope.{room.name}\n"
        (SOURCE / "reference" / f"{room.name}.md").write_text(text, encoding="utf-8")


def keep(file: Path) -> None:
    copy = SOURCE / file.relative_to(ROOT)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, copy)


if __name__ == "__main__":
    main()
