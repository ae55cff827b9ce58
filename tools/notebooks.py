"""Make the student, solution and instructor notebooks from their sources in notebooks/.

    notebooks.py --into FOLDER [--only VERSION] [--course] [SOURCE.py ...]

A source is a Python file in the percent format of jupytext: cells begin with `# %%` or
`# %% [markdown]`, and tags say what becomes of them, as in `# %% tags=["exercise"]`.

    exercise     what students write stands between the lines `### BEGIN SOLUTION` and
                 `### END SOLUTION`; they get `raise NotImplementedError("Exercise 1.2: name")`
                 instead, or `answer = ...` where `answer` is assigned outside of functions. The
                 number is that of the nearest heading above, the name that of the function.
    check        checks an exercise; one stands behind each exercise
    exercise-use, needs:NAME
                 uses what an exercise asks for, and may fail until it is solved
    solution     is left out of the student version
    instructor   is in the instructor version alone
    test         is in none: assertions that the tests run, of values stated in the text

A source numbered 90 or higher is for instructors, and has no student version.

Only the standard library is used, since the build of the wheel runs this. Every mistake in a source
is reported with its file and line. With --course, the exercises must be those of linclf.course.
"""

import argparse
import ast
import hashlib
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What each version leaves out. "tested" is the solution with everything else that is run.
VERSIONS = {
    "student": {"solution", "instructor", "test"},
    "solution": {"instructor", "test"},
    "instructor": {"test"},
    "tested": set(),
}
PUBLISHED = ("student", "solution", "instructor")
TAGS = {"exercise", "check", "exercise-use", "solution", "instructor", "test"}
OTHER_TAGS = re.compile(r"needs:[A-Za-z_]\w*|(?:hide|remove)-(?:input|output|cell)")

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
LIKE_A_MARK = re.compile(r"#\s*(BEGIN|END)\s+SOLUTION|###\s*(BEGIN|END)\b", re.IGNORECASE)
CELL = re.compile(r"# %%(?:\s+(?P<kind>\[\w+\]))?(?:\s+(?P<options>\S.*))?$")
OPTION = re.compile(r"\s*(\w+)=(\[[^\]]*\]|\"[^\"]*\")")
HEADING = re.compile(r"^#+ .*?\bExercise (\d+\.\d+)\b", re.MULTILINE)
MACHINE_PATH = re.compile(r"(?<![\w.:/~-])(?:/(?:home|Users|root|tmp|mnt|opt|var)/\w|[A-Z]:\\\w)")


class SourceError(ValueError):
    """A mistake in a source, with its file and line."""

    def __init__(self, path, line, message):
        super().__init__(f"{path}:{line}: {message}")


@dataclass
class Cell:
    """A cell of a source: where it begins, its kind, its tags and its lines."""

    line: int
    kind: str
    tags: list
    lines: list = field(default_factory=list)
    first: int = 0  # the number of the first of the lines

    @property
    def text(self):
        """The lines as one string."""
        return "\n".join(self.lines)


@dataclass
class Exercise:
    """A function or an answer that students write."""

    name: str
    number: str | None
    line: int


@dataclass
class Source:
    """A source that was read and found to be in order."""

    path: Path
    cells: list
    exercises: list


# ----------------------------------------------------------------------------- reading


def read(path, known=None):
    """Return the source in a file.

    `known` maps the names of the course's exercises to their numbers; without it, names are not
    checked. Raises SourceError for the first mistake.
    """
    path = Path(path)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    cells = _cells(shown, path.read_text(encoding="utf-8").split("\n"))
    for cell in cells:
        _check_cell(shown, cell)
    exercises = _exercises(shown, cells)
    if known is not None:
        _check_names(shown, cells, exercises, known)
    source = Source(path, cells, exercises)
    for version, left_out in VERSIONS.items():
        _check_version(shown, source, version, left_out)
    return source


