"""Everything about the package is in pyproject.toml, except one step: the bundled network goes into the wheel.

In the repository it is in pretrained-model/, outside the package. An editable installation reads it from there.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

NETWORK = Path("pretrained-model", "pocket_vgg19.npz")


class BuildWithNetwork(build_py):
    def run(self):
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "nst", NETWORK)
            self.mkpath(str(target.parent))
            self.copy_file(str(NETWORK), str(target))


setup(cmdclass={"build_py": BuildWithNetwork})
