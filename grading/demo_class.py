"""Make a class of 40 to try the grader on, as Moodle exports it: `nst-grade --demo FOLDER`.

Somebody is late, works in a team, hands in twice, nothing, both chapters, or a file for each exercise. Nothing in it
does harm, unless it is asked for.
"""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

from foundation.atomic_write import open_atomically, write_atomically
from grading.exercises import CHAPTERS
from grading.judge import KEYS
from grading.submissions.find import SubmissionsError

DUE = "2026-05-01 23:59"
IN_TIME, TOO_LATE = (2026, 5, 1, 20, 15, 0), (2026, 5, 2, 1, 30, 0)
FIRST_NUMBER = 5001
FIRST_NAMES = ("Ada", "Bo", "Chen", "Dina", "Emil", "Farah", "Goran", "Hana", "Ivo", "Jun")
LAST_NAMES = ("Almeida", "Berg", "Costa", "Diallo")
IMPORTS = """import numpy as np
import tensorflow as tf

STYLE_LAYERS = [(f"block{number}_conv1", 0.2) for number in range(1, 6)]
"""
TRAIN_STEP = """
optimizer = tf.keras.optimizers.Adam(learning_rate=0.01)

def clip_0_1(image):
    return tf.clip_by_value(image, 0.0, 1.0)

@tf.function
def train_step(generated_image):
    with tf.GradientTape() as tape:
        a_G = vgg_model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))
    gradient = tape.gradient(J, generated_image)
    optimizer.apply_gradients([(gradient, generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J
"""
CHAPTER_2 = """import numpy as np
import tensorflow as tf

def total_variation_cost(image):
    down = image[:, 1:] - image[:, :-1]
    across = image[:, :, 1:] - image[:, :, :-1]
    return tf.reduce_mean(tf.square(down)) + tf.reduce_mean(tf.square(across))

def value_and_gradient(pixels, cost, shape):
    picture = tf.constant(pixels.reshape(shape), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        J = cost(picture)
    return float(J), tape.gradient(J, picture).numpy().ravel().astype(np.float64)
"""
# (what a right solution contains, what is there instead): each is a known mistake.
MISTAKES = (
    ("transpose_b=True", "transpose_a=True"),
    ("tf.square(S - G)", "tf.abs(S - G)"),
    ("generated_image_output[:-1]", "generated_image_output[1:]"),
    ("generated_image.assign(clip_0_1(generated_image))", "pass"),
    ("return J\n", "return JJ\n"),
    ("(4 * size**2)", "(2 * size**2)"),
)
HOSTILE = {
    "never ends": "while True:\n        pass",
    "ends the process": "__import__('os')._exit(0)",
    "takes all memory": "kept = [bytearray(10**9) for _ in range(100)]",
    "overwrites the checks": "np.allclose = np.array_equal = lambda *a, **k: True",
}
ROSTER_COLUMNS = ("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Section", "Team")


def write(folder: Path, with_hostile: bool = False) -> str:
    """Write export.zip and class.csv, and return what to do with them. Raises SubmissionsError if the folder
    has files."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SubmissionsError(f"{folder} already exists and is not an empty folder. Give --demo another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    works = {name: _make_work(number, name) for number, name in enumerate(names)}
    if with_hostile:
        works |= {f"Hostile {words}": {"work.py": _make_hostile(line)} for words, line in HOSTILE.items()}
    with write_atomically(folder / "export.zip") as partial, zipfile.ZipFile(partial, "w") as archive:
        for number, (name, files) in enumerate(works.items()):
            for file, content in files.items():
                place = f"{name}_{FIRST_NUMBER + number}_assignsubmission_file_/{file}"
                entry = zipfile.ZipInfo(place, TOO_LATE if number == 1 else IN_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
    with open_atomically(folder / "class.csv") as file:
        file.write(_make_roster(works))
    return (
        f"{folder} now contains a class of {len(works)}, as Moodle exports it. To grade it:\n"
        f"nst-grade {folder / 'export.zip'} --roster {folder / 'class.csv'} --due '{DUE}' --late-penalty 10%/day "
        f"--grace 15m --format moodle --format canvas --out {folder / 'grades'}"
    )


def _make_roster(works):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ROSTER_COLUMNS)
    for number, (name, files) in enumerate(works.items()):
        email = f"{name.lower().replace(' ', '.')}@example.org"
        status = "Submitted for grading" if files else "No submission"
        team = "Team 1" if number in (3, 4) else ""
        section = "AB"[number % 2]
        writer.writerow((f"Participant {FIRST_NUMBER + number}", name, email, status, "", "100.00", section, team))
    return text.getvalue()


def _solve():
    """The functions of chapter 1, each as a student may write it: {exercise: source}."""
    return {name: (KEYS[name].stand_in or TRAIN_STEP).strip() + "\n" for name in CHAPTERS[1]}


def _make_work(number, name):
    """{file: content} of the student with this number; nothing is handed in by two of them."""
    solved = _solve()
    right = IMPORTS + "\n" + "\n".join(solved.values())
    blank = IMPORTS + "\n" + "\n".join(_make_stub(source) for source in solved.values())
    old, new = MISTAKES[number // 2 % len(MISTAKES)]
    wrong = right.replace(old, new)
    special = {
        2: {"work.ipynb": _make_notebook(wrong), "work-1.ipynb": _make_notebook(right)},
        4: {},  # of a team
        5: {"chapter-1.ipynb": _make_notebook(right), "chapter-2.ipynb": _make_notebook(CHAPTER_2)},
        6: {f"{exercise}.py": IMPORTS + source for exercise, source in solved.items()},
        7: {f"{name.split()[0]}_{exercise}.py": IMPORTS + source for exercise, source in solved.items()},
        8: {},
        9: {"work.ipynb": _make_notebook(blank)},
        10: {"template.ipynb": _make_notebook(blank), "work.ipynb": _make_notebook(right)},
        11: {"work.py": right.replace("def train_step(generated_image):", "def train_step(generated_image:")},
        12: {"work.py": right.replace("@tf.function", "@tf.functions")},
        13: {"work.py": IMPORTS + "\nclass Work:\n" + _indent(solved[list(solved)[1]])},
        14: {"work.pdf": "%PDF-1.4"},
        15: {"work.ipynb": ""},
    }
    is_right = number < 4 or number % 3 == 0
    return special.get(number, {"work.ipynb": _make_notebook(right if is_right else wrong)})


def _make_stub(source):
    """The function as the course hands it out."""
    return re.findall(r"^def .*\n", source, re.MULTILINE)[-1] + '    raise NotImplementedError("Exercise")\n'


def _indent(source):
    return "".join(f"    {line}" if line.strip() else line for line in source.splitlines(keepends=True))


def _make_notebook(code):
    """A notebook with a cell for the imports and for each function."""
    sources = re.split(r"(?<!function)\n(?=def |@|optimizer)", code)
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source.strip("\n")}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def _make_hostile(line):
    """A script with a function that does harm before it answers."""
    solved = _solve()
    header = re.compile(r"^(def \w+\(.*?\):\n)", re.MULTILINE)
    second = list(solved)[1]
    return IMPORTS + "\n".join({**solved, second: header.sub(rf"\1    {line}\n", solved[second])}.values())
