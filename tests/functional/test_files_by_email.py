"""Files sent by email: taken by the API, kept encrypted, given out to whoever the message was sent to, deleted in time."""
import base64
import datetime
import os
import re
import urllib.parse

import pytest

from harness import LETTER_ADDRESS, CommandFailed, http_call

CONTENT = b"%PDF-1.7\nThe secret of the lighthouse keeper.\n%%EOF\n"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# The industry's test file, in two parts so that scanners leave this one alone.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
WEEK = 7 * 86_400
TRIES = 5


def upload(content=CONTENT, **more):
    return {"file": base64.b64encode(content).decode(), "filename": "letter.pdf", **more}


class Files:
    """A service with contact details and a template that holds the link of a file."""

    def __init__(self, server):
        self.server, self.world = server, server.world()
        server.cli("service", "update", self.world.id, "--contact-link", "https://council.example/contact")
        self.template = self.world.add_template("email", subject="Your file", content="Get it here: ((link))")["id"]

    def post(self, file, to="Ann@Example.org", client=None):
        body = {"email_address": to, "template_id": self.template, "personalisation": {"link": file}}
        return (client or self.world.client).post("/v2/notifications/email", body)

    def send(self, **more):
        """Sends, and returns the path of the link in the email that went out."""
        answer = self.post(upload(**more))
        assert answer.status == 201, answer
        self.server.drain()
        [message] = [m for m in self.server.messages(type="email") if m["notification_id"] == answer.json["id"]]
        link = link_in(answer.json["content"]["body"])
        assert link in message["body"]
        place = urllib.parse.urlsplit(link)
        assert f"{place.scheme}://{place.netloc}" == self.server.web
        return f"{place.path}?{place.query}"

    def confirm(self, path, address, cookie=None):
        headers = {**FORM, **({"Cookie": cookie} if cookie else {})}
        return http_call(self.server.web, "POST", path, urllib.parse.urlencode({"email_address": address}).encode(), headers)

    def download(self, path, cookie=None, method="GET"):
        place = urllib.parse.urlsplit(path)
        return http_call(self.server.web, method, f"{place.path}/download?{place.query}", headers={"Cookie": cookie} if cookie else {})


@pytest.fixture
def files(postroom):
    return Files(postroom)


def link_in(text):
    [link] = re.findall(r"https?://\S+/d/\S+", text)
    return link


def cookie_of(answer):
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    return cookie.split(";")[0]


