# SPDX-License-Identifier: Apache-2.0
"""Each limit by its name in the configuration, small, against the real binary: answered, counted, logged, nothing filed."""
import concurrent.futures
import contextlib
import json
import re
import sqlite3

import pytest

from harness import ROOT, TOKEN, activity, report, run, wait_until
from wire import Wire, refusals, refused


def limits(**values):
    return "[limits]\n" + "".join(f"{name} = {value}\n" for name, value in values.items())


def kinds(server):
    return [(event["kind"], event["reason"]) for event in refusals(server)]


def padded(size):
    """A genuine message of exactly `size` bytes."""
    body = json.dumps(activity(report())).encode()
    assert len(body) <= size
    return body + b" " * (size - len(body))


@contextlib.contextmanager
def locked(server):
    """Nobody can write to the ledger meanwhile."""
    database = sqlite3.connect(server.data / "pointsman.db", isolation_level=None, timeout=30)
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


def test_body_bytes_is_256_kilobytes_by_default(server):
    assert "#1" in server.teams(padded(256 * 1024)).text
    assert server.teams(padded(256 * 1024 + 1)).status == 413
    assert refused(server, "body_too_large") == 1
    assert kinds(server) == [("limit", "body_too_large")]


def test_body_bytes(make_server):
    server = make_server(config=limits(body_bytes=2048))
    assert server.teams(padded(2048)).status == 200
    assert server.teams(padded(2049)).status == 413
    assert server.rest("POST", "/v1/tickets", b"{" + b" " * 2048).status == 413
    with Wire(server) as wire:  # before a byte of it was sent
        wire.send(b"POST /teams/default HTTP/1.1\r\nHost: a\r\nContent-Length: 2049\r\nExpect: 100-continue\r\n\r\n")
        assert wire.answer().status == 413
    with Wire(server) as wire:  # and without an announced length
        wire.send(b"POST /teams/default HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"x" * 1024 + b"\r\n")
        wire.send(b"401\r\n")
        assert wire.answer().status == 413
    assert refused(server, "body_too_large") == 4


def test_body_bytes_total_bounds_what_all_bodies_hold_and_lets_ordinary_messages_through(make_server):
    server = make_server(config=limits(body_bytes_total=1024 * 1024))
    head = b"POST /teams/default HTTP/1.1\r\nHost: a\r\nContent-Length: 262144\r\n\r\n"
    with contextlib.ExitStack() as open_wires:
        wires = [open_wires.enter_context(Wire(server)) for _ in range(20)]
        for wire in wires:
            wire.send(head + b"x" * 200_000)
        wait_until(lambda: refused(server, "too_many_body_bytes") > 0, "a body too many to be refused")
        assert "#1" in server.teams_html(report()).text
        answered = wires[-1].answer()
        assert (answered.status, answered.headers["retry-after"]) == (503, "1")
        assert ("limit", "too_many_body_bytes") in kinds(server)
    wait_until(lambda: server.teams(padded(256 * 1024)).status == 200, "room for a large body again")


def test_a_long_body_that_comes_in_chunks_counts_as_well(make_server):
    server = make_server(config=limits(body_bytes_total=1024 * 1024, body_bytes=1024 * 1024))
    with contextlib.ExitStack() as open_wires:
        for _ in range(4):
            wire = open_wires.enter_context(Wire(server))
            wire.send(b"POST /teams/default HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            wire.send(b"40000\r\n" + b"x" * 0x40000 + b"\r\n" + b"40000\r\n" + b"x" * 0x20000)
        wait_until(lambda: refused(server, "too_many_body_bytes") > 0, "a body too many to be refused")


def test_header_bytes_and_header_fields(make_server):
    server = make_server(config=limits(header_bytes=2048, header_fields=12))
    assert server.request("GET", "/healthz", headers={"X-Fill": "x" * 1500}).status == 200
    assert server.request("GET", "/healthz", headers={"X-Fill": "x" * 2048}).status == 431
    assert server.request("GET", "/healthz", headers={f"X-{i}": "y" for i in range(12)}).status == 431
    with Wire(server) as wire:  # a flood of lines that never ends, each sent for itself
        wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
        for _ in range(1000):
            if not wire.send(b"X-Fill: " + b"x" * 100 + b"\r\n"):
                break
        assert wire.answer().status == 431
    assert refused(server, "header_too_large") + refused(server, "too_many_fields") == 3
    assert {kind for kind, _ in kinds(server)} == {"limit"}


def test_connections(make_server):
    server = make_server(config=limits(connections=3))
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(Wire(server)) for _ in range(3)]
        for wire in held:
            wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert wire.answer().status == 200
        with Wire(server) as one_too_many:
            one_too_many.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = one_too_many.answer()
            assert (answer.status, answer.headers["retry-after"]) == (503, "1")
            assert one_too_many.ends()
    wait_until(lambda: refused(server, "too_many_connections") == 1, "room again, and the count")
    assert ("limit", "too_many_connections") in kinds(server)


def test_connections_per_address(make_server):
    """127.0.0.1 is exempt, as a tunnel's agent and a proxy beside the server bring everybody's requests from there."""
    server = make_server(config=limits(connections_per_address=2))

    def ask(wire):
        wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        return wire.answer().status
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(Wire(server, source="127.0.0.2")) for _ in range(2)]
        assert [ask(wire) for wire in held] == [200, 200]
        assert ask(stack.enter_context(Wire(server, source="127.0.0.2"))) == 503
        assert ask(stack.enter_context(Wire(server, source="127.0.0.3"))) == 200
        assert [ask(stack.enter_context(Wire(server))) for _ in range(4)] == [200] * 4
    assert refused(server, "too_many_connections_from_address") == 1


