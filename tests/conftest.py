# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import shutil
import tempfile

import pytest

from harness import BINARY, Server

NOBODY = 65534


@pytest.fixture
def make_server(tmp_path):
    """Starts servers that end with the test: make_server(config=..., args=...)."""
    made = []

    def make(folder="server", **options):
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        server = Server(path, **options)
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.close()


@pytest.fixture
def server(make_server):
    """One server with all defaults, open to Teams and REST."""
    return make_server()


@pytest.fixture
def stranger():
    """A folder that everybody may enter, and how to run the program (copied there) as somebody without rights."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    folder = pathlib.Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    binary = shutil.copy(BINARY, folder)

    def become():
        os.setgid(NOBODY)
        os.setuid(NOBODY)

    yield folder, {"executable": binary, "preexec_fn": become}
    shutil.rmtree(folder)
