"""Build the documentation site in build/docs/html: `make docs`, or python docs/build.py.

Sphinx wants all its sources in one folder, and nothing is built among the sources here: so the
pages of docs/, the notebooks and the generated pages are first gathered in build/docs/source. No
step uses the network, nor do the pages. Warnings are errors.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import api_pages
import linclf
from sphinx.cmd.build import main as sphinx_build

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import notebooks  # noqa: E402

DOCS = ROOT / "docs"
BUILD = ROOT / "build" / "docs"
SOURCE, HTML = BUILD / "source", BUILD / "html"
NOTEBOOKS = """# Notebooks

The course, one notebook after the other, as it looks when it has been run.

```{{toctree}}
:maxdepth: 1

{names}
```
"""


def gather() -> None:
    """Bring together what Sphinx reads."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(DOCS, SOURCE, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copyfile(ROOT / "CONTRIBUTING.md", SOURCE / "_parts" / "CONTRIBUTING.md")
    api_pages.write(SOURCE / "reference")
    if not gather_notebooks(SOURCE / "notebooks"):
        index = SOURCE / "index.md"
        index.write_text(index.read_text(encoding="utf-8").replace("notebooks/index\n", ""))
    if hasattr(linclf, "conventions"):
        with (SOURCE / "conventions.md").open("a", encoding="utf-8") as page:
            page.write((DOCS / "_parts" / "conventions_table.md").read_text(encoding="utf-8"))


def gather_notebooks(folder: Path) -> bool:
    """Write the notebooks with their solutions; return whether there are any."""
    sources = [notebooks.read(path) for path in sorted((ROOT / "notebooks").glob("*.py"))]
    if not sources:
        return False
    notebooks.write(sources, "solution", folder)
    names = "\n".join(source.path.stem for source in sources)
    (folder / "index.md").write_text(NOTEBOOKS.format(names=names), encoding="utf-8")
    return True


def configure_kernels() -> None:
    """Run code cells with the settings of the site, not with those of whoever builds it."""
    profile = BUILD / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    errors = "c.IPKernelApp.log_level = 40  # not the warning of every start about TCP\n"
    (profile / "ipython_kernel_config.py").write_text(errors, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(BUILD / "ipython")


class Fetches(HTMLParser):
    """Collects what a browser would load from elsewhere to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        loaded = given.get("src") or (given.get("href") if tag == "link" else None)
        if loaded and re.match(r"(https?:)?//", loaded) and given.get("rel") != "canonical":
            self.found.append(loaded)


def fetched() -> Iterator[str]:
    """Yield everything in the site that needs the network."""
    for path in sorted(HTML.rglob("*.html")):
        parser = Fetches()
        parser.feed(path.read_text(encoding="utf-8"))
        yield from (f"{path.relative_to(HTML)} loads {url}" for url in parser.found)
    for path in sorted(HTML.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        urls = re.findall(r"(?:@import\s+|url\()[\"']?((?:https?:)?//[^\"')]+)", text)
        yield from (f"{path.relative_to(HTML)} loads {url}" for url in urls)


def main() -> int:
    """Gather, build, look for the network; return the exit status."""
    gather()
    configure_kernels()
    shutil.rmtree(HTML, ignore_errors=True)  # no page of something that is gone
    options = ["-W", "--keep-going", "-q", "-E", "-j", "auto", "-c", DOCS, "-d", BUILD / "doctrees"]
    if status := sphinx_build([str(part) for part in (*options, SOURCE, HTML)]):
        return status
    problems = list(fetched())
    print(*(problems or [HTML / "index.html"]), sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
