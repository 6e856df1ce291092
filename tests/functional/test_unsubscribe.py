"""Links with which recipients stop emails: in the email, its header and the API; the page; what is stored."""
import datetime
import html
import re
import urllib.parse

import pytest

from harness import CommandFailed, http_call

ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Emails:
    """A service with a template that has the link, and one without."""

    def __init__(self, server):
        self.server, self.world = server, server.world()
        self.linked = server.cli("template", "create", self.world.id, "--type", "email", "--name", "Weekly news",
                                 "--subject", "News", "--content", "Dear ((name))", "--unsubscribe-link")

    def send(self, to="ann@example.org", **more):
        made = self.world.client.send("email", {"email_address": to, "template_id": self.linked["id"],
                                                "personalisation": {"name": "Ann"}, **more})
        self.server.drain()
        [message] = [m for m in self.server.messages(type="email") if m["notification_id"] == made["id"]]
        return made, message

    def requests(self, *options):
        return self.server.cli("unsubscribe", "list", self.world.id, *options)


@pytest.fixture
def emails(postroom):
    return Emails(postroom)


def path_of(url):
    return urllib.parse.urlsplit(url).path


def page_link(message):
    [link] = re.findall(r'href="([^"]*/unsubscribe/[^"]*)"', message["html"])
    return html.unescape(link)


def test_email_has_the_link_at_its_foot_and_the_api_shows_another(emails):
    made, message = emails.send()
    link = page_link(message)
    assert link.startswith(f"{emails.server.web}/unsubscribe/{made['id']}/")
    assert "Stop getting these emails: " in message["body"] and "ann" not in link
    assert made["content"]["body"] == "Dear Ann" and made["content"]["one_click_unsubscribe_url"] is None
    shown = emails.world.client.notification(made["id"])["one_click_unsubscribe_url"]
    assert shown.startswith(f"{emails.server.api}/unsubscribe/{made['id']}/")
    # A List-Unsubscribe header must be https; this server only has http.
    assert message["list_unsubscribe_url"] is None
    plain = emails.world.send_email()
    emails.server.drain()
    assert emails.world.client.notification(plain["id"])["one_click_unsubscribe_url"] is None
    assert "/unsubscribe/" not in emails.server.messages(type="email")[-1]["html"]


def test_header_has_https_links_and_the_callers_own_wins(make_postroom):
    server = make_postroom(settings={"api.base_url": "https://api.example.org/", "web.base_url": "https://web.example.org"})
    emails = Emails(server)
    made, message = emails.send()
    assert message["list_unsubscribe_url"].startswith(f"https://api.example.org/unsubscribe/{made['id']}/")
    assert page_link(message).startswith(f"https://web.example.org/unsubscribe/{made['id']}/")
    own = "https://reader.example/u?t=1"
    made, message = emails.send(one_click_unsubscribe_url=own)
    assert message["list_unsubscribe_url"] == own
    assert emails.world.client.notification(made["id"])["one_click_unsubscribe_url"] == own
    # The foot is the template's, whatever the caller gave.
    assert page_link(message).startswith("https://web.example.org/unsubscribe/")