def _cells(shown, lines):
    """Return the cells of a file in the percent format."""
    cells = []
    header = len(lines) > 0 and lines[0] == "# ---"
    for number, line in enumerate(lines, 1):
        if header:  # what jupytext notes about the file
            header = number == 1 or line != "# ---"
        elif match := CELL.match(line):
            cells.append(_cell(shown, number, match))
        elif line.startswith("# %%"):
            raise SourceError(shown, number, f"{line!r} is no beginning of a cell")
        elif cells:
            cells[-1].lines.append(line)
        elif line.strip():
            raise SourceError(shown, number, "there is text before the first cell, `# %%`")
    if header:
        raise SourceError(shown, 1, "the header has no second line `# ---`")
    for cell in cells:
        cell.first = cell.line + 1
        while cell.lines and not cell.lines[0].strip():
            cell.lines.pop(0)
            cell.first += 1
        while cell.lines and not cell.lines[-1].strip():
            cell.lines.pop()
        if cell.kind == "markdown":
            cell.lines = [_uncommented(shown, cell.first + i, x) for i, x in enumerate(cell.lines)]
    return cells


def _cell(shown, number, match):
    """Return an empty cell for a line that begins one."""
    kind, options = match["kind"] or "[code]", match["options"] or ""
    if kind not in ("[code]", "[markdown]"):
        raise SourceError(shown, number, f"cells are code or [markdown], not {kind}")
    found = dict(OPTION.findall(options))
    if OPTION.sub("", options).strip() or set(found) - {"tags"}:
        raise SourceError(shown, number, f'{options!r} should be like tags=["exercise"]')
    try:
        tags = json.loads(found.get("tags", "[]"))
    except ValueError:
        raise SourceError(shown, number, f"{found['tags']} is no list of strings") from None
    for tag in tags:
        if tag not in TAGS and not (isinstance(tag, str) and OTHER_TAGS.fullmatch(tag)):
            names = ", ".join([*sorted(TAGS), "needs:NAME"])
            raise SourceError(shown, number, f"there is no tag {tag!r}; there are {names}")
    return Cell(number, kind[1:-1], tags)


def _uncommented(shown, number, line):
    """Return a line of Markdown without its hash sign."""
    if not re.match(r"#( |$)", line):
        raise SourceError(shown, number, "a line of a Markdown cell should begin with `# `")
    return line[2:]


def _check_cell(shown, cell):
    """Check what can be said of a cell alone."""
    for number, line in enumerate(cell.lines, cell.first):
        if MACHINE_PATH.search(line):
            raise SourceError(shown, number, "there is an absolute path of some machine")
        if cell.kind == "code" and re.match(r"\s*(# )?[%!]\w", line):
            raise SourceError(shown, number, "magic commands are not supported; write Python")
        if line.strip() in (BEGIN, END):
            if "exercise" not in cell.tags or cell.kind != "code":
                where = 'a code cell tagged "exercise"'
                raise SourceError(shown, number, f"`{line.strip()}` should be in {where}")
        elif LIKE_A_MARK.search(line) and cell.kind == "code":
            raise SourceError(shown, number, f"a mark is exactly `{BEGIN}` or `{END}`")
    if cell.kind == "code":
        _syntax(shown, cell, cell.lines)


def _syntax(shown, cell, lines):
    """Return the syntax tree of a cell, with the line numbers of the file."""
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError as error:
        number = cell.first + (error.lineno or 1) - 1
        raise SourceError(shown, number, f"not Python: {error.msg}") from None
    return ast.increment_lineno(tree, cell.first - 1)


def _exercises(shown, cells):
    """Return the exercises of a source, after a look at what is around them."""
    number, found = None, []
    for index, cell in enumerate(cells):
        if cell.kind == "markdown":
            number = (HEADING.findall(cell.text) or [number])[-1]
        elif "exercise" in cell.tags:
            here = [
                Exercise(name, number, cell.first + first)
                for first, _, name in _regions(shown, cell)
            ]
            if not here:
                raise SourceError(shown, cell.line, f"an exercise needs `{BEGIN}`, `{END}`")
            if number is None:
                message = f"no heading `### Exercise 1.2: ...` is above the exercise {here[0].name}"
                raise SourceError(shown, cell.line, message)
            rest = (other for other in cells[index + 1 :] if other.kind == "code")
            following = next((x for x in rest if not {"test", "instructor"} & {*x.tags}), None)
            if following is None or "check" not in following.tags:
                message = f'behind the exercise {here[0].name} should be a cell tagged "check"'
                raise SourceError(shown, cell.line, message)
            found += here
    return found


