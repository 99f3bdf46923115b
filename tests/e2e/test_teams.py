# SPDX-License-Identifier: Apache-2.0
"""A signed Teams message through the real binary: answered in the thread, in the ledger, on the queue of its priority."""
from harness import report


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
