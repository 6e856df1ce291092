"""Emails on their way out: signed, through a relay or straight to the mail servers of a domain. What arrives is judged
by others' code: Python's email package and dkimpy."""
import email
import email.policy
import threading
import time

import dkim
import pytest

from dns_server import DnsServer
from harness import CommandFailed, wait_for
from smtp_server import Certificates, SmtpServer


@pytest.fixture
def relay():
    with SmtpServer(offers=("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 1000000")) as server:
        yield server


@pytest.fixture(scope="session")
def certificates():
    return Certificates("localhost")


def through(relay, **more):
    return {"email.provider": "smtp", "smtp.url": relay.url, "email.domain": "mail.council.example",
            "smtp.timeout": "5s", **more}


def public_keys(*records):
    """What dkimpy asks the DNS for, out of what the command line printed."""
    texts = {record["record_name"] + ".": record["record_text"].encode() for record in records}
    return lambda name, timeout=5: texts.get(name.decode() if isinstance(name, bytes) else name)


def signatures(content):
    return content.count(b"\r\nDKIM-Signature:") + content.startswith(b"DKIM-Signature:")


def is_right(content, dns, index=0):
    try:
        return dkim.DKIM(content).verify(idx=index, dnsfunc=dns)
    except dkim.ValidationError:
        return False


# DKIM

