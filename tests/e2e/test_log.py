# SPDX-License-Identifier: Apache-2.0
"""What the log says: one line for each refusal, whose doing it was, never a secret, never what a ticket says."""
import json
import os
import pty
import re
import socket
import subprocess

import pytest

from harness import BINARY, SECRET, TOKEN, activity, fill_disk, report, sign, wait_until, with_files_of_at_most

MARKERS = ["Zebrafink", "Quittengelee", "Morgenstern", "Xylophon", "Kuckucksuhr", "Walnussbaum", "Feuerstein"]
OTHER = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="


def refusals(server):
    return [event for event in server.log_events() if event.get("kind")]


def only_refusal(server, before):
    """The one line that was added."""
    [event] = wait_until(lambda: refusals(server)[before:], "a line in the log")
    return event


def test_each_refusal_is_one_line_that_says_whose_doing_it_was(make_server):
    server = make_server(config="[limits]\nmessages_per_sender_per_minute = 5\nbody_bytes = 2000\nqueue_depth = 1\n")
    good = {"problem": "p", "priority": "low", "description": "d"}
    fill = lambda: server.rest("POST", "/v1/tickets", good)  # noqa: E731
    assert fill().status == 201
    cases = [
        (lambda: server.teams(activity("x"), secret=OTHER), "signature", "bad_signature"),
        (lambda: server.request("POST", "/teams/default", b"{}", {}), "signature", "bad_signature"),
        (lambda: server.teams(b"[]"), "requester", "malformed"),
        (lambda: server.teams(activity("x"), **{"Content-Type": "text/plain"}), "requester", "not_json"),
        (lambda: server.teams(activity("x"), team="nosuch"), "requester", "no_such_team"),
        (lambda: server.teams_html("<div>Problem: x</div>"), "requester", None),
        (lambda: server.teams_html(report(priority="low")), "limit", None),
        (lambda: server.teams(b" " * 3000), "limit", "body_too_large"),
        (lambda: server.rest("GET", "/v1/tickets", token="x" * 20), "signature", "bad_token"),
        (lambda: server.rest("POST", "/v1/tickets", b"{"), "requester", "malformed"),
        (lambda: server.rest("POST", "/v1/tickets", {}), "requester", "faults"),
        (lambda: server.rest("POST", "/v1/tickets", good, **{"Content-Type": "text/plain"}), "requester", "not_json"),
        (lambda: server.rest("POST", "/v1/tickets", good | {"problem": "q"}), "limit", "throttled"),
        (lambda: server.rest("GET", "/v1/tickets?limit=x"), "requester", "bad_query"),
        (lambda: server.rest("GET", "/v1/tickets/77"), "requester", "not_found"),
        (lambda: server.rest("GET", "/nothing"), "requester", "no_such_path"),
        (lambda: server.rest("DELETE", "/v1/tickets"), "requester", "wrong_method"),
    ]
    for call, kind, reason in cases:
        before = len(refusals(server))
        assert call().status >= 200
        event = only_refusal(server, before)
        assert event["kind"] == kind and (reason is None or event["reason"] == reason), event
        assert event["level"] in ("warn", "error") and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", event["time"])
        assert event["client"] == "127.0.0.1"
    while server.teams_html("help").status == 200:
        pass
    assert refusals(server)[-1]["kind"] == "limit" and refusals(server)[-1]["reason"] == "sender_limit"


def test_what_is_our_own_fault_says_so(make_server):
    server = make_server(preexec=with_files_of_at_most(400_000))
    fill_disk(server)
    before = len(refusals(server))
    for i in range(50):  # small ones may still fit in
        assert server.teams_html(report(f"Mail is down {i}")).status == 200
        if events := refusals(server)[before:]:
            break
    assert {event["kind"] for event in events} == {"state"} and all(event["level"] == "error" for event in events)


