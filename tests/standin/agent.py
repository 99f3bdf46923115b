# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the tunnel agents ngrok and cloudflared, as far as their makers document them: the command line, the local interface,
the log, the headers they add. It really forwards HTTP, from a port of its own on loopback instead of the internet.

Installed under the name of the agent it plays. The test steers it by environment variables:
  STANDIN_DIR          where it notes each start, one JSON line in `starts`, and each clean end, one line in `ends`
  STANDIN_FAIL         how it fails, see the failures and the modes below
  STANDIN_FAIL_TIMES   how many starts fail so (default: all)
  STANDIN_NEW_NAMES    ngrok, too, gets another address at each start
  STANDIN_VERSION      what `ngrok version` tells
  STANDIN_WEB_PORT     the port of ngrok's local interface (default: any free one)

Modes that are no failure at the start: die (ends once its address was asked for), hang (says and answers nothing), garbage, huge and
not_http (nonsense from the local interface), old_api (only /api/tunnels), wrong_port (leads elsewhere), fall_silent (the interface
stops answering after the first answers), stubborn (ignores SIGTERM), mute (logs nothing), late_words (logs what looks like a failure
when it has told the address), not_ready (cloudflared without a connection).
"""
import http.client
import http.server
import json
import os
import pathlib
import signal
import sys
import threading
import time

AGENT = pathlib.Path(sys.argv[0]).name
STATE = pathlib.Path(os.environ["STANDIN_DIR"])
AUTHTOKEN = "2aB3cD4eF5gH6iJ7kL8mN9oP0qR_1sT2uV3wX4yZ5aB6cD7eF"  # made up; ngrok's own messages repeat the token
CALLER = "203.0.113.7"  # who calls from the internet

NGROK_FAILURES = {
    "no_authtoken": ("authentication failed: Usage of ngrok requires a verified account and authtoken.", 4018),
    "bad_authtoken": (f"authentication failed: The authtoken you specified does not look like a proper ngrok authtoken.\n"
                      f"Your authtoken: {AUTHTOKEN}", 105),
    "revoked_authtoken": (f"authentication failed: The authtoken you specified is properly formed, but it is invalid.\n"
                          f"Your authtoken: {AUTHTOKEN}", 107),
    "unverified": ("authentication failed: Your account's email address is not verified.", 123),
    "too_old": ('authentication failed: Your ngrok-agent version "3.3.1" is too old.', 121),
    "already_online": ("failed to start tunnel: The endpoint 'https://standin.ngrok-free.app' is already online.", 334),
    "too_many_agents": ("authentication failed: Your account is limited to 3 simultaneous ngrok agent sessions.", 108),
    "not_reserved": ("failed to start tunnel: The domain 'other.example' is not reserved.", 319),
    "limit": ("failed to start tunnel: Your account has exceeded its monthly HTTP request limit.", 727),
    "proxy": ("authentication failed: Your account may not run ngrok through an HTTP proxy.", 9009),
    "unheard_of": ("failed to start tunnel: something new.", 77777),
}
CLOUDFLARED_FAILURES = {
    "no_internet": 'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: lookup api.trycloudflare.com: '
                   "no such host",
    "rate_limited": "ERR Error unmarshaling QuickTunnel response: error code: 1015 error=\"invalid character 'e' looking for beginning of "
                    "value\" status_code=\"429 Too Many Requests\"",
    "too_old": "Incorrect Usage: flag provided but not defined: -metrics",
}


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def log(level="info", **fields):
    """A line as `ngrok --log stdout --log-format json` writes it."""
    print(json.dumps({"lvl": level, "t": now(), **fields}), flush=True)


def note(name, **fields):
    with open(STATE / name, "a") as file:
        file.write(json.dumps(fields) + "\n")


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(handler, port=0):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def make_forwarder(target, name):
    """What the internet side does with each request: it goes to the upstream with who called, and through which name."""
    class Forwarder(Quiet):
        def forward(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "x-forwarded-for")}
            before = self.headers.get("X-Forwarded-For")
            headers |= {"Host": name, "X-Forwarded-For": f"{before}, {CALLER}" if before else CALLER, "X-Forwarded-Proto": "https"}
            if AGENT == "ngrok":
                headers["X-Forwarded-Host"] = name
            else:
                headers["Cf-Connecting-Ip"] = CALLER
            upstream = http.client.HTTPConnection(target, timeout=30)
            try:
                upstream.request(self.command, self.path, body or None, headers)
                response = upstream.getresponse()
                data = response.read()
            except OSError:
                return self.answer(502, b"ERR_NGROK_8012\n")
            finally:
                upstream.close()
            self.answer(response.status, data, [("Content-Type", response.headers.get("Content-Type", "text/plain"))])

        do_GET = do_POST = forward

    return Forwarder


class Interface(Quiet):
    """The agent's local interface."""
    mode, url, target = "", "", ""
    answered = 0

    def do_GET(self):
        Interface.answered += 1
        if self.mode == "hang":
            threading.Event().wait()
        if self.mode == "fall_silent" and Interface.answered > 2:
            return self.answer(500, b"no\n")
        if self.mode == "garbage":
            return self.answer(200, b"<html>{nonsense")
        if self.mode == "huge":
            return self.answer(200, b'{"hostname":"' + b"a" * 10_000_000 + b'"}')
        if self.mode == "not_http":
            return self.wfile.write(b"220 smtp.example ESMTP\r\n") and self.wfile.flush()
        made = self.ngrok() if AGENT == "ngrok" else self.cloudflared()
        if made is None:
            return self.answer(404, b"not found\n")
        self.answer(made[0], json.dumps(made[1]).encode(), [("Content-Type", "application/json")])
        if self.mode == "die":
            os._exit(3)
        if self.mode == "late_words":
            note("asked")
        if self.mode == "late_words" and Interface.answered > 2:
            log("eror", msg="request failed", err="GET /ERR_NGROK_4018")

    def ngrok(self):
        if self.path == "/api/endpoints" and self.mode != "old_api":
            return 200, {"endpoints": [{"name": "command_line", "uri": "/api/endpoints/command_line", "url": self.url, "inspect": True,
                                        "upstream": {"url": self.target, "protocol": "http1"}, "pooling_enabled": False}]}
        if self.path == "/api/tunnels":
            return 200, {"tunnels": [{"name": "command_line", "uri": "/api/tunnels/command_line", "public_url": self.url,
                                      "proto": "https", "config": {"addr": self.target, "inspect": True}, "metrics": {}}],
                         "uri": "/api/tunnels"}
        return None

    def cloudflared(self):
        if self.path == "/quicktunnel":
            return 200, {"hostname": self.url.removeprefix("https://")}
        if self.path == "/ready":
            ready = self.mode != "not_ready"
            return 200 if ready else 503, {"status": 200 if ready else 503, "readyConnections": int(ready)}
        return None


