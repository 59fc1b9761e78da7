"""The files of the page 'Try it', which paints in the visitor's browser: ONNX Runtime, the networks, pictures.

They stand beside the page's modules, in _static/try_it of the site:

    engine/     ONNX Runtime for browsers, from the npm package that package-lock.json pins
    networks/   style.onnx and paint.onnx, see tools/export_onnx.py
    pictures/   the course's pictures, to choose from
    files.json  {"pictures": [...], "sizes": {file: bytes} of the first two folders, or null if npm is missing or fails}
"""

import json
import shutil
import subprocess
from pathlib import Path

from PIL import Image

from nst.paths import IMAGES

SOURCE = Path(__file__).with_name("npm")
PACKAGE_FILES = "package.json", "package-lock.json"
ENGINE_FILES = (
    "ort.wasm.bundle.min.mjs",
    "ort-wasm-simd-threaded.wasm",
    "ort.webgpu.bundle.min.mjs",
    "ort-wasm-simd-threaded.asyncify.wasm",
)
# Without a network, one more try takes 10 seconds; npm would try two more, for 70 seconds.
INSTALL = "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"
NO_ENGINE = "The page 'Try it' is built without the program that paints, and says so."
NO_NPM = "npm was not found. To have the program, install Node.js with npm."
LARGEST = 512  # pixels on the longest side of a picture to choose
QUALITY = 85
CHOICES = {
    "photographs": {
        "louvre": "The pyramid of the Louvre",
        "persepolis": "Columns of Persepolis",
        "pasargadae": "The tomb of Cyrus",
        "turbulence": "A turbulent flow",
    },
    "paintings": {
        "starry_night": "A starry night, after Van Gogh",
        "monet": "A lagoon at dusk, after Monet",
        "kashi": "A mosaic of cut tiles",
        "abstract_blue": "A poured painting in blues",
    },
}


def add_try_it(site, folder):
    """Add the files of the page 'Try it' to the built site `site`; return a list of problems.

    folder: where npm installs. If npm is missing or fails, the page gets its pictures alone, and the reason is printed.
    """
    target = site / "_static" / "try_it"
    files = {"pictures": write_pictures(target), "sizes": None}
    if reason := install_engine(folder, target / "engine"):
        print(NO_ENGINE, reason, sep="\n")
    else:
        if problems := export_networks(target / "networks"):
            return problems
        files["sizes"] = {
            path.relative_to(target).as_posix(): path.stat().st_size
            for name in ("engine", "networks")
            for path in sorted((target / name).iterdir())
        }
    (target / "files.json").write_text(json.dumps(files), encoding="utf-8")
    return []


def write_pictures(target):
    """Write the pictures to choose; return a list with the file, group and title of each. The first of a group is
    chosen when the page opens."""
    listed = []
    (target / "pictures").mkdir(parents=True)
    for group, titles in CHOICES.items():
        for name, title in titles.items():
            file = f"pictures/{name}.jpg"
            with Image.open(IMAGES / f"{name}.jpg") as picture:
                picture.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
                picture.save(target / file, quality=QUALITY)
            listed.append({"file": file, "group": group, "title": title, "chosen": name == next(iter(titles))})
    return listed


def install_engine(folder, target):
    """Install ONNX Runtime into `folder` and copy what browsers load to `target`; return why it failed, or ""."""
    npm = shutil.which("npm")
    if npm is None:
        return NO_NPM
    folder.mkdir(parents=True, exist_ok=True)
    for name in PACKAGE_FILES:
        shutil.copy(SOURCE / name, folder)
    installation = subprocess.run(
        [npm, *INSTALL], cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace"
    )
    if installation.returncode:
        return (
            f"npm could not install the packages of {SOURCE / 'package-lock.json'}. Check the network; npm says:\n"
            f"{installation.stderr.strip()}"
        )
    target.mkdir(parents=True)
    for name in ENGINE_FILES:
        shutil.copy(folder / "node_modules" / "onnxruntime-web" / "dist" / name, target)
    return ""


def export_networks(target):
    """Write style.onnx and paint.onnx; return a list of problems."""
    try:
        from tools.export_onnx import ExportError, export  # TensorFlow takes seconds to import
    except ImportError as error:
        return [f"{error}. Run: python -m pip install -e .[onnx]"]
    try:
        export(target)
    except ExportError as error:
        return [f"The networks for browsers were not exported: {error}"]
    return []
