"""Results of a made-up class, as the engine would write them, and text that nobody should obey."""

import hashlib
import random

from linclf.grading.results import ItemResult, Message, Results

ITEMS = (
    # id, number, title, points, visibility, extra credit
    ("scores", "1.1", "Scores of a linear classifier", 100, "visible", False),
    ("hinge_loops", "1.2", "Multiclass hinge loss with loops", 200, "visible", False),
    ("hinge_fast", "1.3", "The same without a loop", 250, "visible", False),
    ("hinge_gradient", "1.4", "Gradient of the hinge loss", 250, "after_due_date", False),
    ("softmax", "2.1", "Softmax loss that does not overflow", 100, "visible", False),
    ("sgd", "2.2", "A step of gradient descent", 100, "hidden", False),
    ("bonus", "2.3", "Minibatches without replacement", 50, "visible", True),
)
TOTAL = 1000
SAID = {
    "gradient_sum": (
        "wrong_gradient",
        "gradient is 11.000 x the expected one, N = 11: divide by N",
        "der Gradient ist das 11.000-fache des erwarteten, N = 11: durch N teilen",
    ),
    "half_penalty": (
        "wrong_value",
        "right without regularisation; with it, the loss adds 1/2 reg sum W^2 where this course "
        "adds reg sum W^2",
        "ohne Regularisierung richtig; mit ihr kommt 1/2 reg sum W^2 dazu, hier heißt es reg sum "
        "W^2",
    ),
    "no_shift": (
        "not_finite",
        "the loss is nan for scores around 1000: subtract the largest score of each row first",
        "der Verlust ist nan bei Punktzahlen um 1000: zuerst die größte jeder Zeile abziehen",
    ),
    "no_max": (
        "wrong_value",
        "too small where a margin is negative: max(0, margin) is missing",
        "zu klein, wo ein Abstand negativ ist: max(0, Abstand) fehlt",
    ),
    "sign": (
        "wrong_gradient",
        "gradient is -1 x the expected one: the sign is reversed",
        "der Gradient ist das -1-fache des erwarteten: das Vorzeichen ist umgekehrt",
    ),
}
MADE_AT = {
    "hinge_loops": ("gradient_sum", "no_max", "half_penalty"),
    "hinge_fast": ("gradient_sum", "half_penalty"),
    "hinge_gradient": ("gradient_sum", "sign", "half_penalty"),
    "softmax": ("no_shift", "gradient_sum"),
    "sgd": ("sign",),
}
CRASHES = (
    ("exception", "hinge_loss raises IndexError in line 12, `s = scores[i, y]`: index 7 is out of "
     "bounds for axis 1 with size 5", "hinge_loss wirft IndexError in Zeile 12"),
    ("shape", "returns shape (11, 1), expected (11,): take the last axis away",
     "liefert Form (11, 1), erwartet (11,)"),
    ("timeout", "it takes longer than 10 s: look for a loop that does not end",
     "es dauert länger als 10 s: eine Schleife endet nicht"),
    ("not_written", "not written yet: it raises NotImplementedError",
     "noch nicht geschrieben: es wirft NotImplementedError"),
)  # fmt: skip
NAMES = (
    *("ada_lovelace", "bernhard_riemann", "carl_friedrich_gauss", "dorothy_vaughan"),
    *("emmy_noether", "florence_nightingale", "grace_hopper", "henri_poincare"),
    *("ida_rhodes", "jakob_bernoulli", "katherine_johnson", "leonhard_euler"),
    *("maryam_mirzakhani", "niels_abel", "olga_ladyzhenskaya", "pafnuty_chebyshev"),
    *("quentin_stafford_fraser", "rozsa_peter", "sofia_kovalevskaya", "terence_tao"),
    *("ulrike_von_luxburg", "vladimir_vapnik", "wang_zhenyi", "xavier_leroy"),
    *("yutaka_taniyama", "zofia_krygowska", "김영희", "Jörg Müßig"),
    *("o'brien, pat", "team-7 (regrade)"),
)

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "blocks": "<!-- x\n\n<script\n\n<?php\n\n<!DOCTYPE\n\n<![CDATA[\n\n<style\n\n<div\n",
    "attribute": "\" onmouseover=\"alert(1)' x='",
    "markdown": "![x](javascript:alert(1)) **b** `c` [a](https://evil.example) www.evil.example",
    "link_end": "](javascript:alert(1))",
    "heading": "# heading\n- list\n\n    code\n1. one\n> quote\n===\n| a | b |\n|---|---|",
    "formula": "=cmd|' /C calc'!A0",
    "formulas": "+1;=2+3;@SUM(1)",
    "command": "::set-output name=result::pass",
    "commands": "fine\n::error::forged\n##[error]forged\r::stop-commands::x",
    "ansi": "\x1b[2J\x1b]0;title\x07\x9b31mred",
    "bidi": "abc\u202egnp.exe\u2066",
    "surrogate": "half \ud800 character \udfff",
    "cdata": "]]> &amp; <!-- --> <?pi?>",
    "control": "a\x00b\x08c\x7f\x85d\ufffe",
    "nan": "NaN",
    "python": "'''\"\"\"\\\n{0} {name} %s\n__import__('os')",
    "path": "../../etc/passwd",
    "long": "x" * 10_000,
    "wide": "😀" * 3_000,
}


