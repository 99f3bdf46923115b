# SPDX-License-Identifier: Apache-2.0
"""The other end of a connection, for tests that choose every byte and when it goes.

    wire = Wire(server)
    wire.send(b"GET /healthz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    assert wire.answer().status == 200
"""
import socket

from harness import PATIENCE, Answer


class Wire:
    def __init__(self, server, source="127.0.0.1", wrap=lambda plain: plain):
        self.plain = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE, source_address=(source, 0))
        self.socket = wrap(self.plain)
        self.came = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        """False when the other side has closed already."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def _read(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.came += data
        return bool(data)

    def answer(self):
        """The next answer; None when the connection ends without one."""
        while b"\r\n\r\n" not in self.came:
            if not self._read():
                assert not self.came, f"half an answer: {self.came!r}"
                return None
        head, self.came = self.came.split(b"\r\n\r\n", 1)
        lines = head.decode("ascii").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        status = int(lines[0].split(" ")[1])
        length = int(headers.get("content-length", 0))
        while len(self.came) < length:
            assert self._read(), f"the body ended early: {head!r} {self.came!r}"
        body, self.came = self.came[:length], self.came[length:]
        return Answer(status, headers, body)

    def ends(self):
        """Waits for the other side to close, and says whether it sent nothing more."""
        while self._read():
            pass
        return not self.came


def refused(server, reason):
    return server.metric(f'pointsman_http_refused_total{{reason="{reason}"}}')


def refusals(server):
    """The log's lines about refusals."""
    return [event for event in server.log_events() if event["event"] == "refused"]
