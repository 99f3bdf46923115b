# SPDX-License-Identifier: Apache-2.0
"""Native TLS: certificates that follow their files, and what is no TLS."""
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import warnings

import pytest

from harness import PATIENCE, wait_until
from wire import Wire, refusals


def make_certificate(folder, name):
    """A self-signed certificate for localhost: (certificate file, key file)."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
                    f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return {name: make_certificate(folder, name) for name in ("first", "second")}


class Secured:
    """A server with TLS, whose files the test may replace."""

    def __init__(self, make_server, tmp_path, pairs, more=""):
        self.pairs = pairs
        self.certificate, self.key = tmp_path / "server.pem", tmp_path / "server.key"
        shutil.copy(pairs["first"][0], self.certificate)
        shutil.copy(pairs["first"][1], self.key)
        self.server = make_server(config=f'[server.tls]\ncertificate = "{self.certificate}"\nkey = "{self.key}"\n{more}')
        self.context = ssl.create_default_context()
        for certificate, _ in pairs.values():
            self.context.load_verify_locations(certificate)

        def request(method, path, body=None, headers=None, timeout=PATIENCE):
            connection = http.client.HTTPSConnection("localhost", self.server.port, timeout=timeout, context=self.context)
            connection.connect = lambda: setattr(connection, "sock", self.connect())
            try:
                connection.request(method, path, body, headers or {})
                response = connection.getresponse()
                return type("Answer", (), {"status": response.status, "headers": response.headers, "body": response.read()})
            finally:
                connection.close()
        self.request = request

    def connect(self, context=None):
        plain = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE)
        try:
            return (context or self.context).wrap_socket(plain, server_hostname="localhost")
        except BaseException:
            plain.close()
            raise

    def shown(self):
        """The name on the certificate that a new connection gets."""
        with self.connect() as connection:
            return dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"]

    def events(self, name):
        return [event for event in self.server.log_events() if event["event"] == name]


@pytest.fixture
def secured(make_server, tmp_path, pairs):
    return Secured(make_server, tmp_path, pairs)


def metric(secured, name):
    for line in secured.request("GET", "/metrics").body.decode().splitlines():
        if line.startswith(name + " "):
            return float(line.rsplit(" ", 1)[1])
    return 0.0


def test_requests_are_answered_over_tls_one_after_the_other(secured):
    assert secured.server.scheme == "https"
    with secured.connect() as connection:
        for _ in range(3):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
    assert metric(secured, "pointsman_tls_certificate_expires") > 1.7e9


def test_a_large_body_and_pipelined_requests_over_tls(secured):
    with secured.connect() as connection:
        body = b"x" * 200_000
        connection.sendall(b"POST /teams/default HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body
                           + b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        came = b""
        while data := connection.recv(65536):
            came += data
        assert came.startswith(b"HTTP/1.1 401 ") and came.endswith(b"ok\n")


def test_a_refused_request_over_tls_is_answered_and_closed(secured):
    with secured.connect() as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_a_new_certificate_is_taken_up_when_its_files_are_renamed_into_place(secured, pairs, tmp_path):
    assert secured.shown() == "first"
    old = secured.connect()
    for source, target in zip(pairs["second"], (secured.certificate, secured.key)):
        shutil.copy(source, tmp_path / "new")
        os.rename(tmp_path / "new", target)
    wait_until(lambda: secured.shown() == "second", "the new certificate")
    with old:  # a connection keeps the one it began with
        old.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert old.recv(4096).startswith(b"HTTP/1.1 200 ")
    assert secured.events("certificate renewed")


def test_half_a_replacement_keeps_the_old_certificate_and_says_so_once(secured, pairs):
    shutil.copy(pairs["second"][1], secured.key)  # the key first
    wait_until(lambda: secured.events("certificate not renewed"), "the log to say so")
    assert secured.shown() == "first"
    before = len(secured.events("certificate not renewed"))
    for _ in range(4):  # some sweeps later
        assert secured.request("GET", "/healthz").status == 200
    assert len(secured.events("certificate not renewed")) == before == 1
    assert "does not belong" in secured.events("certificate not renewed")[0]["reason"]
    assert metric(secured, 'pointsman_tls_renewals_total{result="refused"}') == 1
    shutil.copy(pairs["second"][0], secured.certificate)
    wait_until(lambda: secured.shown() == "second", "the new certificate")


def test_files_that_are_gone_or_no_certificates_keep_the_old_one(secured, pairs):
    secured.certificate.write_text("not a certificate\n")
    wait_until(lambda: secured.events("certificate not renewed"), "the log to say so")
    assert secured.shown() == "first"
    secured.certificate.unlink()
    shutil.copy(pairs["second"][0], secured.certificate)
    shutil.copy(pairs["second"][1], secured.key)
    wait_until(lambda: secured.shown() == "second", "the new certificate")


def test_a_pipe_in_the_place_of_a_certificate_does_not_stop_the_server(secured):
    secured.certificate.unlink()
    os.mkfifo(secured.certificate)
    wait_until(lambda: [event for event in secured.events("certificate not renewed") if "is no file" in event["reason"]], "the word in the log")
    assert secured.shown() == "first"
    assert secured.server.stop() == 0


def test_plain_http_to_the_tls_port_is_told_so(secured):
    with Wire(secured.server) as wire:
        wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = wire.answer()
        assert answer.status == 400 and b"https://" in answer.body
    with Wire(secured.server) as wire:
        wire.send(b"\x00\x01\x02 nothing at all\r\n" * 20)
        assert wire.ends() or wire.came.startswith(b"\x15\x03")  # an alert of TLS
    assert metric(secured, 'pointsman_http_refused_total{reason="http_to_https"}') == 1
    assert {event["reason"] for event in refusals(secured.server)} == {"http_to_https", "bad_handshake"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_of_tls_are_refused(secured, version):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that they are old is the point
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = context.maximum_version = version
    with pytest.raises(ssl.SSLError):
        secured.connect(context)
    wait_until(lambda: [event["reason"] for event in refusals(secured.server)] == ["bad_handshake"], "the log to say so")


def test_a_handshake_that_does_not_come_is_closed_at_the_header_deadline(make_server, tmp_path, pairs):
    secured = Secured(make_server, tmp_path, pairs, "[limits]\nheader_deadline = 1\nidle_deadline = 1\n")
    with Wire(secured.server) as silent, secured.connect() as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        assert silent.ends()
        assert slow.recv(4096).startswith(b"HTTP/1.1 408 ")
    assert metric(secured, 'pointsman_http_refused_total{reason="timeout_handshake"}') == 1
    assert metric(secured, 'pointsman_http_refused_total{reason="timeout_header"}') == 1


def test_stopping_closes_idle_tls_connections_and_ends_well(secured):
    with secured.connect() as idle, Wire(secured.server):
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert idle.recv(4096)
        assert secured.server.stop() == 0


@pytest.mark.parametrize("fault", ["another key", "a key with a passphrase", "no key"])
def test_a_pair_that_cannot_be_used_is_refused_at_the_start_with_what_to_do(make_server, tmp_path, pairs, fault):
    key = tmp_path / "bad.key"
    if fault == "another key":
        shutil.copy(pairs["second"][1], key)
    elif fault == "a key with a passphrase":
        subprocess.run(["openssl", "pkey", "-in", pairs["first"][1], "-aes256", "-passout", "pass:secret", "-out", key], check=True, capture_output=True)
    with pytest.raises(AssertionError) as failed:
        make_server(config=f'[server.tls]\ncertificate = "{pairs["first"][0]}"\nkey = "{key}"\n')
    assert str(key) in str(failed.value)
    assert "secret" not in str(failed.value)
