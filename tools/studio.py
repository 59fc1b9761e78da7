"""Serve Studio as an app, as `make studio` does: notebooks/studio.ipynb with Voila, on this machine only.

    python -m tools.studio                 open the page in a browser
    python -m tools.studio --no-browser    print its address

Each visitor has a kernel of their own. The address contains a token, without which the server answers nothing;
--no-token leaves it out. The server listens on 127.0.0.1: other machines cannot reach it.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from nst.paths import ROOT

PORTS = range(8866, 8886)  # the first one that is free
ADDRESS = "127.0.0.1"  # as in SETTINGS
NEEDED = ("voila", "anywidget", "ipywidgets")
SETTINGS = ROOT / "tools" / "voila"  # of the server; a user's own settings of Voila are not read
THEMES = ("light", "dark")


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description="Serve Studio as an app, on this machine only.")
    parser.add_argument("--port", type=int, help=f"the server's port (default: a free one from {PORTS[0]} on)")
    parser.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")
    parser.add_argument("--no-token", action="store_true", help="let every user of this machine open the page")
    parser.add_argument("--theme", choices=THEMES, default="light", help="the page's colors (default: %(default)s)")
    options = parser.parse_args(arguments)
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        sys.exit(f'studio: {", ".join(missing)} missing. Install with: {sys.executable} -m pip install -e ".[studio]"')
    port = find_port(PORTS if options.port is None else [options.port])
    token = "" if options.no_token else secrets.token_urlsafe(24)
    command, environment = make_command(root, port, token, options.theme), make_environment(root, token)
    address = f"http://{ADDRESS}:{port}/{f'?token={token}' if token else ''}"
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server ends with this process
    print(f"Studio: {address}", flush=True)
    print("Press Ctrl-C here to end it; your pictures stay in output/studio/.", flush=True)
    with tempfile.TemporaryDirectory(prefix="nst-studio-") as folder:
        server = subprocess.Popen(command, cwd=root, env=environment)
        try:
            if not options.no_browser and wait_for_server(server, port):
                webbrowser.open(write_redirection(Path(folder), address).as_uri())
            sys.exit(server.wait())
        except KeyboardInterrupt:
            server.terminate()  # Ctrl-C has reached it, too; a SIGTERM has not
            server.wait()
            sys.exit(0)


def find_port(ports):
    """Return the first port that is free; exit with words if none is."""
    for port in ports:
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")  # as the server does
            probe.bind((ADDRESS, port))
            return port
    taken = f"{ports[0]}" if len(ports) == 1 else f"{ports[0]} to {ports[-1]}"
    sys.exit(f"studio: port {taken} in use. Choose another one: --port NUMBER")


def wait_for_server(server, port):
    """Return whether the server takes connections, within a minute and before it ends."""
    for _ in range(120):
        if server.poll() is not None:
            return False
        with suppress(OSError), socket.create_connection((ADDRESS, port), timeout=1):
            return True
        time.sleep(0.5)
    return False


def write_redirection(folder, address):
    """Write a page that leads to the address; return its path. No command of the browser then contains the token."""
    page = folder / "studio.html"
    page.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={address}">', encoding="utf-8")
    return page


def make_command(root, port, token, theme="light"):
    """Return the command that serves the app. The token is in its environment: other users can read a command."""
    return [
        sys.executable,
        "-m",
        "voila",
        str(root / "notebooks" / "studio.ipynb"),
        "--no-browser",
        f"--Voila.config_file_paths={SETTINGS}",
        f"--Voila.port={port}",
        f"--Voila.auto_token={bool(token)}",
        f"--VoilaConfiguration.theme={theme}",
    ]


def make_environment(root, token):
    """Return the environment of the server and its kernels: they find Studio's template, and the course."""
    added = {"PYTHONPATH": str(root), "JUPYTER_PATH": str(SETTINGS)}
    paths = {name: os.pathsep.join(filter(None, [path, os.environ.get(name)])) for name, path in added.items()}
    return {**os.environ, **paths, "JUPYTER_TOKEN": token}


if __name__ == "__main__":
    main()
