# SPDX-License-Identifier: Apache-2.0
"""docs/openapi.yaml against the running server: every route is described, every described status is produced by a real request, and
every answer has exactly the described members."""
import re
import resource
import signal

import pytest
import yaml

from harness import ROOT, SECRET, TOKEN, activity, report, sign

API = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())
GOOD = {"problem": "Printer jammed", "priority": "high", "description": "Error 13.", "requester": {"id": "ada", "name": "Ada"}}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TYPES = {"object": dict, "array": list, "string": str, "null": type(None)}


def resolve(node):
    while "$ref" in node:
        found = API
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def is_of(value, kind):
    if kind in ("integer", "number"):
        return isinstance(value, int if kind == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def faults(value, schema, at="$"):
    """What of a value its schema does not allow. Knows the words that docs/openapi.yaml uses, and stops at one it does not."""
    schema = resolve(schema)
    unknown = set(schema) - {"type", "required", "properties", "additionalProperties", "items", "enum", "pattern", "format", "minimum",
                             "minItems", "description"}
    assert not unknown, f"the checker does not know {unknown}"
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(is_of(value, kind) for kind in kinds):
        return [f"{at}: {value!r} is no {kinds}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is not one of {schema['enum']}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} is not like {schema['pattern']}")
    if schema.get("format") == "date-time" and not DATE_TIME.fullmatch(value):
        found.append(f"{at}: {value!r} is no time")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{at}: {value} is too small")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{at}: too few items")
        for i, item in enumerate(value):
            found += faults(item, schema["items"], f"{at}[{i}]")
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        found += [f"{at}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, member in value.items():
            if name in known:
                found += faults(member, known[name], f"{at}.{name}")
            elif more is False:
                found.append(f"{at}.{name} is not described")
            elif isinstance(more, dict):
                found += faults(member, more, f"{at}.{name}")
    return found


def check(method, path, answer):
    """The answer is one that the description allows for this operation."""
    operation = API["paths"][path][method.lower()]
    described = operation["responses"].get(str(answer.status))
    assert described is not None, f"{method} {path} answered {answer.status}, which is not described: {answer.body}"
    described = resolve(described)
    for name, header in described.get("headers", {}).items():
        value = answer.headers[name]
        assert value is not None, f"{method} {path} {answer.status}: no {name}"
        assert not faults(int(value) if header["schema"]["type"] == "integer" else value, header["schema"])
    if "content" not in described:
        assert answer.body == b"", f"{method} {path} {answer.status}: a body that is not described"
        return
    [(media, content)] = described["content"].items()
    assert answer.headers["Content-Type"].split(";")[0] == media
    value = answer.json if media == "application/json" else answer.body.decode()
    assert faults(value, content["schema"]) == [], f"{method} {path} {answer.status}"


def operations():
    return {(method.upper(), path) for path, methods in API["paths"].items() for method in methods}


def test_every_route_of_the_server_is_described_and_nothing_else():
    source = (ROOT / "src/app/server_parts.cpp").read_text()
    routes = set(re.findall(r'router\.add\(\s*"([A-Z]+)",\s*"([^"]+)"', source))
    assert routes == operations()


def cannot_write():
    """Makes the disk look full after a little: SQLite gets the error that a full disk gives."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))


@pytest.fixture(scope="module")
def produced(tmp_path_factory):
    """Makes a real request for every described status; which of them came."""
    from harness import Server
    seen = set()
    servers = []

    def start(name, **options):
        folder = tmp_path_factory.mktemp(name)
        servers.append(Server(folder, **options))
        return servers[-1].start()

    def note(method, path, answer):
        check(method, path, answer)
        seen.add((method, path, answer.status))
        return answer

    try:
        produce_filing(start("filing"), note)
        produce_limits(start("limits", config="[limits]\nqueue_depth = 1\nmessages_per_sender_per_minute = 3\n[[teams]]\n"
                             f'name = "default"\nsecret = "{SECRET}"\ntenants = ["tenant-1"]\n'), note)
        note("POST", "/teams/{name}", start("card", config='[intake]\nreply = "card"\n').teams_html("help"))
        produce_closed(start("closed", teams=False, rest=False), note)
        produce_full(start("full", preexec=cannot_write), note)
        yield seen
    finally:
        for server in servers:
            server.close()


def produce_filing(server, note):
    key = {"Idempotency-Key": "k"}
    note("POST", "/v1/tickets", server.rest("POST", "/v1/tickets", GOOD, **key))
    note("POST", "/v1/tickets", server.rest("POST", "/v1/tickets", GOOD, **key))
    note("POST", "/v1/tickets", server.rest("POST", "/v1/tickets", b"{"))
    note("POST", "/v1/tickets", server.rest("POST", "/v1/tickets", GOOD, token="x" * 20))
    note("POST", "/v1/tickets", server.rest("POST", "/v1/tickets", b" " * 300_000))
    note("POST", "/v1/tickets", server.rest("POST", "/v1/tickets", GOOD, **{"Content-Type": "text/plain"}))
    note("POST", "/v1/tickets", server.rest("POST", "/v1/tickets", {"problem": 1}))
    server.teams_html(report("Mail is down"))
    assert len(note("GET", "/v1/tickets", server.rest("GET", "/v1/tickets")).json["tickets"]) == 2
    note("GET", "/v1/tickets", server.rest("GET", "/v1/tickets?limit=1"))
    note("GET", "/v1/tickets", server.rest("GET", "/v1/tickets?limit=x"))
    for path in ("/v1/tickets/{number}", "/v1/tickets/{number}/history"):
        for number in ("1", "77"):
            note("GET", path, server.rest("GET", path.replace("{number}", number)))
    note("GET", "/v1/queues", server.rest("GET", "/v1/queues"))
    for method, path in operations():
        if path.startswith("/v1/") and method == "GET":
            note("GET", path, server.rest("GET", path.replace("{number}", "1"), token="x" * 20))
    note("POST", "/teams/{name}", server.teams_html("help"))
    note("POST", "/teams/{name}", server.teams(b"[]"))
    note("POST", "/teams/{name}", server.teams(activity("x"), secret=SECRET[::-1].lstrip("=") + "="))
    note("POST", "/teams/{name}", server.teams(activity("x"), team="nosuch"))
    note("POST", "/teams/{name}", server.teams(b" " * 300_000))
    note("POST", "/teams/{name}", server.teams(activity("x"), **{"Content-Type": "text/plain"}))
    for path in ("/healthz", "/readyz", "/metrics"):
        note("GET", path, server.request("GET", path))
    note("GET", "/metrics", server.request("GET", "/metrics", headers={"X-Forwarded-For": "203.0.113.7"}))


def produce_limits(server, note):
    note("POST", "/teams/{name}", server.teams_html(report("First")))
    note("POST", "/teams/{name}", server.teams_html(report("Second")))  # the queue holds one
    note("POST", "/v1/tickets", server.rest("POST", "/v1/tickets", GOOD))
    note("POST", "/teams/{name}", server.teams(activity("x", channelData={"tenant": {"id": "other"}})))
    while note("POST", "/teams/{name}", server.teams_html("help")).status == 200:
        pass


def produce_closed(server, note):
    for method, path in operations():
        if path.startswith("/v1/"):
            note(method, path, server.rest(method, path.replace("{number}", "1"), GOOD if method == "POST" else None))


def produce_full(server, note):
    for i in range(200):
        if server.rest("POST", "/v1/tickets", GOOD | {"problem": f"p{i}", "description": "x" * 10_000}).status != 201:
            break
    note("GET", "/readyz", server.request("GET", "/readyz"))


def test_every_described_status_is_produced_and_every_answer_is_as_described(produced):
    described = {(method.upper(), path, int(status)) for path, methods in API["paths"].items() for method, operation in methods.items()
                 for status in operation["responses"] if status != "default"}
    assert described - produced == set()


def test_the_description_of_a_ticket_names_every_member_that_the_design_promises():
    promised = {"number", "id", "problem", "description", "priority", "stated_priority", "category", "status", "queue", "source",
                "requester", "assignee", "created_at", "updated_at"}
    ticket = API["components"]["schemas"]["Ticket"]
    assert promised <= set(ticket["properties"]) == set(ticket["required"])


def test_the_checker_finds_what_is_wrong():
    schema = {"$ref": "#/components/schemas/Errors"}
    good = {"errors": [{"field": "", "code": "x", "message": "m"}]}
    assert faults(good, schema) == []
    for wrong in ({}, {"errors": []}, {"errors": [{"field": "", "code": "x"}]}, good | {"more": 1}, {"errors": {}},
                  {"errors": [{"field": 1, "code": "x", "message": "m"}]}, {"errors": [{"field": "", "code": "X", "message": "m"}]}):
        assert faults(wrong, schema), wrong
    assert faults(True, {"type": "integer"}) and faults("2026-01-01", {"type": "string", "format": "date-time"})


def test_references_and_unused_parts():
    text = (ROOT / "docs/openapi.yaml").read_text()
    for kind, parts in API["components"].items():
        if kind != "securitySchemes":
            for name in parts:
                assert f"#/components/{kind}/{name}" in text, f"{kind}/{name} is not used"
    assert TOKEN not in text and sign(b"") not in text