def speak_all_markers(server):
    """Sends words that must not be logged through every way in, as tickets and as faults of every sort."""
    a, b, c, d, e, f, g = MARKERS
    server.teams_html(report(a, "high", f"{b} line"))
    server.teams_html(report(a, f"{c}", b))
    server.teams_html(f"<div>{d} free words</div>")
    server.teams_html(report(a * 100, c, b))
    server.teams_html(f"status #{e}")
    message = activity(report(f, "low", g))
    message["from"]["name"] = a
    message["attachments"].append({"contentType": "application/vnd.microsoft.teams.file.download.info", "name": b, "content": {}})
    server.teams(message)
    server.teams(message, secret=OTHER)
    server.teams(json.dumps(message).encode()[:-5])
    server.rest("POST", "/v1/tickets", {"problem": a, "priority": "low", "description": b, "requester": c})
    server.rest("POST", "/v1/tickets", {"problem": a, "priority": b, "description": c * 3000, "fields": {d: e, "Location": f}, g: 1})
    server.rest("POST", "/v1/tickets", b'{"' + a.encode() + b'":' + b.encode())
    server.rest("POST", "/v1/tickets", {"problem": a, "priority": "low", "description": b}, **{"Idempotency-Key": "k"})
    server.rest("POST", "/v1/tickets", {"problem": c, "priority": "low", "description": d}, **{"Idempotency-Key": "k"})
    server.rest("GET", f"/v1/tickets?q={a}&{b}=1&status={c}")
    server.cli("ticket", "file", "--problem", d, "--priority", "low", "--description", e, "--requester", f)
    server.cli("ticket", "file", "--problem", d, "--priority", g, check=False)


@pytest.mark.parametrize("level", ["debug", "info"])
def test_no_secret_and_no_word_of_a_ticket_is_logged(make_server, level):
    server = make_server(config=f'[log]\nlevel = "{level}"\n[[field]]\nname = "Location"\nallowed = ["Hamburg"]\n')
    speak_all_markers(server)
    assert len(server.tickets()) >= 4
    assert server.stop() == 0
    log = server.log() + "".join(server.output)
    assert '"filed"' in log and len(refusals(server)) >= 8
    for secret in (SECRET, OTHER, TOKEN, TOKEN[:8], sign(b"x")[5:15]):
        assert secret not in log
    if level != "debug":
        for marker in MARKERS:
            assert marker.lower() not in log.lower(), [line for line in log.splitlines() if marker.lower() in line.lower()]


def test_every_line_is_one_json_object_whatever_is_sent(server):
    for path in ("/x%1b%5b31m", "/v1/tickets?q=%0a%0d", "/%0aevent=forged", "/\"}{"):
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 1.2.3.4\x1b[31m, \"}}\r\n\r\n".encode())
            while raw.recv(4096):
                pass
    server.teams(activity("x"), team="it%0aforged")
    for line in server.log().splitlines():
        assert set(json.loads(line)) >= {"time", "level", "event"} and "\x1b" not in line and "forged" != json.loads(line)["event"]


def test_on_a_terminal_the_log_is_readable_and_coloured(server, tmp_path):
    assert server.stop() == 0
    parent, child = pty.openpty()
    process = subprocess.Popen([BINARY, "serve", "--listen", "127.0.0.1:0", "--data", tmp_path / "d"], env=server.env, cwd=tmp_path,
                               stdout=subprocess.PIPE, stderr=child, text=True)
    os.close(child)
    with process.stdout:
        port = int(re.search(r"listening on http://127.0.0.1:(\d+)", process.stdout.readline())[1])
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            while raw.recv(4096):
                pass
        process.terminate()
        assert process.wait(30) == 0
    shown = b""
    while True:
        try:
            chunk = os.read(parent, 4096)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    os.close(parent)
    lines = shown.decode().splitlines()
    assert any(re.match(r"\d\d:\d\d:\d\d\.\d{3} \x1b\[33mwarn \x1b\[0m refused kind=\"requester\" reason=\"no_such_path\"", line) for line in lines), lines
    assert any("\x1b[36minfo" in line and "stopping" in line for line in lines)


def test_the_form_and_the_level_can_be_set(make_server):
    server = make_server(config='[log]\nform = "human"\nlevel = "error"\n')
    server.rest("GET", "/nothing")
    assert server.stop() == 0 and server.log() == ""
    server = make_server("second", config='[log]\nform = "human"\n')
    server.rest("GET", "/nothing")
    assert server.stop() == 0
    assert "refused kind=" in server.log() and not server.log().startswith("{")
