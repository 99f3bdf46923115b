# SPDX-License-Identifier: Apache-2.0
"""The REST interface from outside: what is filed, every fault at once, lists and pages, and what hostile input comes to."""
import concurrent.futures
import json

import pytest

from harness import SECRET, TOKEN, report

MEMBERS = {"number", "id", "problem", "description", "priority", "stated_priority", "category", "status", "queue", "source", "team",
           "tenant", "requester", "assignee", "fields", "attachments", "created_at", "updated_at"}
GOOD = {"problem": "Printer jammed", "priority": "urgent", "description": "Error 13.\nSince nine.",
        "requester": {"id": "ada", "name": "Ada Lovelace"}}


def file(server, body=GOOD, **headers):
    return server.rest("POST", "/v1/tickets", body, **headers)


def errors(answer, status=422):
    assert answer.status == status, answer.body
    assert set(answer.json) == {"errors"}
    for error in answer.json["errors"]:
        assert set(error) == {"field", "code", "message"} and error["message"]
    return {(error["field"], error["code"]) for error in answer.json["errors"]}


def test_a_ticket_is_filed_shown_and_lies_on_its_queue(server):
    answer = file(server)
    assert answer.status == 201
    ticket = answer.json
    assert set(ticket) == MEMBERS
    assert answer.headers["Location"] == f"/v1/tickets/{ticket['number']}"
    assert answer.headers["Content-Type"] == "application/json"
    assert (ticket["problem"], ticket["priority"], ticket["stated_priority"]) == ("Printer jammed", "high", "urgent")
    assert ticket["description"] == "Error 13.\nSince nine."
    assert ticket["requester"] == {"id": "ada", "name": "Ada Lovelace"}
    assert (ticket["status"], ticket["queue"], ticket["source"], ticket["assignee"]) == ("new", "high", "rest", "")
    assert ticket["created_at"].endswith("Z") and "T" in ticket["created_at"]
    assert server.rest("GET", answer.headers["Location"]).json == ticket
    [message] = server.queue("high")
    assert message == {"schema": "pointsman.ticket/1"} | ticket
    [filed] = server.rest("GET", f"/v1/tickets/{ticket['number']}/history").json["history"]
    assert set(filed) == {"at", "who", "what", "from", "to", "why"}
    assert (filed["what"], filed["who"]) == ("filed", "Ada Lovelace")


@pytest.mark.parametrize("given, wanted", [
    ({}, {"id": "default", "name": "default"}),
    ({"requester": None}, {"id": "default", "name": "default"}),
    ({"requester": "Grace"}, {"id": "Grace", "name": "Grace"}),
    ({"requester": {"id": "g"}}, {"id": "g", "name": "g"}),
    ({"requester": {"name": "Grace"}}, {"id": "Grace", "name": "Grace"}),
    ({"requester": {"id": "g", "name": " Grace\n Hopper "}}, {"id": "g", "name": "Grace Hopper"}),
])
def test_a_requester_may_be_named_in_several_forms(server, given, wanted):
    answer = file(server, {k: v for k, v in GOOD.items() if k != "requester"} | given)
    assert answer.status == 201 and answer.json["requester"] == wanted


def test_every_fault_is_named_at_once(server):
    assert errors(file(server, {})) == {("problem", "missing"), ("priority", "missing"), ("description", "missing")}
    answer = file(server, {"problem": "x" * 201, "priority": "hgih", "description": " ", "requester": {"name": ""}, "extra": 1})
    assert errors(answer) == {("problem", "too_long"), ("priority", "unknown_priority"), ("description", "empty"),
                              ("requester.name", "empty"), ("extra", "unknown_member")}
    [message] = [e["message"] for e in answer.json["errors"] if e["field"] == "priority"]
    assert 'Did you mean "high"?' in message
    assert server.tickets() == []


