# SPDX-License-Identifier: Apache-2.0
"""`pointsman doctor`: each fault is provoked, found, and said how to mend; a look leaves nothing behind."""
import hashlib
import json
import os
import shutil
import socket
import subprocess

import pytest

from harness import BINARY, SECRET, TOKEN, fill_disk, report, run, with_files_of_at_most


def environment(**more):
    return {k: v for k, v in os.environ.items() if not k.startswith("POINTSMAN_")} | more


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class Look:
    """One `doctor --json`: findings by subject."""

    def __init__(self, folder, config="", data=None, env=None, check=True, **more):
        if "listen" not in config:
            config = f'[server]\nlisten = "127.0.0.1:{free_port()}"\n' + config
        (folder / "doctor.toml").write_text(config)
        self.args = ["doctor", "--config", str(folder / "doctor.toml"), "--data", str(data or folder / "data")]
        done = subprocess.run([BINARY, *self.args, "--json"], capture_output=True, text=True,
                              env=env or environment(POINTSMAN_TEAMS_SECRET=SECRET, POINTSMAN_API_TOKEN=TOKEN), **more)
        assert done.stderr == ""
        answer = json.loads(done.stdout)
        self.ok, self.code, self.findings = answer["ok"], done.returncode, answer["findings"]
        self.by_subject = {finding["subject"]: finding for finding in self.findings}
        for finding in self.findings:
            assert set(finding) == {"subject", "grade", "what", "mend"}
            assert (finding["grade"] == "good" or finding["grade"] == "ok") == (finding["mend"] == ""), finding
        assert self.ok == (self.code == 0) == all(finding["grade"] != "fault" for finding in self.findings)

    def grade(self, subject):
        return self.by_subject[subject]["grade"]

    def what(self, subject):
        return self.by_subject[subject]["what"]


