# SPDX-License-Identifier: Apache-2.0
"""Signed Teams messages through the real binary: answered in the thread, in the ledger, on the queue of its priority."""
import base64
import contextlib
import csv
import json
import re
import sqlite3

import pytest

from harness import SECRET, SHARED_DATA, activity, now_rfc3339, report, sign, wait_until

OLD, NEW, OTHER = (base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2, 3))
SETTINGS = f"""
[intake]
max_message_age = "10m"
[[teams]]
name = "it"
secret = ["{OLD}", "{NEW}"]
tenants = ["tenant-1", "TENANT-2"]
[[teams]]
name = "facilities"
secret = "{OTHER}"
[[priority]]
name = "outage"
aliases = ["p0"]
queue = "pager"
[[priority]]
name = "soon"
[[priority]]
name = "someday"
queue = "shelf"
[[field]]
name = "Location"
labels = ["Ort"]
required = true
allowed = ["Hamburg", "Berlin"]
[[language]]
name = "nl"
problem = ["Probleem"]
priority = ["Prioriteit"]
description = ["Omschrijving"]
"""


@pytest.fixture
def desk(make_server):
    return make_server(config=SETTINGS)


def located(location="Hamburg", **parts):
    return report(**{"priority": "P0"} | parts).replace("</div></div>", f"</div><div>Location: {location}</div></div>")


def test_a_report_is_answered_with_its_number_and_lies_on_the_queue_of_its_priority(server):
    answer = server.teams_html(report("Mail is down", "urgent", "Nobody can send.<br>Since 9:10."))
    assert answer.status == 200
    assert answer.json["type"] == "message"
    assert "#1" in answer.text and "high" in answer.text
    [body] = server.queue("high")
    assert body["schema"] == "pointsman.ticket/1"
    assert (body["number"], body["problem"], body["priority"], body["stated_priority"]) == (1, "Mail is down", "high", "urgent")
    assert body["description"] == "Nobody can send.\nSince 9:10."
    assert server.queue("low") == []


def test_each_team_has_a_path_and_up_to_two_live_secrets_of_its_own(desk):
    assert desk.teams(activity(located(problem="a")), team="it", secret=OLD).status == 200
    assert desk.teams(activity(located(problem="b")), team="it", secret=NEW).status == 200
    assert desk.teams(activity(located(problem="c")), team="facilities", secret=OTHER).status == 200
    assert len(desk.tickets()) == 3
    for team, secret, status in [("it", OTHER, 401), ("facilities", OLD, 401), ("it", SECRET, 401), ("default", OLD, 404), ("IT", OLD, 404)]:
        answer = desk.teams(activity(located(problem="d")), team=team, secret=secret)
        assert (answer.status, answer.body if status == 401 else b"") == (status, b"")
    assert len(desk.tickets()) == 3
    assert desk.metric('pointsman_teams_refused_total{reason="bad_signature"}') == 3


def test_the_signature_is_over_the_raw_bytes(server):
    body = json.dumps(activity(report())).encode()
    headers = {"Authorization": sign(body), "Content-Type": "application/json"}
    for changed in (body.replace(b", ", b",", 1), body + b"\n", body.replace(b"Printer", b"\\u0050rinter")):
        answer = server.request("POST", "/teams/default", changed, headers)
        assert (answer.status, answer.body) == (401, b"")
    assert server.request("POST", "/teams/default", body, {}).status == 401
    assert server.tickets() == []
    assert server.request("POST", "/teams/default", body, headers).status == 200


def test_only_the_listed_tenants_are_served(desk):
    for number, (tenant, status) in enumerate([("tenant-1", 200), ("tenant-2", 200), ("tenant-3", 403), ("", 403)]):
        message = activity(located(problem=f"p{number}"), channelData={"tenant": {"id": tenant}})
        assert desk.teams(message, team="it", secret=NEW).status == status
    assert desk.teams(activity(located(problem="none"), channelData=None), team="it", secret=NEW).status == 403
    assert desk.teams(activity(located(problem="any"), channelData=None), team="facilities", secret=OTHER).status == 200
    assert len(desk.tickets()) == 3
    assert desk.metric('pointsman_teams_refused_total{reason="wrong_tenant"}') == 3


def test_a_repeat_gets_the_same_reply_for_ever_even_after_a_restart(server):
    message = activity(report())
    first = server.teams(message)
    server.teams_html(report("Another"))
    assert server.teams(message).body == first.body
    assert server.stop() == 0
    server.start()
    assert server.teams(message).body == first.body
    same_id_elsewhere = message | {"conversation": {"id": "19:other@thread.tacv2;messageid=1"}}
    assert "Already filed as **#1**" in server.teams(same_id_elsewhere).text  # another delivery, but the same words
    assert len(server.tickets()) == 2 == len(server.queue("high"))