def test_a_wrong_type_is_named_beside_the_faults_of_the_other_members(server):
    answer = file(server, {"problem": 7, "priority": ["high"], "description": "", "requester": 1, "fields": "x"})
    assert errors(answer) == {("problem", "wrong_type"), ("priority", "wrong_type"), ("description", "empty"),
                              ("requester", "wrong_type"), ("fields", "wrong_type")}
    assert errors(file(server, GOOD | {"requester": {"id": 1, "nmae": "x"}})) == {("requester.id", "wrong_type"),
                                                                                 ("requester.nmae", "unknown_member")}


def test_a_misspelt_member_gets_a_suggestion(server):
    answer = file(server, {"problem": "p", "priority": "high", "descripton": "d"})
    assert errors(answer) == {("description", "missing"), ("descripton", "unknown_member")}
    assert any('Did you mean "description"?' in error["message"] for error in answer.json["errors"])


def test_the_answer_to_thousands_of_unknown_members_is_bounded(server):
    answer = file(server, {f"m{i}": i for i in range(10_000)})
    assert answer.status == 422 and 50 <= len(answer.json["errors"]) <= 60 and len(answer.body) < 20_000


def test_configured_fields_are_checked_like_in_chat(make_server):
    server = make_server(config='[[field]]\nname = "Location"\nrequired = true\nallowed = ["Hamburg", "Berlin"]\n'
                                '[[field]]\nname = "Asset"\n')
    assert file(server, GOOD | {"fields": {"Location": "hamburg", "Asset": "PC-1"}}).json["fields"] == {"Location": "Hamburg",
                                                                                                       "Asset": "PC-1"}
    assert errors(file(server)) == {("Location", "missing")}
    assert errors(file(server, GOOD | {"fields": {"Location": "Munich", "Asset": 1, "Room": "x"}})) == {
        ("Location", "not_allowed"), ("fields.Asset", "wrong_type"), ("fields.Room", "unknown_member")}


def test_a_key_names_one_ticket_for_ever_even_after_a_restart(server):
    first = file(server, **{"Idempotency-Key": "k1"})
    again = file(server, **{"Idempotency-Key": "k1"})
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json and again.headers["Location"] == first.headers["Location"]
    assert server.stop() == 0
    server.start()
    assert file(server, **{"Idempotency-Key": "k1"}).json == first.json
    assert len(server.tickets()) == 1 and len(server.queue("high")) == 1


def test_one_key_sent_by_many_at_once_is_one_ticket(server):
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: file(server, **{"Idempotency-Key": "k1"}), range(60)))
    assert sorted(answer.status for answer in answers) == [200] * 59 + [201]
    assert len({answer.body for answer in answers}) == 1
    assert len(server.tickets()) == 1 and len(server.queue("high")) == 1


def test_a_key_with_another_content_is_refused_and_loses_nothing(server):
    file(server, **{"Idempotency-Key": "k1"})
    for change in ({"problem": "Other"}, {"priority": "low"}, {"description": "Other"}, {"requester": "other"}):
        assert errors(file(server, GOOD | change, **{"Idempotency-Key": "k1"})) == {("Idempotency-Key", "key_reused")}
    assert errors(file(server, **{"Idempotency-Key": "k" * 256})) == {("Idempotency-Key", "too_long")}
    assert file(server, GOOD | {"problem": "Third"}, **{"Idempotency-Key": "k" * 255}).status == 201
    assert len(server.tickets()) == 2


def test_the_same_words_again_are_the_same_ticket(server):
    first, again = file(server), file(server)
    assert (first.status, again.status) == (201, 200) and first.json == again.json


def test_two_tokens_are_two_callers(make_server):
    other = "another-token-of-sixteen"
    server = make_server(config=f'[[api_token]]\nname = "one"\ntoken = "{TOKEN}"\n[[api_token]]\nname = "two"\ntoken = "{other}"\n')
    body = {k: v for k, v in GOOD.items() if k != "requester"}
    one = server.rest("POST", "/v1/tickets", body, **{"Idempotency-Key": "k"})
    two = server.rest("POST", "/v1/tickets", body, token=other, **{"Idempotency-Key": "k"})
    assert (one.status, two.status) == (201, 201) and one.json["number"] != two.json["number"]
    assert (one.json["requester"]["name"], two.json["requester"]["name"]) == ("one", "two")


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Bearer wrong-token-of-sixteen", f"Basic {TOKEN}", TOKEN,
                                           f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"])