def test_one_click_post_stores_one_request(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    emails = Emails(server)
    made, _ = emails.send("Ann@Example.org")
    path = path_of(emails.world.client.notification(made["id"])["one_click_unsubscribe_url"])
    for body, headers in [(ONE_CLICK, FORM), ({"any": "json"}, None), (None, None)]:
        answer = http_call(server.api, "POST", path, body, headers)
        assert answer.status == 200 and answer.json["result"] == "success"
    [request] = emails.requests()
    assert (request["email_address"], request["notification_id"]) == ("Ann@Example.org", made["id"])
    assert (request["template_id"], request["template_version"]) == (emails.linked["id"], 1)
    server.restart()
    assert emails.requests() == [request]
    assert emails.requests("--since", request["requested_at"]) == [request]
    assert emails.requests("--since", "2099-01-01T00:00:00Z") == []


def test_bad_links_are_404_in_the_app_shape(emails):
    made, _ = emails.send()
    other, _ = emails.send("bob@example.org")
    token = emails.world.client.notification(made["id"])["one_click_unsubscribe_url"].rsplit("/", 1)[1]
    changed = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    for path in [f"{made['id']}/abc", f"{made['id']}/{changed}", f"{other['id']}/{token}", f"nonsense/{token}",
                 f"00000000-0000-4000-8000-000000000000/{token}"]:
        answer = http_call(emails.server.api, "POST", "/unsubscribe/" + path)
        assert answer.status == 404, path
        assert answer.json["result"] == "error" and list(answer.json["message"]) == ["unsubscribe request"]
        assert emails.server.page("/unsubscribe/" + path).status == 404
        assert http_call(emails.server.web, "POST", "/unsubscribe/" + path).status == 404
    assert emails.requests() == []


def test_e70_looking_at_the_page_changes_nothing_and_its_button_does(emails):
    made, message = emails.send()
    path = path_of(page_link(message))
    for method in ("GET", "HEAD", "GET"):
        assert http_call(emails.server.web, method, path).status == 200
    assert emails.requests() == []
    page = emails.server.page(path)
    assert "Council" in page.text and "a…@example.org" in page.text and "ann@" not in page.text
    assert "<form method=\"post\">" in page.text and "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store" and page.headers["Referrer-Policy"] == "no-referrer"
    answer = http_call(emails.server.web, "POST", path, b"", FORM)
    assert (answer.status, answer.headers["Location"]) == (303, "/unsubscribe/done")
    assert "The sender has been told" in emails.server.page("/unsubscribe/done").text
    assert [r["notification_id"] for r in emails.requests()] == [made["id"]]
    assert http_call(emails.server.web, "POST", path, b"", FORM).status == 303
    assert len(emails.requests()) == 1


def test_page_takes_one_click_posts_and_the_api_leads_browsers_to_the_page(emails):
    made, message = emails.send()
    path = path_of(page_link(message))
    multipart = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    answer = http_call(emails.server.web, "POST", path, multipart, {"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status == 200 and "<" not in answer.text
    assert len(emails.requests()) == 1
    api_path = path_of(emails.world.client.notification(made["id"])["one_click_unsubscribe_url"])
    answer = emails.server.get(api_path)
    assert answer.status == 303 and urllib.parse.unquote(answer.headers["Location"]) == emails.server.web + api_path


def test_links_die_after_a_year(emails):
    # Back first: what is due in a year has then had its turn, and need not happen again on the way.
    now = datetime.datetime.fromisoformat(emails.server.sandbox("GET", "/clock")["now"].replace("Z", "+00:00"))
    emails.server.set_clock((now - datetime.timedelta(days=366)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _, message = emails.send()
    path = path_of(page_link(message))
    emails.server.advance(364 * 86_400)
    assert emails.server.page(path).status == 200
    emails.server.advance(2 * 86_400)
    assert emails.server.page(path).status == 404


def test_only_emails_can_have_the_link(postroom):
    world = postroom.world()
    with pytest.raises(CommandFailed, match="only emails can have an unsubscribe link"):
        postroom.cli("template", "create", world.id, "--type", "sms", "--name", "x", "--content", "x",
                     "--unsubscribe-link")
    with pytest.raises(CommandFailed, match="since is 'noon'"):
        postroom.cli("unsubscribe", "list", world.id, "--since", "noon")


def test_an_email_waits_where_nobody_could_follow_its_link(make_postroom):
    server = make_postroom(arguments=["--roles", "api,worker,scheduler"])
    world = server.world()
    linked = server.cli("template", "create", world.id, "--type", "email", "--name", "n", "--subject", "s",
                        "--content", "c", "--unsubscribe-link")
    made = world.client.send("email", {"email_address": "ann@example.org", "template_id": linked["id"]})
    drained = server.sandbox("POST", "/drain", {"timeout_seconds": 2})
    assert world.client.status(made["id"]) == "created" and server.messages(type="email") == []
    assert drained["waiting"] == 1
    server.settings["web.base_url"] = "https://web.example.org"
    server.restart()
    server.advance(3600)
    assert world.client.status(made["id"]) == "delivered"
    assert page_link(server.messages(type="email")[0]).startswith("https://web.example.org/")