def test_connections_per_address_does_not_count_a_trusted_proxy(make_server):
    server = make_server(config='[server]\ntrusted_proxies = ["127.0.0.2"]\n' + limits(connections_per_address=1))
    with Wire(server, source="127.0.0.2") as first, Wire(server, source="127.0.0.2") as second:
        for wire in (first, second):
            wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert wire.answer().status == 200


def test_messages_per_sender_per_minute(make_server):
    server = make_server(config=limits(messages_per_sender_per_minute=2))
    for problem in ("One", "Two"):
        assert server.teams_html(report(problem)).status == 200
    answer = server.teams_html(report("Three"))
    assert (answer.status, answer.headers["Retry-After"], answer.body) == (429, "30", b"")
    assert server.teams_html(report("Four"), **{"from": {"id": "29:bob", "name": "Bob", "aadObjectId": "bob"}}).status == 200
    assert server.metric('pointsman_teams_refused_total{reason="sender_limit"}') == 1
    assert kinds(server) == [("limit", "sender_limit")]
    assert len(server.tickets()) == 3


def test_messages_per_team_per_minute(make_server):
    server = make_server(config=limits(messages_per_team_per_minute=2))
    for who in ("ada", "bob"):
        assert server.teams_html(report(who), **{"from": {"id": who, "name": who, "aadObjectId": who}}).status == 200
    answer = server.teams_html(report("Three"), **{"from": {"id": "eve", "name": "Eve", "aadObjectId": "eve"}})
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert server.metric('pointsman_teams_refused_total{reason="team_limit"}') == 1


def test_json_depth(make_server):
    server = make_server(config=limits(json_depth=8))
    deep = '{"value": ' * 9 + "1" + "}" * 9
    answer = server.teams(deep.encode())
    assert answer.status == 400
    assert server.metric('pointsman_teams_refused_total{reason="json_too_deep"}') == 1
    assert kinds(server) == [("limit", "json_too_deep")]
    assert server.teams_html(report()).status == 200


