"""`make studio`: a server for this machine, with a token that no other user can read."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest

from nst.paths import ROOT
from tools import studio


@pytest.fixture
def calls(monkeypatch):
    """The commands and environments that main would start."""
    calls = []

    class Server:
        def __init__(self, command, env, **_):
            calls.append((command, env))

        def wait(self):
            return 0

    monkeypatch.setattr(studio.subprocess, "Popen", Server)
    monkeypatch.setattr(studio.signal, "signal", lambda *_: None)
    monkeypatch.setattr(studio, "find_port", lambda ports: ports[0])
    monkeypatch.setattr(studio, "find_spec", lambda name: name)
    return calls


def start(*words):
    with pytest.raises(SystemExit) as end:
        studio.main(words)
    return end.value.code


def test_the_address_has_a_new_token_each_time_that_is_not_in_the_command(calls, capsys):
    assert start("--no-browser") == 0
    start("--no-browser")
    (command, environment), (_, second) = calls
    token = environment["JUPYTER_TOKEN"]
    assert len(token) >= 32
    assert token != second["JUPYTER_TOKEN"]
    assert f"Studio: http://127.0.0.1:8866/?token={token}\n" in capsys.readouterr().out
    assert not any(token in word for word in command)
    assert "--Voila.auto_token=True" in command


def test_without_a_token_only_if_told_so(calls, capsys):
    start("--no-browser", "--no-token", "--port", "9000", "--theme", "dark")
    [(command, environment)] = calls
    assert environment["JUPYTER_TOKEN"] == ""
    assert "Studio: http://127.0.0.1:9000/\n" in capsys.readouterr().out
    assert {"--Voila.auto_token=False", "--Voila.port=9000", "--VoilaConfiguration.theme=dark"} <= {*command}


def test_the_browser_opens_a_page_that_leads_to_the_address(calls, capsys, monkeypatch):
    opened = []
    monkeypatch.setattr(studio, "wait_for_server", lambda server, port: True)
    monkeypatch.setattr(studio.webbrowser, "open", lambda url: opened.append(Path(url2pathname(urlparse(url).path))))
    monkeypatch.setattr(
        studio, "write_redirection", lambda folder, address: written.append(address) or folder / "a.html"
    )
    written = []
    start()
    assert written == [capsys.readouterr().out.splitlines()[0].removeprefix("Studio: ")]
    assert [page.name for page in opened] == ["a.html"]


def test_the_redirection_contains_the_address(tmp_path):
    page = studio.write_redirection(tmp_path, "http://127.0.0.1:8866/?token=secret")
    assert 'content="0; url=http://127.0.0.1:8866/?token=secret"' in page.read_text(encoding="utf-8")


def test_a_server_that_has_ended_is_not_waited_for():
    server = subprocess.Popen([sys.executable, "-c", ""])
    server.wait()
    assert not studio.wait_for_server(server, 1)


def test_it_listens_on_this_machine_only():
    settings = json.loads((studio.SETTINGS / "voila.json").read_text(encoding="utf-8"))
    assert settings["Voila"]["ip"] == studio.ADDRESS == "127.0.0.1"
    assert settings["Voila"]["tornado_settings"]["allow_remote_access"] is False
    assert settings["VoilaConfiguration"]["file_allowlist"] == []
    assert settings["VoilaConfiguration"]["show_tracebacks"] is False


def test_the_page_may_load_nothing_from_another_host():
    settings = json.loads((studio.SETTINGS / "voila.json").read_text(encoding="utf-8"))
    policy = settings["Voila"]["tornado_settings"]["headers"]["Content-Security-Policy"]
    sources = next(part for part in policy.split(";") if part.startswith("default-src ")).split()[1:]
    assert {*sources} == {"'self'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"}


def test_it_serves_the_notebook_that_is_built():
    command = studio.make_command(ROOT, 9000, "secret")
    assert command[:3] == [sys.executable, "-m", "voila"]
    assert command[3] == str(ROOT / "notebooks" / "studio.ipynb")
    assert (ROOT / "notebooks" / "studio.ipynb").is_file()


def test_a_port_that_is_in_use_is_passed_over():
    with socket.socket() as used:
        used.bind((studio.ADDRESS, 0))
        used.listen()
        port = used.getsockname()[1]
        assert studio.find_port([port, 0]) == 0
        with pytest.raises(SystemExit, match=f"^studio: port {port} in use. Choose another one: --port NUMBER$"):
            studio.find_port([port])


def test_the_page_has_no_address_of_another_host():
    template = studio.SETTINGS / "voila" / "templates" / "studio" / "index.html.j2"
    assert "http" not in template.read_text(encoding="utf-8")
    settings = json.loads((studio.SETTINGS / "voila.json").read_text(encoding="utf-8"))
    assert settings["VoilaConfiguration"]["template"] == template.parent.name
    assert studio.make_environment(ROOT, "")["JUPYTER_PATH"].startswith(str(studio.SETTINGS))


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setattr(studio, "find_spec", lambda name: None if name == "voila" else name)
    assert start() == f'studio: voila missing. Install with: {sys.executable} -m pip install -e ".[studio]"'
