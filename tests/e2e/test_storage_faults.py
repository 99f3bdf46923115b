# SPDX-License-Identifier: Apache-2.0
"""What happens when the disk, or somebody else, does not let a ticket be stored: a clear refusal, no half ticket, and going on by itself."""
import contextlib
import json
import pathlib
import resource
import sqlite3
import threading

import pytest

from harness import Server, activity, report, run, wait_until


def database(server) -> pathlib.Path:
    return server.data / "pointsman.db"


def is_ready(server):
    return server.request("GET", "/readyz").status == 200


def assert_refused(answer):
    """A reply in the chat that says it was not stored and asks to send it again."""
    assert answer.status == 200
    assert "not" in answer.text and "stored" in answer.text
    assert "again" in answer.text
    assert "#" not in answer.text


def why_not_ready(server):
    answer = wait_until(lambda: (a := server.request("GET", "/readyz")).status == 503 and a, "/readyz to be 503")
    assert answer.headers["Retry-After"]
    return answer.body.decode()


def assert_ledger_and_queue_agree(server, numbers):
    assert sorted(t["number"] for t in server.tickets()) == numbers
    on_queues = [body["number"] for queue in ("high", "medium", "low") for body in server.queue(queue)]
    assert sorted(on_queues) == numbers


def refused_start(data, **more):
    done = run("serve", "--listen", "127.0.0.1:0", "--data", data, **more)
    assert done.returncode == 1, done.stdout
    assert "listening" not in done.stdout
    return done.stderr


def test_a_full_disk_refuses_and_goes_on_without_a_restart(server):
    assert "#1" in server.teams_html(report()).text
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    full = (database(server).with_name("pointsman.db-wal").stat().st_size, before[1])
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, full)
    lost = [activity(report(problem=f"Lost {i}")) for i in range(5)]
    for message in lost:
        assert_refused(server.teams(message))
    answer = server.rest("POST", "/v1/tickets", {"problem": "p", "priority": "low", "description": "d", "requester": "ada"})
    assert answer.status == 503
    assert "disk space" in why_not_ready(server)
    assert server.request("GET", "/healthz").status == 200
    assert server.metric('pointsman_intake_total{outcome="not_stored"}') >= 5
    assert len(server.tickets()) == 1  # what is there can still be read

    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
    wait_until(lambda: is_ready(server), "storing to work again")
    assert_ledger_and_queue_agree(server, [1])
    for number, message in enumerate(lost, 2):  # sent again, as the reply asked
        assert f"#{number}" in server.teams(message).text
    assert_ledger_and_queue_agree(server, [1, 2, 3, 4, 5, 6])
    kinds = [event["kind"] for event in server.log_events() if event.get("event") == "cannot store" or event.get("kind") == "state"]
    assert "state" in kinds