def option(name, default=""):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def fail_at_start(mode):
    if AGENT == "ngrok" and mode in NGROK_FAILURES:
        text, number = NGROK_FAILURES[mode]
        error = f"{text}\r\n\r\nERR_NGROK_{number}\r\n"
        log("eror", msg="session closing", obj="tunnels.session", err=error)
        print(f"ERROR:  {text}\nERROR:\nERROR:  ERR_NGROK_{number}\n", file=sys.stderr, flush=True)
        sys.exit(1)
    if AGENT == "ngrok" and mode == "old_flags" and "--url" in sys.argv:
        sys.exit("ERROR:  unknown flag: --url")
    if AGENT == "cloudflared" and mode in CLOUDFLARED_FAILURES:
        sys.exit(f"{now()} INF Requesting new quick Tunnel on trycloudflare.com...\n{CLOUDFLARED_FAILURES[mode]}")


def main():
    if sys.argv[1:] == ["version"]:
        return print(f"{AGENT} version {os.environ.get('STANDIN_VERSION', '3.30.0')}")
    if sys.argv[1:] == ["config", "check"]:
        if os.environ.get("STANDIN_FAIL") == "no_config":
            sys.exit("ERROR:  open ngrok.yml: no such file or directory")
        return print("Valid configuration file at ngrok.yml")
    starts = len((STATE / "starts").read_text().splitlines()) if (STATE / "starts").exists() else 0
    mode = os.environ.get("STANDIN_FAIL", "")
    if starts >= int(os.environ.get("STANDIN_FAIL_TIMES", 1_000_000)):
        mode = ""
    open_files = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]
    if mode == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: (note("ends", pid=os.getpid()), os._exit(0)))

    if AGENT == "ngrok":
        target = f"http://localhost:{sys.argv[2]}" if sys.argv[2].isdigit() else sys.argv[2]
        url = option("--url", f"https://standin{starts if 'STANDIN_NEW_NAMES' in os.environ else ''}.ngrok-free.app")
        port = int(os.environ.get("STANDIN_WEB_PORT", 0))
    else:
        target, url = option("--url"), f"https://words-of-start-{starts}.trycloudflare.com"
        port = int(option("--metrics").rsplit(":", 1)[1])
    name = url.removeprefix("https://")
    public = serve(make_forwarder(target.removeprefix("http://").replace("localhost", "127.0.0.1"), name))
    note("starts", pid=os.getpid(), args=sys.argv[1:], public=public, url=url, sockets=[f for f in open_files if f.startswith("socket:")],
         secrets=[n for n in os.environ if n.startswith("POINTSMAN_")])
    fail_at_start(mode)
    Interface.mode, Interface.url = mode, url
    Interface.target = "http://localhost:1" if mode == "wrong_port" else target
    web = serve(Interface, port)
    if mode == "mute":
        pass
    elif AGENT == "ngrok":
        log(msg="no configuration paths supplied")
        log(msg="starting web service", obj="web", addr=f"127.0.0.1:{web}", allow_hosts=[])
        log(msg="client session established", obj="tunnels.session")
        log(msg="started tunnel", obj="tunnels", name="command_line", addr=target, url=url)
    else:
        print(f"{now()} INF Starting metrics server on 127.0.0.1:{web}/metrics\n{now()} INF |  {url}  |", file=sys.stderr, flush=True)
    threading.Event().wait()


main()