def everything_under(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            if os.path.isfile(os.path.join(place, name)):
                with open(os.path.join(place, name), "rb") as file:
                    yield os.path.join(place, name), file.read()


def test_file_is_given_out_once_the_address_is_confirmed(files):
    path = files.send()
    page = files.server.page(path)
    assert page.status == 200 and "Confirm your email address" in page.text
    assert "ann@example.org" not in page.text.lower() and "letter.pdf" not in page.text
    # Without the proof the file's own address leads back to the question.
    asked = files.download(path)
    assert asked.status == 303 and asked.headers["Location"] == path
    confirmed = files.confirm(path, " ANN@example.org ")
    assert confirmed.status == 303 and confirmed.headers["Location"] == path
    cookie = cookie_of(confirmed)
    page = http_call(files.server.web, "GET", path, headers={"Cookie": cookie})
    assert page.status == 200 and "letter.pdf" in page.text and "https://council.example/contact" in page.text
    file = files.download(path, cookie)
    assert file.status == 200 and file.body == CONTENT
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert file.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in file.headers["Content-Security-Policy"]
    assert file.headers["Cache-Control"] == "no-store" and file.headers["Referrer-Policy"] == "no-referrer"
    assert files.download(path, cookie, "HEAD").body == b""


def test_a_proof_is_good_for_one_file_and_one_hour(files):
    path, other = files.send(), files.send()
    cookie = cookie_of(files.confirm(path, "ann@example.org"))
    assert files.download(path, cookie).status == 200
    assert files.download(other, cookie).status == 303
    assert files.download(path, cookie[:-2] + ("AA" if cookie[-2:] != "AA" else "BB")).status == 303
    files.server.advance(3601)
    assert files.download(path, cookie).status == 303


def test_wrong_addresses_are_refused_and_counted(files):
    path = files.send()
    for address, told in [("", "Enter your email address"), ("ann", "like name@example.org")]:
        answer = files.confirm(path, address)
        assert answer.status == 400 and told in answer.text
    for _ in range(TRIES):
        answer = files.confirm(path, "eve@example.org")
        assert answer.status == 400 and "not the address" in answer.text and "Set-Cookie" not in answer.headers
    # Now not even the right one is looked at, also after a restart.
    assert files.confirm(path, "ann@example.org").status == 429
    files.server.restart()
    blocked = files.confirm(path, "ann@example.org")
    assert blocked.status == 429 and int(blocked.headers["Retry-After"]) > 0
    files.server.advance(3601)
    assert files.confirm(path, "ann@example.org").status == 303


def test_a_client_cannot_go_from_file_to_file_guessing(files):
    paths = [files.send() for _ in range(5)]
    answers = [files.confirm(path, "eve@example.org").status for path in paths for _ in range(TRIES)]
    assert answers == [400] * 20 + [429] * 5


def test_both_stores_keep_files_guesses_and_downloads_over_a_restart(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    files = Files(server)
    path = files.send()
    for _ in range(TRIES - 1):
        assert files.confirm(path, "eve@example.org").status == 400
    server.restart()
    assert files.confirm(path, "eve@example.org").status == 400
    assert files.confirm(path, "ann@example.org").status == 429
    server.advance(3601)
    cookie = cookie_of(files.confirm(path, "ann@example.org"))
    server.restart()
    # The proof and the file outlive the process, and the count goes on.
    for _ in range(2):
        assert files.download(path, cookie).body == CONTENT
    [listed] = server.cli("document", "list", files.world.id)
    assert (listed["downloads"], listed["bytes"]) == (2, len(CONTENT)) and listed["downloaded_at"]


def test_a_file_can_be_taken_back(files):
    path, other = files.send(), files.send()
    newest, oldest = files.server.cli("document", "list", files.world.id)
    assert "letter.pdf" not in str(oldest) and oldest["downloads"] == 0
    assert files.server.cli("document", "list", files.world.id, "--limit", 1) == [newest]
    assert files.server.cli("document", "delete", oldest["id"])["deleted"]
    assert files.server.page(path).status == 404 and files.server.page(other).status == 200
    assert files.server.cli("document", "list", files.world.id) == [newest]
    for unknown in (oldest["id"], "x"):
        with pytest.raises(CommandFailed, match="there is no document"):
            files.server.cli("document", "delete", unknown)


def test_the_time_of_a_message_for_later_begins_when_it_goes(files):
    later = re.sub(r"T.*", "T23:59:59Z", files.server.now())
    answer = files.world.client.post("/v2/notifications/email", {
        "email_address": "ann@example.org", "template_id": files.template, "scheduled_for": later,
        "personalisation": {"link": upload(retention_period="1 week")}})
    assert answer.status == 201, answer
    [listed] = files.server.cli("document", "list", files.world.id)
    started = datetime.datetime.fromisoformat(later.replace("Z", "+00:00"))
    ends = datetime.datetime.fromisoformat(re.sub(r"\.\d+Z$|Z$", "+00:00", listed["expires_at"]))
    assert ends - started == datetime.timedelta(weeks=1)


def test_files_of_refused_messages_are_swept_away(files):
    body = {"email_address": "ann@example.org", "template_id": files.template,
            "personalisation": {"link": upload(), "name": "x", "more": upload(filename="run.exe")}}
    assert files.world.client.post("/v2/notifications/email", body).status == 400
    kept = files.send()
    assert len(files.server.cli("document", "list", files.world.id)) == 2
    files.server.advance(3 * 3600)
    assert len(files.server.cli("document", "list", files.world.id)) == 1
    assert files.server.page(kept).status == 200


def test_without_a_scanner_files_are_refused_unless_that_is_wanted(make_postroom):
    settings = {"email.provider": "none", "sms.provider": "none", "print.provider": "none"}
    server = make_postroom(environment="production", settings=settings)
    files = Files(server)
    answer = files.post(upload())
    assert answer.status == 400 and "no virus scanner" in answer.json["errors"][0]["message"], answer
    assert server.log_lines("document.no_scanner")
    server.settings["documents.unscanned"] = "true"
    server.restart()
    assert files.post(upload()).status == 201


def test_without_confirmation_the_link_is_enough(files):
    path = files.send(confirm_email_before_download=False)
    page = files.server.page(path)
    assert page.status == 200 and "letter.pdf" in page.text and "Download the file" in page.text
    assert files.download(path).body == CONTENT


def test_nothing_readable_is_kept(files):
    path = files.send(content=CONTENT * 50, filename="diagnosis-of-ann.pdf")
    key = urllib.parse.parse_qs(path.split("?")[1])["key"][0]
    cookie = cookie_of(files.confirm(path, "ann@example.org"))
    assert files.download(path, cookie).body == CONTENT * 50
    files.server.stop()
    seen = 0
    for name, content in everything_under(files.server.folder):
        # The sandbox keeps what it was given to send.
        if os.path.basename(name).startswith("sandbox-outbox"):
            continue
        seen += 1
        for secret in (b"lighthouse", b"diagnosis-of-ann", b"ann@example.org", key.encode()):
            assert secret not in content, f"{secret} in {name}"
    assert seen > 3
    files.server.start()
    cookie = cookie_of(files.confirm(path, "ann@example.org"))
    assert files.download(path, cookie).body == CONTENT * 50


def test_files_are_deleted_when_their_time_is_over(files):
    short, usual = files.send(retention_period="1 week"), files.send()
    blobs = os.path.join(files.server.data, "blobs", "documents")
    assert sum(len(names) for _, _, names in os.walk(blobs)) == 2
    files.server.advance(WEEK - 60)
    assert files.server.page(short).status == 200
    files.server.advance(60)
    gone = files.server.page(short)
    assert gone.status == 404 and "not available" in gone.text
    # The sweep has its turn within the day.
    files.server.advance(86_400)
    assert sum(len(names) for _, _, names in os.walk(blobs)) == 1
    assert files.server.page(usual).status == 200


@pytest.mark.parametrize("change", ["key", "document", "service", "no key"])
def test_a_link_that_is_not_whole_tells_nothing(files, change):
    path = files.send()
    bare, query = path.split("?")
    _, _, service, document = bare.split("/")
    flip = {"A": "B"}
    altered = {
        "key": f"{bare}?key={flip.get(query[4], 'A')}{query[5:]}",
        "document": f"/d/{service}/{flip.get(document[0], 'A')}{document[1:]}?{query}",
        "service": f"/d/{flip.get(service[0], 'A')}{service[1:]}/{document}?{query}",
        "no key": bare,
    }[change]
    pages = [files.server.page(altered), files.server.page("/d/x/y?key=z"), files.confirm(altered, "ann@example.org"),
             files.download(altered)]
    assert {p.status for p in pages} == {404} and len({p.body for p in pages}) == 1


@pytest.mark.parametrize("file, told", [
    (upload(b"MZ\x90\x00\x03" + bytes(100)), "not of the type pdf"),
    (upload(filename="run.exe"), "csv, doc, docx"),
    (upload(filename="x" * 97 + ".pdf"), "at most 100"),
    (upload(CONTENT + bytes(2 * 1024 * 1024)), "2 MB"),
    (upload(b""), "empty"),
    (upload(b"virus", filename="a.txt"), "virus"),
    (upload(EICAR, filename="a.txt"), "virus"),
    (upload(filename="../letter.pdf"), "must not have slashes"),
    ({"file": base64.b64encode(b"MZ\x90\x00\x03").decode()}, "csv, doc, docx"),
    ({"file": "no base64!", "filename": "a.pdf"}, "base64"),
])
def test_bad_files_are_refused_with_a_remedy(files, file, told):
    answer = files.post(file)
    assert answer.status == 400, answer
    [error] = answer.json["errors"]
    assert error["error"] == "BadRequestError" and told in error["message"], error
    files.server.drain()
    assert files.server.messages(type="email") == []


def test_the_largest_file_is_taken(files):
    content = CONTENT + b"x" * (2 * 1024 * 1024 - len(CONTENT))
    path = files.send(content=content, confirm_email_before_download=False)
    assert files.download(path).body == content


@pytest.mark.parametrize("file, field", [
    (upload(filename="letter"), "filename"),
    (upload(filename=""), "filename"),
    (upload(retention_period="79 weeks"), "retention_period"),
    (upload(retention_period="0 weeks"), "retention_period"),
    (upload(retention_period=4), "retention_period"),
    (upload(confirm_email_before_download="yes"), "confirm_email_before_download"),
    (upload(is_csv=True), "is_csv"),
    (upload(sent_by="me"), "sent_by"),
    ({"file": 7}, "file"),
    ({"file": None}, "file"),
])
def test_files_that_are_badly_described_name_the_field(files, file, field):
    answer = files.post(file)
    assert answer.status == 400, answer
    [error] = answer.json["errors"]
    assert error["error"] == "ValidationError" and error["message"].startswith(field + " "), error


def test_an_old_clients_csv_flag_names_the_file(files):
    answer = files.post({"file": base64.b64encode(b"a,b\n1,2\n").decode(), "is_csv": True,
                         "confirm_email_before_download": False})
    place = urllib.parse.urlsplit(link_in(answer.json["content"]["body"]))
    file = files.download(f"{place.path}?{place.query}")
    assert (file.body, file.headers["Content-Type"]) == (b"a,b\n1,2\n", "text/csv")
    assert file.headers["Content-Disposition"] == 'attachment; filename="document.csv"'


def test_texts_and_letters_take_no_files(files):
    world = files.world
    for kind, body in [("sms", {"phone_number": "07900900123", "template_id": world.sms}),
                       ("letter", {"template_id": world.letter})]:
        answer = world.client.post(f"/v2/notifications/{kind}", {**body, "personalisation": {
            "name": upload(), **LETTER_ADDRESS}})
        assert answer.status == 400 and "only be sent by email" in answer.json["errors"][0]["message"], answer


def test_a_service_without_contact_details_is_told_to_give_them(files):
    bare = Files.__new__(Files)
    bare.server, bare.world = files.server, files.server.world("Library")
    bare.template = bare.world.add_template("email", subject="s", content="((link))")["id"]
    answer = bare.post(upload())
    assert answer.status == 400 and answer.json["errors"][0]["error"] == "BadRequestError"
    assert bare.world.id in answer.json["errors"][0]["message"]


def test_simulated_addresses_get_a_test_page_and_nothing_is_kept(files):
    answer = files.post(upload(), to="simulate-delivered@notifications.service.gov.uk")
    assert answer.status == 201
    [link] = re.findall(r"https?://\S+", answer.json["content"]["body"])
    assert link.endswith(f"/services/{files.world.id}/documents/test-document")
    page = files.server.page(urllib.parse.urlsplit(link).path)
    assert page.status == 200 and "test file" in page.text
    blobs = os.path.join(files.server.data, "blobs", "documents")
    assert sum(len(names) for _, _, names in os.walk(blobs)) == 0


def test_a_name_in_any_letters_comes_back(files):
    path = files.send(filename='Grüße "an" Ann.pdf', confirm_email_before_download=False)
    assert "Grüße &quot;an&quot; Ann.pdf" in files.server.page(path).text
    disposition = files.download(path).headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="Gr__e _an_ Ann.pdf"')
    assert disposition.endswith("filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%22an%22%20Ann.pdf")
