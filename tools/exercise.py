"""Start a new exercise, or say what an exercise still needs.

    python -m tools.exercise new NAME [--chapter N] [--points N]
    python -m tools.exercise check [NAME ...]

`new` writes the exercise's two homes, its test function, its cells at the end of the chapter's source, and a file of
answers for the tests. All of them contain TODO, and the tests fail until these are replaced. `check` prints what is
missing, and ends with exit code 1 if anything is.
"""

import argparse
import re
import sys
from pathlib import Path

from foundation.atomic_write import open_atomically
from grading.exercises import CHAPTERS, EXERCISES
from nst.paths import ROOT
from tools import exercise_templates as templates

FEWEST_MISTAKES = 5
FEWEST_RIGHT_ANSWERS = 5
OTHER_SEED = 1


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(
        prog="exercise", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="write a new exercise, full of TODO")
    new.add_argument("name", help="the name of the function that a student writes, as softmax_pooling")
    new.add_argument("--chapter", type=int, default=max(CHAPTERS), help="default: %(default)s")
    new.add_argument("--points", type=int, default=10, help="default: 10")
    check = commands.add_parser("check", help="say what is missing")
    check.add_argument("names", nargs="*", metavar="NAME", help="default: every exercise")
    options = parser.parse_args(arguments)
    try:
        if options.command == "new":
            changed = write_exercise(options.name, options.chapter, options.points, root)
            print("\n".join(f"wrote {path.relative_to(root).as_posix()}" for path in changed))
            print(templates.NEXT_STEPS.format(name=options.name))
            return
        missing = {name: find_missing(name, root) for name in options.names or EXERCISES}
    except ExerciseError as error:
        sys.exit(f"exercise: {error}")
    for name, lines in missing.items():
        print(f"{name}: complete" if not lines else "\n  ".join([f"{name}:", *lines]))
    sys.exit(any(missing.values()))


class ExerciseError(ValueError):
    """The exercise cannot be written or checked; the message says why."""


def write_exercise(name: str, chapter: int, points: int, root: Path) -> list[Path]:
    """Write all parts of a new exercise, and return the files that were written or changed."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ExerciseError(f"{name!r} is not a name for a function: use small letters, digits and _")
    if name in EXERCISES:
        raise ExerciseError(f"there is an exercise {name} already")
    values = {"name": name, "chapter": chapter, "points": points, "number": len(EXERCISES) + 1}
    new = {
        root / "grading" / "exercises" / f"{name}.py": templates.EXERCISE,
        root / "grading" / "judge" / f"{name}.py": templates.ANSWER_KEY,
        _answers(name, root): templates.ANSWERS,
    }
    for path in new:
        if path.exists():
            raise ExerciseError(f"{path} exists: delete it, or choose another name")
    registry, tests, source = root / "grading/exercises/__init__.py", root / "public_tests.py", _source(chapter, root)
    changed = {
        registry: _register(registry.read_text(encoding="utf-8"), name),
        tests: _add_test(tests.read_text(encoding="utf-8"), values),
        source: _add_cells(source.read_text(encoding="utf-8"), values),
    }
    texts = {path: template.format(**values) for path, template in new.items()} | changed
    for path, text in texts.items():
        with open_atomically(path) as file:
            file.write(text)
    return list(texts)


def _register(text, name):
    """The registry's source with one more module, in the import and at the end of the list."""
    text = _insert(text, "from grading.exercises import (", f"{name},")
    return re.sub(r"(?<=\nMODULES = \()(.*?)(?=\n\))", rf"\1\n    {name},", text, count=1, flags=re.DOTALL)


def _add_test(text, values):
    """The source of public_tests with one more test function, before `hint`, and its name in __all__."""
    text = _insert(text, "__all__ = [", f'"{values["name"]}_test",')
    return text.replace("def hint(", f"{templates.TEST.format(**values)}\n\ndef hint(", 1)


def _add_cells(text, values):
    """The chapter's source with the exercise's cells at its end, and its test among the imports."""
    text = _insert(text, "from public_tests import (", f"{values['name']}_test,")
    return text.rstrip("\n") + templates.CELLS.format(**values)


def _insert(text, start, line):
    """The text with one more line, in alphabetical order, among those between `start` and the closing bracket."""
    before, rest = text.split(f"{start}\n", 1)
    lines, after = re.split(r"^(?=[)\]])", rest, maxsplit=1, flags=re.MULTILINE)
    return f"{before}{start}\n" + "".join(sorted([*lines.splitlines(True), f"    {line}\n"])) + after


