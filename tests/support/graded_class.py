"""A made-up class after it has been graded by the command, and what it could have done outside of its sandbox."""

import csv
import os
import socket
import subprocess
import sys
import threading

from grading.reports import records
from nst.paths import ROOT
from tests.support import made_class


class Listener:
    """A port on this machine that counts connections."""

    def __enter__(self):
        self.socket, self.connections = socket.create_server(("127.0.0.1", 0)), 0
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def _accept(self):
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.connections += 1

    def __exit__(self, *_):
        self.socket.close()


class GradedClass:
    """What there is after the class has been graded. students: those who take part, all if None."""

    def __init__(self, folder, *options, students=None):
        self.folder, self.grades, self.decoy = folder / "class", folder / "grades", folder / "decoy-home"
        self.options, others = options, folder / "others"
        for place in (self.decoy, others):
            place.mkdir()
        (self.decoy / "precious.txt").write_text("precious", encoding="utf-8")
        (others / "not-for-students.py").write_text("secret", encoding="utf-8")
        with Listener() as listener:
            port = listener.socket.getsockname()[1]
            made_class.write(self.folder, students, decoy=self.decoy, others=others, port=port)
            self.run = self.grade({"HOME": str(self.decoy), "NOTE": "not-for-students"})
        self.connections = listener.connections
        with (self.grades / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            self.rows = {row["student"].removeprefix("'"): row for row in csv.DictReader(file)}

    def grade(self, environment=None):
        return subprocess.run(
            [sys.executable, "-m", "grading", self.folder, "--out", self.grades, *self.options],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def page(self):
        return (self.grades / "class.html").read_text(encoding="utf-8")

    def record(self, student):
        return records.read(self.grades, student)

    def mistakes(self, student):
        return {exercise["name"]: exercise["mistake"] for exercise in self.record(student)["exercises"]}
