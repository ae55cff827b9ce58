"""Strengths of regularisation elsewhere: the table, conversions there and back, and parity."""

import importlib
import math

import linclf
import pytest
from linclf import L1, L2, ElasticNet, conventions
from linclf.conventions import by_formula, converting, with_sklearn, with_torch
from linclf.penalties import as_penalty

N, C, B = 1797, 10, 30
SIZES = {"n_samples": N, "n_classes": C, "batch_size": B}
LAM = 0.01

# The parameter that lam = 0.01 becomes, with N = 1797 samples, 10 classes, batches of 30.
TABLE = {
    "half": {"reg": 2 * LAM},
    "sum": {"reg": LAM * N},
    "cs231n": {"reg": LAM},
    "sklearn.LogisticRegression": {"C": 1 / (2 * LAM * N)},
    "sklearn.LinearSVC": {"C": 1 / (2 * LAM * N)},
    "sklearn.LinearSVC.crammer_singer": {"C": 1 / (2 * LAM * N)},
    "sklearn.SGDClassifier": {"alpha": 2 * LAM},
    "torch.CrossEntropyLoss": {"weight_decay": 2 * LAM},
    "torch.MultiMarginLoss": {"weight_decay": 2 * LAM / C},
    "keras.SparseCategoricalCrossentropy": {"l2": LAM, "l1": 0.0},
    "keras.CategoricalHinge": {"l2": LAM, "l1": 0.0},
    "mlxtend.SoftmaxRegression": {"l2": 2 * B * LAM},
}
NAMES = [entry.name for entry in conventions.CONVENTIONS]


@pytest.mark.parametrize("name", TABLE)
def test_the_dictionary_of_conventions(name):
    found = conventions.to(name, LAM, **SIZES)
    assert found == pytest.approx(TABLE[name])


def test_every_entry_of_the_table_is_tested():
    assert sorted([*TABLE, "sklearn.SVC"]) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lam", [0.0, 1e-7, 0.3, 2.5e4])
def test_there_and_back_is_the_same_strength(name, lam):
    sizes = SIZES | ({"n_classes": 2} if name == "sklearn.SVC" else {})
    back = conventions.reg_from(name, **sizes, **conventions.to(name, lam, **sizes))
    assert isinstance(back, L2)
    assert back.lam == pytest.approx(lam, rel=1e-14)


@pytest.mark.parametrize("name", [entry.name for entry in conventions.CONVENTIONS if entry.l1])
@pytest.mark.parametrize("reg", [L1(0.3), ElasticNet(0.3, 0.5), ElasticNet(1e-4, 20.0)])
def test_an_l1_part_goes_there_and_back(name, reg):
    back = conventions.reg_from(name, **SIZES, **conventions.to(name, reg, **SIZES))
    assert (back.l2, back.l1) == pytest.approx((reg.l2, reg.l1))
    assert type(back) is type(reg)


@pytest.mark.parametrize("entry", conventions.CONVENTIONS, ids=NAMES)
def test_the_formula_says_what_is_computed(entry):
    n_classes = 2 if entry.two_classes else C
    knob, _, formula = entry.formula.partition(" = ")
    letters = {"lam": LAM, "N": N, "n_classes": n_classes, "B": B}
    found = conventions.to(entry.name, LAM, **SIZES | {"n_classes": n_classes})
    if not entry.one_vector or entry.two_classes:
        assert found[knob] == pytest.approx(eval(formula, {}, letters))
    assert set(entry.sizes) <= set(SIZES)
    assert entry.loss in ["", *linclf.Loss]


def test_two_classes_share_a_weight_vector_in_scikit_learn():
    assert conventions.to("sklearn.LogisticRegression", LAM, n_samples=N, n_classes=2) == {
        "C": pytest.approx(1 / (LAM * N))
    }
    assert conventions.to("sklearn.SVC", LAM, n_samples=N) == {"C": pytest.approx(1 / (LAM * N))}
    with pytest.raises(ValueError, match="two classes only, but n_classes is 3"):
        conventions.to("sklearn.SVC", LAM, n_samples=N, n_classes=3)


def test_the_half_of_the_first_assignments():
    """0.5 * 5e4 in 2015 and 2016 is 2.5e4 since 2017."""
    assert conventions.to("half", 2.5e4) == {"reg": 5e4}
    assert conventions.reg_from("half", reg=5e4) == L2(2.5e4)


def test_no_penalty_is_an_infinite_C():
    assert conventions.to("sklearn.LogisticRegression", 0.0, n_samples=N) == {"C": math.inf}
    assert conventions.reg_from("sklearn.LogisticRegression", C=math.inf, n_samples=N) == L2(0.0)
    with pytest.raises(ValueError, match="C is 0, which means an infinite penalty"):
        conventions.reg_from("sklearn.LogisticRegression", C=0.0, n_samples=N)


