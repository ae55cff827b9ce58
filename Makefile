# Everything happens in .venv and build/, which the targets make themselves.
# Needed: Python >= 3.11, make, a C compiler.
#
#   make PYTHON=python3.13 test     another Python (after make distclean)
#   make test ARGS="-k softmax"     options for pytest

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test notebooks ready check lint format types review docs warnings asan tsan aarch64 \
        instructions dist oracles bench golden clean distclean

# The first Python that is new enough; python3 if none is, to be told so.
PYTHON = $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
    $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; \
    done),python3)

VENV := .venv
BUILD := build/venv
PIP := $(VENV)/bin/python -m pip -qq --disable-pip-version-check
C_SOURCES := $(shell find csrc tests/c benchmarks -name '*.[ch]' -o -name '*.inc')

# cmake, ctest and ninja are those of the machine, else those in .venv.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export CMAKE_BUILD_PARALLEL_LEVEL := $(shell getconf _NPROCESSORS_ONLN)
export CTEST_PARALLEL_LEVEL := $(CMAKE_BUILD_PARALLEL_LEVEL)
export PYTEST_XDIST_AUTO_NUM_WORKERS := $(CMAKE_BUILD_PARALLEL_LEVEL)

help: ## list the targets
	@grep -E '^[a-z0-9]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

demo: $(BUILD)/installed ## learn real digits: the main job
	linclf demo

test: $(VENV)/tested-with ## run all tests: C, Python, the examples in the docs
	ctest --test-dir $(BUILD) --output-on-failure
	python -m pytest -n auto $(ARGS)

notebooks: $(VENV)/tested-with ## student, solution and instructor notebooks, in build/notebooks
	python tools/notebooks.py --course --into build/notebooks

# Before make -j check: environments are not made by two at once.
ready: $(VENV)/linted-with $(VENV)/documented-with $(VENV)/tested-with ## install what make check needs
	$(if $(LINCLF_TORCH),@$(PIP) install $(LINCLF_TORCH))

check: lint types review docs warnings asan tsan aarch64 instructions dist oracles ## what is slower, or for developers

# --- the environment: each stamp is newer than what it was made from

$(VENV)/made:
	@rm -rf $(BUILD)
	@$(PYTHON) tools/make_venv.py $(VENV)
	@touch $@

$(BUILD)/installed: $(VENV)/made pyproject.toml $(shell find CMakeLists.txt cmake csrc notebooks tests/c tests/hostile tools/notebooks.py -type f)
	@echo Building linclf
	@$(PIP) install --no-build-isolation --editable . \
	    --config-settings=build-dir=$(BUILD) \
	    --config-settings=cmake.define.LINCLF_BUILD_TESTS=ON
	@touch $@

$(VENV)/tested-with: pyproject.toml $(VENV)/made | $(BUILD)/installed
	@echo Installing what the tests need
	@$(PIP) install --group test
	@touch $@

$(VENV)/raced-with: pyproject.toml $(VENV)/made
	@echo Installing what linclf is raced against
	$(if $(LINCLF_TORCH),@$(PIP) install $(LINCLF_TORCH))
	@$(PIP) install --group bench
	@touch $@

$(VENV)/linted-with: pyproject.toml $(VENV)/made
	@echo Installing the linters
	@$(PIP) install --group lint
	@touch $@

$(VENV)/documented-with: pyproject.toml $(VENV)/made | $(BUILD)/installed
	@echo Installing what makes the documentation
	@$(PIP) install --group docs
	@touch $@

# ARGS: --quick, --only cifar,sgd, --seconds 20, --threads 1 2, --resume, --write-results.
bench: $(VENV)/raced-with $(BUILD)/installed ## race NumPy, PyTorch, scikit-learn and the hardware
	python -m benchmarks $(ARGS)

# --- the parts of make check

lint: $(VENV)/linted-with ## style and known mistakes, in Python, C and the workflows
	ruff check .
	ruff format --check .
	clang-format --dry-run -Werror $(C_SOURCES)
	codespell
	zizmor --offline --quiet .github
	$(call if-installed,cppcheck,tools/run_cppcheck)

format: $(VENV)/linted-with ## rewrite the sources in the agreed style
	ruff check --fix .
	ruff format .
	clang-format -i $(C_SOURCES)

types: $(VENV)/linted-with $(VENV)/tested-with ## mypy, and the stubs against the extension
	mypy
	MYPYPATH=python stubtest --mypy-config-file pyproject.toml linclf._linclf linclf._jail

review: $(VENV)/linted-with ## the Scientific Python guide's checks of the project itself
	sp-repo-review .

docs: $(VENV)/documented-with ## the documentation site, in build/docs/html
	python docs/build.py

warnings: $(VENV)/made ## the dev preset: warnings are errors, with every compiler there is
	$(call if-installed,gcc,tools/build_and_ctest dev gcc)
	$(call if-installed,clang,tools/build_and_ctest dev clang)

asan tsan: $(VENV)/tested-with ## C and Python tests under the sanitizers
	tools/build_and_ctest $@
	tools/run_sanitized $@

aarch64: $(VENV)/made ## the C tests on an emulated 64-bit ARM
	$(call if-installed,aarch64-linux-gnu-gcc qemu-aarch64,tools/build_and_ctest aarch64)

# ARGS=--update makes today's counts the record.
instructions: $(BUILD)/installed ## six calls take no more instructions than on record
	$(call if-installed,valgrind,python tools/count_instructions.py $(BUILD)/tests/c/count_instructions $(ARGS))

dist: $(VENV)/made ## sdist -> wheel -> an empty environment -> a first use
	python tools/check_dist.py

# LINCLF_TORCH="torch==2.13.0", or what else pip is to install, installs PyTorch first.
oracles: $(VENV)/tested-with ## PyTorch and scikit-learn as outside oracles, and courses with tensors
	$(if $(LINCLF_TORCH),@$(PIP) install $(LINCLF_TORCH))
	python -m pytest tests/test_outside_oracles.py tests/test_conventions.py \
	    tests/test_compat_umich.py tests/test_compat_technion.py tests/test_compat_notebooks.py

# Only where results shall change: the tests compare every result with its record.
golden: $(BUILD)/installed ## put the bits of today's results on record
	$(BUILD)/tests/c/test_golden tests/golden_bits.txt --update

clean: ## remove what was built
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis linclf-demo.html

distclean: clean ## remove .venv as well
	rm -rf $(VENV)

# $(call if-installed,programs,command): the command, if the machine has them.
define if-installed
@if command -v $(1) >/dev/null; then echo "$(2)"; $(2); else echo "skipped, not installed: $(1)"; fi
endef
