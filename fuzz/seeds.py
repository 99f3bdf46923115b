#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fuzz/seeds.py CORPUS: writes what the fuzzers begin with, a folder a target. Recorded bodies are taken where they are at hand."""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORDED = ROOT / ".." / "shared" / "data" / "teams"

MENTION = '<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="%d">%s</span>'
HTML = [
    "<div><div>" + MENTION % (0, "Tickets") + " Problem: x</div>\n<div>Priority: high</div><div>Description: y<br>z</div></div>",
    "<p>" + MENTION % (0, "Help") + "&nbsp;" + MENTION % (1, "Ada") + " a</p><p>&nbsp;</p><ul><li>b<ol><li>c</li></ol></li></ul>",
    '<table itemprop="copy-paste-table"><tbody><tr><td><p>Problem</p></td><td>x</td></tr></tbody></table><pre><code>a\n  b</code></pre>',
    '<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1"><p>old</p></blockquote><a href="https://e/?a=1&amp;b">e</a>',
    '<at>Help</at>&nbsp;<at>Desk</at> <at><img alt="\U0001f37a" itemtype="http://schema.skype.com/Emoji"></at> &amp;lt; &#43; <data>',
    "<script>x</script><!-- c --><quoted messageId=\"1\"/><attachment id=\"1\"></attachment>\u200b\u202ea",
]
REPORTS = [
    "Problem: x\nPriority: high\nDescription: y\n\n- a\n- b",
    "Problem: x Priority: hihg Category: Hardware Location: room 4 Description: y\nPriority: z",
    "**Problème** : x\nPriorité – haute\nDescription= y",
    "Problem | x\nPrioridad | alta\nBeschreibung： y",
    "Problem\nx\nPriority\nhigh because\nDescription\ny",
    "Problem: (what is wrong, in one line)\nPriority: (high | medium | low)\nDescription: ```\n[a](http://b) {{DATE(1)}} @x\n```",
    "status #1042", "help", "mine", "my printer is broken",
]
REQUESTS = [
    "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /teams/it HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\nHost: b\r\n\r\n",
    "POST /a%20b?c=d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n2;x=y\r\nab\r\n0\r\nT: u\r\n\r\n",
    "POST / HTTP/1.0\r\nContent-Length: 3\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
]
CONFIGS = [
    '[server]\nlisten = "127.0.0.1:0"\ntrusted_proxies = ["10.0.0.0/8"]\n[server.tls]\ncertificate = "a"\nkey = "b"\n',
    '[[teams]]\nname = "it"\nsecret = ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]\ntenants = ["t"]\n[[api_token]]\nname = "s"\ntoken_env = "T"\n',
    '[[priority]]\nname = "high"\naliases = ["p1"]\nqueue = "high"\n[[field]]\nname = "Category"\nrequired = true\nallowed = ["a"]\n',
    '[[language]]\nname = "nl"\nproblem = ["Probleem"]\npriority = ["Prio"]\ndescription = ["Tekst"]\n',
    '[limits]\nbody_bytes = 1\nheader_deadline = "10s"\n[queue]\nretention = "14d"\n[log]\nlevel = "debug"\n[intake]\nreply_as_card = true\n',
]


def activity(html, text):
    return {"type": "message", "id": "1", "timestamp": "2026-08-27T09:00:00.000Z", "locale": None, "text": text,
            "from": {"id": "29:a", "name": "Ada", "aadObjectId": "aad"}, "conversation": {"id": "19:c;messageid=1", "tenantId": "t"},
            "attachments": [{"contentType": "text/html", "content": html}, {"contentType": "image/png", "name": "a.png"}],
            "entities": [{"type": "clientInfo", "locale": "de-DE"}], "channelData": {"tenant": {"id": "t"}}}


def recorded():
    for path in sorted(RECORDED.glob("*.json")):
        body = path.read_bytes()
        yield body, [a.get("content") or "" for a in json.loads(body).get("attachments") or []]


def main(corpus):
    bodies = [body for body, _ in recorded()]
    html = HTML + [content for _, contents in recorded() for content in contents]
    seeds = {
        "activity_fuzz": [json.dumps(activity(h, t)).encode() for h, t in zip(HTML + [r.replace("\n", "<br>") for r in REPORTS], REPORTS * 2)] + bodies,
        "html_fuzz": [h.encode() for h in html],
        "format_fuzz": [b"\0" + r.encode() for r in REPORTS],
        "http_fuzz": [b"\x01\x05\x10\x20\x03\x02\x40\x07" + r.encode() for r in REQUESTS],
        "config_fuzz": [c.encode() for c in CONFIGS],
    }
    for target, inputs in seeds.items():
        folder = pathlib.Path(corpus) / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(inputs):
            (folder / f"seed-{number:02}").write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1])