def test_a_locked_file_refuses_while_the_lock_is_held_and_goes_on_after_it(server):
    assert "#1" in server.teams_html(report()).text
    with contextlib.closing(sqlite3.connect(database(server), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for i in range(3):
            assert_refused(server.teams_html(report(problem=f"Locked {i}")))
        assert "lock" in why_not_ready(server)
        other.execute("ROLLBACK")
    wait_until(lambda: is_ready(server), "storing to work again")
    assert "#2" in server.teams_html(report(problem="After it")).text
    assert_ledger_and_queue_agree(server, [1, 2])


def test_a_file_that_was_moved_away_refuses_until_it_is_back(server):
    assert "#1" in server.teams_html(report()).text
    away = server.data / "away.db"
    database(server).rename(away)
    assert_refused(server.teams_html(report(problem="Moved")))
    assert "moved" in why_not_ready(server)
    away.rename(database(server))
    wait_until(lambda: is_ready(server), "storing to work again")
    assert "#2" in server.teams_html(report(problem="Back")).text
    assert_ledger_and_queue_agree(server, [1, 2])


def test_a_file_damaged_while_it_is_used_refuses_until_it_is_whole(make_server):
    first = make_server()
    for i in range(60):
        first.teams_html(report(problem=f"Ticket {i}", description="x" * 1500), **{"from": {"id": f"29:{i}", "name": "A", "aadObjectId": f"a{i}"}})
    assert first.stop() == 0  # everything lies in the file now
    server = make_server()
    whole = database(server).read_bytes()

    def overwrite(data):
        with open(database(server), "r+b") as file:
            file.seek(4096)
            file.write(data)

    overwrite(b"Z" * (len(whole) - 4096))
    assert server.rest("GET", "/v1/tickets").status >= 500
    assert "damaged" in why_not_ready(server)
    assert_refused(server.teams_html(report(problem="Damaged")))
    overwrite(whole[4096:])
    wait_until(lambda: is_ready(server), "storing to work again")
    assert "#61" in server.teams_html(report(problem="Whole")).text
    assert len(server.tickets()) == 61


@pytest.mark.parametrize("content", [b"This is no ledger. " * 1000, None], ids=["other_file", "header_overwritten"])
def test_a_damaged_file_is_refused_at_the_start_with_what_to_do(make_server, content):
    server = make_server()
    server.teams_html(report())
    assert server.stop() == 0
    if content is None:
        content = b"\0" * 100 + database(server).read_bytes()[100:]
    database(server).write_bytes(content)
    said = refused_start(server.data)
    assert "pointsman.db" in said and "Restore a backup" in said
    assert database(server).read_bytes() == content  # untouched


def test_a_schema_of_a_newer_version_is_refused_by_server_and_commands(make_server):
    server = make_server()
    server.teams_html(report())
    assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(database(server))) as db, db:
        db.execute("UPDATE schema_version SET version = 99 WHERE part = 'ledger'")
    said = refused_start(server.data)
    assert "version 99" in said and "newer program" in said
    assert server.cli("ticket", "list", check=False).returncode == 1


def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    said = refused_start(tmp_path / "file" / "data")
    assert str(tmp_path / "file" / "data") in said and "--data" in said


def test_a_data_directory_that_may_not_be_written_is_refused(stranger):
    folder, as_stranger = stranger
    data = folder / "data"
    data.mkdir(mode=0o555)
    said = refused_start(data, cwd="/", **as_stranger)
    assert str(data) in said and "write" in said


def test_a_file_that_may_only_be_read_is_refused(stranger):
    folder, as_stranger = stranger
    server = Server(folder).start()
    server.teams_html(report())
    assert server.stop() == 0
    server.data.chmod(0o777)
    database(server).chmod(0o444)
    said = refused_start(server.data, cwd="/", **as_stranger)
    assert "may only be read" in said and "writable" in said


def test_a_new_data_directory_is_for_its_user_alone(server):
    assert server.data.stat().st_mode & 0o077 == 0


def test_a_backup_under_load_starts_as_a_server_with_every_ticket_and_its_message(make_server, tmp_path):
    server = make_server()
    stop = threading.Event()
    answered = []

    def file_on(name):
        i = 0
        while not stop.is_set():
            i += 1
            sender = {"id": f"29:{name}{i}", "name": "A", "aadObjectId": f"{name}{i}"}
            answered.append(server.teams_html(report(problem=f"{name} {i}"), **{"from": sender}).text)

    clients = [threading.Thread(target=file_on, args=(f"client{i}",)) for i in range(4)]
    for client in clients:
        client.start()
    wait_until(lambda: len(answered) >= 50, "some load")
    copy = tmp_path / "copy" / "data"
    copy.mkdir(parents=True)
    server.cli("backup", copy / "pointsman.db")
    at_least = len(answered)
    stop.set()
    for client in clients:
        client.join()
    again = server.cli("backup", copy / "pointsman.db", check=False)
    assert again.returncode == 1 and "exists" in again.stderr

    restored = make_server("copy")
    count = json.loads(restored.cli("ticket", "list", "--limit", "1", "--json"))["tickets"][0]["number"]
    assert 50 <= count <= at_least + 4
    for number in range(1, count + 1):
        assert restored.rest("GET", f"/v1/tickets/{number}").json == server.rest("GET", f"/v1/tickets/{number}").json
    waiting = {queue["name"]: queue["visible"] for queue in restored.rest("GET", "/v1/queues").json["queues"]}
    assert waiting["high"] == count
    assert f"#{count + 1}" in restored.teams_html(report(problem="In the copy")).text