def test_json_nested_as_deep_as_a_body_can_be_is_refused(server):
    for opening in (b"[", b'{"a":'):
        assert server.teams(opening * (256 * 1024 // len(opening))).status == 400


def test_queue_depth_pushes_back_and_takes_again_when_there_is_room(make_server):
    server = make_server(config=limits(queue_depth=1))
    assert "#1" in server.teams_html(report("One")).text
    answer = server.teams_html(report("Two"))
    assert (answer.status, answer.json["type"]) == (503, "message")
    assert int(answer.headers["Retry-After"]) >= 1
    assert "#" not in answer.text and answer.text
    rest = server.rest("POST", "/v1/tickets", {"problem": "Three", "priority": "high", "description": "x"})
    assert rest.status == 503 and int(rest.headers["Retry-After"]) >= 1
    assert server.metric('pointsman_intake_total{outcome="overloaded"}') == 2
    assert len(server.tickets()) == 1
    received = json.loads(server.cli("queue", "receive", "high", "--json"))["messages"]
    for message in received:
        server.cli("queue", "delete", "high", message["receipt"])
    assert server.teams_html(report("Four")).status == 200


def test_waiting_commits_push_back_before_memory_grows(make_server):
    server = make_server(config=limits(waiting_commits=2))
    server.teams_html(report("First"))
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        with locked(server):
            asked = [pool.submit(server.teams_html, report(f"Report {i}")) for i in range(12)]
            wait_until(lambda: server.metric("pointsman_commit_throttled_total") > 0, "a report that is turned away")
            wait_until(lambda: sum(one.done() for one in asked) >= 9, "those that are turned away")
        answers = [one.result() for one in asked]
    turned_away = [answer for answer in answers if answer.status == 503]
    assert turned_away and all(answer.json["type"] == "message" and answer.headers["Retry-After"] == "1" for answer in turned_away)
    filed = [answer for answer in answers if "#" in answer.text]
    assert len(server.tickets()) == 1 + len(filed)
    assert server.metric("pointsman_commit_throttled_total") == len(turned_away)


def test_storing_deadline(make_server):
    """Teams hangs up after 5 s: until then it is said that nothing is filed, and then nothing is."""
    server = make_server(config=limits(storing_deadline=1))
    with locked(server):
        answer = server.teams_html(report("While it is locked"))
        assert answer.status == 200 and "#" not in answer.text
        rest = server.rest("POST", "/v1/tickets", {"problem": "Locked", "priority": "high", "description": "x"})
        assert rest.status == 503 and int(rest.headers["Retry-After"]) >= 1
        wait_until(lambda: b"pointsman.db" in server.request("GET", "/readyz").body, "the reason")
        from_elsewhere = server.request("GET", "/readyz", headers={"Host": "desk.example.org"})
        assert (from_elsewhere.status, from_elsewhere.body) == (503, b"not ready\n")
    wait_until(lambda: server.request("GET", "/readyz").status == 200, "storing to work again")
    assert server.metric('pointsman_intake_total{outcome="not_stored"}') == 2
    assert "#1" in server.teams_html(report("After it")).text
    assert [ticket["problem"] for ticket in server.tickets()] == ["After it"]


def test_every_refusal_is_one_line_whatever_is_in_it(server):
    nasty = b"/teams/%1b[31m"
    for path, fields in ((b'/no"such\\path', b""), (b"/a%0d%0ab", b""), (nasty, b""), (b"/no", b"X-Forwarded-For: \xe2\x80\xae1.2.3.4\"\r\n"),
                         (b"/%e2%80%ae", b""), (b"/%ff%fe", b""), (b"/" + b"x" * 5000, b"")):
        with Wire(server) as wire:
            wire.send(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + b"\r\n")
            assert wire.answer().status in (400, 404)
    lines = server.log().splitlines()
    assert sum('"event":"refused"' in line for line in lines) == 7
    for line in lines:
        json.loads(line)
        assert line.isprintable()
        assert len(line) < 600


def test_metrics_are_for_this_machine_or_a_token(server):
    def status(**headers):
        return server.request("GET", "/metrics", headers=headers).status
    assert status() == 200
    assert status(Host="localhost:5000") == status(Host="[::1]:5000") == 200
    # What comes through a tunnel or a proxy comes from 127.0.0.1, too.
    for sign_of_another in ({"Host": "desk.ngrok-free.app"}, {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"},
                            {"X-Real-IP": "127.0.0.1"}, {"Cf-Connecting-Ip": "203.0.113.9"}, {"Via": "1.1 proxy"}, {"Host": "127.0.0.1.evil.example"}):
        assert status(**sign_of_another) == 401, sign_of_another
        assert status(**sign_of_another, Authorization=f"Bearer {TOKEN}") == 200


def test_a_stranger_cannot_choose_its_address(make_server):
    server = make_server(config='[server]\ntrusted_proxies = ["127.0.0.2"]\n')
    body = json.dumps(activity(report())).encode()
    request = b"POST /teams/default HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 203.0.113.9:4711\r\nContent-Length: %d\r\n\r\n" % len(body)
    for source in ("127.0.0.1", "127.0.0.2"):
        with Wire(server, source=source) as wire:
            wire.send(request + body)
            assert wire.answer().status == 401
    assert [event["client"] for event in refusals(server)] == ["127.0.0.1", "203.0.113.9"]


def documented():
    """name -> default, from the table of docs/limits.md"""
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+)", (ROOT / "docs/limits.md").read_text(), re.MULTILINE)
    return {name: int(value.replace(",", "")) for name, value in rows}


def test_the_document_has_every_limit_with_its_default(tmp_path):
    shown = run("config", "show", "--json", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert documented() == json.loads(shown.stdout)["limits"]


@pytest.mark.parametrize("reason", sorted(set(re.findall(r'reason="(\w+)"', (ROOT / "docs/limits.md").read_text()))))
def test_every_reason_in_the_document_exists_in_the_source(reason):
    assert any(f'"{reason}"' in path.read_text() for path in (ROOT / "src").rglob("*.cpp")) or any(
        f'"{reason}"' in path.read_text() for path in (ROOT / "src/net").glob("*.h"))