def test_without_a_valid_token_nothing_is_done_or_told(server, authorization):
    headers = {"Content-Type": "application/json"} | ({} if authorization is None else {"Authorization": authorization})
    for method, path in (("POST", "/v1/tickets"), ("GET", "/v1/tickets"), ("GET", "/v1/tickets/1"), ("GET", "/v1/tickets/1/history"),
                         ("GET", "/v1/queues")):
        answer = server.request(method, path, json.dumps(GOOD) if method == "POST" else None, headers)
        assert errors(answer, 401) == {("", "unauthorized")}
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert server.tickets() == []


def test_without_a_token_in_the_configuration_there_is_no_rest(make_server):
    server = make_server(rest=False)
    assert errors(server.rest("GET", "/v1/tickets"), 404) == {("", "not_found")}
    assert any("REST is closed" in line for line in server.output) or "REST is closed" in "".join(server.output)


def test_paths_methods_and_types_that_are_not_served(server):
    assert errors(server.rest("GET", "/v1/nothing"), 404) == {("", "not_found")}
    for path in ("/v1/tickets/1", "/v1/tickets/0", "/v1/tickets/-1", "/v1/tickets/x", "/v1/tickets/99999999999999999999",
                 "/v1/tickets/1/history", "/v1/tickets/1%0a"):
        assert server.rest("GET", path).status in (404, 400), path
    answer = server.rest("DELETE", "/v1/tickets")
    assert errors(answer, 405) == {("", "wrong_method")}
    assert {method.strip() for method in answer.headers["Allow"].split(",")} >= {"GET", "POST"}
    for wrong in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx"):
        assert errors(file(server, **{"Content-Type": wrong}), 415) == {("", "not_json")}
    assert file(server, **{"Content-Type": "Application/JSON; charset=utf-8"}).status == 201


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"{}x", b"\xff\xfe{}", b'{"problem":"\xff"}', b'{"problem":"a\x00b"}',
                                  b'{"problem":"\\ud800"}', b'{"problem":"\\udc00\\ud800"}', b"[" * 100_000, b'{"a":' * 40_000,
                                  b'{"problem":1e}', b"{'problem':1}"], ids=range(15))
def test_what_is_no_json_object_is_refused_and_changes_nothing(server, body):
    assert errors(file(server, body), 400) == {("", "malformed")}
    assert server.tickets() == [] and server.request("GET", "/readyz").status == 200


def test_hostile_values_end_in_an_answer(server):
    assert errors(file(server, b'{"problem":1e999999,"priority":123456789012345678901234567890,"description":-0}')) == {
        ("problem", "wrong_type"), ("priority", "wrong_type"), ("description", "wrong_type")}
    assert errors(file(server, GOOD | {"problem": "a\x00b", "description": "c\x1b[2J"})) == {("problem", "control_characters"),
                                                                                           ("description", "control_characters")}
    assert errors(file(server, GOOD | {"requester": {"id": "x" * 201, "name": "\x07"}})) == {("requester.id", "too_long"),
                                                                                           ("requester.name", "control_characters")}
    assert errors(file(server, GOOD | {"description": "x" * 100_000})) == {("description", "too_long")}
    assert server.rest("POST", "/v1/tickets", GOOD | {"description": "x" * 1_000_000}).status == 413
    answer = file(server, b'{"problem":"first","problem":"last","priority":"low","description":"d"}')
    assert answer.status == 201 and answer.json["problem"] == "last"
    assert len(server.tickets()) == 1


def test_text_comes_back_as_it_was_sent_in_its_plain_form(server):
    answer = file(server, GOOD | {"problem": " a\r\n\u202eb\u200b \u00e9\ud83d\ude00\"\\</script> ", "description": "one\r\ntwo\rthree\n"})
    assert answer.status == 201
    assert answer.json["problem"] == "a b é😀\"\\</script>"
    assert answer.json["description"] == "one\ntwo\nthree"


