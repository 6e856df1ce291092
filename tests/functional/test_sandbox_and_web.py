"""The sandbox API and the inbox pages."""
import re

from harness import http_call


def test_messages_can_be_filtered_and_deleted(postroom):
    world = postroom.world()
    world.send_sms()
    world.send_email("a@example.org")
    postroom.drain()
    postroom.advance(100)
    moment = postroom.now()
    world.send_email("b@example.org")
    postroom.drain()
    assert [m["type"] for m in postroom.messages(type="sms")] == ["sms"]
    assert [m["to"] for m in postroom.messages(type="email")] == ["a@example.org", "b@example.org"]
    assert [m["to"] for m in postroom.messages(to="a@example.org")] == ["a@example.org"]
    assert [m["to"] for m in postroom.messages(since=moment)] == ["b@example.org"]
    assert http_call(postroom.api, "GET", "/_sandbox/messages?since=noon").status == 400
    postroom.clear_messages()
    assert postroom.messages() == []
    postroom.restart()
    assert postroom.messages() == []


def test_messages_and_clock_survive_a_restart(postroom):
    world = postroom.world()
    world.send_sms()
    postroom.drain()
    postroom.advance(86_400)
    before, now = postroom.messages(), postroom.now()
    postroom.restart()
    assert postroom.messages() == before and postroom.now() >= now


def test_production_has_no_sandbox(make_postroom):
    providers = {f"{p}.provider": "none" for p in ("email", "sms", "print")}
    server = make_postroom(environment="production", settings={**providers})
    for method, path in [("GET", "messages"), ("POST", "clock"), ("POST", "drain"), ("GET", "tickets")]:
        assert http_call(server.api, method, f"/_sandbox/{path}", {} if method == "POST" else None).status == 404
    assert server.page("/").status == 404


def test_inbox_pages_show_messages_without_script(postroom):
    world = postroom.world()
    world.send_sms(personalisation={"name": "<script>alert(1)</script>"})
    world.send_email(personalisation={"name": "Bo & <b>Co</b>"})
    letter = world.send_letter()
    postroom.drain()
    index = postroom.page("/")
    assert index.status == 200 and index.headers["Content-Type"].startswith("text/html")
    links = re.findall(r'href="(/inbox/[^"/]+)"', index.text)
    assert len(links) == 3
    assert len(re.findall(r'href="/inbox/[^"/]+"', postroom.page("/?type=email").text)) == 1
    pages = [index] + [postroom.page(link) for link in links]
    for page in pages:
        assert page.status == 200
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script" not in page.text.lower() and not re.search(r"\son\w+=", page.text)
    assert "&lt;script&gt;" in "".join(p.text for p in pages)
    [pdf_link] = [m for p in pages for m in re.findall(r'href="(/inbox/[^"]+/pdf)"', p.text)]
    pdf = postroom.page(pdf_link)
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.body == world.client.get(f"/v2/notifications/{letter['id']}/pdf").body
    [frame] = [m for p in pages for m in re.findall(r'src="(/inbox/[^"]+/html)"', p.text)]
    html = postroom.page(frame)
    assert html.headers["Content-Security-Policy"].startswith("sandbox;") and "Dear Bo" in html.text


def test_inbox_pages_that_are_not_there(postroom):
    assert postroom.page("/inbox/sandbox-99").status == 404
    assert postroom.page("/inbox/sandbox-99/pdf").status == 404
    assert postroom.page("/inbox/..%2f..%2fetc%2fpasswd").status == 404
    assert "Nothing yet" in postroom.page("/").text
