# SPDX-License-Identifier: Apache-2.0
"""Senders that are slow, silent, or do not read: each meets its deadline, the others are served meanwhile."""
import json
import os
import pathlib
import resource
import signal
import socket

import pytest

from harness import PATIENCE, activity, report, sign, wait_until
from wire import Wire, refusals, refused

DEADLINES = """
[limits]
header_deadline = 1
body_deadline = 1
idle_deadline = 1
write_deadline = 1
drain_deadline = 1
"""


@pytest.fixture
def strict(make_server):
    return make_server(config=DEADLINES)


def drip(wire, data):
    """One byte at a time, far apart, until the other side has had enough; whether it had."""
    wire.socket.settimeout(0.05)
    try:
        for byte in data:
            if not wire.send(bytes([byte])):
                return True
            try:
                if wire._read() or not wire.came:
                    return True
            except TimeoutError:
                continue
        return False
    finally:
        wire.socket.settimeout(PATIENCE)


def test_a_dripped_header_is_answered_408_and_closed(strict):
    with Wire(strict) as wire:
        assert drip(wire, b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 2000)
        assert wire.answer().status == 408
        assert wire.ends()
    assert refused(strict, "timeout_header") == 1
    assert [(event["kind"], event["reason"]) for event in refusals(strict)] == [("limit", "timeout_header")]


def test_a_dripped_body_is_answered_408_and_files_nothing(strict):
    body = json.dumps(activity(report())).encode()
    with Wire(strict) as wire:
        wire.send(b"POST /teams/default HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: " + sign(body).encode()
                  + b"\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert drip(wire, body)
        assert wire.answer().status == 408
    assert refused(strict, "timeout_body") == 1
    assert strict.tickets() == []


def test_an_idle_connection_is_closed_without_an_answer(strict):
    with Wire(strict) as silent, Wire(strict) as quiet:
        quiet.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert quiet.answer().status == 200
        assert silent.answer() is None
        assert quiet.answer() is None
    assert refused(strict, "timeout_idle") == 2
    assert refusals(strict) == []


def test_one_that_does_not_read_its_answers_is_closed(strict):
    with Wire(strict) as wire:
        wire.plain.setblocking(False)
        request = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100

        def stuck():
            try:
                for _ in range(1000):
                    wire.socket.send(request)
            except BlockingIOError:
                pass
            except OSError:
                return True
            return refused(strict, "timeout_write") == 1
        wait_until(stuck, "the write deadline")
    wait_until(lambda: refused(strict, "timeout_write") == 1, "the write deadline in the metrics")
    assert ("limit", "timeout_write") in [(event["kind"], event["reason"]) for event in refusals(strict)]


def test_stopping_waits_for_what_is_being_sent_no_longer_than_the_drain_deadline(strict):
    with Wire(strict) as wire, Wire(strict):
        wire.send(b"GET /healthz HTTP/1.1\r\nHo")
        wait_until(lambda: strict.metric("pointsman_http_connections") >= 2, "both connections")
        assert strict.stop() == 0


def test_a_sender_that_leaves_before_its_answer_harms_nobody_and_its_report_counts(server):
    body = json.dumps(activity(report())).encode()
    with Wire(server) as wire:
        wire.send(b"POST /teams/default HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: " + sign(body).encode()
                  + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    wait_until(lambda: len(server.tickets()) == 1, "the ticket of one that left")
    assert "#1" in server.teams(body).text  # asking again gives the same number


def resident(server):
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def test_ten_thousand_idle_connections_cost_little_and_a_new_request_is_still_served(make_server):
    wanted, most_each = 10_000, 8 * 1024  # bytes of memory for one idle connection: about two pages
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted + 1024:
        pytest.skip(f"this machine lets a process open {hard} files; {wanted + 1024} are needed (ulimit -Hn)")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    server = make_server(preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)))  # serve raises it by itself
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = []
    try:
        server.teams_html(report())
        before = resident(server)
        for _ in range(wanted):
            held.append(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))
        wait_until(lambda: server.metric("pointsman_http_connections") >= wanted, "all connections")
        for one in held[::2]:  # half of them have been served once
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        for one in held[::2]:
            assert one.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert "#2" in server.teams_html(report("Another thing")).text
        assert (resident(server) - before) / wanted < most_each
    finally:
        for one in held:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    wait_until(lambda: server.metric("pointsman_http_connections") == 1, "all but the asking one gone")


def test_without_descriptors_the_server_waits_and_goes_on(server):
    """EMFILE: accepting backs off, and works again by itself."""
    opened = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    limit = opened + 8
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    held = [socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) for _ in range(30)]
    wait_until(lambda: any(event["event"] == "cannot accept connections" for event in server.log_events()), "the log to say so")
    for one in held:
        one.close()
    assert server.request("GET", "/healthz").status == 200
    wait_until(lambda: any(event["event"] == "accepting connections again" for event in server.log_events()), "the log to say it is over")
    assert refused(server, "accept_failed") >= 1
    assert sum(event["event"] == "cannot accept connections" for event in server.log_events()) == 1
    assert "#1" in server.teams_html(report()).text


def test_where_few_files_may_be_open_there_are_fewer_connections_and_each_is_answered(make_server):
    server = make_server(preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)))
    [event] = [event for event in server.log_events() if event["event"] == "fewer connections than configured"]
    assert (event["connections"], event["configured"]) == (50, 20_000)
    held = [socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) for _ in range(52)]
    try:
        for one in held:
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        statuses = [one.recv(4096)[9:12] for one in held]
        assert statuses == [b"200"] * 50 + [b"503"] * 2
    finally:
        for one in held:
            one.close()


def test_signal_upon_signal_ends_it_well_all_the_same(make_server):
    for number in range(10):
        server = make_server(f"server{number}")
        while server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
        assert server.process.returncode == 0
