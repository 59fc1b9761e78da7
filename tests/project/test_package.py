"""`pip install .` gives commands that work from any folder, without the repository."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from nst.paths import IMAGES, ROOT
from tests.support.project_files import tracked

PACKED = ("foundation/", "grading/", "nst/", "public_tests.py")
SOURCES = (
    *PACKED,
    "LICENSE",
    "LICENSE-CC-BY-4.0",
    "README.md",
    "pretrained-model/",
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """What a wheel is built from, without what an earlier build has left."""
    folder = tmp_path_factory.mktemp("sources")
    for name in tracked():
        if name.startswith(SOURCES):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(sources, tmp_path_factory):
    """The built wheel. This asks the package index for setuptools."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", out, sources], check=True)
    [path] = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder that holds the installed package."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed, folder, *words):
    """Run the installed package's Python in a folder; other copies of the package come later on the path."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_wheel_holds_every_module_and_what_they_read(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    networks = {f"nst/pretrained-model/{name}.npz" for name in ("fast_decoder", "pocket_vgg19")}
    needed = {name for name in tracked() if name.startswith(PACKED)} | networks
    assert needed <= packed


@pytest.mark.slow
def test_the_installed_command_paints_two_files_from_any_folder(installed, tmp_path):
    shutil.copyfile(IMAGES / "louvre.jpg", tmp_path / "house.jpg")
    shutil.copyfile(IMAGES / "monet.jpg", tmp_path / "painting.jpg")
    done = run(installed, tmp_path, "-m", "nst", "house.jpg", "painting.jpg", "--size", "32", "--steps", "1")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output" / "house_painting.png").is_file()
    assert str(Path("output", "house_painting.png")) in done.stdout


@pytest.mark.slow
def test_without_a_clone_downloads_go_to_the_users_cache(installed, tmp_path):
    show = "from nst.assets.catalog import WORKS; from nst import paths; print(*[w.path for w in WORKS.values()])"
    show += "; print(paths.RESTORE)"
    files, restore = run(installed, tmp_path, "-c", show).stdout.splitlines()
    assert not any(Path(file).is_relative_to(installed) for file in files.split())
    assert "neural-style-transfer" in files
    assert restore == "Install the package again, or unpack the course again."


@pytest.mark.slow
def test_the_package_names_both_commands(installed):
    [entries] = installed.glob("*.dist-info/entry_points.txt")
    assert entries.read_text(encoding="utf-8").split("\n")[:3] == [
        "[console_scripts]",
        "nst = nst.__main__:main",
        "nst-grade = grading.__main__:main",
    ]
