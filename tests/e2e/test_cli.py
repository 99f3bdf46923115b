# SPDX-License-Identifier: Apache-2.0
"""Every command, with and without --json, beside a running server and without one: what it prints, and how it exits."""
import json
import os
import pty
import re
import unicodedata

import pytest

from harness import BINARY, ROOT, activity, report, run

COMMANDS = ["serve", "ticket list", "ticket show", "ticket file", "queue list", "queue peek", "queue receive", "queue delete",
            "queue redrive", "queue purge", "config check", "config show", "doctor", "backup"]
FILE = ["ticket", "file", "--problem", "Printer jammed", "--priority", "high", "--description", "Error 13."]


def on_terminal(args, typed=b"", **more):
    """Runs a command with a terminal of its own; what it showed and its exit code."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(more.get("cwd", "/"))
        os.execve(BINARY, [str(BINARY), *map(str, args)], more["env"])
    shown = b""
    if typed:
        os.write(fd, typed)
    while True:
        try:
            chunk = os.read(fd, 65536)
        except OSError:  # the terminal's other end is gone
            break
        if not chunk:
            break
        shown += chunk
    os.close(fd)
    return shown.decode(errors="replace"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.fixture(params=["beside a running server", "without one"])
def desk(request, server):
    """A data directory with three tickets; the server that filed them runs on, or has stopped."""
    for problem, priority in (("Mail is down", "high"), ("New starter", "medium"), ("Wallpaper", "low")):
        server.teams_html(report(problem, priority, f"About {problem}."))
    if request.param == "without one":
        assert server.stop() == 0
    return server


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(command):
    done = run(*command.split(), "--help")
    assert done.returncode == 0 and done.stderr == ""
    assert f"Examples:\n  " in done.stdout and f"pointsman {command}" in done.stdout
    for option in ("--config", "--data", "--json"):
        assert option in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 160


def test_the_list_above_is_all_there_is():
    found = []

    def visit(path):
        text = run(*path, "--help").stdout
        names = re.findall(r"^  ([a-z]+)(?:\s|$)", text.partition("Subcommands:")[2].partition("\n\n")[0], re.M)
        if not names:
            found.append(" ".join(path))
        for name in names:
            visit([*path, name])

    visit([])
    assert sorted(found) == sorted(COMMANDS)


def test_the_program_and_its_groups_explain_themselves():
    for path in ([], ["ticket"], ["queue"], ["config"]):
        done = run(*path, "--help")
        assert done.returncode == 0 and "Examples:" in done.stdout, path
    assert re.fullmatch(r"pointsman \d+\.\d+\.\d+\n", run("--version").stdout)


@pytest.mark.parametrize("args, said", [
    ([], "subcommand is required"),
    (["tickt"], 'Did you mean "ticket"?'),
    (["ticket", "lst"], 'Did you mean "list"?'),
    (["ticket", "list", "--prioritee", "high"], 'Did you mean "--priority"?'),
    (["queue", "purge", "low"], "--yes"),
    (["queue", "peek"], "queue is required"),
    (["queue", "peek", "high", "--max", "0"], "--max"),
    (["queue", "receive", "high", "--wait", "21"], "--wait"),
    (["ticket", "list", "--limit", "x"], "--limit"),
    (["ticket", "list", "--status", "lost"], "in progress"),
    (["ticket", "list", "--after", "x"], "1042"),
    (["ticket", "show", "x"], "1042"),
    (["ticket", "show", "0"], "1042"),
    (["serve", "--listen", "5000"], "ADDRESS:PORT"),
    (["serve", "--tunnel", "carrier-pigeon"], "ngrok"),
])
def test_wrong_use_exits_with_2_and_says_what_is_right(tmp_path, args, said):
    done = run(*args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pointsman: ") and said in done.stderr, done.stderr
    if args and args != ["tickt"]:
        done = run(*args, "--json", cwd=tmp_path)
        assert done.returncode == 2 and json.loads(done.stderr)["error"]["code"] == "wrong_use"
    assert list(tmp_path.iterdir()) == []


def test_tickets_are_listed_filtered_and_paged(desk):
    text = desk.cli("ticket", "list")
    lines = text.splitlines()
    assert lines[0].split() == ["NUMBER", "PRIORITY", "STATUS", "QUEUE", "REQUESTER", "FILED", "PROBLEM"]
    assert [line.split()[0] for line in lines[1:]] == ["#3", "#2", "#1"]
    column = lines[0].index("PROBLEM")
    assert [line[column:] for line in lines[1:]] == ["Wallpaper", "New starter", "Mail is down"]
    assert "\x1b" not in text
    page = json.loads(desk.cli("ticket", "list", "--limit", "2", "--json"))
    assert [ticket["number"] for ticket in page["tickets"]] == [3, 2] and page["next"] == "2"
    rest = json.loads(desk.cli("ticket", "list", "--after", "#2", "--json"))
    assert [ticket["number"] for ticket in rest["tickets"]] == [1] and rest["next"] is None
    assert "--after 2" in desk.cli("ticket", "list", "--limit", "2")
    assert [t["number"] for t in json.loads(desk.cli("ticket", "list", "--priority", "high", "--words", "mail", "--json"))["tickets"]] == [1]
    assert desk.cli("ticket", "list", "--status", "closed") == "No tickets match.\n"


def test_a_ticket_is_shown_with_its_history(desk):
    for number in ("1", "#1"):
        text = desk.cli("ticket", "show", number)
        assert text.startswith("#1  Mail is down\n") and "About Mail is down." in text and "filed" in text
        assert "Lovelace, Ada" in text and "teams/default" in text
    assert json.loads(desk.cli("ticket", "show", "#1", "--json"))["problem"] == "Mail is down"
    done = desk.cli("ticket", "show", "77", check=False)
    assert (done.returncode, done.stdout) == (1, "") and "#77" in done.stderr
    done = desk.cli("ticket", "show", "77", "--json", check=False)
    assert done.returncode == 1 and json.loads(done.stderr)["error"]["code"] == "not_found"


def test_a_ticket_is_filed_from_the_command_line(desk):
    assert desk.cli(*FILE, "--requester", "Grace") == "Filed as #4 on the queue high.\n"
    assert desk.cli(*FILE, "--requester", "Grace") == "Already filed as #4 on the queue high.\n"
    ticket = json.loads(desk.cli(*FILE, "--requester", "Ada", "--json"))
    assert (ticket["number"], ticket["source"], ticket["requester"]) == (5, "cli", {"id": "Ada", "name": "Ada"})
    assert [message["number"] for message in desk.queue("high")] == [1, 4, 5]


def test_every_fault_of_a_ticket_is_named_at_once(desk):
    args = ["ticket", "file", "--problem", " ", "--priority", "hgih"]
    done = desk.cli(*args, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == ['pointsman: "problem" is empty.', 'pointsman: "priority" cannot be "hgih". Did you mean "high"?',
                                        'pointsman: "description" is missing.']
    done = desk.cli(*args, "--json", check=False)
    assert done.returncode == 2
    assert {(e["field"], e["code"]) for e in json.loads(done.stderr)["errors"]} == {("problem", "empty"), ("priority", "unknown_priority"),
                                                                                   ("description", "missing")}
    assert desk.cli(*FILE, "--field", "Location", check=False).returncode == 2
    assert desk.cli(*FILE, "--field", "Room=1", check=False).returncode == 2
    assert desk.cli(*FILE, "--requester", " ", check=False).returncode == 2
    assert desk.cli(*FILE, "--requester", "x" * 201, check=False).returncode == 2
    assert len(json.loads(desk.cli("ticket", "list", "--json"))["tickets"]) == 3


def test_queues_are_listed_and_worked_on(desk):
    lines = desk.cli("queue", "list").splitlines()
    assert lines[0].split() == ["QUEUE", "WAITING", "IN", "FLIGHT", "DELAYED", "OLDEST"]
    assert [line.split()[0] for line in lines[1:]] == ["high", "medium", "low", "high-dlq", "medium-dlq", "low-dlq"]
    peeked = desk.cli("queue", "peek", "high")
    assert "Mail is down" in peeked and "receipt" not in peeked
    [message] = json.loads(desk.cli("queue", "receive", "high", "--visibility", "600", "--json"))["messages"]
    assert json.loads(message["body"])["problem"] == "Mail is down" and message["attributes"]["priority"] == "high"
    assert message["receive_count"] == 1
    assert desk.cli("queue", "receive", "high") == "No messages.\n"
    assert desk.cli("queue", "delete", "high", message["receipt"]) == "Deleted.\n"
    high = [queue for queue in json.loads(desk.cli("queue", "list", "--json"))["queues"] if queue["name"] == "high"][0]
    assert (high["visible"], high["in_flight"]) == (0, 0)
    assert "receipt  " in desk.cli("queue", "receive", "medium", "--visibility", "0")
    assert desk.cli("queue", "delete", "high", "nonsense", check=False).returncode == 1
    assert json.loads(desk.cli("queue", "purge", "medium", "--yes", "--json")) == {"purged": True}
    assert desk.queue("medium") == [] and len(desk.queue("low")) == 1
    assert desk.cli("queue", "redrive", "low") == "Moved 0 messages from the dead-letter queue back to low.\n"


def test_a_message_nobody_finishes_goes_to_the_dead_letter_queue_and_comes_back(make_server):
    server = make_server(config="[queue]\nmax_receive_count = 2\n")
    server.teams_html(report("Mail is down"))
    more = ("--config", str(server.folder / "pointsman.toml"))
    for _ in range(3):
        server.cli("queue", "receive", "high", "--visibility", "0", *more)
    assert [body["problem"] for body in server.queue("high-dlq")] == ["Mail is down"] and server.queue("high") == []
    assert json.loads(server.cli("queue", "redrive", "high", "--json", *more)) == {"moved": 1}
    assert len(server.queue("high")) == 1


def test_an_unknown_queue_is_answered_with_those_there_are(desk):
    for command in (["peek"], ["receive"], ["delete"], ["redrive"], ["purge", "--yes"]):
        args = ["queue", command[0], "hihg", *command[1:], *(["r"] if command[0] == "delete" else [])]
        done = desk.cli(*args, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert '"hihg"' in done.stderr and "high, medium, low" in done.stderr
        assert json.loads(desk.cli(*args, "--json", check=False).stderr)["error"]["code"] == "not_found"


@pytest.mark.parametrize("args", [["ticket", "list"], ["ticket", "show", "1"], ["queue", "list"], ["queue", "peek", "high"],
                                  ["queue", "receive", "high"], ["queue", "delete", "high", "r"], ["queue", "redrive", "high"],
                                  ["queue", "purge", "high", "--yes"], ["backup", "copy.db"]])
def test_a_command_on_a_ledger_that_is_not_there_says_so_and_makes_none(tmp_path, args):
    done = run(*args, "--data", tmp_path / "mistyped", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no ledger in" in done.stderr and "pointsman serve" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_first_ticket_may_be_filed_before_any_server_ran(tmp_path):
    assert run(*FILE, "--data", tmp_path / "new").stdout == "Filed as #1 on the queue high.\n"
    done = run(*FILE, "--data", "/proc/nowhere")
    assert done.returncode == 1 and "--data" in done.stderr


def test_a_backup_can_be_read_as_a_ledger(desk, tmp_path):
    copy = tmp_path / "restored"
    copy.mkdir()
    assert "To restore" in desk.cli("backup", copy / "pointsman.db")
    assert json.loads(run("ticket", "list", "--data", copy, "--json").stdout) == json.loads(desk.cli("ticket", "list", "--json"))
    again = desk.cli("backup", copy / "pointsman.db", check=False)
    assert again.returncode == 1 and "exists already" in again.stderr
    assert json.loads(desk.cli("backup", tmp_path / "b.db", "--json")) == {"backup": str(tmp_path / "b.db")}


def test_a_faulty_configuration_stops_every_command_and_is_explained(tmp_path):
    (tmp_path / "pointsman.toml").write_text("[limits]\nbody_byts = 1\n")
    for command in (["ticket", "list"], ["queue", "list"], ["config", "show"], ["serve"], FILE):
        done = run(*command, cwd=tmp_path)
        assert done.returncode == 1 and "pointsman.toml:2:1: limits.body_byts" in done.stderr
        error = json.loads(run(*command, "--json", cwd=tmp_path).stderr)["error"]
        assert error["code"] == "configuration" and error["problems"][0]["line"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["pointsman.toml"]


def test_output_that_cannot_be_written_is_a_failure(desk):
    with open("/dev/full", "w") as full:
        import subprocess
        done = subprocess.run([BINARY, "ticket", "list", "--data", desk.data], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and "could not be written" in done.stderr


def test_a_terminal_gets_colours_and_a_pipe_none(desk):
    for command in (["ticket", "list"], ["ticket", "show", "1"], ["queue", "list"], ["doctor"]):
        args = [*command, "--data", desk.data]
        shown, code = on_terminal(args, env=desk.env, cwd=desk.folder)
        assert code == 0 and "\x1b[" in shown, shown
        assert "\x1b" not in desk.cli(*command)
        shown, code = on_terminal([*args, "--json"], env=desk.env, cwd=desk.folder)
        assert code == 0 and "\x1b" not in shown and json.loads(shown)


HOSTILE = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202egnp.exe\u2028next\tline\r\n"


def test_hostile_text_reaches_no_terminal_and_breaks_no_table(server):
    message = activity(report("Evil \u202eproblem\u2028x", "high", "See\u202e this"))
    message["from"] = {"id": "29:eve", "name": "Eve " + HOSTILE, "aadObjectId": "eve"}
    message["attachments"].append({"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "file" + HOSTILE, "content": {}})
    assert server.teams(message).status == 200
    for command in (["ticket", "list"], ["ticket", "show", "1"], ["queue", "peek", "high"], ["ticket", "list", "--json"],
                    ["queue", "peek", "high", "--json"], ["ticket", "show", "1", "--json"]):
        text = server.cli(*command)
        bad = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")} - {"\n"}
        assert not bad, (command, bad)
    assert len(server.cli("ticket", "list").splitlines()) == 2
    assert json.loads(server.cli("ticket", "list", "--json"))["tickets"][0]["requester"]["name"].startswith("Eve")
    for command, code in ((["ticket", "file", "--problem", HOSTILE, "--priority", HOSTILE], 2), (["queue", "peek", HOSTILE], 1),
                          ([HOSTILE], 2), (["config", "check", "--config", HOSTILE], 1), (["backup", "/nowhere/" + HOSTILE], 1)):
        for more in ([], ["--json"]):
            done = server.cli(*command, *more, check=False)
            said = done.stderr + done.stdout
            assert done.returncode == code and said and not set(said) & set("\x1b\x07\x9b\u202e\u2028"), (command, more)
    ticket = json.loads(server.cli(*FILE, "--requester", HOSTILE, "--json"))
    assert not set(ticket["requester"]["name"]) & set("\x1b\x07\x9b\u202e\u2028\n")


def test_bytes_that_are_no_text_are_filed_as_valid_text(tmp_path):
    args = ["ticket", "file", "--priority", "low", "--description", "d", "--data", str(tmp_path / "d"), "--problem"]
    import subprocess
    assert subprocess.run([BINARY, *args, b"bad \xff byte"], capture_output=True).returncode == 0
    [ticket] = json.loads(run("ticket", "list", "--data", tmp_path / "d", "--json").stdout)["tickets"]
    assert ticket["problem"] == "bad \ufffd byte"


def test_wide_characters_keep_the_columns_straight(server):
    for name in ("Ada", "印刷機 太郎", "Zoë 🖨"):
        message = activity(report(f"About {name}"))
        message["from"] = {"id": name, "name": name, "aadObjectId": name}
        server.teams(message)
    lines = server.cli("ticket", "list").splitlines()

    def columns_before(line, word):
        return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line[: line.index(word)])

    filed = [columns_before(line, "20") for line in lines[1:]]
    assert len(set(filed)) == 1 and filed[0] == lines[0].index("FILED")


def test_a_person_on_a_terminal_is_asked_for_what_is_missing(server):
    shown, code = on_terminal(["ticket", "file", "--data", server.data, "--requester", "Ada"],
                              b"Mail is down\nurgent\nNobody can send.\nSince nine.\n\n", env=server.env, cwd=server.folder)
    assert code == 0 and "Priority (high, medium, low):" in shown and "Filed as #1" in shown
    [ticket] = server.tickets()
    assert (ticket["problem"], ticket["description"]) == ("Mail is down", "Nobody can send.\nSince nine.")
    shown, code = on_terminal([*FILE, "--data", server.data], env=server.env, cwd=server.folder)
    assert code == 0 and "Problem:" not in shown


def help_of(command):
    return run(*command.split(), "--help").stdout


def test_the_reference_names_every_command_and_every_option():
    text = (ROOT / "docs/cli.md").read_text()
    sections = {title.strip("`"): body for title, body in re.findall(r"^### (`[^`]+`)\n(.*?)(?=^##|\Z)", text, re.M | re.S)}
    assert {title.removeprefix("pointsman ") for title in sections} == set(COMMANDS)
    common = {"--help", "--config", "--data", "--json"}
    for command in COMMANDS:
        options = set(re.findall(r"--[a-z-]+", help_of(command).partition("Options:")[2].partition("Examples:")[0])) - common
        named = set(re.findall(r"`(--[a-z-]+)", sections[f"pointsman {command}"]))
        assert named - common == options, command
    for option in common:
        assert option in text


def test_a_backup_is_for_its_owner_alone(server):
    copy = server.folder / "copy.db"
    server.cli("backup", copy)
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_backup_without_a_name_touches_no_file(server):
    (server.folder / ".partial").write_text("somebody's")
    assert server.cli("backup", "", check=False).returncode == 2
    assert (server.folder / ".partial").read_text() == "somebody's"
