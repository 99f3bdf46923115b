# SPDX-License-Identifier: Apache-2.0
"""Requests that two servers could read as two different ones, through the real binary: refused, counted, logged, nothing filed."""
import json
import random

import pytest

from harness import activity, report, sign
from wire import Wire, refusals, refused

HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"  # what a smuggler wants to be taken for a request of its own


def post(fields, body=b"", target=b"/teams/default"):
    return b"POST " + target + b" HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n" + body


EVIL = {
    "length and chunked": (post(b"Content-Length: 40\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + HIDDEN), 400, "ambiguous_length"),
    "chunked and length": (post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n" + HIDDEN), 400, "ambiguous_length"),
    "two lengths": (post(b"Content-Length: 0\r\nContent-Length: 34\r\n", HIDDEN), 400, "ambiguous_length"),
    "the same length twice": (post(b"Content-Length: 0\r\nContent-Length: 0\r\n", HIDDEN), 400, "ambiguous_length"),
    "a list of lengths": (post(b"Content-Length: 0, 0\r\n", HIDDEN), 400, "bad_length"),
    "a length with a sign": (post(b"Content-Length: +0\r\n", HIDDEN), 400, "bad_length"),
    "a space before the colon": (post(b"Content-Length : 34\r\n", HIDDEN), 400, "malformed"),
    "a folded field": (post(b"Content-Length:\r\n 34\r\n", HIDDEN), 400, "malformed"),
    "a line feed alone": (post(b"X: y\nContent-Length: 34\r\n", HIDDEN), 400, "malformed"),
    "a return alone": (post(b"X: y\rContent-Length: 34\r\n", HIDDEN), 400, "malformed"),
    "nul in a value": (post(b"X: y\0\r\n"), 400, "malformed"),
    "chunked twice": (post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n" + HIDDEN), 501, "unknown_encoding"),
    "nearly chunked": (post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + HIDDEN), 501, "unknown_encoding"),
    "identity": (post(b"Transfer-Encoding: identity\r\n", HIDDEN), 501, "unknown_encoding"),
    "a vertical tab before chunked": (post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n" + HIDDEN), 400, "malformed"),
    "a chunk size in 0x": (post(b"Transfer-Encoding: chunked\r\n", b"0x0\r\n\r\n" + HIDDEN), 400, "malformed"),
    "a chunk size with a sign": (post(b"Transfer-Encoding: chunked\r\n", b"-1\r\n\r\n" + HIDDEN), 400, "malformed"),
    "a chunk size of 17 digits": (post(b"Transfer-Encoding: chunked\r\n", b"10000000000000000\r\n\r\n" + HIDDEN), 400, "malformed"),
    "a chunk size that wraps": (post(b"Transfer-Encoding: chunked\r\n", b"ffffffffffffffff\r\n\r\n" + HIDDEN), 413, "body_too_large"),
    "a line feed in a chunk extension": (post(b"Transfer-Encoding: chunked\r\n", b"1;a\nb\r\nx\r\n0\r\n\r\n"), 400, "malformed"),
    "a chunk without its end": (post(b"Transfer-Encoding: chunked\r\n", b"1\r\nx0\r\n\r\n" + HIDDEN), 400, "malformed"),
    "endless trailers": (post(b"Transfer-Encoding: chunked\r\n", b"0\r\n" + b"X: y\r\n" * 101), 431, "too_many_fields"),
    "one endless trailer": (post(b"Transfer-Encoding: chunked\r\n", b"0\r\nX: " + b"y" * 20_000), 431, "header_too_large"),
    "an absolute target": (post(b"", target=b"http://a/teams/default"), 400, "bad_target"),
    "an authority": (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"),
    "an encoded slash": (post(b"", target=b"/teams%2fdefault"), 400, "bad_target"),
    "an encoded nul": (post(b"", target=b"/teams/default%00"), 400, "bad_target"),
    "http 0.9": (b"GET /healthz\r\n\r\n", 400, "malformed"),
    "http 2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "bad_version"),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400, "bad_host"),
    "two hosts": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad_host"),
    "chunked in http 1.0": (b"POST /teams/default HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN, 400, "ambiguous_length"),
}


def test_each_is_answered_once_closed_counted_and_logged(server):
    for name, (data, status, reason) in EVIL.items():
        before = refused(server, reason)
        with Wire(server) as wire:
            wire.send(data)
            answer = wire.answer()
            assert answer is not None and answer.status == status, name
            assert answer.headers["connection"] == "close", name
            assert wire.ends(), f"{name}: something was read after it"
        assert refused(server, reason) == before + 1, name
    logged = refusals(server)
    assert [event["reason"] for event in logged] == [reason for _, _, reason in EVIL.values()]
    assert {event["kind"] for event in logged} == {"requester", "limit"}
    assert server.tickets() == []


def test_what_follows_a_body_is_the_next_request(server):
    body = json.dumps(activity(report())).encode()
    message = post(b"Authorization: " + sign(body).encode() + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body), body)
    with Wire(server) as wire:
        wire.send(message + HIDDEN + message + b"garbage\r\n")
        first, health, again, garbage = (wire.answer() for _ in range(4))
        assert (first.status, health.body, garbage.status) == (200, b"ok\n", 400)
        assert again.body == first.body  # a repeat of the same message
        assert wire.ends()
    assert len(server.tickets()) == 1


def test_a_chunked_message_is_checked_over_its_joined_bytes(server):
    body = json.dumps(activity(report())).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[i:i + 100] for i in range(0, len(body), 100)))
    with Wire(server) as wire:
        wire.send(post(b"Authorization: " + sign(body).encode() + b"\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
                       chunks + b"0\r\nTrailer: x\r\n\r\n"))
        assert "#1" in wire.answer().text


@pytest.mark.parametrize("seed", range(4))
def test_garbage_is_survived(server, seed):
    """Random bytes, and real requests with some bytes changed; the server answers or closes, and files nothing unsigned."""
    chance = random.Random(seed)
    body = json.dumps(activity(report())).encode()
    real = post(b"Authorization: " + sign(body).encode() + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body), body)
    for _ in range(60):
        if chance.random() < 0.3:
            data = chance.randbytes(chance.randrange(1, 3000))
        else:
            changed = bytearray(real)
            for _ in range(chance.randrange(1, 6)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            data = bytes(changed)
        with Wire(server) as wire:
            wire.send(data)
            wire.plain.shutdown(1)
            while (answer := wire.answer()) is not None:
                assert answer.status < 500 or answer.status in (501, 505), data
    assert server.request("GET", "/healthz").status == 200
    assert len(server.tickets()) <= 1  # a change that hits neither signature nor body, but another field, leaves it genuine
