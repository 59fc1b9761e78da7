"""The files of the page 'Try it' are complete, and what is missing is said."""

import json
import re
import subprocess
import sys

import pytest
from PIL import Image

from nst.paths import IMAGES, ROOT
from tools.website import try_it

MODULES = ROOT / "tools" / "website" / "static" / "try_it"


@pytest.fixture
def failing_npm(monkeypatch):
    answer = subprocess.CompletedProcess([], 1, stdout="", stderr="npm error network is unreachable\n")
    monkeypatch.setattr(try_it.shutil, "which", lambda name: "npm")
    monkeypatch.setattr(try_it.subprocess, "run", lambda *_, **__: answer)


def read_sizes(site):
    return json.loads((site / "_static" / "try_it" / "files.json").read_text(encoding="utf-8"))["sizes"]


def test_without_npm_the_page_has_its_pictures_and_a_message_says_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(try_it.shutil, "which", lambda name: None)
    assert try_it.add_try_it(tmp_path / "site", tmp_path / "npm") == []
    assert capsys.readouterr().out == f"{try_it.NO_ENGINE}\n{try_it.NO_NPM}\n"
    assert read_sizes(tmp_path / "site") is None
    assert not (tmp_path / "npm").exists()


def test_if_npm_has_no_network_the_site_is_built_and_npms_words_are_shown(tmp_path, failing_npm, capsys):
    assert try_it.add_try_it(tmp_path / "site", tmp_path / "npm") == []
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == try_it.NO_ENGINE
    assert second.endswith("Check the network; npm says:")
    assert third == "npm error network is unreachable"
    assert read_sizes(tmp_path / "site") is None


def test_without_the_packages_for_the_export_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tools.export_onnx", None)
    (problem,) = try_it.export_networks(tmp_path)
    assert problem.endswith("Run: python -m pip install -e .[onnx]")


def test_all_pictures_of_the_course_can_be_chosen_and_one_of_each_group_is(tmp_path):
    listed = try_it.write_pictures(tmp_path)
    assert {tmp_path.joinpath(picture["file"]).name for picture in listed} == {
        path.name for path in IMAGES.glob("*.jpg")
    }
    for group in ("photographs", "paintings"):
        assert [picture["chosen"] for picture in listed if picture["group"] == group].count(True) == 1
    for picture in listed:
        with Image.open(tmp_path / picture["file"]) as opened:
            assert max(opened.size) == try_it.LARGEST


def test_the_modules_load_the_files_that_are_copied():
    text = (MODULES / "engine.js").read_text(encoding="utf-8")
    assert set(re.findall(r'"engine/([^"]+)"', text)) == set(try_it.ENGINE_FILES)


def test_every_package_has_one_version_and_a_checksum():
    package, lock = (json.loads((try_it.SOURCE / name).read_text(encoding="utf-8")) for name in try_it.PACKAGE_FILES)
    installed = {path: entry for path, entry in lock["packages"].items() if path}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["dependencies"].values())
    for name, version in package["dependencies"].items():
        assert installed[f"node_modules/{name}"]["version"] == version
    assert [path for path, entry in installed.items() if not entry["integrity"].startswith("sha512-")] == []


def test_no_module_is_too_long_or_names_another_host():
    for path in [*MODULES.iterdir(), ROOT / "tools" / "website" / "pages" / "try-it.md"]:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300
        assert re.findall(r"(?:src|href|import|fetch)\W{1,3}https?://", text) == []
