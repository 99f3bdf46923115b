# SPDX-License-Identifier: Apache-2.0
"""The plain stack as people build it: Flask checks the signature, three regular expressions read the fields, boto3 sends to SQS.

    gunicorn --workers 2 flask_app:app
"""
import base64
import hashlib
import hmac
import html
import json
import os
import re
import uuid

import boto3
from flask import Flask, jsonify, request

app = Flask(__name__)
key = base64.b64decode(os.environ["POINTSMAN_TEAMS_SECRET"])
sqs = boto3.client("sqs", region_name="eu-west-1", endpoint_url=os.environ["SQS_ENDPOINT"])
queues = {level: os.environ["SQS_ENDPOINT"] + "/000000000000/" + level for level in ("high", "medium", "low")}

TAG = re.compile(r"<[^>]+>")
FIELDS = {name: re.compile(rf"^\s*{name}\s*:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
          for name in ("problem", "priority", "description")}


def text_of(activity):
    for attachment in activity.get("attachments") or []:
        if attachment.get("contentType") == "text/html":
            return html.unescape(TAG.sub("", attachment["content"].replace("</div>", "\n")))
    return activity.get("text", "")


@app.post("/teams/default")
def teams():
    body = request.get_data()
    signature = "HMAC " + base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(signature, request.headers.get("Authorization", "")):
        return "", 401
    activity = json.loads(body)
    text = text_of(activity)
    ticket = {name: found[1] for name, pattern in FIELDS.items() if (found := pattern.search(text))}
    queue = queues.get(ticket.get("priority", "").lower())
    if len(ticket) < 3 or queue is None:
        return jsonify(type="message", text="Please send Problem, Priority and Description.")
    ticket |= {"id": str(uuid.uuid4()), "requester": activity["from"]["name"]}
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(ticket))
    number = int(ticket["id"][:8], 16)
    return jsonify(type="message", text=f"Filed as **#{number}** on the queue **{ticket['priority'].lower()}**.")
