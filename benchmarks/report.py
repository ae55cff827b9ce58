"""Tables of the results, for a terminal and for RESULTS.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from linclf.cli.text import duration

from benchmarks.cases import KINDS

__all__ = ["Table", "as_markdown", "as_text", "setting", "slow", "tables", "tally", "wrong"]

Document = dict[str, Any]
Row = tuple[str, ...]

_OPPONENTS = ("NumPy", "PyTorch", "scikit-learn")
_MEASURES = ("float32 X", "NumPy", "NumPy course", *_OPPONENTS[1:])
_TITLES = {"float32 X": "linclf, float32 X", "NumPy": "NumPy at its best"}
_NOTES = {
    "loss": "4 N D C operations, X read once.",
    "uint8": "Opponents convert on every call; float32 X was converted before.",
    "sgd": "Nothing of the data is copied beforehand; the same row numbers for everyone.",
    "predict": "2 N D C operations, X read once.",
    "tiny": "Through the public Python function, default arguments.",
    "lbfgs": "SciPy's method on each objective; scikit-learn's own solver of the same method.",
    "job": "Batches are drawn within it, by the same generator.",
    "avx2": "In a process with OPENBLAS_CORETYPE=Haswell and LINCLF_CPU=avx2.",
    "numgrad": "All entries of W at once, and two losses an entry: those of 20 entries, scaled.",
    "error": "Norm of the error over the norm, against long double.",
    "memory": "Resident memory at its highest during a call, without files, minus that before it.",
    "bits": "What this costs cannot be measured from outside: there is no build without it.",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a remark, the names of the columns, and rows of text."""

    title: str
    remark: str
    header: Row
    rows: list[Row]


def tables(results: Document) -> Iterator[Table]:
    """Yield the tables of a run.

    Parameters
    ----------
    results : dict
        From `benchmarks.child.document`.
    """
    races = results["races"]
    for kind, title in KINDS.items():
        rows = [row for row in races if row["kind"] == kind]
        if rows:
            yield _races(title, _NOTES[kind], rows, "")
    single = [row for row in races if len(row["by threads"]) > 1 and "1" in row["by threads"]]
    if single:
        remark = "The opponents, too, have one thread."
        yield _races("On one thread", remark, single, "1")
    if races:
        yield _ways(races)
    for kind, title in KINDS.items():
        figures = [figure for figure in results["figures"] if figure["kind"] == kind]
        if figures:
            header = ("of", "value", "", "floor / goal", "")
            yield Table(title, _NOTES[kind], header, [_figure(figure) for figure in figures])
    if results["solutions"]:
        yield _solutions(results["solutions"])


def tally(results: Document) -> str:
    """Return how many targets were met, and how well."""
    verdicts = [target["verdict"] for row in results["races"] for target in row["targets"]]
    verdicts += [figure["verdict"] for figure in results["figures"] if "verdict" in figure]
    counts = {word: verdicts.count(word) for word in ("goal", "floor", "below")}
    return (
        f"Of {len(verdicts)} targets {counts['goal']} reached their goal, {counts['floor']} their "
        f"floor, and {counts['below']} neither."
    )


def wrong(results: Document) -> list[str]:
    """Return which results differ from the reference, and which figures miss their floor."""
    found = [
        f"{_title(row)}: {one['family']} {one['name']} differs by {one['difference']}"
        for row in results["races"]
        for one in row["contenders"]
        if not one["agrees"]
    ]
    found += [
        f"{KINDS[figure['kind']]}, {figure['what']}: {figure['value']:.3g} {figure['unit']}"
        for figure in results["figures"]
        if figure.get("verdict") == "below"
    ]
    return found


def slow(results: Document) -> list[str]:
    """Return which races miss a floor, and which floors are out of the machine's reach."""
    return [
        f"{_title(row)}: {target['measure']} {target['value']:.3g}, floor {target['floor']:.3g}"
        f"{_out_of_reach(row, target)}"
        for row in results["races"]
        for target in row["targets"]
        if target["verdict"] == "below"
    ]


def _out_of_reach(row: Document, target: Document) -> str:
    """Return a remark if linclf would have to be faster than T_min to meet a floor."""
    share = row["by threads"][_last(row)]["share"]
    if share is None or target["measure"] not in _MEASURES:
        return ""
    most = target["value"] / share
    if most >= target["floor"]:
        return ""
    return f" (out of reach: {target['measure']} takes {most:.3g} times T_min on this machine)"


def _title(row: Document) -> str:
    return " ".join(filter(None, [KINDS[row["kind"]], *_name(row)]))


def setting(results: Document) -> list[tuple[str, str]]:
    """Return what the run ran on, as names and values."""
    machine, versions = results["machine"], dict(results["versions"])
    blas = [
        f"{one['name']} {one['version']} for {one['of']}, {one['kernels']} kernels"
        for one in versions.pop("BLAS")
    ]
    lines = [(name, str(value)) for name, value in machine.items() if value != ""]
    lines += [(name, str(value)) for name, value in versions.items() if value != ""]
    lines += [("BLAS", text) for text in blas]
    for what, unit in (("read", "GB/s"), ("float64", "GFLOP/s"), ("float32", "GFLOP/s")):
        rates = results["limits"].get(what, {})
        texts = [f"{rate / 1e9:.1f} {unit} on {_threads(n)}" for n, rate in rates.items()]
        if texts:
            name = "read bandwidth" if what == "read" else f"multiply-add, {what}"
            lines.append((name, ", ".join(texts)))
    return lines


# --------------------------------------------------------------------------- tables