def test_every_email_is_signed_with_both_keys_and_others_verify_it(make_postroom, relay):
    postroom = make_postroom(settings=through(relay, **{"web.base_url": "https://mail.council.example"}))
    world = postroom.world("Rat & Bürger")
    records = [postroom.cli("dkim", "add", "council.example", "r2026", "--rsa"),
               postroom.cli("dkim", "add", "council.example", "e2026", "--ed25519")]
    dns = public_keys(*records)
    template = world.add_template("email", name="long", subject="Grüße an ((name)) " + "wörter " * 20,
                                  content="# Heading\n\nDear ((name)),\n\n.dot  \n\n" + "word " * 400 + "\n\n\n")["id"]
    body = {"template_id": template, "personalisation": {"name": "Ünal – 漢字"}}
    world.client.send("email", {**body, "email_address": "Ann.O'Hara@example.org",
                                "one_click_unsubscribe_url": "https://council.example/u?t=1"})
    world.send_email("bo@example.org")
    postroom.drain()
    assert len(relay.messages) == 2
    for taken in relay.messages:
        content = taken.content
        assert signatures(content) == 2 and content.startswith(b"DKIM-Signature:")
        assert is_right(content, dns, 0) and is_right(content, dns, 1)
        long = [line for line in content.split(b"\r\n\r\n", 1)[0].split(b"\r\n") if len(line) > 78]
        assert long == []
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert message.defects == [] and all(part.defects == [] for part in message.walk())
        # One changed letter, in the body or in what is signed of the headers, breaks both.
        for old, new in ((b"Content-Type: text/html", b"Content-Type: text/plain"), (b"From: ", b"From: x"),
                         (b"\r\nTo: ", b"\r\nSubject: twice\r\nTo: ")):
            changed = content.replace(old, new, 1)
            assert changed != content
            assert not is_right(changed, dns, 0) and not is_right(changed, dns, 1)
    headers = next(m.content for m in relay.messages if b"List-Unsubscribe-Post" in m.content)
    for old, new in ((b"<https://council.example/u?t=1>", b"<https://evil.example/u?t=1>"),
                     (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click")):
        changed = headers.replace(old, new)
        assert changed != headers and not is_right(changed, dns, 0) and not is_right(changed, dns, 1)


def test_keys_are_made_shown_changed_and_never_shown_whole(make_postroom, relay):
    postroom = make_postroom(settings=through(relay))
    world = postroom.world("Council")
    made = postroom.cli("dkim", "add", "mail.council.example", "s1")
    assert made["algorithm"] == "ed25519-sha256" and made["in_use"]
    assert made["record_name"] == "s1._domainkey.mail.council.example"
    assert made["record_text"].startswith("v=DKIM1; k=ed25519; p=")
    later = postroom.cli("dkim", "add", "mail.council.example", "s2", "--later")
    assert not later["in_use"]
    assert [k["selector"] for k in postroom.cli("dkim", "list")] == ["s1", "s2"]
    shown = postroom.cli("dkim", "record", "mail.council.example", "s2")
    assert shown == later and "PRIVATE" not in str([made, later, shown, postroom.cli("dkim", "list")])
    with pytest.raises(CommandFailed, match="another selector"):
        postroom.cli("dkim", "add", "mail.council.example", "s1")
    with pytest.raises(CommandFailed, match="dkim list"):
        postroom.cli("dkim", "record", "mail.council.example", "s9")
    postroom.restart()
    world.send_email()
    postroom.drain()
    assert is_right(relay.messages[-1].content, public_keys(made))
    postroom.cli("dkim", "use", "mail.council.example", "s2")
    postroom.cli("dkim", "remove", "mail.council.example", "s1")
    postroom.restart()
    world.send_email()
    postroom.drain()
    assert signatures(relay.messages[-1].content) == 1
    assert is_right(relay.messages[-1].content, public_keys(later))
    postroom.stop()
    with open(f"{postroom.data}/postroom.db", "rb") as f:
        assert b"PRIVATE KEY" not in f.read()


def test_the_dns_is_asked_whether_it_has_the_key(make_postroom, relay):
    with DnsServer({}) as dns:
        postroom = make_postroom(settings=through(relay, **{"mx.name_server": dns.address}))
        made = postroom.cli("dkim", "add", "mail.council.example", "s1")
        with pytest.raises(CommandFailed) as refused:
            postroom.cli("dkim", "check", "mail.council.example", "s1")
        assert "no record yet" in refused.value.stdout
        made2 = postroom.cli("dkim", "add", "mail.council.example", "s2", "--rsa")
        dns.table[("TXT", made2["record_name"])] = [made2["record_text"]]
        assert postroom.cli("dkim", "check", "mail.council.example", "s2")["in_dns"] == "the record is there"
        made3 = postroom.cli("dkim", "add", "mail.council.example", "s3")
        dns.table[("TXT", made3["record_name"])] = [made["record_text"]]
        with pytest.raises(CommandFailed) as refused:
            postroom.cli("dkim", "check", "mail.council.example", "s3")
        assert "another key" in refused.value.stdout


# The relay

def test_pipelined_envelopes_fail_and_succeed_one_by_one(make_postroom, relay):
    postroom = make_postroom(settings=through(relay))
    world = postroom.world("Council")
    relay.replies = {"RCPT": [lambda line: "550 5.1.1 no" if "bad" in line else "451 4.7.1 later" if "slow" in line
                              else None] * 60}
    made = {name: world.send_email(f"{name}{i}@example.org")["id"] for i in range(5)
            for name in (f"good{i}", f"bad{i}", f"slow{i}")}
    postroom.drain()
    states = {name: world.client.status(i) for name, i in made.items()}
    assert {s for n, s in states.items() if n.startswith("good")} == {"delivered"}
    assert {s for n, s in states.items() if n.startswith("bad")} == {"permanent-failure"}
    assert {s for n, s in states.items() if n.startswith("slow")} == {"created"}
    relay.replies = {}
    postroom.advance(400)
    assert {world.client.status(i) for n, i in made.items() if n.startswith("slow")} == {"delivered"}
    assert len(relay.messages) == 10


def test_several_emails_are_in_flight_over_few_connections(make_postroom, relay):
    postroom = make_postroom(settings=through(relay, **{"worker.email_threads": "6", "smtp.connections": "3"}))
    world = postroom.world("Council")
    relay.replies = {".": [0.05] * 60}
    for i in range(60):
        world.send_email(f"p{i}@example.org")
    postroom.drain()
    assert len(relay.messages) == 60 and len({m.recipients[0] for m in relay.messages}) == 60
    assert relay.open_most == 3


def test_slow_relay_is_given_up_and_the_email_tried_again(make_postroom, relay):
    postroom = make_postroom(settings=through(relay, **{"smtp.timeout": "1s"}))
    world = postroom.world("Council")
    relay.replies = {"RCPT": [3]}
    made = world.send_email()["id"]
    postroom.drain()
    assert world.client.status(made) == "created" and relay.messages == []
    postroom.advance(400)
    assert world.client.status(made) == "delivered" and len(relay.messages) == 1


def test_the_moved_clock_is_not_set_back_by_a_slow_relay(make_postroom, relay):
    postroom = make_postroom(settings=through(relay, **{"smtp.timeout": "2s"}))
    world = postroom.world("Council")
    relay.replies = {"RCPT": [3, 3]}
    made = world.send_email()["id"]
    postroom.drain()
    # The second attempt begins a second before the time that is asked for, and ends a second after it.
    postroom.advance(301)
    assert world.client.status(made) == "created"
    postroom.advance(300)
    assert world.client.status(made) == "delivered" and len(relay.messages) == 1


@pytest.mark.parametrize("policy, offered, authority, encrypted, sent", [
    ("never", True, False, False, True),
    ("when_offered", True, False, True, True),
    ("when_offered", False, False, False, True),
    ("always", True, True, True, True),
    ("always", True, False, None, False),
    ("always", False, True, None, False),
])
def test_starttls_policy(make_postroom, certificates, policy, offered, authority, encrypted, sent):
    with SmtpServer(tls=certificates if offered else None, offers=["PIPELINING"]) as relay:
        settings = {"smtp.starttls": policy, **({"smtp.ca_file": certificates.authority} if authority else {})}
        postroom = make_postroom(settings=through(relay, **settings))
        world = postroom.world("Council")
        made = [world.send_email(f"p{i}@example.org")["id"] for i in range(3)]
        postroom.drain()
        if sent:
            assert {world.client.status(i) for i in made} == {"delivered"}
            assert {m.encrypted for m in relay.messages} == {encrypted}
            assert relay.connections <= 3
        else:
            assert {world.client.status(i) for i in made} == {"created"} and relay.messages == []


def test_when_offered_encryption_that_fails_is_done_without(make_postroom, certificates):
    with SmtpServer(tls=certificates) as relay:
        relay.replies = {"STARTTLS": ["454 not now"]}
        postroom = make_postroom(settings=through(relay))
        world = postroom.world("Council")
        made = world.send_email()["id"]
        postroom.drain()
        assert world.client.status(made) == "delivered" and not relay.messages[0].encrypted


def test_login_goes_over_encrypted_connections_only(make_postroom, certificates):
    with SmtpServer(tls=certificates, login=True) as relay:
        settings = {"smtp.user": "us", "smtp.password": "secret", "smtp.starttls": "always",
                    "smtp.ca_file": certificates.authority}
        postroom = make_postroom(settings=through(relay, **settings))
        world = postroom.world("Council")
        made = world.send_email()["id"]
        postroom.drain()
        assert world.client.status(made) == "delivered"
        assert relay.commands.index("STARTTLS") < relay.commands.index("AUTH")


# Straight to mail servers

class Internet:
    """Mail servers on addresses of this host, all on one port, and the name server that knows them."""

    def __init__(self):
        self.first = SmtpServer(address="127.0.0.2").start()
        self.second = SmtpServer(address="127.0.0.3", port=self.first.port).start()
        self.dns = DnsServer({
            ("MX", "two.example"): [(20, "mx2.two.example"), (10, "mx1.two.example")],
            ("A", "mx1.two.example"): ["127.0.0.2"],
            ("A", "mx2.two.example"): ["127.0.0.3"],
            ("A", "alone.example"): ["127.0.0.3"],
            ("MX", "none.example"): [(0, "")],
            ("TXT", "empty.example"): ["no mail here"],
            ("MX", "broken.example"): "fail",
        }).__enter__()

    def settings(self, **more):
        return {"email.provider": "mx", "email.domain": "mail.council.example", "mx.port": str(self.first.port),
                "mx.name_server": self.dns.address, "mx.private_targets": "true", "smtp.timeout": "5s", **more}

    def close(self):
        self.first.stop()
        self.second.stop()
        self.dns.__exit__()


@pytest.fixture
def internet():
    made = Internet()
    yield made
    made.close()


def test_emails_go_to_the_domains_own_mail_servers(make_postroom, internet):
    postroom = make_postroom(settings=internet.settings())
    world = postroom.world("Council")
    record = postroom.cli("dkim", "add", "mail.council.example", "s1")
    made = [world.send_email(a)["id"] for a in ("ann@two.example", "bo@alone.example", "cy@two.example")]
    postroom.drain()
    assert {world.client.status(i) for i in made} == {"delivered"}
    assert sorted(m.recipients[0] for m in internet.first.messages) == ["ann@two.example", "cy@two.example"]
    assert [m.recipients[0] for m in internet.second.messages] == ["bo@alone.example"]
    assert is_right(internet.first.messages[0].content, public_keys(record))


def test_next_server_is_taken_when_the_first_is_down_or_shut(make_postroom, internet):
    postroom = make_postroom(settings=internet.settings())
    world = postroom.world("Council")
    internet.first.replies = {"connect": ["554 no service", "421 busy"]}
    for i in range(2):
        made = world.send_email(f"p{i}@two.example")["id"]
        postroom.drain()
        assert world.client.status(made) == "delivered"
    internet.first.stop()
    postroom.restart()
    made = world.send_email("last@two.example")["id"]
    postroom.drain()
    assert world.client.status(made) == "delivered"
    assert "last@two.example" in [m.recipients[0] for m in internet.second.messages]


def test_domains_that_take_no_email_fail_for_good(make_postroom, internet):
    postroom = make_postroom(settings=internet.settings())
    world = postroom.world("Council")
    for address, reason in (("a@none.example", "null MX"), ("a@nowhere.example", "does not exist"),
                            ("a@empty.example", "no mail server")):
        made = world.send_email(address)["id"]
        postroom.drain()
        assert world.client.status(made) == "permanent-failure", address
        assert reason in postroom.cli("notification", "show", made)["events"][-1]["detail"]
    broken = world.send_email("a@broken.example")["id"]
    postroom.drain()
    assert world.client.status(broken) == "created"
    internet.dns.table[("MX", "broken.example")] = [(1, "mx1.two.example")]
    postroom.advance(400)
    assert world.client.status(broken) == "delivered"


def test_private_mail_servers_are_refused_with_a_reason(make_postroom, internet):
    postroom = make_postroom(settings=internet.settings(**{"mx.private_targets": "false"}))
    world = postroom.world("Council")
    # A mail server's name is somebody else's word: loopback, private, link-local, carrier, IPv6 forms of IPv4.
    for i, record in enumerate(("127.0.0.2", "10.1.2.3", "169.254.169.254", "192.168.0.1", "172.16.0.1", "100.64.0.1",
                                "0.0.0.0", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.2", "64:ff9b::7f00:1")):
        kind = "AAAA" if ":" in record else "A"
        internet.dns.table[(kind, f"d{i}.example")] = [record]
        made = world.send_email(f"a@d{i}.example")["id"]
        postroom.drain()
        assert world.client.status(made) == "permanent-failure", record
        assert "no public address" in postroom.cli("notification", "show", made)["events"][-1]["detail"]
    assert internet.first.connections == internet.second.connections == 0


def test_greylisting_is_waited_out(make_postroom, internet):
    postroom = make_postroom(settings=internet.settings())
    world = postroom.world("Council")
    internet.first.replies = {"RCPT": ["450 4.7.1 greylisted, come again"]}
    made = world.send_email("ann@two.example")["id"]
    postroom.drain()
    assert world.client.status(made) == "created"
    postroom.advance(400)
    assert world.client.status(made) == "delivered" and len(internet.first.messages) == 1


def test_a_domain_gets_so_many_connections_and_messages_and_no_more(make_postroom, internet):
    settings = internet.settings(**{"worker.email_threads": "8", "mx.connections_per_domain": "2"})
    postroom = make_postroom(settings=settings)
    world = postroom.world("Council")
    internet.first.replies = {".": [0.02] * 40}
    made = [world.send_email(f"p{i}@two.example")["id"] for i in range(40)]
    other = world.send_email("other@alone.example")["id"]
    postroom.drain()
    assert world.client.status(other) == "delivered"
    # What found no connection within two seconds comes again soon.
    for _ in range(20):
        if {world.client.status(i) for i in made} == {"delivered"}:
            break
        postroom.advance(20)
    assert {world.client.status(i) for i in made} == {"delivered"} and len(internet.first.messages) == 40
    assert internet.first.open_most == 2


def test_a_pace_puts_off_what_is_too_much(make_postroom, internet):
    postroom = make_postroom(settings=internet.settings(**{"mx.messages_per_minute": "6"}))
    world = postroom.world("Council")
    made = [world.send_email(f"p{i}@two.example")["id"] for i in range(14)]
    postroom.drain()
    states = [world.client.status(i) for i in made]
    assert states.count("delivered") == 10 and states.count("created") == 4
    assert len(internet.first.messages) == 10


def test_waiting_for_its_turn_costs_an_email_no_try(make_postroom, internet):
    settings = internet.settings(**{"mx.messages_per_minute": "60", "email.retries": "1", "email.retry_delay": "60s"})
    postroom = make_postroom(settings=settings)
    world = postroom.world("Council")
    made = [world.send_email(f"p{i}@two.example")["id"] for i in range(16)]
    postroom.drain()
    waiting = [i for i in made if world.client.status(i) == "created"]
    assert waiting
    # Each has its turn within seconds, and then the one retry that it was promised.
    internet.first.replies = {"RCPT": ["451 4.7.1 later"] * len(waiting)}
    assert wait_for(lambda: not internet.first.replies["RCPT"], 20)
    postroom.drain()
    assert {world.client.status(i) for i in waiting} == {"created"}
    postroom.advance(61)
    assert wait_for(lambda: {world.client.status(i) for i in made} == {"delivered"}, 20)
    assert len(internet.first.messages) == len(made)
    assert postroom.cli("tasks", "buried") == []


def test_a_dead_domain_does_not_hold_up_others(make_postroom, internet):
    """An address that swallows connections: only the first email waits for it."""
    postroom = make_postroom(settings=internet.settings(**{"smtp.timeout": "2s", "worker.email_threads": "2"}))
    world = postroom.world("Council")
    internet.first.replies = {"connect": ["cut"] * 100}
    internet.second.replies = {"connect": ["cut"] * 100}
    dead = [world.send_email(f"p{i}@two.example")["id"] for i in range(20)]
    postroom.drain()
    assert {world.client.status(i) for i in dead} == {"created"}
    assert internet.first.connections <= 2 and internet.second.connections <= 2
    internet.first.replies = internet.second.replies = {}
    alive = world.send_email("bo@alone.example")["id"]
    postroom.drain()
    assert world.client.status(alive) == "delivered"


def test_a_last_attempt_that_fails_is_the_end(make_postroom, relay):
    postroom = make_postroom(settings=through(relay, **{"email.retries": "2", "email.retry_delay": "60s"}),
                             allow_errors=["task.buried", "deliver.gave_up"])
    world = postroom.world("Council")
    relay.replies = {"MAIL": ["451 4.3.0 no"] * 3}
    made = world.send_email()["id"]
    postroom.drain()
    postroom.advance(61)
    assert world.client.status(made) == "created"
    postroom.advance(61)
    assert world.client.status(made) == "technical-failure" and relay.messages == []
