# A receiver of callbacks: python3 receiver.py. Verifies with the official SDK (pip install plivo).
import base64, hashlib, hmac, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import plivo

AUTH_TOKEN = os.environ["AUTH_TOKEN"]  # of the account, or of the subaccount that owns the session
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:9000")  # as it stands in callback_url, without the path
seen = set()  # webhook-id; a database table in earnest


def is_fresh(headers, body):
    # V3 has no time in it. The Standard Webhooks signature has: what was signed more than five minutes ago is a replay.
    signed = f"{headers.get('webhook-id', '')}.{headers.get('webhook-timestamp', '')}.".encode() + body
    digest = hmac.new(AUTH_TOKEN.encode(), signed, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    given = headers.get("webhook-signature", "").split(" ")
    age = abs(time.time() - int(headers.get("webhook-timestamp", "0")))
    return any(hmac.compare_digest(expected, each) for each in given) and age < 300


class Receiver(BaseHTTPRequestHandler):
    def receive(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        params = dict(parse_qsl(body.decode(), keep_blank_values=True))
        is_plivos = plivo.utils.validate_v3_signature(
            self.command,
            PUBLIC_URL + self.path,
            self.headers.get("x-plivo-signature-v3-nonce", ""),
            AUTH_TOKEN,
            self.headers.get("x-plivo-signature-v3", ""),
            params,
        )
        if not is_plivos or not is_fresh(self.headers, body):
            return self.answer(403)
        # Deliveries repeat until they are answered with 2xx: the same id is the same event.
        if self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            print(params or dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)), flush=True)
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    do_POST = do_GET = receive


ThreadingHTTPServer(("127.0.0.1", 9000), Receiver).serve_forever()