@pytest.fixture
def filled(server):
    for i in range(1, 8):
        priority = ("high", "medium", "low")[i % 3]
        assert file(server, {"problem": f"Thing {i}", "priority": priority, "description": f"word{i} printer"}).status == 201
    return server


def numbers(server, query=""):
    return [ticket["number"] for ticket in server.rest("GET", "/v1/tickets" + query).json["tickets"]]


def test_lists_are_newest_first_in_pages_that_end_with_null(filled):
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        page = filled.rest("GET", f"/v1/tickets?limit=3&after={cursor}").json
        assert set(page) == {"tickets", "next"} and len(page["tickets"]) <= 3
        assert page["next"] is None or isinstance(page["next"], str)
        seen += [ticket["number"] for ticket in page["tickets"]]
        cursor, pages = page["next"], pages + 1
    assert seen == [7, 6, 5, 4, 3, 2, 1] and pages == 3
    assert filled.rest("GET", "/v1/tickets?limit=7").json["next"] is None


def test_filters_narrow_alone_and_together(filled):
    assert numbers(filled, "?priority=high") == [6, 3]
    assert numbers(filled, "?priority=high&after=6") == [3]
    assert numbers(filled, "?status=new&priority=low&limit=1") == [5]
    assert numbers(filled, "?status=in%20progress") == [] == numbers(filled, "?status=in_progress")
    assert numbers(filled, "?category=network") == []
    assert numbers(filled, "?q=word4") == [4]
    assert numbers(filled, "?q=PRINTER+thing&priority=medium") == [7, 4, 1]
    assert numbers(filled, "?q=printer%20word9") == []
    assert numbers(filled, "?priority=nosuch") == []
    for odd in ("%00", "%22", "*", "OR", "%27%3B--", "%FF", "NEAR(a", "-", "a" * 5000):
        assert filled.rest("GET", "/v1/tickets?q=" + odd).status == 200, odd


def test_every_fault_of_a_query_is_named(server):
    answer = server.rest("GET", "/v1/tickets?status=lost&limit=0&after=x&prioritee=high&limit=5")
    assert errors(answer) == {("status", "not_allowed"), ("limit", "out_of_range"), ("after", "invalid"), ("", "unknown_parameter"),
                              ("limit", "repeated")}
    for limit in ("201", "-1", "1.5", "x", "99999999999999999999"):
        assert errors(server.rest("GET", f"/v1/tickets?limit={limit}")) == {("limit", "out_of_range")}
    assert server.rest("GET", "/v1/tickets?limit=200&status=&q=").status == 200


def test_queues_tell_depth_and_age(filled):
    queues = {queue["name"]: queue for queue in filled.rest("GET", "/v1/queues").json["queues"]}
    assert {"high", "medium", "low", "high-dlq", "medium-dlq", "low-dlq"} <= set(queues)
    assert [queues[name]["visible"] for name in ("high", "medium", "low")] == [2, 3, 2]
    filled.cli("queue", "receive", "high")
    [high] = [queue for queue in filled.rest("GET", "/v1/queues").json["queues"] if queue["name"] == "high"]
    assert (high["visible"], high["in_flight"], high["delayed"]) == (1, 1, 0) and high["age_of_oldest_seconds"] >= 0


def test_head_is_get_without_the_body(filled):
    for path in ("/v1/tickets", "/v1/tickets/1", "/healthz"):
        get, head = filled.rest("GET", path), filled.rest("HEAD", path)
        assert (head.status, head.body) == (get.status, b"")
        assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_what_came_through_teams_is_seen_through_rest(server):
    server.teams_html(report("Mail is down", "urgent", "Nobody can send."))
    [ticket] = server.tickets("&q=mail")
    assert set(ticket) == MEMBERS
    assert (ticket["source"], ticket["team"], ticket["tenant"]) == ("teams", "default", "tenant-1")
    assert SECRET not in json.dumps(ticket)
