"""Reports of results: a page for a student, a page and a table for a class.

Pages are whole in themselves: no script, nothing loaded, a policy that forbids both, light and
dark. Whatever a student wrote stands there as text. A student's page shows what
`linclf.grading.results.public` leaves; the pages of a class are for instructors.
"""

from __future__ import annotations

from collections.abc import Collection

from linclf.display import page
from linclf.grading.exporters.options import category_text, points_text
from linclf.grading.report.of_class import class_csv, class_report
from linclf.grading.report.style import STYLE, TIERS, bar, status_class, status_html
from linclf.grading.results import ItemResult, Results, public
from linclf.grading.sinks import html, one_line
from linclf.messages import LANGUAGES, Sentence, say

__all__ = ["class_csv", "class_report", "student_report"]

_STATUS = {
    "passed": "grading.status.passed",
    "partial": "grading.status.partial",
    "failed": "grading.status.failed",
    "not run": "grading.status.not_run",
}


def student_report(results: Results, revealed: Collection[str] = ("visible",)) -> str:
    """Return the page for a student.

    Parameters
    ----------
    results : Results
    revealed : collection of str
        Which visibilities are shown in full by now; of other items only points and category are.

    Returns
    -------
    html : str
        A whole page; write it as UTF-8.
    """
    shown = public(results, revealed)
    language = shown.language if shown.language in LANGUAGES else "en"
    score = say(
        "grading.report.points", earned=points_text(shown.earned), total=points_text(shown.total)
    )
    top = [
        f'<div class="g-score"><b>{html(score)}</b>{_other(score, language, "span")}</div>',
        bar(shown.earned / shown.total if shown.total else 0.0),
        f'<p class="g-facts">{html(one_line(shown.submission["name"], 120))}</p>',
    ]
    if not shown.complete:
        top.append(_warning(say("grading.report.incomplete"), language))
    if shown.tier == 0:
        top.append(_warning(say("grading.report.practice"), language))
    items = [_item(item, item.visibility in revealed, language) for item in shown.items]
    same = say("grading.report.same_cases")
    facts = [
        f"{one_line(shown.assignment['id'], 80)} {one_line(shown.assignment['version'], 40)}",
        f"run {TIERS.get(shown.tier, 'at an unknown tier')} (tier {shown.tier})",
        *(f"{name} {one_line(version, 40)}" for name, version in sorted(shown.versions.items())),
        f"submission {shown.submission['digest'][:12] or 'not read'}",
    ]
    foot = f"{html(same)}{_other(same, language)}<p>{html(' · '.join(facts))}</p>"
    return page(
        one_line(shown.assignment["title"], 200),
        [("", "\n".join([*top, *items])), ("", f"<footer>{foot}</footer>")],
        style=STYLE,
    )


def _item(item: ItemResult, told: bool, language: str) -> str:
    score = f"{points_text(item.earned)} / {points_text(item.points)}"
    extra = " extra" if item.extra_credit else ""
    status = say(_STATUS[item.status])
    why = [category_text(item.category)] if item.category != "right" else []
    if item.case_ids:  # none was tried where another item comes first, or nothing can be loaded
        why.append(str(say("grading.report.cases", passed=item.cases_passed, cases=item.cases)))
    if why and language != "en" and item.category != "right":
        why.append(category_text(item.category, language))
    parts = [
        f'<article class="g-item {status_class(item.status)}"><header>',
        f"<h3>{html(one_line(f'{item.number} {item.title}', 200))}</h3>",
        status_html(item.status, _both(status, language)),
        f'<span class="g-points">{score}{extra}</span></header>',
        bar(item.earned / item.points if item.points else 0.0, item.status),
    ]
    if why:
        parts.append(f'<p class="g-why">{html(" · ".join(why))}</p>')
    if not told:
        hidden = say("grading.report.hidden")
        parts.append(f"<p>{html(hidden)}</p>{_other(hidden, language)}")
    for message in item.messages:
        parts.append(f"<p>{html(message.text)}</p>")
        if message.translated not in ("", message.text):
            lang = html(language, 16)
            parts.append(f'<p class="g-other" lang="{lang}">{html(message.translated)}</p>')
    return "".join([*parts, "</article>"])


def _both(sentence: Sentence, language: str) -> str:
    return str(sentence) if language == "en" else f"{sentence} · {sentence.text(language)}"


def _other(sentence: Sentence, language: str, tag: str = "p") -> str:
    """Return a sentence in the student's language, if that is another than English."""
    if language == "en":
        return ""
    text, lang = html(sentence.text(language)), html(language, 16)
    return f'<{tag} class="g-other" lang="{lang}">{text}</{tag}>'


def _warning(sentence: Sentence, language: str) -> str:
    return f'<div class="g-warn">{html(sentence)}{_other(sentence, language)}</div>'