def test_an_old_message_is_refused_as_a_replay_and_files_and_tells_nothing(desk):
    message = activity(located(), timestamp=now_rfc3339(-599 + 60))
    assert "#1" in desk.teams(message, team="facilities", secret=OTHER).text
    for text in (located(problem="old"), "mine", "status #1"):
        answer = desk.teams(activity(text, timestamp=now_rfc3339(-601)), team="facilities", secret=OTHER)
        assert answer.status == 200 and "too old" in answer.text and "Printer" not in answer.text
    assert len(desk.tickets()) == 1
    assert desk.metric('pointsman_intake_total{outcome="too_old"}') == 3
    refused = [event for event in desk.log_events() if event["event"] == "too_old"]
    assert len(refused) == 3 and all(event["reason"] == "max_message_age" for event in refused)


def test_priorities_fields_and_labels_come_from_the_configuration(desk):
    def ask(html):
        return desk.teams(activity(html), team="facilities", secret=OTHER).text

    assert "**pager**" in ask(located())
    text = ask("<p>Probleem: stuk<br>Prioriteit: somday<br>Omschrijving: x</p>")
    assert 'Prioriteit' in text and "outage, soon, someday" in text and "Did you mean **someday**?" in text
    assert "Location: (Hamburg | Berlin)" in text and "**Location** is missing." in text
    assert "**Location** cannot be \"Paris\"" in ask(located("Paris"))
    assert "**shelf**" in ask("<p>Probleem: stuk Prioriteit: someday Ort: berlin Omschrijving: x</p>")
    first, second = sorted(desk.tickets(), key=lambda ticket: ticket["number"])
    assert (first["priority"], first["stated_priority"], first["queue"], first["fields"]) == ("outage", "P0", "pager", {"Location": "Hamburg"})
    assert (second["problem"], second["fields"]) == ("stuk", {"Location": "Berlin"})
    assert [len(desk.queue(name)) for name in ("pager", "soon", "shelf")] == [1, 0, 1]


@pytest.mark.parametrize("html,filed", [
    ("Problem: Drucker<br>Priorität: hoch<br>Beschreibung: Stau", "Aufgenommen als **#1** in der Warteschlange **high**"),
    ("Problème : Imprimante<br>Priorité : haute<br>Description : bourrage", "Enregistré sous **#1** dans la file **high**"),
    ("Problema: Impresora<br>Prioridad: alta<br>Descripción: atasco", "Registrado como **#1** en la cola **high**"),
    ("Problem： Printer<br>PRIORITY - High<br><b>description</b> = jam", "Filed as **#1** on the queue **high**"),
])
def test_the_reply_is_in_the_language_of_the_labels(server, html, filed):
    assert filed in server.teams_html(f"<p><at>Helpdesk</at>&nbsp;{html}</p>").text
    [ticket] = server.tickets()
    assert ticket["problem"] and ticket["description"]


def test_status_and_mine_are_for_the_requester_of_the_same_tenant(server):
    server.teams_html(report("Secret printer"))
    assert "Secret printer" in server.teams_html("<at>Helpdesk</at> status #1").text
    assert "Secret printer" in server.teams_html("<at>Helpdesk</at> mine").text
    bob = {"id": "29:bob", "name": "Lovelace, Ada", "aadObjectId": "bob"}
    for changes in ({"from": bob}, {"channelData": {"tenant": {"id": "tenant-2"}}}):
        for question in ("status #1", "status 1", "mine"):
            answer = server.teams_html(f"<at>Helpdesk</at> {question}", **changes)
            assert answer.status == 200 and "Secret" not in answer.text


def test_attached_files_are_noted_by_name(server):
    message = activity(report())
    message["attachments"] += [
        {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "screen shot.png", "contentUrl": "https://x/y"},
        {"contentType": "image/png", "contentUrl": "https://x/z", "name": None}]
    assert "screen shot.png" in server.teams(message).text
    assert "screen shot.png" in server.tickets()[0]["attachments"]


