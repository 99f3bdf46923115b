# SPDX-License-Identifier: Apache-2.0
"""./run, as a newcomer sees it. What it installs is there already, and what it builds too; a bare machine is not tried here."""
import os
import re
import signal
import socket
import subprocess

import pytest

from harness import BINARY, ROOT, SECRET, run, wait_until

pytestmark = pytest.mark.skipif(BINARY != ROOT / "build/release/pointsman", reason="./run is about build/release")
PATIENCE = 300  # seconds; it may have to build


@pytest.fixture
def newcomer(tmp_path):
    """Starts ./run."""
    started = []

    def start(*args, listen="127.0.0.1:0", **more):
        """`args`: more options; keywords: more of the environment."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("POINTSMAN_")} | more
        out = open(tmp_path / f"out{len(started)}", "w+")
        process = subprocess.Popen(["./run", "--listen", listen, *args], cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        started.append((process, out))

        def told():
            out.seek(0)
            return out.read()
        return process, told

    yield start
    for process, out in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
        out.close()


def serving(process, told):
    wait_until(lambda: "Ctrl-C stops it" in told() or process.poll() is not None, "./run serving", PATIENCE)
    assert process.poll() is None, told()
    return told()


def stop(process):
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
    return process.wait(30)


def test_it_files_three_tickets_shows_the_queues_says_what_is_next_and_serves_on(newcomer, tmp_path):
    process, told = newcomer(POINTSMAN_DATA=str(tmp_path / "data"))
    said = serving(process, told)
    for number, queue in enumerate(("high", "medium", "low"), 1):
        assert f"Filed as #{number} on the queue {queue}" in said
        assert re.search(rf"^{queue} +1 +0 +0 ", said, re.MULTILINE), said
    assert re.search(r"1\. Secret.*2\. Tunnel.*3\. Teams", said, re.DOTALL)
    port = int(re.search(r"Serving on http://127\.0\.0\.1:(\d+)", said)[1])
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 200")
    assert stop(process) == 0, told()

    process, told = newcomer("--data", str(tmp_path / "data"), POINTSMAN_TEAMS_SECRET=SECRET)  # a second time, with the real secret: nothing is filed
    said = serving(process, told)
    assert "Filed as" not in said and re.search(r"^high +1 +0 +0 ", said, re.MULTILINE)
    assert SECRET not in said
    assert stop(process) == 0
    assert run("ticket", "list", "--data", tmp_path / "data", "--json").stdout.count('"number":') == 3


def test_a_configuration_is_used_by_all_it_starts(newcomer, tmp_path):
    config = tmp_path / "desk.toml"
    config.write_text(f'[storage]\npath = "{tmp_path}/elsewhere"\n[[priority]]\nname = "outage"\nqueue = "pager"\n'
                      f'[[teams]]\nname = "it"\nsecret = "{SECRET}"\n')
    process, told = newcomer(f"--config={config}")
    said = serving(process, told)
    assert "/teams/it   open" in said and "Filed as" not in said
    assert re.search(r"^pager +0 +0 +0 ", said, re.MULTILINE) and "high" not in said
    assert stop(process) == 0
    assert (tmp_path / "elsewhere/pointsman.db").exists()


def test_a_port_in_use_ends_it_with_what_to_do(newcomer, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process, told = newcomer("--data", str(tmp_path / "data"), listen=f"127.0.0.1:{taken.getsockname()[1]}")
        assert process.wait(PATIENCE) == 1
        assert "is in use by another program" in told() and "--listen" in told()
        assert "Serving" not in told()
