# SPDX-License-Identifier: Apache-2.0
"""Kills a server under load at random moments and looks at what is there afterwards.

What must hold after each restart: every ticket that was answered "filed" is in the ledger once, with its number, and on its queue
once; nothing is there that was answered otherwise, except at most the requests in flight; and the same delivery gets the same number.
"""
import collections
import contextlib
import http.client
import json
import random
import re
import sqlite3
import threading

from harness import Server, activity, report, sign

CLIENTS = 8
MOST_ANSWERS = 400  # after at most so many the server is killed
REPEATED = 40       # deliveries sent again after a restart
FAULTY = 0.2        # share of reports that lack their priority


class Client(threading.Thread):
    """Sends reports one after the other until the server is gone."""

    def __init__(self, rounds, seed, name):
        super().__init__(daemon=True)
        self.rounds, self.random, self.tag, self.sent = rounds, random.Random(seed), name, 0

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.rounds.server.port, timeout=30)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            while not self.rounds.over.is_set():
                self.send_one(connection)

    def send_one(self, connection):
        self.sent += 1
        token = f"{self.tag}-{self.sent}"
        priority = "" if self.random.random() < FAULTY else self.random.choice(["high", "medium", "low"])
        message = activity(report(token, priority), **{"from": {"id": f"29:{token}", "name": "A", "aadObjectId": token}})
        body = json.dumps(message).encode()
        self.rounds.in_flight[token] = body
        connection.request("POST", "/teams/default", body, {"Authorization": sign(body), "Content-Type": "application/json"})
        response = connection.getresponse()
        text = json.loads(response.read())["text"]
        filed = re.search(r"#(\d+)", text)
        del self.rounds.in_flight[token]
        self.rounds.answered(token, body, int(filed[1]) if filed else None)


class KillRounds:
    def __init__(self, folder, seed):
        self.folder, self.random = folder, random.Random(seed)
        self.filed = {}        # token -> (number, body)
        self.refused = set()   # tokens
        self.unknown = {}      # tokens whose request was in flight at a kill -> body
        self.lock = threading.Lock()
        self.counts = collections.Counter()

    def answered(self, token, body, number):
        with self.lock:
            if number is None:
                self.refused.add(token)
            else:
                self.filed[token] = (number, body)
            self.left -= 1
            if self.left <= 0:
                self.over.set()

    def run(self, round_number):
        self.in_flight = {}
        self.over = threading.Event()
        self.left = self.random.randint(1, MOST_ANSWERS)
        self.server = Server(self.folder).start()
        try:
            clients = [Client(self, self.random.random(), f"r{round_number}c{i}") for i in range(CLIENTS)]
            for client in clients:
                client.start()
            assert self.over.wait(60), "the load did not get through"
            self.over.wait()
            self.server.kill()
            for client in clients:
                client.join(60)
                assert not client.is_alive()
            self.unknown.update(self.in_flight)
            self.counts.update(rounds=1, in_flight_at_a_kill=len(self.in_flight))
            self.server = Server(self.folder).start()
            self.check()
            self.repeat()
            self.check()
            self.server.kill()
        finally:
            self.server.close()

    def rows(self):
        """(number, problem, id) of every ticket, and (number, id, queue) of every message, in one view of the file."""
        path = f"file:{self.server.data / 'pointsman.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True, isolation_level=None)) as db:
            db.execute("BEGIN")
            tickets = db.execute("SELECT number, problem, id, queue FROM ticket").fetchall()
            messages = [(json.loads(body)["number"], id, queue) for body, id, queue in
                        db.execute("SELECT m.body, m.id, q.name FROM message m JOIN queue q ON q.id = m.queue")]
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return tickets, messages

    def check(self):
        tickets, messages = self.rows()
        by_token = {problem: number for number, problem, _, _ in tickets}
        assert len(by_token) == len(tickets), "a report was filed twice"
        lost = {token: number for token, (number, _) in self.filed.items() if by_token.get(token) != number}
        assert not lost, f"answered as filed, but not there under that number: {lost}"
        extra = set(by_token) - set(self.filed) - set(self.unknown)
        assert not extra, f"there, but answered otherwise: {extra}"
        expected = sorted((number, id, queue) for number, _, id, queue in tickets)
        assert sorted(messages) == expected, "ledger and queues differ"

    def repeat(self):
        """Deliveries again, as Teams does when it saw no answer."""
        tickets, _ = self.rows()
        there = {problem: number for number, problem, _, _ in tickets}
        again = self.random.sample(sorted(self.filed), min(REPEATED, len(self.filed)))
        for token in again + sorted(self.unknown):
            body = self.filed[token][1] if token in self.filed else self.unknown[token]
            answer = self.server.teams(body)
            assert answer.status == 200
            found = re.search(r"#(\d+)", answer.text)
            if token in there:
                assert found and int(found[1]) == there[token], f"{token} was #{there[token]}, then: {answer.text}"
            self.counts.update(repeated=1)
            if found:
                self.filed[token] = (int(found[1]), body)
            else:
                self.refused.add(token)
        self.counts["in_flight_and_stored"] += sum(token in there for token in self.unknown)
        self.unknown = {}

    def summary(self):
        return {"rounds": self.counts["rounds"], "answered as filed": len(self.filed), "answered otherwise": len(self.refused),
                "in flight at a kill": self.counts["in_flight_at_a_kill"], "of these stored": self.counts["in_flight_and_stored"],
                "deliveries repeated": self.counts["repeated"]}
