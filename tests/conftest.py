# SPDX-License-Identifier: Apache-2.0
import pytest

from harness import Server


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
