"""The command nst: the first word selects what to do; messages and exit codes."""

import _thread
import hashlib
import os
import subprocess
import sys
from argparse import SUPPRESS

import pytest

from nst import paths
from nst.assets import catalog
from nst.assets.catalog import Work
from nst.cli import main as command
from nst.cli.fetch import EXAMPLES, list_works
from nst.cli.main import main
from nst.cli.stylize import make_parser
from tests.support.local_server import body, interrupted, status

RIGHT = bytes(range(256)) * 1000


@pytest.fixture
def offer(sandbox, server, monkeypatch):
    def put(name, *answers):
        checksum = f"sha256:{hashlib.sha256(RIGHT).hexdigest()}"
        url = server.put(f"/{name}", *answers)
        work = Work(name, "style", url, checksum, len(RIGHT), f"{name}.jpg", "A work", "public domain")
        monkeypatch.setitem(catalog.WORKS, name, work)
        return work

    return put


def run(*words, **settings):
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=paths.ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_shows_the_options_of_painting_and_the_other_commands(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith(
        "usage: nst CONTENT STYLE [STYLE ...] [options]\n"
        "       nst fast CONTENT STYLE [STYLE ...] [options]\n"
        "       nst batch JOBS.csv --out DIR [--workers N] [--scheduler tcp://HOST:PORT]\n"
        "       nst fetch [NAME ...] [--all]\n"
    )
    for option in make_parser()._actions:  # all of them at once
        assert all(word in shown for word in option.option_strings if option.help != SUPPRESS)
    assert "--size PIXELS         longest side of the result in pixels (default: 512)" in shown
    assert "nst fetch             download works of art, photographs and VGG-19" in shown


def test_every_option_of_painting_says_what_it_does_and_its_default():
    for option in make_parser()._actions:
        if option.option_strings and option.nargs != 0 and option.help != SUPPRESS:
            assert len(option.help) > 20, option.dest
            assert "(default: " in option.help, option.dest


def test_an_unknown_command_is_named_with_the_help_that_lists_all(capsys):
    assert main(["grade"]) == 2
    assert capsys.readouterr().err == (
        "nst: 'grade' is neither a command nor a picture file.\nAll commands and options: python -m nst --help\n"
    )


def test_a_misspelled_command_is_told_the_right_one(capsys):
    assert main(["fetsh"]) == 2
    assert "is neither a command nor a picture file. Did you mean 'fetch'?\n" in capsys.readouterr().err


def test_a_misspelled_command_with_names_is_told_too_and_a_picture_that_is_not_there_is_none(capsys):
    assert main(["fetsh", "vgg19"]) == 2
    assert "Did you mean 'fetch'?" in capsys.readouterr().err
    assert main(["batch.jpg", "monet.jpg"]) == 2
    assert "batch.jpg: there is no such file." in capsys.readouterr().err


def test_ctrl_c_while_the_network_library_loads_ends_cleanly(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_run", interrupted)
    assert main(["a.jpg", "b.jpg"]) == 130
    assert capsys.readouterr().err == "Interrupted. Complete files were kept; no partial file was left.\n"


def test_fetch_without_names_lists_what_can_be_had(capsys):
    assert main(["fetch"]) == 0
    assert capsys.readouterr().out == list_works() + "\n"


def test_fetch_with_a_name_downloads_it(offer, capsys):
    work = offer("wave", body(RIGHT))
    assert main(["fetch", "wave"]) == 0
    assert work.path.read_bytes() == RIGHT


def test_fetch_all_downloads_everything_and_fails_when_one_fails(offer, capsys):
    wave, scream = offer("wave", status(404)), offer("scream", body(RIGHT))
    assert main(["fetch", "--all"]) == 1
    assert not wave.path.exists()
    assert scream.path.read_bytes() == RIGHT
    assert capsys.readouterr().out.endswith("1 downloaded, 0 already here, 1 failed: wave\n")


def test_an_unknown_name_is_told_the_nearest(capsys):
    assert main(["fetch", "starry_nigth"]) == 2
    assert capsys.readouterr().err == (
        "There is no work named 'starry_nigth'. Did you mean van_gogh_starry_night?\n"
        "To list all names: python -m nst fetch\n"
    )


def test_an_unknown_option_ends_with_the_usage(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["fetch", "--everything"])
    assert stop.value.code == 2
    assert "unrecognized arguments: --everything" in capsys.readouterr().err


def test_help_has_examples_and_exit_codes(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["fetch", "--help"])
    assert stop.value.code == 0
    shown = capsys.readouterr().out
    assert "  nst fetch vgg19                               the published network, 80 MB\n" in shown
    assert (
        "Exit code: 0 all files are in place, 1 a download failed, 2 a name is not known, 130 interrupted.\n" in shown
    )


def test_an_interrupt_ends_cleanly(offer, interruptible, capsys):
    work = offer("wave", interrupted(RIGHT, _thread.interrupt_main))
    assert main(["fetch", "wave"]) == 130
    assert capsys.readouterr().err.endswith("Interrupted. Complete files were kept; no partial file was left.\n")
    assert list(work.path.parent.iterdir()) == []


def test_the_examples_in_the_help_name_works_that_exist():
    commands = [line.strip().split("  ")[0].split() for line in EXAMPLES.splitlines() if line.startswith("  nst fetch")]
    names = {word for command in commands for word in command[2:] if word != "--all"}
    assert len(commands) == 4
    assert {"vgg19"} < names <= set(catalog.WORKS)


def test_fetching_imports_no_tensorflow():
    finished = run(
        "-c",
        "import sys; from nst.cli.main import main; main(['fetch']);"
        "print(sorted({'tensorflow', 'keras', 'numpy', 'requests'} & set(sys.modules)))",
    )
    assert (finished.returncode, finished.stderr) == (0, b"")
    assert finished.stdout.splitlines()[-1] == b"['requests']"


def test_as_a_module_it_ends_with_the_exit_code():
    assert run("-m", "nst", "fetch", "nothing_like_it").returncode == 2


def test_a_console_of_few_letters_still_gets_the_message(offer, tmp_path):
    work = offer("wave", status(404))
    code = (
        f"import sys; from pathlib import Path; from nst import paths; from nst.assets import catalog;"
        f"from nst.cli.main import main; paths.IMAGES = Path({str(tmp_path)!r}, 'caf\\u00e9');"
        f"catalog.WORKS['wave'] = catalog.{work!r}; sys.exit(main(['fetch', 'wave']))"
    )
    finished = run("-c", code, PYTHONIOENCODING="ascii")
    assert finished.returncode == 1
    assert b"caf\\xe9" in finished.stderr


INTERRUPTED_IMPORT = """
import sys

class Interrupt:
    def find_spec(name, *_):
        if name == "nst.cli.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt)
from nst.__main__ import main
sys.exit(main())
"""


def test_ctrl_c_during_the_imports_ends_without_a_traceback():
    finished = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_IMPORT], cwd=paths.ROOT, capture_output=True, check=False
    )
    assert (finished.returncode, finished.stdout, finished.stderr) == (130, b"", b"")