def blank(name="ada", language="de", tier=2):
    """Return a record where nothing was run."""
    return Results(
        assignment={"id": "hw1", "title": "Homework 1: linear classifiers", "version": "2026.1"},
        submission={"name": name, "digest": hashlib.sha256(name.encode()).hexdigest()},
        tier=tier,
        required_tier=1,
        language=language,
        total=TOTAL,
        items=[
            ItemResult(
                id=id,
                title=title,
                number=number,
                points=points,
                visibility=visibility,
                extra_credit=extra,
                tags=[number.partition(".")[0]],
            )
            for id, number, title, points, visibility, extra in ITEMS
        ],
        versions={"linclf": "1.0.0", "numpy": "1.24.2"},
    )


def graded(name="ada", skill=0.7, seed=1, language="de"):
    """Return the record of a student of some skill, between 0 and 1."""
    rng = random.Random(f"{name}/{seed}")
    results = blank(name, language)
    for item in results.items:
        item.cases = 5
        item.case_ids = [f"{rng.randrange(1 << 32):08x}" for _ in range(5)]
        chance = skill - 0.12 * ("gradient" in item.id) - 0.3 * item.extra_credit
        if rng.random() < chance:
            item.cases_passed, item.earned = 5, item.points
            item.status, item.category = "passed", "right"
        elif item.id in MADE_AT and rng.random() < 0.75:
            mistake = rng.choice(MADE_AT[item.id])
            item.category, english, german = SAID[mistake]
            item.mistakes = [mistake]
            item.cases_passed = rng.choice((0, 0, 1, 2))
            item.messages = [Message(f"diagnosis.{mistake}", english, german)]
        else:
            item.category, english, german = rng.choice(CRASHES)
            item.messages = [Message(f"grading.{item.category}", english, german)]
        if item.status == "not run":
            item.earned = item.points * item.cases_passed // 5
            item.status = "partial" if item.earned else "failed"
    results.complete = True
    return results


def school_class():
    """Return thirty records and their times: two alike, one that was not judged to the end."""
    rng = random.Random(30)
    results = [graded(name, skill=rng.betavariate(4, 1.8)) for name in NAMES]
    results[3].submission["digest"] = results[9].submission["digest"]
    for item in results[17].items[3:]:
        item.status, item.category, item.earned, item.messages = "not run", "not_run", 0, []
        item.cases_passed = item.cases = 0
        item.case_ids, item.mistakes = [], []
    results[17].complete = False
    results[21].tier = 1
    times = {}
    for record in results:
        items = {
            item.id: {"wall": round(rng.lognormvariate(-1.2, 0.8), 4)} for item in record.items
        }
        times[record.submission["name"]] = {
            "wall": round(sum(one["wall"] for one in items.values()), 4),
            "items": items,
        }
    return results, times


def hostile(text):
    """Return a record that has a text wherever a student could put one."""
    results = graded("ada", skill=0.2)
    results.submission["name"] = text
    for item in results.items:
        item.messages = [Message("grading.exception", text, text)]
        item.mistakes = [text]
        item.title = text
        item.tags = [text]
    return results