def _regions(shown, cell):
    """Return (line of BEGIN, line of END, name) of each solution in a cell, counted from 0."""
    regions, begin = [], None
    for index, line in enumerate(cell.lines):
        mark = line.strip()
        if mark == BEGIN:
            if begin is not None:
                raise SourceError(shown, cell.first + index, f"`{BEGIN}` inside of a solution")
            begin = index
        elif mark == END:
            if begin is None:
                raise SourceError(shown, cell.first + index, f"`{END}` without `{BEGIN}`")
            if not any(text.strip() for text in cell.lines[begin + 1 : index]):
                raise SourceError(shown, cell.first + begin, "the solution is empty")
            regions.append((begin, index, _name(cell, begin, index)))
            begin = None
    if begin is not None:
        raise SourceError(shown, cell.first + begin, f"`{BEGIN}` without `{END}`")
    return regions


def _indent(line):
    return line[: len(line) - len(line.lstrip())]


def _name(cell, begin, end):
    """Return what a solution defines: the outermost function it is in, or what it assigns."""
    name, room = None, len(_indent(cell.lines[begin]))
    for line in reversed(cell.lines[:begin]):
        if line.strip() and len(_indent(line)) < room:
            room = len(_indent(line))
            if match := re.match(r"\s*(?:async )?def (\w+)", line):
                name = match[1]
    return name or ", ".join(_assigned(cell.lines[begin + 1 : end])) or "the code of this cell"


def _assigned(lines):
    """Return the names that a piece of code outside of functions assigns, if it does only that."""
    try:
        statements = ast.parse("\n".join(lines)).body
    except SyntaxError:  # of an indented piece
        return []
    names = []
    for statement in statements:
        targets = getattr(statement, "targets", [])
        if not targets or not all(isinstance(target, ast.Name) for target in targets):
            return []
        names += [target.id for target in targets]
    return list(dict.fromkeys(names))


def _check_names(shown, cells, exercises, known):
    """Compare exercises with those of the course."""
    for exercise in exercises:
        if exercise.name in known and exercise.number != known[exercise.name]:
            message = (
                f"{exercise.name} is exercise {known[exercise.name]} of the course, but stands "
                f"below the heading of {exercise.number}"
            )
            raise SourceError(shown, exercise.line, message)
    own = {exercise.name for exercise in exercises}
    for cell in cells:
        wanted = [(tag[6:], cell.line) for tag in cell.tags if tag.startswith("needs:")]
        if cell.kind == "code" and "check" in cell.tags:
            wanted += _checked(_syntax(shown, cell, cell.lines))
        for name, line in wanted:
            if name not in known and name not in own:
                message = f"the course has no exercise {name!r}; it has {', '.join(known)}"
                raise SourceError(shown, line, message)


