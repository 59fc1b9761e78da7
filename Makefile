# The course by one word each. CONTRIBUTING.md has the same lines for Windows, and for those without make.
#
#   make run            run every chapter from top to bottom; pictures go to output/
#   make learn          open JupyterLab on your own copies of the student notebooks
#   make studio         paint by clicking, in a browser
#   make test           lint, types, freshness of the notebooks, tests, and nbval
#   make test-all       the same with the slow tests
#   make coverage       all tests once more, for how much of the code they run
#   make test-browser   a student's way and the class page in a real browser (needs Chromium)
#   make gallery        paint the course's four pairs of pictures into output/gallery
#   make notebooks      build the notebooks from notebooks/src
#   make site           build the website into build/site
#
# The first call makes .venv and installs into it; PYTHON=python3.12 chooses another Python.

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check

.PHONY: run learn studio test test-all coverage test-browser gallery notebooks site venv runtime dev
.NOTPARALLEL:

run: runtime
	@$(PY) -m tools.run_chapters

learn: runtime
	@$(PY) -m tools.learn

studio: runtime
	@$(PY) -c 'import anywidget, voila' 2>/dev/null || { \
	  echo "Installing Studio's packages into .venv."; \
	  $(PIP) -e ".[studio]" || { echo "$$PIP_FAILED"; exit 1; }; }
	@$(PY) -m tools.studio

# Four at once, even on two cores: tests wait for processes that they start. In the order of tests/conftest.py: sorted
# by their number of tests, the files with few long ones come last, one after the other. The notebooks of the chapters
# are files among the others.
PYTEST := $(PY) -m pytest --timeout=300 -n 4 --dist loadfile --no-loadscope-reorder
TESTS := $(PYTEST) --nbval tests notebooks

test: dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m tools.build_notebooks --check
	$(TESTS) -m "not slow"

test-all: dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m tools.build_notebooks --check
	$(TESTS)

coverage: dev
	$(PYTEST) --cov

test-browser: dev
	$(PY) -m pytest tests/browser --timeout=600

gallery: runtime
	@$(PY) -m tools.make_gallery

notebooks: runtime
	@$(PY) -m tools.build_notebooks

site: dev
	@$(PY) -m tools.build_site

# The course is installed in editable form. A copy of what was installed stays in .venv: a second run installs nothing.
PACKAGE := requirements.txt pyproject.toml setup.py

runtime: venv
	@cat $(PACKAGE) | cmp -s - .venv/installed-runtime || { \
	  echo "Installing the course and its packages into .venv. TensorFlow is large: this takes minutes."; \
	  $(PIP) -e . || { echo "$$PIP_FAILED"; exit 1; }; \
	  cat $(PACKAGE) > .venv/installed-runtime; }

dev: runtime
	@cat $(PACKAGE) | cmp -s - .venv/installed-dev || { \
	  echo "Installing the packages for maintainers into .venv."; \
	  $(PIP) -e ".[dev]" || { echo "$$PIP_FAILED"; exit 1; }; \
	  cat $(PACKAGE) > .venv/installed-dev; }

venv:
	@test -x $(PY) || { \
	  command -v $(PYTHON) >/dev/null || { echo "$$NO_PYTHON"; exit 1; }; \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	    echo "$$($(PYTHON) --version) is too old. $$NEED_PYTHON"; exit 1; }; \
	  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$$NO_VENV"; exit 1; }; \
	  echo "Making .venv with $$($(PYTHON) --version)."; \
	  $(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }; }

export NEED_PYTHON = The course needs Python 3.10 to 3.13. If you have one beside it, say so: make run PYTHON=python3.12
export NO_PYTHON = There is no $(PYTHON) here. $(NEED_PYTHON)
export NO_VENV = This Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv
define PIP_FAILED
The packages could not be installed; pip says why above. Common causes: no network; or a Python newer than
TensorFlow knows, when pip finds no version of it: then delete .venv, and make run PYTHON=python3.12
endef
export PIP_FAILED