def find_missing(name: str, root: Path = ROOT) -> list[str]:
    """What an exercise still needs, a line each; no line if it is complete."""
    if name not in EXERCISES:
        raise ExerciseError(f"there is no exercise {name}. The exercises are {', '.join(EXERCISES)}")
    return [*_find_placeholders(name, root), *_find_missing_parts(name, root), *_find_wrong_outcomes(name, root)]


def _find_placeholders(name, root):
    exercise = EXERCISES[name]
    homes = [root / "grading" / side / f"{name}.py" for side in ("exercises", "judge")]
    for path in (*homes, _answers(name, root), _source(exercise.chapter, root)):
        if path.exists() and "TODO" in path.read_text(encoding="utf-8"):
            yield f"{path.relative_to(root).as_posix()} still contains TODO"


def _find_missing_parts(name, root):
    exercise, source = EXERCISES[name], _source(EXERCISES[name].chapter, root)
    chapter = source.read_text(encoding="utf-8")
    if f'# %% test="{name}" points={exercise.points}\n' not in chapter:
        yield f'{source.name} has no cell with the header # %% test="{name}" points={exercise.points}'
    if not re.search(rf"^    {name}_test,$", chapter, flags=re.M):
        yield f"{source.name} does not import {name}_test from public_tests in its first cells"
    if f"def {name}_test(" not in (root / "public_tests.py").read_text(encoding="utf-8"):
        yield f"public_tests.py does not define {name}_test"
    if not (root / "tests" / "grading" / "snapshots" / f"{name}.txt").exists():
        yield "its messages are not stored: " + templates.STORE_MESSAGES
    question, pointer, line = exercise.hints
    if not (question.endswith("?") and pointer.endswith(".") and "..." in line):
        yield "the hints should be a question ending with ?, a pointer ending with . and a line containing ..."


def _find_wrong_outcomes(name, root):
    """What is wrong with the answers, found by grading the stub, the solution and the wrong answers."""
    import nst.quiet_tensorflow  # noqa: F401
    from grading.judge import KEYS
    from tests.support.answers_of_all_chapters import RIGHT_ANSWERS, SOLUTIONS, STUBS, WRONG_ANSWERS
    from tests.support.student_notebook import graded

    if name not in SOLUTIONS:
        yield f"{_answers(name, root).relative_to(root).as_posix()} is missing"
        return
    if (stub := graded(name, STUBS[name])).state != "not attempted":
        yield f"the stub should be 'not attempted', but it is '{stub.state}'"
    for seed in (None, OTHER_SEED):
        solution = graded(name, SOLUTIONS[name], *([seed] if seed else []))
        if solution.state != "passed":
            yield f"the solution should pass, but it is '{solution.state}': {' '.join(solution.found or solution.says)}"
            return
    if len(RIGHT_ANSWERS[name]) < FEWEST_RIGHT_ANSWERS:
        yield f"{len(RIGHT_ANSWERS[name])} right answers, written in different ways: at least {FEWEST_RIGHT_ANSWERS}"
    known, shown = {mistake.id for mistake in KEYS[name].mistakes}, set()
    if len(known) < FEWEST_MISTAKES:
        yield f"{len(known)} known mistakes: at least {FEWEST_MISTAKES}"
    for exercise, title, mistake, state, cell in WRONG_ANSWERS:
        if exercise == name:
            shown |= {mistake, *mistake.split("+")}
            outcome = graded(name, cell)
            if (outcome.state, outcome.mistake) != (state, mistake):
                yield f"wrong answer '{title}': expected '{state}', {mistake}; got '{outcome.state}', {outcome.mistake}"
    for mistake in sorted(known - shown - templates.WITHOUT_ANSWER):
        yield f"no wrong answer makes the mistake {mistake}"


def _answers(name, root):
    return root / "tests" / "support" / f"answers_to_{name}.py"


def _source(chapter, root):
    sources = sorted((root / "notebooks" / "src").glob("*.py"))
    for source in sources:
        if source.name.startswith(f"{chapter:02d}_"):
            return source
    names = ", ".join(source.name for source in sources)
    raise ExerciseError(f"chapter {chapter} has no source in notebooks/src, only {names}. Write {chapter:02d}_NAME.py")


if __name__ == "__main__":
    main()
