"""Every command line of README.md, CONTRIBUTING.md and docs/ works after `make run` alone.

RULES says how each command is tried: as it is written, in a safe form (smaller, without a browser, without a download),
or by another test. The first rule whose pattern matches the whole line decides; a command without a rule fails. The
lines for Windows must have a counterpart. What paints or grades is slow, and part of `make test-all` only.
"""

import ast
import json
import os
import re
import shlex
import subprocess
from dataclasses import dataclass

import pytest
from PIL import Image

from nst.assets.catalog import WORKS
from nst.paths import ROOT
from tests.support import runtime_environment
from tests.support.documentation import PAGES, code_blocks, commands
from tests.support.moving_pictures import save_animation

COMMANDS = commands()
UNIX = [command for command in COMMANDS if not command.for_windows]
PYTHON = r"\.venv/bin/python -m "
SMALL = " --size 64 --steps 2"
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="these are the lines for Linux and macOS"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="the list of the project's files comes from git"),
]


@dataclass(frozen=True)
class Rule:
    """How the commands that match a pattern are tried.

    form: the line that is run, in which \\1 is the pattern's first group; by default the line itself. check: called
    with the copy of the project, the match and the finished process. elsewhere: the test file that covers the command,
    or the reason why nothing is run.
    """

    pattern: str
    form: str = r"\g<0>"
    check: object = None
    returns: int = 0
    slow: bool = False
    elsewhere: str = ""


def made(*names):
    """A check that the command has made these files."""

    def check(course, match, done):
        assert [name for name in names if not (course / match.expand(name)).exists()] == [], done.stdout

    return check


def says(words):
    def check(course, match, done):
        assert words in done.stdout + done.stderr

    return check


def runs_each_line(words):
    """A check that runs what `make -n` has printed, each line with more words behind it."""

    def check(course, match, done):
        lines = [line for line in done.stdout.splitlines() if line.startswith(".venv/bin/python -m tools.")]
        assert lines, done.stdout
        for line in lines:
            assert run(course, f"{line} {words}").returncode == 0, line

    return check


def knows_the_name(course, match, done):
    assert match[1] in WORKS


def knows_the_options(course, match, done):
    sources = "".join(path.read_text(encoding="utf-8") for path in (course / "benchmarks").glob("*.py"))
    assert [option for option in re.findall(r"--[\w-]+", match[0]) if f'"{option}"' not in sources] == []


def names_tests_that_exist(course, match, done):
    assert [word for word in match[1].split() if word.startswith("tests/") and not (ROOT / word).exists()] == []


