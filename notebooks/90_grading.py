# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 90 Grading homework
#
# This notebook is for instructors. It grades a small class: from a rubric to points, feedback and
# a report, with everything that a submission may try against you shut away from you.
#
# After this notebook you can
#
# - read a rubric, and say what each of its items proves;
# - grade one submission, and a folder of them;
# - tell a student what is wrong without telling the answer;
# - say what shuts a submission in on your machine, and what that does not protect;
# - test your own rubric before your students do.
#
# You need no other notebook. It takes 20 minutes. In a shell, the same is done by
# `linclf grade`; the guide for instructors goes through that.

# %%
import tempfile
from pathlib import Path

from linclf.grading import batch, engine, exporters, intake, report, results, rubric, seeds, tiers
from linclf.grading.audit import audit

here = Path(tempfile.mkdtemp(prefix="grading-"))

# %% [markdown]
# ## 1. A rubric
#
# A rubric is a TOML file: what is to be written, and what each part of it earns. For every exercise
# of the course one is ready. Points are kept in hundredths, so that a third of a point does not
# become a rounding error.

# %%
assignment = rubric.load("multiclass_hinge")
for item in assignment.items:
    print(f"{item.points / 100:5.2f}  {item.id:<20} {item.check:<13} {item.function}")

# %% [markdown]
# The kinds of check:
#
# | check | what is compared |
# |---|---|
# | `exercise` | everything that the course asks of the function |
# | `loss`, `gradient` | value, or $\nabla_W L$, with those of the C core: credit case by case |
# | `own_gradient` | the gradient with differences of the student's *own* loss |
# | `predict`, `sgd_step`, `array` | a result with the right one |
# | `test` | what a pytest file of yours says |
#
# `own_gradient` is why a student who forgot a factor in the loss, but differentiated it well, does
# not lose the points for both.

# %% [markdown]
# ## 2. A class
#
# Four students. Anna is right, Ben adds up the gradient where he should average it, Carla is not
# done, and Dora's loop never ends.

# %%
HEAD = """import numpy as np


def hinge_sample(s, y, delta=1.0):
    margins = np.maximum(0, s - s[y] + delta)
    margins[y] = 0
    return margins.sum()


"""
RIGHT = """def hinge_loops(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(len(X)):
        s = X[i] @ W
        for j in range(W.shape[1]):
            margin = s[j] - s[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    return loss / len(X) + reg * (W**2).sum(), dW / len(X) + 2 * reg * W


def hinge_vectorized(W, X, y, reg):
    rows, S = np.arange(len(X)), X @ W
    margins = np.maximum(0, S - S[rows, y][:, None] + 1)
    margins[rows, y] = 0
    B = (margins > 0).astype(float)
    B[rows, y] = -B.sum(axis=1)
    return margins.sum() / len(X) + reg * (W**2).sum(), X.T @ B / len(X) + 2 * reg * W
"""
submitted = here / "submitted"
submitted.mkdir()
(submitted / "anna.py").write_text(HEAD + RIGHT)
(submitted / "ben.py").write_text(HEAD + RIGHT.replace("X.T @ B / len(X)", "X.T @ B"))
(submitted / "carla.py").write_text(HEAD)
forever = "    while W is not None:\n        pass\n    rows, S"
(submitted / "dora.py").write_text(HEAD + RIGHT.replace("    rows, S", forever))
sorted(path.name for path in submitted.iterdir())

# %% [markdown]
# ## 3. One submission
#
# The cases are drawn from a secret of your course and the submission itself. So nobody can prepare
# for them, everybody has others, and the same submission has the same ones whenever it is graded:
# handing in again is no lottery.

# %%
secret = seeds.new_secret(here / "secret")
tier = tiers.choose()
ben = intake.read_submission(submitted / "ben.py", tier=tier)
graded = engine.grade(assignment, ben, secret=secret, tier=tier)
print(f"{graded.earned / 100:g} of {graded.total / 100:g} points\n")
for item in graded.items:
    print(f"{item.earned / 100:5.2f} of {item.points / 100:.2f}  {item.id:<20} {item.category}")
    for message in item.messages:
        print(f"{'':16}{message.text}")

# %% tags=["test"]
assert 0 < graded.earned < graded.total
assert any("divide by N" in m.text for item in graded.items for m in item.messages)

# %% [markdown]
# The message says what is wrong, where, and with which number as evidence. It never shows the right
# array. Of an item that is hidden, a student sees the category alone:

# %%
hidden = results.public(graded, revealed=())
print({item.id: item.category for item in hidden.items})

# %% [markdown]
# ## 4. All of them
#
# Every submission has a record of its own, and one that is graded already is not graded again: stop
# it whenever you like, and go on later.

# %%
records = batch.grade_all(
    assignment, submitted, here / "results", secret=secret, tier=tier, jobs=2, progress=False
)
everybody = [results.read_results(path) for path in records]
for one in everybody:
    worst = min(one.items, key=lambda item: item.earned / item.points)
    print(f"{one.submission['name']:<6} {one.earned / 100:5.2f}  {worst.id}: {worst.category}")

# %% tags=["test"]
earned = {one.submission["name"]: one.earned for one in everybody}
assert earned["anna"] == assignment.total
assert earned["carla"] < earned["ben"] < earned["anna"]
assert any(item.category == "timeout" for item in everybody[-1].items)

# %% [markdown]
# The report about the class is a page of its own, with no script and nothing to load. It tells how
# hard each item was, and which mistake was made how often: open it in a browser. The table is for a
# spreadsheet; no cell of it is a formula, whatever a student calls a file.

# %%
page = here / "class.html"
page.write_text(report.class_report(everybody), encoding="utf-8")
print("to open:", page.as_uri(), end="\n\n")
print(report.class_csv(everybody))

# %% [markdown]
# ## 5. What shuts a submission in
#
# Homework is somebody else's program. It runs in a process of its own, which from T2 on locks
# itself before it loads a line of it: no other file can be read, no process started, no connection
# opened. The verdict is computed outside of it, from numbers alone. How much of this a machine can
# do, it tries out:

# %%
for what, state, remark in tiers.probe().describe():
    print(f"{what:<42} {state:<14} {remark}")

# %% [markdown]
# Every record says at which tier it was made, and `--require-tier` refuses a weaker one. Do not
# grade at T0 what you have not read. `linclf grade redteam` attacks your own machine with 135
# hostile submissions, and tells how each one ended.

# %% [markdown]
# ## 6. Test the rubric
#
# A case can be blind: with `reg=0`, a wrong regulariser is right. The audit makes every known
# mistake on the cases of each item, and asks that some case tells it from right code by a hundred
# tolerances at least; and that right code of many styles passes for a thousand seeds. Here for a
# few:

# %%
found = audit(assignment, seeds=5, mistake_seeds=1)
print(found)

# %% tags=["test"]
assert found.ok

# %% [markdown]
# ## 7. Hand the grades on
#
# The same records become what other systems read: Gradescope, GitHub Classroom, Classroom 50,
# nbgrader, Otter, Canvas, or JUnit XML.

# %%
for name, content in exporters.export("gradescope", everybody[1]).items():
    print(name, len(content), "bytes")

# %% [markdown]
# ## What next
#
# - `linclf grade init hw1` makes a folder with a rubric, a template, a solution and public tests.
# - `linclf grade release hw1` makes what students get: no solution, no hidden item, no secret.
# - `linclf grade check` is for students: the public cases, the same messages, on their own machine.