def test_a_card_is_an_adaptive_card_below_20_kilobytes_whatever_was_sent(make_server):
    server = make_server(config='[intake]\nreply = "card"\n')
    hostile = '&quot;}]}\\ **x** [a](http://b) {{DATE(1)}} &lt;at&gt; ' * 2500
    for html in ("help", report(), report("p" * 300, "?", hostile), f"<div>{hostile}</div>"):
        answer = server.teams_html(html)
        assert answer.status == 200 and len(answer.body) < 20_000
        [attachment] = answer.json["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        card = attachment["content"]
        assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4") and "actions" not in card
        shown = json.dumps(card)
        assert "{{DATE" not in shown and "[a](http" not in shown


# Of the real bodies: a part of the reply. They are years old, which matters only to what would be filed.
REAL = {
    "01": "copy this format, fill it in",
    "03": "Description: goooo",
    "04": "Description: Carla Pine",
    "05": "Description: reply to thread",
    "06": "Beschreibung: Who is Ezra?",
    "09": "Description: Hello",
    "16": "Description: connect brand-x",
    "18": "Description: deploy the release please",
}


@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the recorded bodies are not on this machine")
def test_real_bodies_with_their_real_signatures_are_answered(server):
    with open(SHARED_DATA / "teams/signatures.tsv", newline="") as table:
        rows = [(row[0], row[2]) for row in list(csv.reader(table, delimiter="\t"))[1:]]
    assert {name[:2] for name, _ in rows} >= set(REAL)
    for name, signature in rows:
        body = (SHARED_DATA / "teams" / name).read_bytes()
        headers = {"Authorization": signature, "Content-Type": "application/json"}
        answer = server.request("POST", "/teams/default", body, headers)
        assert answer.status == 200, name
        if name[:2] in REAL:
            assert re.search(REAL[name[:2]].replace("?", r"\?"), answer.text), (name, answer.text)
        assert server.request("POST", "/teams/default", body + b" ", headers).status == 401
    assert server.tickets() == []


NOBODY = {"from": None, "channelData": None, "conversation": None, "id": None}


def test_people_without_an_id_do_not_see_each_others_tickets(server):
    assert "#1" in server.teams_html(report("Secret of one"), **NOBODY).text
    assert "Secret" not in server.teams_html("<div><at>Helpdesk</at> mine</div>", **NOBODY).text
    assert "Secret" not in server.teams_html("<div><at>Helpdesk</at> status #1</div>", **NOBODY).text


def test_the_same_words_of_two_unknown_people_are_two_tickets(server):
    assert "#1" in server.teams_html(report(), **NOBODY).text
    assert "#2" in server.teams_html(report(), **NOBODY).text


def test_a_ticket_of_another_way_in_is_not_shown_in_teams_whatever_its_requester_is_called(server):
    assert server.rest("POST", "/v1/tickets", {"problem": "Of a script", "priority": "high", "description": "d", "requester": "ada"}).status == 201
    for words in ("mine", "status #1"):
        assert "Of a script" not in server.teams_html(f"<div><at>Helpdesk</at> {words}</div>", channelData=None).text


def test_one_id_without_a_conversation_is_one_message_for_its_sender_only(server):
    def send(problem, person):
        return server.teams(activity(report(problem), id="1700000000000", conversation=None, **{"from": {"aadObjectId": person}})).text
    assert "#1" in send("Of Ada", "ada")
    assert "#2" in send("Of Bob", "bob")
    assert "#1" in send("Of Ada", "ada")
    assert sorted(ticket["problem"] for ticket in server.tickets()) == ["Of Ada", "Of Bob"]


def test_the_lengths_of_texts_and_the_window_of_same_words_are_configurable(make_server):
    server = make_server(config="[intake]\nsame_words_window = 0\n[limits]\nproblem_characters = 5\ndescription_characters = 8\n"
                                "field_characters = 4\n[[field]]\nname = \"Asset\"\n")
    longest = report("p" * 5, description="d" * 8).replace("</div></div>", "</div><div>Asset: abcd</div></div>")
    assert "Filed as **#1**" in server.teams_html(longest).text
    assert "Filed as **#2**" in server.teams_html(longest).text  # no window: the same words are another ticket
    text = server.teams_html(report("p" * 6, description="d" * 9).replace("</div></div>", "</div><div>Asset: abcde</div></div>")).text
    for field, limit in (("Problem", 5), ("Description", 8), ("Asset", 4)):
        assert f"**{field}** is too long: at most {limit} characters." in text
    assert len(server.tickets()) == 2


def test_without_a_secret_teams_is_closed_and_serve_says_how_to_open_it(make_server):
    server = make_server(teams=False)
    assert server.teams(activity(report())).status == 404
    wait_until(lambda: any("Teams is closed: set POINTSMAN_TEAMS_SECRET" in line for line in server.output), "the line about Teams")


def test_a_message_goes_when_its_retention_has_passed_and_the_ticket_stays(make_server):
    server = make_server(config="[queue]\nretention = 60\n")
    for problem in ("old", "young"):
        server.teams_html(report(problem))
    assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(server.data / "pointsman.db")) as db:  # as if a minute had passed for the first
        assert db.execute("UPDATE message SET sent_at = sent_at - 61000 WHERE seq = (SELECT min(seq) FROM message)").rowcount == 1
        db.commit()
    server.start()
    config = ("--config", server.folder / "pointsman.toml")
    [message] = json.loads(server.cli("queue", "receive", "high", "--max", "10", "--json", *config))["messages"]
    assert json.loads(message["body"])["problem"] == "young"
    assert {ticket["problem"] for ticket in server.tickets()} == {"old", "young"}
