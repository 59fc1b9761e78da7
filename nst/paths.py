"""Every folder of the project, derived from one ROOT.

In a clone, and in a course that was handed out, ROOT is its folder. Where only the package is installed, ROOT is a
folder in the user's cache, which gets the downloads; the bundled network comes with the package, and results go to
`output` in the current folder. They also go there where the course's own folder cannot be written to.
"""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
IN_COURSE = (PACKAGE.parent / "pretrained-model").is_dir()

if IN_COURSE:
    ROOT = PACKAGE.parent
else:
    from platformdirs import user_cache_path

    ROOT = user_cache_path("neural-style-transfer")

IMAGES = ROOT / "images"
PRETRAINED = ROOT / "pretrained-model"
BUNDLED = PRETRAINED if IN_COURSE else PACKAGE / "pretrained-model"
OUTPUT = ROOT / "output"
if not IN_COURSE or not os.access(OUTPUT if OUTPUT.exists() else ROOT, os.W_OK):
    OUTPUT = Path("output")
# What to do about a file of the project that is missing or damaged.
RESTORE = (
    "Restore it with git checkout pretrained-model."
    if (ROOT / ".git").exists()
    else "Install the package again, or unpack the course again."
)
