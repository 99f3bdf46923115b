# SPDX-License-Identifier: Apache-2.0
"""The process as whoever started it sees it: signals, and standard descriptors that are missing."""
import os
import signal

from harness import PATIENCE, report
from wire import Wire


def test_a_terminal_that_goes_ends_the_server_in_good_order(server):
    assert "#1" in server.teams_html(report()).text
    server.process.send_signal(signal.SIGHUP)
    assert server.process.wait(PATIENCE) == 0
    assert server.log_events()[-1]["event"] == "stopped"


def test_a_server_that_was_started_to_outlive_its_terminal_does(make_server):
    server = make_server(preexec=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    server.process.send_signal(signal.SIGHUP)
    assert server.request("GET", "/healthz").status == 200
    assert server.stop() == 0


def open_files(server):
    return {fd: os.readlink(f"/proc/{server.process.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{server.process.pid}/fd")}


def test_no_socket_gets_the_number_of_a_closed_standard_descriptor(make_server):
    server = make_server(preexec=lambda: (os.close(0), os.close(2)))
    with Wire(server) as wire:
        wire.send(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
        assert wire.answer().status == 404
        files = open_files(server)
        assert files["0"] == files["2"] == "/dev/null"
        assert wire.came == b""
    assert "#1" in server.teams_html(report()).text
    assert server.stop() == 0


def test_a_command_that_cannot_print_says_that_it_failed(server):
    assert server.cli("ticket", "list", check=False, preexec_fn=lambda: os.close(1)).returncode == 1


def test_a_new_ledger_is_for_its_owner_alone_even_in_a_directory_that_others_may_read(tmp_path, make_server):
    folder = tmp_path / "server"
    (folder / "data").mkdir(parents=True)
    server = make_server()
    assert "#1" in server.teams_html(report()).text
    for file in server.data.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
