"""Where things are: every folder of the project, derived from one ROOT."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "images"
PRETRAINED = ROOT / "pretrained-model"
OUTPUT = ROOT / "output"