def test_the_ratio_of_the_elastic_net_is_read_as_scikit_learn_reads_it():
    def read(**more):
        return conventions.reg_from("sklearn.SGDClassifier", alpha=0.2, **more)

    assert read() == read(penalty="l2", l1_ratio=0.15) == L2(0.1)
    assert read(penalty="l1") == read(l1_ratio=1) == L1(0.2)
    net = read(penalty="elasticnet")
    assert (net.l2, net.l1) == pytest.approx((0.1 * 0.85, 0.2 * 0.15))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conventions.to("sklearn.LogisticRegresion", 1), ValueError,
         "did you mean 'sklearn.LogisticRegression'"),
        (lambda: conventions.to("zzz", 1), ValueError, "must be one of 'half', 'sum'"),
        (lambda: conventions.to("sum", 1), ValueError, "sum needs n_samples: reg = lam"),
        (lambda: conventions.to("torch.MultiMarginLoss", 1), ValueError, "needs n_classes"),
        (lambda: conventions.to("half", L1(1)), ValueError, "half has no L1 penalty"),
        (lambda: conventions.to("half", -1.0), ValueError, "must be 0 or more"),
        (lambda: conventions.to("sum", 1, n_samples=0), ValueError, "n_samples is 0"),
        (lambda: conventions.to("sum", 1, n_samples=1.5), TypeError, "n_samples is a float"),
        (lambda: conventions.reg_from("half"), TypeError, "reg is missing; pass reg="),
        (lambda: conventions.reg_from("half", C=1), TypeError, "has no parameter 'C'"),
        (lambda: conventions.reg_from("half", reg="a"), TypeError, "reg is a str"),
        (lambda: conventions.reg_from("half", reg=math.inf), ValueError, "finite"),
        (lambda: conventions.reg_from("sklearn.SGDClassifier", alpha=1, l1_ratio=2), ValueError,
         "between 0 and 1"),
        (lambda: conventions.reg_from("sklearn.SGDClassifier", alpha=1, penalty="l3"), ValueError,
         "penalty is 'l3'"),
        (lambda: conventions.check("jax"), ValueError, "library is 'jax'; it must be one of"),
        (lambda: conventions.check("half", lam=0), ValueError, "lam is 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_said(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_table_shows_every_convention_as_text_and_html():
    table = conventions.table(LAM, N, C)
    text, html = repr(table), table._repr_html_()
    for name in NAMES:
        assert name in text
        assert name in html
    assert "C = 0.02782" in text
    assert "two classes only" in text
    assert "0.01 * sum(W**2)" in text
    assert "mlxtend.SoftmaxRegression l2 = 35.94" in " ".join(text.split())
    l1 = conventions.table(L1(0.5), N, C)
    assert [row[1] for row in l1.rows if row[0] == "half"] == ["none"]
    assert "0.5 * sum(abs(W))" in repr(l1)


# Parity ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", ["keras", "mlxtend", "half"])
def test_what_is_evaluated_by_formula_agrees_and_says_so(library):
    found = conventions.check(library)
    assert found
    assert {row.how for row in found.comparisons} == {"by its formula, with NumPy"}
    assert "equal, by its formula" in repr(found)


def test_scikit_learn_agrees():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    found = conventions.check("sklearn")
    assert found, found
    assert len(found.comparisons) == 8
    assert all(row.how == "trained" for row in found.comparisons)


def test_pytorch_agrees():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    found = conventions.check("torch", rng=1)
    assert found, found
    assert len(found.comparisons) == 8


@pytest.mark.parametrize("library", ["sklearn", "torch", "keras", "mlxtend", "half"])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_wrong_strength_is_noticed(library, factor, monkeypatch):
    if library in ("sklearn", "torch"):
        pytest.importorskip(library)

    def scaled(reg):
        penalty = as_penalty(reg)
        return ElasticNet(factor * penalty.l1, 1.0) if penalty.l1 else L2(factor * penalty.l2)

    def wrong_to(name, reg, **sizes):
        return converting.to(name, scaled(reg), **sizes)

    for module in (by_formula, with_sklearn, with_torch):
        monkeypatch.setattr(module, "to", wrong_to)
    found = conventions.check(library)
    assert not found
    assert "DIFFERENT" in repr(found)
    wrong = [row.name for row in found.comparisons if not row.agrees]
    right = [row.name for row in found.comparisons if row.agrees]
    assert all("torch" in name and "steps" not in name for name in right)
    assert wrong


def test_a_library_that_is_not_installed_is_left_out_with_a_remark(monkeypatch):
    real = importlib.import_module

    def without_torch(name, package=None):
        if name.startswith(("torch", "sklearn")):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name.partition(".")[0])
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without_torch)
    everything = conventions.check()
    assert everything
    assert "left out: linclf.conventions.check needs torch" in repr(everything)
    assert 'pip install "linclf[sklearn]"' in repr(everything)
    only = conventions.check("torch")
    assert not only
    assert only.comparisons[0].agrees is None