def _checked(tree):
    """Return the names of exercises given to `course.check`, with their lines."""
    return [
        (node.args[0].value, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("course.check", "linclf.course.check")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


def _check_version(shown, source, version, left_out):
    """Check that a version does not use what its other cells define, and is Python still."""
    kept, bound, elsewhere = [], set(), set()
    for cell in source.cells:
        if cell.kind != "code":
            continue
        here = not left_out & {*cell.tags}
        lines = stripped(shown, source, cell) if version == "student" else cell.lines
        tree = _syntax(shown, cell, lines if here else cell.lines)
        (bound if here else elsewhere).update(_bound(tree))
        kept += [tree] if here else []
    for tree in kept:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in elsewhere - bound:
                message = f"{node.id} is defined only in a cell that the {version} version lacks"
                raise SourceError(shown, node.lineno, message)


def _bound(tree):
    """Return the names that a piece of code defines, in any scope."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names


# ----------------------------------------------------------------------------- writing


def stripped(shown, source, cell):
    """Return the lines of a cell as students get them."""
    if "exercise" not in cell.tags:
        return cell.lines
    lines, end = [], 0
    for begin, stop, name in _regions(shown, cell):
        number = next(x.number for x in source.exercises if x.line == cell.first + begin)
        lines += cell.lines[end:begin]
        indent = _indent(cell.lines[begin])
        answers = [] if indent else _assigned(cell.lines[begin + 1 : stop])
        if answers:
            lines += [f"{answer} = ..." for answer in answers]
        else:
            lines.append(f'{indent}raise NotImplementedError("Exercise {number}: {name}")')
        end = stop + 1
    return lines + cell.lines[end:]


def unmarked(cell):
    """Return the lines of a cell without the marks around solutions."""
    return [line for line in cell.lines if line.strip() not in (BEGIN, END)]


def solutions(source):
    """Return the solutions of two lines or more, without blank lines and indentation.

    A single line, such as `return X @ W`, may well stand somewhere else by right.
    """
    found = []
    for cell in source.cells:
        for begin, end, _ in _regions(source.path.name, cell) if "exercise" in cell.tags else ():
            lines = [line.strip() for line in cell.lines[begin + 1 : end] if line.strip()]
            found += ["\n".join(lines)] if len(lines) > 1 else []
    return found


def notebook(source, version):
    """Return a version of a source as a notebook of format 4.5, with no outputs.

    A cell has the same id in every version. That of an exercise is its name, so that it
    outlives changes; that of another cell comes from its contents.
    """
    cells, ids = [], set()
    for cell in source.cells:
        if not cell.lines:
            continue
        student = stripped(source.path.name, source, cell)
        identifier = _identifier(cell, student, source, ids)
        if VERSIONS[version] & {*cell.tags}:
            continue
        lines = student if version == "student" else unmarked(cell)
        text = "\n".join(lines).splitlines(keepends=True)
        entry = {"cell_type": cell.kind, "id": identifier, "metadata": {}, "source": text}
        if cell.tags:
            entry["metadata"]["tags"] = cell.tags
        if cell.kind == "code":
            entry |= {"execution_count": None, "outputs": []}
        cells.append(entry)
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _identifier(cell, student, source, taken):
    """Return a new id for a cell."""
    last = cell.first + len(cell.lines)
    names = [x.name for x in source.exercises if cell.first <= x.line < last]
    if names:
        stem = "exercise-" + re.sub(r"\W+", "-", names[0])[:40]
    else:
        stem = hashlib.sha256("\n".join([cell.kind, *student]).encode()).hexdigest()[:8]
    count, identifier = 1, stem
    while identifier in taken:
        count += 1
        identifier = f"{stem}-{count}"
    taken.add(identifier)
    return identifier


def dumps(notebook):
    """Return a notebook as the text of a file, the same wherever it is made."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def for_students(path):
    """Tell whether a source is part of the course, not a guide for those who teach it."""
    return not path.name.startswith("9")


def write(sources, version, folder):
    """Write a version of each source that has it into a folder, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    if version == "student":
        sources = [source for source in sources if for_students(source.path)]
    files = [folder / f"{source.path.stem}.ipynb" for source in sources]
    for old in set(folder.glob("*.ipynb")) - {*files}:
        old.unlink()  # of a source that has another name now
    for source, file in zip(sources, files, strict=True):
        file.write_text(dumps(notebook(source, version)), encoding="utf-8", newline="")
    return files


def known_exercises():
    """Return the numbers of the course's exercises by their names."""
    from linclf import course

    return {exercise.name: exercise.number for exercise in course.exercises()}


def main(argv=None):
    """Write notebooks; every mistake in a source is printed, and then nothing is written."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sources", nargs="*", type=Path, metavar="SOURCE.py")
    parser.add_argument("--into", required=True, type=Path, metavar="FOLDER")
    parser.add_argument("--only", choices=PUBLISHED, metavar="VERSION")
    parser.add_argument("--course", action="store_true", help="compare with linclf.course")
    arguments = parser.parse_args(argv)
    known = known_exercises() if arguments.course else None
    sources, mistakes = [], []
    for path in arguments.sources or sorted((ROOT / "notebooks").glob("*.py")):
        try:
            sources.append(read(path.resolve(), known))
        except SourceError as error:
            mistakes.append(error)
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    if mistakes:
        return 1
    if arguments.only:
        write(sources, arguments.only, arguments.into)
    else:
        for version in PUBLISHED:
            write(sources, version, arguments.into / version)
    return 0


if __name__ == "__main__":
    sys.exit(main())