def fingerprint(folder):
    """Every file below with its content; a database's index of its log may change while it is read."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and path.suffix != ".db-shm" else ""
            for path in folder.rglob("*")}


def test_a_machine_that_is_ready_is_found_so_and_nothing_is_made(tmp_path):
    look = Look(tmp_path)
    assert look.ok
    assert {"configuration", "Teams", "REST", "data", "ledger", "disk space", "clock", "address"} == set(look.by_subject)
    for subject in ("configuration", "Teams", "REST", "data", "ledger", "address"):
        assert look.grade(subject) == "ok", look.by_subject[subject]
    assert [path.name for path in tmp_path.iterdir()] == ["doctor.toml"]


def test_a_look_at_a_ledger_changes_nothing_running_stopped_or_killed(server):
    server.teams_html(report())
    for end, running in ((lambda: None, True), (server.kill, False), (server.start, True), (server.stop, False)):
        end()
        before = fingerprint(server.data)
        look = Look(server.folder, data=server.data)
        assert look.grade("ledger") == "ok" and look.ok, look.findings
        after = fingerprint(server.data)
        assert set(after) == set(before)
        assert running or after == before  # a running server works on its files meanwhile


def test_faults_of_the_configuration_are_findings_with_their_places(tmp_path):
    look = Look(tmp_path, '[[teams]]\nname = "it"\nsecret = "c2hvcnQ="\n[logg]\n[server]\nlisten = "127.0.0.1:1"\n')
    assert not look.ok and [finding["subject"] for finding in look.findings] == ["configuration"] * 2
    assert "doctor.toml:3:10" in look.findings[0]["what"] and "too short" in look.findings[0]["what"]
    look = Look(tmp_path, '[[api_token]]\nname = "a"\ntoken = "short"\n[server]\nlisten = "127.0.0.1:1"\n')
    assert "at least 16 characters" in look.what("configuration") and "short\"" not in look.what("configuration")


def test_what_is_closed_is_a_warning_that_says_how_to_open_it(tmp_path):
    look = Look(tmp_path, env=environment())
    assert look.ok and look.grade("Teams") == look.grade("REST") == "warning"
    assert "POINTSMAN_TEAMS_SECRET" in look.by_subject["Teams"]["mend"] and "POINTSMAN_API_TOKEN" in look.by_subject["REST"]["mend"]


def test_a_data_directory_that_is_none_or_cannot_be_made_is_a_fault(tmp_path):
    (tmp_path / "file").write_text("x")
    look = Look(tmp_path, data=tmp_path / "file")
    assert not look.ok and "is no folder" in look.what("data")
    look = Look(tmp_path, data=tmp_path / "file" / "below")
    assert not look.ok and look.grade("data") == "fault" and "--data" in look.by_subject["data"]["mend"]


def test_a_data_directory_of_somebody_else_is_found_with_its_owner(stranger):
    folder, as_stranger = stranger
    (folder / "data").mkdir(mode=0o755)
    look = Look(folder, data=folder / "data", **as_stranger)
    assert not look.ok and look.grade("data") == "fault" and "chown" in look.by_subject["data"]["mend"]
    look = Look(folder, data=folder / "new", **as_stranger)
    assert not look.ok and "cannot be made" in look.what("data")
    os.chown(folder / "data", 65534, 65534)
    assert Look(folder, data=folder / "data", **as_stranger).grade("data") == "ok"
    look = Look(folder, data=folder / "data")  # root may write there, and would lock the owner out
    assert look.grade("data") == "warning" and "belongs to" in look.what("data") and "sudo -u" in look.by_subject["data"]["mend"]


def test_a_ledger_that_may_not_be_written_is_a_fault(stranger, server):
    folder, as_stranger = stranger
    server.teams_html(report())
    server.stop()
    shutil.copytree(server.data, folder / "data")
    os.chmod(folder / "data", 0o777)
    os.chmod(folder / "data/pointsman.db", 0o644)
    look = Look(folder, data=folder / "data", **as_stranger)
    assert not look.ok and look.grade("ledger") == "fault" and "may not write" in look.what("ledger")


def test_a_ledger_that_is_damaged_foreign_or_of_a_newer_program_is_a_fault(server):
    server.teams_html(report())
    assert server.stop() == 0
    ledger = server.data / "pointsman.db"
    good = ledger.read_bytes()
    for bad in (b"", b"x" * 5000, good[:50], good[:100] + b"\xff" * (len(good) - 100)):
        ledger.write_bytes(bad)
        look = Look(server.folder, data=server.data)
        assert not look.ok and look.grade("ledger") == "fault", (len(bad), look.findings)
        assert "backup" in look.by_subject["ledger"]["mend"]
    import sqlite3
    ledger.write_bytes(good)
    connection = sqlite3.connect(ledger)
    connection.execute("UPDATE schema_version SET version = 999")
    connection.commit()
    connection.close()
    look = Look(server.folder, data=server.data)
    assert not look.ok and "newer program" in look.what("ledger")


def test_an_address_in_use_or_of_another_machine_is_found(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        taken.listen()
        look = Look(tmp_path, f'[server]\nlisten = "127.0.0.1:{port}"\n')
        assert look.ok and look.grade("address") == "warning" and f":{port}" in look.by_subject["address"]["mend"]
        assert "server" not in look.by_subject
    assert run("doctor", "--listen", "here").returncode == 2
    look = Look(tmp_path, '[server]\nlisten = "192.0.2.1:5000"\n')
    assert not look.ok and look.grade("address") == "fault" and "--listen" in look.by_subject["address"]["mend"]


def test_a_certificate_that_cannot_be_used_is_a_fault(tmp_path):
    look = Look(tmp_path, '[server]\nlisten = "127.0.0.1:0"\ntls = { certificate = "absent.pem", key = "absent.key" }\n')
    assert not look.ok and look.grade("TLS") == "fault" and "absent.pem" in look.what("TLS")


def test_a_running_server_is_called_and_its_secret_tried(server):
    config = f'[server]\nlisten = "127.0.0.1:{server.port}"\n'
    look = Look(server.folder, config, data=server.data)
    assert look.ok and "running Pointsman" in look.what("address")
    assert look.grade("server") == "ok" and "accepts tickets" in look.what("server")
    assert look.grade("team default") == "ok" and "signed message" in look.what("team default")
    assert server.tickets() == [] and server.metric('pointsman_intake_total{outcome="help"}') == 1
    elsewhere = run("doctor", "--listen", f"127.0.0.1:{server.port}", "--data", server.data, "--json", env=server.env, cwd=server.folder)
    assert {"server", "team default"} <= {finding["subject"] for finding in json.loads(elsewhere.stdout)["findings"]}
    other = SECRET[:-2] + "A="
    look = Look(server.folder, config, data=server.data, env=environment(POINTSMAN_TEAMS_SECRET=other))
    assert not look.ok and look.grade("team default") == "fault" and "Restart" in look.by_subject["team default"]["mend"]


def test_a_server_that_cannot_store_is_a_fault(make_server):
    server = make_server(preexec=with_files_of_at_most(400_000))
    fill_disk(server)
    look = Look(server.folder, f'[server]\nlisten = "127.0.0.1:{server.port}"\n', data=server.data)
    assert not look.ok and look.grade("server") == "fault" and "not ready" in look.what("server")


def test_the_text_for_people_says_the_same(tmp_path):
    look = Look(tmp_path, env=environment())
    done = run(*look.args, env=environment())
    assert done.returncode == 0
    for finding in look.findings:
        if finding["subject"] != "clock":
            assert finding["what"].split(" MB")[0][:8] in done.stdout and finding["mend"] in done.stdout
    assert "\x1b" not in done.stdout