MAKE_DRY = "make --no-print-directory -n {} PIP=true"
RULES = [
    # Set-up
    Rule(r"git clone \S+ course", f"git clone --quiet {shlex.quote(str(ROOT))} course", made("course/README.md")),
    Rule("cd course", elsewhere="git clone makes that folder; every other command runs in it"),
    Rule(r"python3 -m venv \.venv", "python3 -m venv --without-pip another", made("another/bin/python")),
    Rule(r"pip install \.", elsewhere="tests/project/test_package.py"),
    Rule(r"python -m pip install ([\w-]+)", elsewhere="it needs a package index"),
    Rule(r"pre-commit install|python -m playwright install chromium", elsewhere="it needs a network"),
    Rule(r"apt install bubblewrap", elsewhere=".ci/run"),
    Rule(r"docker (build|run) .+", elsewhere="tests/project/test_containers.py"),
    # Make
    Rule("make run", MAKE_DRY.format("run"), runs_each_line("--help")),
    Rule("make gallery", MAKE_DRY.format("gallery"), runs_each_line("--size 48"), slow=True),
    Rule("make notebooks", MAKE_DRY.format("notebooks"), runs_each_line("--check")),
    Rule("make site", MAKE_DRY.format("site"), runs_each_line("--help")),
    Rule(PYTHON + r"http\.server --directory build/site", elsewhere="tests/browser/test_site.py"),
    Rule("make learn", "make learn PIP=true", made("notebooks/mine/01_neural_style_transfer.ipynb")),
    Rule("make studio", MAKE_DRY.format("studio"), runs_each_line("--help")),
    Rule(PYTHON + r"tools\.studio", elsewhere="tests/browser/test_studio.py"),
    Rule(r"make (test(-all)?|coverage)", elsewhere="tests/project/test_makefile.py"),
    Rule("make test-browser", elsewhere="tests/browser/test_jupyterlab.py"),
    # Paint and download
    Rule(r"\.venv/bin/nst (batch |fast )?--help", check=says("usage:")),
    Rule(r"\.venv/bin/nst-grade --help", check=says("SUBMISSIONS")),
    Rule("nst (batch|fast)", r".venv/bin/nst \1 --help", says("usage:")),
    Rule(r"\.venv/bin/python -m nst", check=says("usage:")),
    Rule(r"(?:\.venv/bin/)?nst fetch", ".venv/bin/nst fetch", says("vgg19")),
    Rule(r"\.venv/bin/nst fetch --all", r".venv/bin/nst fetch --help", says("--all")),
    Rule(r"\.venv/bin/nst fetch (\w+)", r".venv/bin/nst fetch --help", knows_the_name),
    Rule(r"(\.venv/bin/nst .*)--budget 30s", rf"\1 --budget 1s{SMALL}", made("output/my_house_monet.png"), slow=True),
    Rule(
        r".venv/bin/nst batch jobs.csv --out pictures",
        check=made("pictures/dusk.png", "pictures/tiles.png"),
        slow=True,
    ),
    Rule(
        r"(\.venv/bin/nst fast my_house\.jpg images/(\w+)\.jpg) --decoder monet\.npz",
        r"\1 --decoder pretrained-model/fast_decoder.npz --size 64",
        made(r"output/my_house_\2_fast.png"),
        slow=True,
    ),
    Rule(
        r"(\.venv/bin/python -m tools\.train_fast) --photos my_photos (.*--out (monet\.npz))",
        r"\1 --photos images \2 --steps 1 --batch 1 --crop 64",
        made(r"\3"),
        slow=True,
    ),
    Rule(
        r"\.venv/bin/nst fast my_house\.jpg images/(\w+)\.jpg.*",
        r"\g<0> --size 64",
        made(r"output/my_house_\1_fast.png"),
        slow=True,
    ),
    Rule(r"\.venv/bin/nst fast clip\.gif .*", r"\g<0> --size 48", made("painted.webp"), slow=True),
    Rule(r"\.venv/bin/nst fast clip\.mp4 .*", elsewhere="tests/nst/fast/test_movies.py"),
    Rule(r"\.venv/bin/nst my_house\.jpg .*-o mine\.png.*", rf"\g<0>{SMALL}", made("mine.png"), slow=True),
    Rule(
        r"\.venv/bin/nst my_house\.jpg images/(\w+)\.jpg.*",
        rf"\g<0>{SMALL}",
        made(r"output/my_house_\1.png"),
        slow=True,
    ),
    # Grade
    Rule(r"\.venv/bin/nst-grade --demo demo", check=made("demo/export.zip", "demo/class.csv")),
    Rule(r"\.venv/bin/nst-grade export\.zip .*", elsewhere="tests/grading/test_demo_class.py"),
    Rule(
        r"(\.venv/bin/nst-grade .*)tcp://HOST:8786",
        r"\1tcp://127.0.0.1:1",
        says("python -m pip install distributed"),
        returns=2,
    ),
    Rule(r"\.venv/bin/nst-grade handed_in .*", r"\g<0>", made("grades/grades.csv", "grades/class.html"), slow=True),
    Rule(
        r"python3 (-m grading )/autograder/submission --out /autograder/results(.*)",
        r".venv/bin/python \1autograder/submission --out autograder/results\2",
        made("autograder/results/results.json"),
        slow=True,
    ),
    Rule(r"dask .*", elsewhere="tests/foundation/test_workers.py"),
    Rule(r"nbgrader \w+", elsewhere="tests/notebooks/test_nbgrader.py"),
    # Tools and benchmarks
    Rule(rf"{PYTHON}tools\.handout course\.zip", check=made("course.zip")),
    Rule(rf"{PYTHON}tools\.build_notebooks --check"),
    Rule(rf"{PYTHON}tools\.export_quiz quiz", check=made("quiz/moodle.xml", "quiz/qti.zip")),
    Rule(rf"({PYTHON}tools\.exercise (?:new|check)).*", r"\1 --help", says("usage:")),
    Rule(
        r"(?:\.venv/bin/)?python -m benchmarks\.(\w+).*",
        r"test -f benchmarks/\1.py",
        knows_the_options,
    ),
    Rule(rf"{PYTHON}pytest --nbval notebooks/", r"\g<0> --collect-only -q", says("tests collected")),
    # With the packages of the maintainers
    Rule(r"(?:\w+=1 )?\.venv/bin/python -m pytest (.*)", "true", names_tests_that_exist),
    Rule(rf"{PYTHON}ruff format \.|ruff format", elsewhere="tests/project/test_makefile.py"),
    Rule(r"git diff .*", r"git -C . --version"),
    Rule(r"python (-c .*)", r".venv/bin/python \1"),
]


