# SPDX-License-Identifier: Apache-2.0
"""What the tests of the real binary share: a server on a port of its own, messages signed as Teams signs them, the command line.

    server = Server(tmp_path).start()
    reply = server.teams_html("<div><at>Helpdesk</at> help</div>")
    server.stop()
"""
import base64
import hashlib
import hmac
import http.client
import itertools
import json
import os
import pathlib
import re
import resource
import selectors
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / os.environ.get("POINTSMAN_BINARY", "build/release/pointsman")
SHARED_DATA = ROOT.parent / "shared" / "data"  # real material; absent in a user's clone

SECRET = base64.b64encode(bytes(range(32))).decode()  # the test key of the real bodies, too
TOKEN = "test-token-of-sixteen-or-more"
PATIENCE = 30  # seconds after which a condition that does not come true is a failure

_ids = itertools.count(1)


def sign(body: bytes, secret: str = SECRET) -> str:
    return "HMAC " + base64.b64encode(hmac.new(base64.b64decode(secret), body, hashlib.sha256).digest()).decode()


def now_rfc3339(offset_seconds=0.0) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + offset_seconds))


def activity(html=None, text="", **changes):
    """An Activity as Teams sends it, with an id of its own; `changes` replace whole members."""
    message_id = f"{int(time.time() * 1000)}{next(_ids):04}"
    made = {
        "type": "message",
        "id": message_id,
        "timestamp": now_rfc3339(),
        "channelId": "msteams",
        "from": {"id": "29:ada", "name": "Lovelace, Ada", "aadObjectId": "ada"},
        "conversation": {"isGroup": True, "id": f"19:it@thread.tacv2;messageid={message_id}", "name": None},
        "recipient": None,
        "textFormat": "plain",
        "locale": None,
        "text": text,
        "attachments": [],
        "entities": [{"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Windows"}],
        "channelData": {"tenant": {"id": "tenant-1"}},
    }
    if html is not None:
        made["attachments"] = [{"contentType": "text/html", "content": html}]
    made.update(changes)
    return made


def report(problem="Printer jammed", priority="high", description="Error 13.", mention="Helpdesk"):
    """A report in the format, as HTML."""
    return (f"<div><at>{mention}</at> <div>Problem: {problem}</div><div>Priority: {priority}</div>"
            f"<div>Description: {description}</div></div>")


def wait_until(condition, what, patience=PATIENCE):
    """Polls until `condition()` is true, and gives what it gave."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {patience} s in vain for: {what}"
        threading.Event().wait(0.01)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        """The text of an Activity."""
        return self.json["text"]


class Server:
    """One real `pointsman serve`. Data and log lie below `folder` and survive a restart."""

    def __init__(self, folder, config=None, args=(), env=None, teams=True, rest=True, preexec=None):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.log_file = self.folder / "log"
        self.args, self.preexec = list(args), preexec
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("POINTSMAN_")}
        if config is not None:
            (self.folder / "pointsman.toml").write_text(config)
            self.args += ["--config", str(self.folder / "pointsman.toml")]
        if teams and (config is None or "[[teams]]" not in config):
            self.env["POINTSMAN_TEAMS_SECRET"] = SECRET
        if rest and (config is None or "[[api_token]]" not in config):
            self.env["POINTSMAN_API_TOKEN"] = TOKEN
        self.env.update(env or {})
        self.process = None
        self.output = []

    def start(self):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--listen", "127.0.0.1:0", "--data", str(self.data), *self.args], env=self.env, cwd=self.folder,
                stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=self.preexec)
        selector = selectors.DefaultSelector()
        selector.register(self.process.stdout, selectors.EVENT_READ)
        while True:
            assert selector.select(PATIENCE), "serve said nothing"
            line = self.process.stdout.readline()
            if not line:
                selector.close()
                self.process.stdout.close()
            assert line, f"serve ended with {self.process.wait()}: {self.log()}"
            self.output.append(line)
            if found := re.search(r"listening on (https?)://[^ ]*:(\d+)", line):
                self.scheme, self.port = found[1], int(found[2])
                break
        selector.close()
        threading.Thread(target=self._read_output, args=(self.process.stdout,), daemon=True).start()
        return self

    def _read_output(self, stream):
        with stream:
            for line in stream:
                self.output.append(line)

    def stop(self):
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def log(self):
        return self.log_file.read_text(errors="replace")

    def log_events(self):
        return [json.loads(line) for line in self.log().splitlines()]

    def request(self, method, path, body=None, headers=None, timeout=PATIENCE):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def teams(self, message, team="default", secret=SECRET, **headers):
        """Posts an Activity (or raw bytes) with its signature."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return self.request("POST", f"/teams/{team}", body,
                            {"Authorization": sign(body, secret), "Content-Type": "application/json; charset=utf-8"} | headers)

    def teams_html(self, html, **changes):
        return self.teams(activity(html, **changes))

    def rest(self, method, path, body=None, token=TOKEN, **headers):
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request(method, path, data, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | headers)

    def tickets(self, query=""):
        return self.rest("GET", f"/v1/tickets?limit=200{query}").json["tickets"]

    def metric(self, name):
        """The value of one series, named as /metrics prints it; 0 when it is not there."""
        for line in self.request("GET", "/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def cli(self, *args, check=True, **more):
        """Runs a command on this server's data; its standard output. `--json` is up to the caller."""
        done = run(*args, "--data", str(self.data), env=self.env, cwd=self.folder, **more)
        if check:
            assert done.returncode == 0, f"{args}: exit {done.returncode}: {done.stderr}"
        return done.stdout if check else done

    def queue(self, name):
        """The bodies of all messages that a peek at a queue shows."""
        messages = json.loads(self.cli("queue", "peek", name, "--max", "100", "--json"))["messages"]
        return [json.loads(message["body"]) for message in messages]


def run(*args, **more):
    """`pointsman ARGS`, to its end."""
    return subprocess.run([BINARY, *map(str, args)], capture_output=True, text=True, timeout=60, **more)


def with_files_of_at_most(size):
    """For `preexec`: a disk that takes no file larger than that."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def fill_disk(server):
    """Files tickets until not even a small one fits in."""
    for length in (10_000, 1):
        for i in range(1_000):
            ticket = {"problem": f"p{length}-{i}", "priority": "low", "description": "x" * length}
            if server.rest("POST", "/v1/tickets", ticket).status != 201:
                break
        else:
            raise AssertionError("the disk does not get full")
