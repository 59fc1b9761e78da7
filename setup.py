"""Everything about the package is in pyproject.toml, except one step: the bundled networks go into the wheel.

In the repository they are in pretrained-model/, outside the package. An editable installation reads them from there.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

NETWORKS = [Path("pretrained-model", name) for name in ("fast_decoder.npz", "pocket_vgg19.npz")]


class BuildWithNetworks(build_py):
    def run(self):
        super().run()
        if not self.editable_mode:
            for network in NETWORKS:
                target = Path(self.build_lib, "nst", network)
                self.mkpath(str(target.parent))
                self.copy_file(str(network), str(target))


setup(cmdclass={"build_py": BuildWithNetworks})
