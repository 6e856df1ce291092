"""A stand-in for Amazon SES (API version 2) and a queue of Amazon SQS, which judges every call: the signature (Signature Version 4, written again
here from Amazon's description), the time, the JSON."""
import base64
import datetime
import hashlib
import hmac
import http.server
import json
import threading
import time
import urllib.parse

PATH = "/v2/email/outbound-emails"
QUEUE_PATH = "/123456789012/reports"


def signature(method, path, query, headers, names, body, secret, date, region, service):
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    canonical_query = "&".join(f"{urllib.parse.quote(k, safe='-_.~')}={urllib.parse.quote(v, safe='-_.~')}"
                               for k, v in pairs)
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in names)
    canonical = "\n".join([method, urllib.parse.quote(path, safe="/-_.~"), canonical_query, lines, ";".join(names),
                           hashlib.sha256(body).hexdigest()])
    scope = f"{date[:8]}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (date[:8], region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class SesHouse:
    """answers: what the next calls get instead, as (status, error type). emails: (MIME bytes, request) of those taken;
    refused: why calls were turned away. queued: bodies that wait in the queue, by message id; given: how often each was
    given out; queue_answers: what the next calls to the queue get instead."""

    def __init__(self, *, region="eu-west-2", key="AKIDTEST", secret="a secret/with+signs", token=""):
        self.region, self.key, self.secret, self.token = region, key, secret, token
        self.emails, self.refused, self.answers = [], [], []
        self.queued, self.given, self.queue_answers = {}, {}, []
        self._lock = threading.Lock()
        house = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, kind, answer = house._judge(self, body)
                payload = json.dumps(answer).encode()
                self.send_response(status)
                if kind:
                    self.send_header("x-amzn-ErrorType", kind)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def settings(self, **more):
        return {"email.provider": "ses", "email.domain": "mail.council.example", "ses.region": self.region,
                "ses.access_key_id": self.key, "ses.secret_access_key": self.secret, "ses.session_token": self.token,
                "ses.endpoint": self.url, **more}

    @property
    def queue_url(self):
        return self.url + QUEUE_PATH

    def queue_settings(self, **more):
        return self.settings(**{"ses.queue_url": self.queue_url, **more})

    def _refuse(self, status, kind, why):
        self.refused.append(why)
        return status, kind, {"message": why}

    def _judge(self, request, body):
        headers = {name.lower(): value for name, value in request.headers.items()}
        place = urllib.parse.urlsplit(request.path)
        authorization = headers.get("authorization", "")
        if not authorization.startswith("AWS4-HMAC-SHA256 "):
            return self._refuse(403, "MissingAuthenticationTokenException", "not signed")
        parts = dict(part.strip().split("=", 1) for part in authorization.split(" ", 1)[1].split(","))
        names = parts["SignedHeaders"].split(";")
        date = headers.get("x-amz-date", "")
        sent = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs(datetime.datetime.now(datetime.timezone.utc) - sent) > datetime.timedelta(minutes=5):
            return self._refuse(403, "SignatureDoesNotMatch", "the time is off")
        if not {"host", "content-type", "x-amz-date"} <= set(names) or names != sorted(names):
            return self._refuse(403, "SignatureDoesNotMatch", "headers are not signed")
        if headers.get("x-amz-security-token", "") != self.token:
            return self._refuse(403, "UnrecognizedClientException", "wrong token")
        is_queue = place.path == "/"
        service = "sqs" if is_queue else "ses"
        right = signature("POST", place.path, place.query, headers, names, body, self.secret, date, self.region, service)
        scope = f"{self.key}/{date[:8]}/{self.region}/{service}/aws4_request"
        if parts["Credential"] != scope or not hmac.compare_digest(parts["Signature"], right):
            return self._refuse(403, "SignatureDoesNotMatch", "wrong signature")
        with self._lock:
            if is_queue:
                return self._queue(headers, json.loads(body))
            return self._email(place.path, headers, body)

    def _email(self, path, headers, body):
        if path != PATH or headers["content-type"] != "application/json":
            return self._refuse(404, "NotFoundException", "no such call")
        if self.answers:
            status, kind = self.answers.pop(0)
            return status, kind, {"message": "as told, ann@example.org"}
        document = json.loads(body)
        raw = base64.b64decode(document["Content"]["Raw"]["Data"], validate=True)
        assert len(document["Destination"]["ToAddresses"]) == 1
        self.emails.append((raw, document))
        return 200, "", {"MessageId": f"ses-{len(self.emails)}"}

    def _queue(self, headers, document):
        """Like SQS's JSON protocol, but what was given out is hidden for no time: whoever asks again gets it again."""
        action = headers.get("x-amz-target", "")
        if headers["content-type"] != "application/x-amz-json-1.0" or document.pop("QueueUrl") != self.queue_url:
            return self._refuse(400, "QueueDoesNotExist", "wrong queue or type")
        if self.queue_answers:
            status, kind = self.queue_answers.pop(0)
            return status, kind, {"__type": "com.amazonaws.sqs#" + kind}
        if action == "AmazonSQS.ReceiveMessage":
            if not (0 <= document["WaitTimeSeconds"] <= 20 and 1 <= document["MaxNumberOfMessages"] <= 10):
                return self._refuse(400, "InvalidParameterValue", "a number is out of range")
            messages = []
            for name, text in list(self.queued.items())[:document["MaxNumberOfMessages"]]:
                self.given[name] = self.given.get(name, 0) + 1
                messages.append({"MessageId": name, "ReceiptHandle": f"{name}/{self.given[name]}+=", "Body": text})
            if not messages:
                time.sleep(0.1)  # not as long as asked, so that tests need not wait
            return 200, "", {"Messages": messages} if messages else {}
        if action == "AmazonSQS.DeleteMessageBatch":
            entries = document["Entries"]
            if not (1 <= len(entries) <= 10 and len({e["Id"] for e in entries}) == len(entries)):
                return self._refuse(400, "BatchEntryIdsNotDistinct", "entries are wrong")
            for entry in entries:
                self.queued.pop(entry["ReceiptHandle"].rsplit("/", 1)[0], None)
            return 200, "", {"Successful": [{"Id": e["Id"]} for e in entries], "Failed": []}
        return self._refuse(400, "InvalidAction", "no such call")
