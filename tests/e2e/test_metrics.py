# SPDX-License-Identifier: Apache-2.0
"""/metrics: valid Prometheus text, and a number for every stage that moves when something happens there."""
import re
import sqlite3

from harness import SECRET, activity, report, wait_until

OTHER = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?[0-9.e+-]+|[+-]Inf|NaN)')


def parse(text):
    """(types, series) of a page; fails on what Prometheus would not take."""
    assert text.endswith("\n")
    types, helps, series, family = {}, {}, {}, None
    for line in text.splitlines():
        if found := re.fullmatch(r"# HELP (\S+) (.+)", line):
            assert found[1] not in helps, f"two HELP lines for {found[1]}"
            helps[found[1]], family = found[2], found[1]
        elif found := re.fullmatch(r"# TYPE (\S+) (counter|gauge|histogram)", line):
            assert found[1] == family and found[1] not in types
            types[found[1]] = found[2]
        else:
            found = SAMPLE.fullmatch(line)
            assert found, f"no sample: {line}"
            name = re.sub(r"_(bucket|sum|count)$", "", found[1]) if types[family] == "histogram" else found[1]
            assert name == family and name.startswith("pointsman_"), line
            key = (found[1], found[2] or "")
            assert key not in series, f"twice: {line}"
            series[key] = float(found[3])
    assert set(types) == set(helps)
    return types, series


def page(server):
    answer = server.request("GET", "/metrics")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return parse(answer.body.decode())


def values(server, name):
    return {labels: value for (series, labels), value in page(server)[1].items() if series == name}


def use_everything(server):
    server.teams_html(report("Mail is down"))
    server.teams_html(report("Mail is down"))  # the same words
    server.teams_html("<div>Problem: x</div>")
    server.teams_html("help")
    server.teams(activity("x"), secret=OTHER)
    server.teams(activity("x"), team="nosuch")
    server.teams(b"[]")
    server.rest("POST", "/v1/tickets", {"problem": "p", "priority": "low", "description": "d"})
    server.rest("POST", "/v1/tickets", {})
    server.rest("GET", "/v1/tickets", token="x" * 20)
    server.rest("GET", "/v1/tickets?limit=x")
    server.rest("GET", "/nothing")


def test_the_page_is_valid_before_and_after_use(server):
    page(server)
    use_everything(server)
    types, series = page(server)
    for name, kind in types.items():
        assert (kind == "counter") == name.endswith("_total"), name
        if kind == "histogram":
            assert name.endswith("_seconds")
    for (name, labels), value in series.items():
        if name.endswith("_bucket") and 'le="+Inf"' in labels:
            rest = re.sub(r',?le="\+Inf"', "", labels)
            assert series[(name.removesuffix("_bucket") + "_count", rest)] == value


def test_what_is_accepted_and_what_is_refused_is_counted_by_reason(server):
    use_everything(server)
    intake = values(server, "pointsman_intake_total")
    assert {labels: count for labels, count in intake.items() if count} == {
        'outcome="filed"': 2, 'outcome="same_words"': 1, 'outcome="faults"': 1, 'outcome="help"': 1}
    teams = values(server, "pointsman_teams_refused_total")
    assert {labels: count for labels, count in teams.items() if count} == {
        'reason="bad_signature"': 1, 'reason="no_such_team"': 1, 'reason="malformed"': 1}
    assert values(server, "pointsman_api_refused_total") == {'reason="faults"': 1, 'reason="bad_token"': 1, 'reason="bad_query"': 1}
    assert values(server, "pointsman_http_refused_total")['reason="no_such_path"'] == 1


def test_commits_are_counted_and_timed(server):
    before = values(server, "pointsman_commit_seconds_count")[""]
    use_everything(server)
    assert values(server, "pointsman_commit_seconds_count")[""] >= before + 2
    assert values(server, "pointsman_commit_seconds_sum")[""] > 0
    assert values(server, "pointsman_commits_total")['result="done"'] >= 2
    assert values(server, "pointsman_commits_total")['result="failed"'] == 0
    assert values(server, "pointsman_commit_waiting")[""] == 0
    assert values(server, "pointsman_teams_seconds_count")[""] == 4


def test_queues_show_depth_and_age(server):
    use_everything(server)
    depth = values(server, "pointsman_queue_messages")
    assert depth['queue="high",state="visible"'] == 1 and depth['queue="low",state="visible"'] == 1
    assert depth['queue="medium",state="visible"'] == 0
    server.cli("queue", "receive", "high", "--visibility", "600")
    depth = values(server, "pointsman_queue_messages")
    assert (depth['queue="high",state="visible"'], depth['queue="high",state="in_flight"']) == (0, 1)
    ages = values(server, "pointsman_queue_oldest_seconds")
    assert set(ages) == {f'queue="{name}{suffix}"' for name in ("high", "medium", "low") for suffix in ("", "-dlq")}
    assert all(0 <= age < 60 for age in ages.values())


def test_whether_tickets_can_be_stored_is_a_number(server):
    assert values(server, "pointsman_ready") == {"": 1}
    assert values(server, "pointsman_http_connections")[""] >= 1


def test_no_label_comes_from_a_requester(server):
    page(server)
    use_everything(server)
    known = len(page(server)[1])
    for i in range(50):
        server.teams(activity("x"), team=f"team-{i}")
        server.rest("GET", f"/path-{i}?q{i}=1")
        server.rest("POST", "/v1/tickets", {f"member-{i}": 1}, token=f"token-number-{i:04}-of-many")
        server.teams_html(report(f"p{i}", f"priority-{i}"), **{"from": {"id": f"s{i}", "name": f"s{i}", "aadObjectId": f"s{i}"}})
    assert len(page(server)[1]) == known
    assert SECRET not in server.request("GET", "/metrics").body.decode()


def test_what_retention_removes_is_counted_and_told(server):
    server.teams_html(report())
    server.stop()
    database = sqlite3.connect(server.data / "pointsman.db")
    with database:
        assert database.execute("UPDATE message SET sent_at = 0").rowcount == 1
    database.close()
    server.start()
    wait_until(lambda: server.metric("pointsman_queue_expired_total") == 1, "the message to expire")
    [event] = [event for event in server.log_events() if event["event"] == "messages expired"]
    assert (event["kind"], event["queue"], event["messages"]) == ("limit", "high", 1)
    assert len(server.tickets()) == 1
