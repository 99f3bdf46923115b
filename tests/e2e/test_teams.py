# SPDX-License-Identifier: Apache-2.0
"""A signed Teams message through the real binary: answered in the thread, in the ledger, on the queue of its priority."""
from harness import activity, report


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