def rule_for(line):
    """(rule, match) of a command line; (None, None) if no rule knows it."""
    matches = ((rule, re.fullmatch(rule.pattern, line)) for rule in RULES)
    return next(((rule, match) for rule, match in matches if match), (None, None))


def benchmark_of(command):
    """The benchmark that a command runs, or None."""
    match = re.search(r"-m benchmarks\.(\w+)", command.line)
    return match and match[1]


def run(course, line):
    environment = runtime_environment.clean(PYTHONPATH=str(course / "stand_ins"))
    return subprocess.run(
        line, shell=True, cwd=course, env=environment, capture_output=True, text=True, check=False, timeout=280
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The project with its environment, and the files that the commands name."""
    course = runtime_environment.make(tmp_path_factory.mktemp("made by make run") / "the course")
    house = Image.open(ROOT / "images" / "louvre.jpg").resize((160, 120))
    house.save(course / "my_house.jpg")
    house.save(course / "wave.jpg")
    house.convert("L").save(course / "sky.png")
    save_animation(course / "clip.gif")
    tables = [text for page in PAGES for language, text in code_blocks(page) if language == "csv"]
    for name, first in (("jobs.csv", "job"), ("corrections.csv", "student")):
        [table] = [text for text in tables if text.startswith(first)]
        (course / name).write_text(re.sub(r",(512|768),", ",64,", table), encoding="utf-8")
    for folder in ("handed_in", "autograder/submission"):
        (course / folder).mkdir(parents=True)
        (course / folder / "ana.py").write_text("def gram_matrix(A):\n    return A @ A.T\n", encoding="utf-8")
    (course / "stand_ins" / "jupyterlab").mkdir(parents=True)  # which opens no browser
    (course / "stand_ins" / "jupyterlab" / "__init__.py").touch()
    (course / "stand_ins" / "jupyterlab" / "__main__.py").write_text("print('JupyterLab')", encoding="utf-8")
    return course


def _marks(line):
    rule, _ = rule_for(line)
    return [pytest.mark.slow] if rule is not None and rule.slow else []


def test_every_command_has_a_rule_and_every_rule_a_command():
    assert [f"{command.page}: {command.line}" for command in UNIX if rule_for(command.line)[0] is None] == []
    used = {rule_for(command.line)[0] for command in UNIX}
    assert [rule.pattern for rule in RULES if rule not in used] == []


def test_the_tests_that_cover_a_command_exist():
    covering = [rule.elsewhere for rule in RULES if "/" in rule.elsewhere]
    assert [name for name in covering if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(command.line, marks=_marks(command.line))
        for command in UNIX
        if not getattr(rule_for(command.line)[0], "elsewhere", "")
    ],
)
def test_a_documented_command_works(course, line):
    rule, match = rule_for(line)
    assert rule is not None, "no rule in RULES knows this command"
    done = run(course, match.expand(rule.form))
    assert done.returncode == rule.returns, done.stdout + done.stderr
    if rule.check:
        rule.check(course, match, done)


# The blocks of this page are lines of a notebook, which tests/notebooks/test_old_notebook.py runs.
LINES_OF_A_NOTEBOOK = ROOT / "docs" / "teach" / "old-notebooks.md"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "number"),
    [
        (page, number)
        for page in PAGES
        if page != LINES_OF_A_NOTEBOOK
        for number, (language, _) in enumerate(code_blocks(page))
        if language == "python"
    ],
    ids=lambda value: getattr(value, "stem", value),
)
def test_a_documented_python_block_runs(course, page, number):
    code = code_blocks(page)[number][1]
    if code.startswith("REPOSITORY"):  # a notebook's cell: its lines for the shell are run as such
        code = re.sub(r'(REPOSITORY = )".*"', rf'\1"{ROOT}"', code)
        code = re.sub(r"^[!%](.*)$", r'print(os.popen(f"""\1""").close())', code, flags=re.MULTILINE)
        code = "import os\n" + code.replace("pip install", f"{course}/.venv/bin/python -m pip --version; :")
        (course / "block.py").write_text(code, encoding="utf-8")
        done = run(course, "mkdir -p colab && cd colab && ../.venv/bin/python ../block.py")
        assert done.stdout.splitlines()[::1].count("None") == 3, done.stdout + done.stderr
        return
    (course / "block.py").write_text(code, encoding="utf-8")
    done = run(course, ".venv/bin/python block.py")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("line", [command.line for command in COMMANDS if command.for_windows])
def test_a_line_for_windows_has_a_counterpart(line):
    """It is a documented line with other slashes, a line of the Makefile, or the set-up that make does."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = {command.line for command in UNIX} | {"python3 -m venv .venv"}
    variables = re.findall(r"^(\w+) :?= (.*)$", makefile, re.MULTILINE)
    for name, value in reversed(variables):  # which use those above them
        makefile = makefile.replace(f"$({name})", value)
    lines |= {line.strip().lstrip("@") for line in makefile.splitlines()}
    unix = re.sub(r"^py -3\.\d+ ", "python3 ", line.replace(".venv\\Scripts\\", ".venv/bin/"))
    installs = re.fullmatch(r"\.venv/bin/python -m pip install -e \.(\[dev\])?", unix)
    assert unix in lines or installs


@pytest.mark.slow
def test_the_environment_has_what_pip_would_install(course):
    """Nothing of it comes from the environment that runs the tests, and the commands are those that pip makes."""
    words = ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", "report.json", "-e", "."]
    done = run(course, shlex.join([".venv/bin/python", "-m", "pip", *words]))
    if done.returncode:
        pytest.skip(f"no package index can be reached: {done.stderr[-300:]}")
    report = json.loads((course / "report.json").read_text(encoding="utf-8"))
    names = {runtime_environment.canonical(item["metadata"]["name"]) for item in report["install"]}
    assert set(runtime_environment.needed()) - names <= set(runtime_environment.ALWAYS)
    done = run(course, "cp -r .venv/bin before && .venv/bin/python -m pip install --quiet --no-deps -e .")
    assert done.returncode == 0, done.stderr
    for name, _, _ in runtime_environment.commands():
        helps = [run(course, f"{folder}/{name} --help").stdout for folder in ("before", ".venv/bin")]
        assert helps[0] == helps[1] != ""


def test_no_package_of_the_maintainers_is_there(course):
    done = run(course, ".venv/bin/python -m pip list --format=freeze")
    names = {runtime_environment.canonical(line.split("==")[0]) for line in done.stdout.splitlines()}
    assert {"tensorflow", "jupyterlab", "nbval"} <= names
    assert names & {"hypothesis", "pytest-xdist", "pytest-timeout", "nbgrader", "distributed", "ruff", "mypy"} == set()


@pytest.mark.slow
def test_all_that_chapters_and_benchmarks_import_is_there(course):
    with_scikit_image = {"fast_painting", "time_to_quality"}
    documented = {benchmark_of(command) for command in UNIX} - {None} - with_scikit_image
    lines = {f"import benchmarks.{name}" for name in documented}
    for chapter in (ROOT / "notebooks" / "src").glob("*.py"):
        nodes = ast.walk(ast.parse(chapter.read_text(encoding="utf-8")))
        lines |= {ast.unparse(node) for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))}
    (course / "imports.py").write_text("\n".join(sorted(lines)), encoding="utf-8")
    done = run(course, ".venv/bin/python imports.py")
    assert done.returncode == 0, done.stderr