def _races(title: str, remark: str, rows: Sequence[Document], threads: str) -> Table:
    """Return the rows for so many threads, or for the highest number and its targets."""
    who = [name for name in _MEASURES if any(_result(row, threads, name) for row in rows)]
    numbers = [] if threads else list(dict.fromkeys(n for row in rows for n in row["by threads"]))
    columns = ["work"] if threads else []
    columns += ["data", "dtype", "loss"]
    columns += [f"linclf, {_threads(n)}" for n in numbers] or ["linclf"]
    columns += ["of T_min"] + ([] if threads else ["floor / goal"])
    for name in who:
        columns.append(_TITLES.get(name, name))
        if not threads:
            columns.append("floor / goal")
    body: list[Row] = []
    for row in rows:
        cells = [row["kind"]] if threads else []
        cells += _name(row)
        cells += [_seconds(row, n) for n in numbers or [threads]]
        for name in ("share", *who):
            cells.append(_result(row, threads, name))
            if not threads:
                cells.append(_wanted(row, name))
        body.append(tuple(cells))
    return _without_empty_columns(Table(title, remark, tuple(columns), body))


def _without_empty_columns(table: Table) -> Table:
    used = [i for i in range(len(table.header)) if any(row[i] for row in table.rows)]
    header, *rows = (tuple(line[i] for i in used) for line in (table.header, *table.rows))
    return replace(table, header=header, rows=rows)


def _name(row: Document) -> list[str]:
    data = row["shape"] if row["size"] == "tiny" else f"{row['size']} {row['shape']}"
    return [data, row["dtype"], row["loss"]]


def _last(row: Document) -> str:
    return str(list(row["by threads"])[-1])


def _seconds(row: Document, threads: str) -> str:
    seconds = row["by threads"].get(threads, {}).get("seconds")
    return "" if seconds is None else _duration(seconds)


def _duration(seconds: float) -> str:
    return f"{seconds * 1e9:.0f} ns" if seconds < 1e-6 else duration(seconds)


def _result(row: Document, threads: str, measure: str) -> str:
    """Return a ratio or share, and below which target it is, if any."""
    result = row["by threads"][threads or _last(row)]
    if measure == "share":
        share = result["share"]
        text = "" if share is None else f"{share:.0%} {result['bound']}"
    else:
        ratio = result["ratios"].get(measure)
        text = "" if ratio is None else f"{ratio:.3g}x"
    target = _target(row, measure)
    return f"{text} {target['verdict'].upper()}" if target and not threads else text


def _target(row: Document, measure: str) -> Document | None:
    return next((one for one in row["targets"] if one["measure"] == measure), None)


def _wanted(row: Document, measure: str) -> str:
    target = _target(row, measure)
    if target is None:
        return ""
    scale, unit = (100, " %") if measure == "share" else (1, "")
    return f"{target['floor'] * scale:.3g} / {target['goal'] * scale:.3g}{unit}"


def _ways(rows: Sequence[Document]) -> Table:
    """Return how each opponent was fastest, and by how much results differ at most."""
    body = []
    for row in rows:
        right = [one for one in row["contenders"] if one["agrees"]]
        cells = [row["kind"], *_name(row)]
        for family in ("linclf", *_OPPONENTS):
            ways = [one for one in right if one["family"] == family]
            best = min(ways, key=lambda one: float(one["seconds"]), default=None)
            cells.append(_way(best) if best else "")
        differences = [one["difference"] for one in row["contenders"]]
        known = [difference for difference in differences if difference is not None]
        cells.append(f"{max(known):.0e}" if len(known) == len(differences) else "DIFFERS")
        body.append(tuple(cells))
    header = ("work", "data", "dtype", "loss", "linclf", *_OPPONENTS, "differences up to")
    remark = "The fastest way of each, its threads, and how far a result is from the reference."
    return Table("Ways", remark, header, body)


def _way(one: Document) -> str:
    return f"{_duration(one['seconds'])} {one['name']} ({one['threads']})".replace("  ", " ")


def _figure(figure: Document) -> Row:
    floor, goal = figure["floor"], figure["goal"]
    wanted = "" if floor is None else f"{floor:.3g} / {goal:.3g}"
    verdict = figure.get("verdict", "").upper()
    return figure["what"], f"{figure['value']:.3g}", figure["unit"], wanted, verdict


def _solutions(solutions: Sequence[Document]) -> Table:
    rows: list[Row] = [
        (
            one["problem"],
            one["solver"],
            f"{one['passes']}",
            _duration(one["seconds"]),
            f"{one['loss']:.5g}",
            f"{one['wanted']:.5g}",
            "not reached" if one["ratio"] is None else f"{one['ratio']:.2g}x",
            one["remark"],
        )
        for one in solutions
    ]
    header = (
        *("problem", "solver", "passes", "time", "validation loss", "wanted", "time / linclf"),
        "not comparable",
    )
    remark = (
        "The first whole fit, of 1, 2, 3, 4, 6, ... passes, whose loss on samples held out is at "
        "most 1.01 times that at the minimum of the objective; against the fastest of linclf. "
        "Not reached: not in 1,024 passes, nor before a single fit took two seconds."
    )
    return Table(KINDS["solve"], remark, header, rows)


def _threads(n: str) -> str:
    return "1 thread" if n == "1" else f"{n} threads"


# --------------------------------------------------------------------------- forms


def as_text(table: Table) -> str:
    """Return a table for a terminal."""
    lines = [table.header, *table.rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(table.header))]
    text = [
        "  ".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    head = [table.title, *([table.remark] if table.remark else []), ""]
    return "\n".join([*head, text[0], "-" * len(text[0]), *text[1:], ""])


def as_markdown(table: Table) -> str:
    """Return a table for RESULTS.md."""
    lines = [table.header, tuple("---" for _ in table.header), *table.rows]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    remark = f"{table.remark}\n\n" if table.remark else ""
    return f"## {table.title[0].upper()}{table.title[1:]}\n\n{remark}{body}\n"
