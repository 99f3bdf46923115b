# SPDX-License-Identifier: Apache-2.0
"""`serve --tunnel` with a stand-in for the agents (tests/standin/agent.py): the address to paste, a message through the tunnel, and
what happens when the agent fails, dies, or the server does."""
import http.client
import json
import os
import pathlib
import signal
import socket
import sys

import pytest

from harness import SECRET, TOKEN, Answer, activity, report, run, sign, wait_until

STANDIN = pathlib.Path(__file__).resolve().parent.parent / "standin" / "agent.py"
AUTHTOKEN_START = "2aB3cD4eF5"  # of the made-up authtoken that the stand-in's failures repeat, as ngrok does
TWO_TEAMS = f"""
[[teams]]
name = "it"
secret = "{SECRET}"
[[teams]]
name = "facilities"
secret = "{SECRET}"
"""
AGENTS = ["ngrok", "cloudflared"]


class Agents:
    """The stand-in on a PATH of its own, and what it noted."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "bin").mkdir()

    def install(self, agent):
        program = self.folder / "bin" / agent
        program.write_text(f"#!{sys.executable}\n{STANDIN.read_text()}")
        program.chmod(0o755)
        return self

    def env(self, **more):
        return {"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "STANDIN_DIR": str(self.folder)} | more

    def notes(self, name):
        file = self.folder / name
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def starts(self, count=1):
        return wait_until(lambda: len(found := self.notes("starts")) >= count and found, f"{count} starts of the agent")

    def call(self, method, path, body=None, headers=None):
        """As somebody on the internet calls the public address of the agent that runs now."""
        connection = http.client.HTTPConnection("127.0.0.1", self.notes("starts")[-1]["public"], timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


@pytest.fixture
def agents(tmp_path):
    (tmp_path / "agents").mkdir()
    return Agents(tmp_path / "agents")


@pytest.fixture
def tunnelled(make_server, agents):
    """A server with this agent beside it: tunnelled("ngrok", fail="die")."""
    def make(agent, args=(), config=None, **standin):
        agents.install(agent)
        variables = {f"STANDIN_{name.upper()}": str(value) for name, value in standin.items()}
        return make_server(config=config, args=["--tunnel", agent, *args], env=agents.env(**variables))
    return make


def said(server):
    return "".join(server.output)


def wait_said(server, words):
    return wait_until(lambda: words in said(server) and said(server), f"{words!r} on standard output")


def wait_logged(server, **fields):
    def found():
        return [e for e in server.log_events() if all(e.get(k) == v for k, v in fields.items())]
    return wait_until(found, f"a log line with {fields}")


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid):
    return wait_until(lambda: not is_alive(pid), f"the end of process {pid}")


@pytest.mark.parametrize("agent, address", [("ngrok", "https://standin.ngrok-free.app"),
                                            ("cloudflared", "https://words-of-start-0.trycloudflare.com")])
def test_the_callback_address_of_every_team_is_printed_ready_to_paste(tunnelled, agents, agent, address):
    server = tunnelled(agent, config=TWO_TEAMS)
    wait_said(server, f'Teams callback address for team "it": {address}/teams/it\n')
    wait_said(server, f'Teams callback address for team "facilities": {address}/teams/facilities\n')
    [start] = agents.starts()
    port = str(server.port)  # the one that the system chose for port 0
    if agent == "ngrok":
        assert start["args"] == ["http", port, "--log", "stdout", "--log-format", "json"]
    else:
        assert start["args"][:4] == ["tunnel", "--url", f"http://127.0.0.1:{port}", "--metrics"]
    wait_until(lambda: server.metric("pointsman_tunnel_up") == 1, "the metric")
    assert server.metric("pointsman_tunnel_restarts_total") == 0
    assert "CHANGED" not in said(server)


def test_the_reserved_address_is_asked_for(tunnelled, agents):
    server = tunnelled("ngrok", args=["--tunnel-url", "desk.ngrok.app"])
    wait_said(server, 'Teams callback address for team "default": https://desk.ngrok.app/teams/default\n')
    assert agents.starts()[0]["args"][-2:] == ["--url", "https://desk.ngrok.app"]


def test_an_ngrok_without_the_newer_list_is_asked_in_the_older_way(tunnelled):
    wait_said(tunnelled("ngrok", fail="old_api"), "https://standin.ngrok-free.app/teams/default")


def test_the_agent_gets_neither_our_secrets_nor_our_sockets(tunnelled, agents):
    tunnelled("ngrok")
    [start] = agents.starts()
    assert start["secrets"] == [] and start["sockets"] == []


@pytest.mark.parametrize("agent", AGENTS)
def test_a_teams_message_through_the_tunnel_becomes_a_ticket(tunnelled, agents, agent):
    server = tunnelled(agent)
    wait_said(server, "Teams callback address")
    body = json.dumps(activity(report("Mail is down"))).encode()
    answer = agents.call("POST", "/teams/default", body, {"Authorization": sign(body), "Content-Type": "application/json"})
    assert answer.status == 200 and "#1" in answer.text
    assert [message["problem"] for message in server.queue("high")] == ["Mail is down"]


@pytest.mark.parametrize("agent", AGENTS)
def test_a_forged_message_through_the_tunnel_is_logged_with_who_really_called(tunnelled, agents, agent):
    server = tunnelled(agent)
    wait_said(server, "Teams callback address")
    body = json.dumps(activity(report())).encode()
    forged = sign(body, "d3Jvbmcga2V5IG9mIHRoaXJ0eS10d28gYnl0ZXMhISE=")
    answer = agents.call("POST", "/teams/default", body, {"Authorization": forged, "Content-Type": "application/json",
                                                          "X-Forwarded-For": "127.0.0.1"})
    assert (answer.status, answer.body) == (401, b"")
    assert wait_logged(server, reason="bad_signature")[0]["client"] == "203.0.113.7"


@pytest.mark.parametrize("agent", AGENTS)
def test_metrics_are_local_and_a_request_through_the_tunnel_is_not(tunnelled, agents, agent):
    server = tunnelled(agent)
    wait_said(server, "Teams callback address")
    assert server.request("GET", "/metrics").status == 200
    for lie in ({}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": "::1, 127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
        assert agents.call("GET", "/metrics", headers=lie).status == 401
    assert agents.call("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status == 200


FORWARDED = [{"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "x.ngrok-free.app"},
             {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "Cf-Connecting-Ip": "203.0.113.7"},
             {"X-Forwarded-For": "127.0.0.1"}]


@pytest.mark.parametrize("headers", FORWARDED)
def test_what_an_agent_of_somebody_else_forwards_is_not_local_either(server, headers):
    assert server.request("GET", "/metrics", headers=headers | {"Host": "x.ngrok-free.app"}).status == 401


def test_an_agent_that_is_killed_is_started_again_and_the_same_address_is_not_news(tunnelled, agents):
    server = tunnelled("ngrok")
    wait_said(server, "Teams callback address")
    os.kill(agents.starts()[0]["pid"], signal.SIGKILL)
    agents.starts(2)
    wait_logged(server, event="the tunnel is down", reason="ended")
    wait_until(lambda: server.metric("pointsman_tunnel_up") == 1 and agents.call("GET", "/healthz").status == 200, "the tunnel again")
    assert server.metric("pointsman_tunnel_restarts_total") == 1
    assert said(server).count("Teams callback address") == 1


@pytest.mark.parametrize("agent, standin, old, new", [
    ("cloudflared", {}, "https://words-of-start-0.trycloudflare.com", "https://words-of-start-1.trycloudflare.com"),
    ("ngrok", {"new_names": 1}, "https://standin0.ngrok-free.app", "https://standin1.ngrok-free.app")])
def test_another_address_after_a_restart_is_announced_loudly(tunnelled, agents, agent, standin, old, new):
    server = tunnelled(agent, **standin)
    wait_said(server, f"{old}/teams/default")
    os.kill(agents.starts()[0]["pid"], signal.SIGKILL)
    text = wait_said(server, f"{new}/teams/default")
    loud = text[text.index("*** THE PUBLIC ADDRESS HAS CHANGED ***"):]
    assert old in loud and f'Teams callback address for team "default": {new}/teams/default' in loud


HOPELESS = [
    ("ngrok", "no_authtoken", "ngrok has no authtoken", "ngrok config add-authtoken TOKEN"),
    ("ngrok", "bad_authtoken", "authtoken is malformed", "ngrok config add-authtoken TOKEN"),
    ("ngrok", "revoked_authtoken", "revoked or reset", "ngrok config add-authtoken TOKEN"),
    ("ngrok", "unverified", "not verified", "mail"),
    ("ngrok", "too_old", "too old", "ngrok update"),
    ("ngrok", "not_reserved", "not reserved", "--tunnel-url"),
    ("ngrok", "proxy", "HTTP proxy", "http_proxy"),
    ("cloudflared", "too_old", "too old", "cloudflared update"),
]


@pytest.mark.parametrize("agent, fail, what, mend", HOPELESS)
def test_what_cannot_get_better_is_said_once_and_the_server_serves_on_locally(tunnelled, agents, agent, fail, what, mend):
    server = tunnelled(agent, fail=fail)
    [event] = wait_logged(server, level="error")
    assert what in event["what"] and mend in event["do"]
    assert len(agents.starts()) == 1
    assert server.request("GET", "/readyz").status == 200 and server.teams_html(report()).status == 200
    assert server.metric("pointsman_tunnel_up") == 0
    assert AUTHTOKEN_START not in server.log() + said(server)
    assert server.stop() == 0


def test_an_ngrok_that_does_not_know_the_url_option_is_too_old(tunnelled):
    [event] = wait_logged(tunnelled("ngrok", args=["--tunnel-url", "https://desk.ngrok.app"], fail="old_flags"), level="error")
    assert event["reason"] == "too_old" and "ngrok update" in event["do"]


MAY_PASS = [
    ("ngrok", "already_online", "already online", "Stop the other ngrok"),
    ("ngrok", "too_many_agents", "Too many ngrok agents", "Stop the others"),
    ("ngrok", "limit", "per month", "plan"),
    ("ngrok", "unheard_of", "ERR_NGROK_77777", "documentation"),
    ("cloudflared", "no_internet", "cannot reach the service", "internet connection"),
    ("cloudflared", "rate_limited", "refuses more quick tunnels", "Wait some minutes"),
]


@pytest.mark.parametrize("agent, fail, what, mend", MAY_PASS)
def test_what_may_pass_is_tried_again_until_it_has(tunnelled, agents, agent, fail, what, mend):
    server = tunnelled(agent, fail=fail, fail_times=1)
    event = wait_logged(server, event="the tunnel is down")[0]
    assert what in event["what"] and mend in event["do"] and event["level"] == "warn"
    wait_said(server, "Teams callback address")
    assert len(agents.starts(2)) == 2


def test_an_agent_whose_local_address_is_in_use_is_tried_again(tunnelled):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        server = tunnelled("ngrok", web_port=other.getsockname()[1])
        event = wait_logged(server, event="the tunnel is down")[0]
    assert event["reason"] == "address_in_use" and "Stop the other ngrok" in event["do"]
    wait_said(server, "Teams callback address")


def test_without_the_program_it_says_how_to_get_it(make_server, agents):
    server = make_server(args=["--tunnel", "ngrok"], env=agents.env())
    [event] = wait_logged(server, level="error")
    assert event["reason"] == "not_installed" and "Install ngrok" in event["do"]
    assert server.teams_html(report()).status == 200


def test_an_agent_that_dies_again_and_again_is_started_with_longer_and_longer_pauses(tunnelled):
    server = tunnelled("ngrok", fail="die")
    pauses = wait_until(lambda: len(found := [e for e in server.log_events() if e["event"] == "the tunnel is down"]) >= 2 and found,
                        "two failures")
    assert [event["again_in_ms"] for event in pauses[:2]] == [1000, 2000]
    assert all("exit code 3" in event["what"] for event in pauses)


@pytest.mark.parametrize("agent", AGENTS)
def test_the_agent_ends_cleanly_with_the_server(tunnelled, agents, agent):
    server = tunnelled(agent)
    wait_said(server, "Teams callback address")
    assert server.stop() == 0
    assert [end["pid"] for end in agents.notes("ends")] == [agents.starts()[0]["pid"]]
    gone(agents.starts()[0]["pid"])


def test_the_agent_ends_when_the_server_is_killed(tunnelled, agents):
    server = tunnelled("ngrok")
    wait_said(server, "Teams callback address")
    [start] = agents.starts()
    assert is_alive(start["pid"])
    server.kill()
    gone(start["pid"])


TLS = '[server.tls]\ncertificate = "c.pem"\nkey = "k.pem"\n'


@pytest.mark.parametrize("args, config, word", [
    (["--tunnel-url", "https://a.ngrok.app"], "", "--tunnel ngrok"),
    (["--tunnel", "cloudflared", "--tunnel-url", "https://a.ngrok.app"], "", "is for ngrok"),
    (["--tunnel", "ngrok", "--tunnel-url", "https://a.ngrok.app/path"], "", "without a path"),
    (["--tunnel", "ngrok"], TLS, "[server.tls]"),
    (["--tunnel", "ngrok", "--listen", "192.0.2.1:5000"], "", "loopback"),
])
def test_options_that_do_not_fit_together_are_wrong_use(tmp_path, args, config, word):
    (tmp_path / "pointsman.toml").write_text(config)
    done = run("serve", *args, "--config", tmp_path / "pointsman.toml", "--data", tmp_path / "data")
    assert done.returncode == 2 and word in done.stderr


def test_a_public_address_of_the_operators_own_is_printed_with_the_teams_too(make_server):
    server = make_server(config=f'[server]\npublic_url = "https://desk.example/"\n{TWO_TEAMS}')
    wait_said(server, 'Teams callback address for team "it": https://desk.example/teams/it\n')


def doctor(agents, agent, *args, **standin):
    variables = {f"STANDIN_{name.upper()}": value for name, value in standin.items()}
    done = run("doctor", "--tunnel", agent, "--data", agents.folder / "data", "--json", *args, cwd=agents.folder,
               env=os.environ | agents.env(**variables))
    return [f for f in json.loads(done.stdout)["findings"] if f["subject"] == "tunnel"], done.returncode


def test_doctor_finds_the_program_its_version_and_its_configuration_good(agents):
    findings, _ = doctor(agents.install("ngrok"), "ngrok")
    assert "version 3.30.0" in findings[0]["what"] and findings[0]["grade"] == "ok"
    assert "valid" in findings[1]["what"] and findings[1]["grade"] == "ok"


def test_doctor_says_how_to_mend_a_missing_an_old_and_an_unconfigured_ngrok(agents):
    findings, code = doctor(agents, "ngrok")
    assert (findings[0]["grade"], code) == ("fault", 1) and "Install ngrok" in findings[0]["mend"]
    findings, _ = doctor(agents.install("ngrok"), "ngrok", version="3.15.1")
    assert findings[0]["grade"] == "fault" and "ngrok update" in findings[0]["mend"]
    findings, _ = doctor(agents, "ngrok", fail="no_config")
    assert findings[1]["grade"] == "fault" and "ngrok config add-authtoken" in findings[1]["mend"]


def test_doctor_looks_where_a_running_ngrok_leads(tunnelled, agents):
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 4040)) == 0:
            pytest.skip("port 4040 of this machine is taken by another program")
    server = tunnelled("ngrok", web_port=4040)
    wait_said(server, "Teams callback address")
    (agents.folder / "here.toml").write_text(f'[server]\nlisten = "127.0.0.1:{server.port}"\n')
    findings, _ = doctor(agents, "ngrok", "--config", str(agents.folder / "here.toml"))
    assert findings[2]["grade"] == "ok" and f"leads to port {server.port}" in findings[2]["what"]
    (agents.folder / "there.toml").write_text('[server]\nlisten = "127.0.0.1:5999"\n')
    findings, _ = doctor(agents, "ngrok", "--config", str(agents.folder / "there.toml"))
    assert findings[2]["grade"] == "fault" and f"sends to port {server.port}" in findings[2]["what"]


def test_doctor_knows_cloudflared(agents):
    findings, _ = doctor(agents.install("cloudflared"), "cloudflared")
    assert findings[0]["grade"] == "ok" and "cloudflared, version" in findings[0]["what"]


def test_doctor_says_when_the_server_and_a_tunnel_do_not_fit(agents):
    (agents.folder / "pointsman.toml").write_text('[server]\nlisten = "192.0.2.1:5000"\n' + TLS)
    findings, code = doctor(agents.install("cloudflared"), "cloudflared", "--config", str(agents.folder / "pointsman.toml"))
    faults = [(f["what"], f["mend"]) for f in findings if f["grade"] == "fault"]
    assert code == 1 and len(faults) == 2
    assert "192.0.2.1" in faults[0][0] and "127.0.0.1:5000" in faults[0][1]
    assert "[server.tls]" in faults[1][0]
