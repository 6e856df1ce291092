"""Letters that are ordered one by one over HTTP, from a print house that judges every request."""
import os
import random
import shutil
import subprocess
import threading
import time

import pytest

from dvla_house import JOBS, LOGIN, NEW_KEY, PASSWORD, DvlaHouse
from harness import CommandFailed, run_cli, wait_for
from print_tools import Office

RETRY_SECONDS = 180
RETRIES = 55
ABROAD = {"address_line_1": "A Person", "address_line_2": "1 Rue", "address_line_3": "France"}
FORCES = {"address_line_1": "A Person", "address_line_2": "Unit 7", "address_line_3": "BF1 2AB",
          "address_line_4": "BFPO 12"}


class Direct(Office):
    """An office whose print house is the peer; its account is set before the server starts."""

    def __init__(self, folder, house, *, account=True, settings=None, **options):
        self.peer = house
        super().__init__(folder, settings={**house.settings(), **(settings or {})}, **options)
        if account:
            self.set_account(house.user, house.password, house.api_key)

    def secret_file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(content + "\n")
        return path

    def set_account(self, user, password, api_key):
        return self.cli("print-account", "set", "--user", user, "--password-file", self.secret_file("p", password),
                        "--api-key-file", self.secret_file("k", api_key))

    def story(self, letter):
        return [event["cause"] for event in self.show(letter)["events"]]

    def retry(self):
        self.advance(RETRY_SECONDS + 1)

    def check_secrets(self, *secrets):
        """None of them in the log or the database."""
        self.stop()
        places = [self.log_path] + [os.path.join(self.data, name) for name in os.listdir(self.data)
                                    if name.startswith("postroom.db")]
        for place in places:
            with open(place, "rb") as f:
                content = f.read()
            for secret in secrets:
                assert secret.encode() not in content, place


@pytest.fixture
def house():
    with DvlaHouse() as made:
        yield made


def standard(house, letter):
    return house.jobs[letter]["standardParams"]


def test_ht1_ht2_ht7_every_letter_is_one_order(tmp_path, house):
    with Direct(tmp_path, house) as office:
        world = office.service()
        first = office.template("Dear ((name)),\n\nquick.", postage="first")
        economy = office.template("Dear ((name)),\n\nslow.", postage="economy")
        office.cli("service", "update", world.id, "--permissions",
                   "email,sms,letter,letters_as_pdf,international_letters")
        world.client.close()
        made = {"second": office.letter(), "first": office.letter(template=first),
                "economy": office.letter(template=economy),
                "abroad": world.send_letter(address=ABROAD)["id"],
                "forces": world.send_letter(address=FORCES)["id"]}
        test_key = office.letter(test_key=True)
        office.drain()
        summary = office.collate()
        assert (summary["letters"], summary["zips"]) == (5, 0)
        assert set(house.jobs) == set(made.values()) and test_key not in house.jobs
        assert office.statuses(made.values()) == ["sending"] * 5
        methods = {kind: standard(house, letter).get("despatchMethod") for kind, letter in made.items()}
        assert methods == {"second": None, "first": "FIRST", "economy": "ECONOMY", "abroad": "INTERNATIONAL_EU",
                           "forces": None}
        assert standard(house, made["second"])["address"] == {
            "unstructuredAddress": {"line1": "1 High Street", "postcode": "LS1 4AP"}}
        assert standard(house, made["abroad"])["address"] == {
            "internationalAddress": {"line1": "1 Rue", "country": "France"}}
        assert standard(house, made["forces"])["address"] == {
            "bfpoAddress": {"line1": "A Person", "line2": "Unit 7", "postcode": "BF1 2AB", "bfpoNumber": 12}}
        assert standard(house, made["second"])["businessIdentifier"] == office.reference(made["second"])
        assert office.story(made["second"])[-1] == "order.accepted"
        # The very PDF that callers can read.
        pdf = world.client.get(f"/v2/notifications/{made['second']}/pdf")
        assert pdf.status == 200 and house.pdf(made["second"]) == pdf.body
        assert house.count(LOGIN) == 1 and house.count(JOBS) == 5
        assert office.collate()["letters"] == 0
        assert house.count(JOBS) == 5
        assert office.cli("doctor")["healthy"] is True
        assert house.problems == []


def test_cb6_cb8_reports_of_the_house(tmp_path, house):
    with Direct(tmp_path, house, allow_errors=["letters.rejected", "letters.report_sheets_differ"]) as office:
        posted, refused, miscounted = office.letters(3)
        office.collate()
        assert house.report(posted) == 204
        assert house.report(refused, status="REJECTED") == 204
        assert house.report(miscounted, sheets=7) == 204
        office.drain()
        assert office.statuses([posted, refused, miscounted]) == ["delivered", "technical-failure", "delivered"]
        assert office.story(posted)[-2:] == ["order.accepted", "report.despatched"]
        assert len(office.tickets_about("rejected")) == 1
        # Posted after all, and told twice.
        assert house.report(refused) == 204 and house.report(posted) == 204
        office.drain()
        assert office.status(refused) == "delivered"
        assert office.service().client.status(posted) == "received"


def test_cb8_a_report_may_overtake_the_answer(tmp_path, house):
    with Direct(tmp_path, house) as office:
        letter, = office.letters(1)
        def report_first(order):
            assert house.report(order["id"]) == 204
            wait_for(lambda: office.status(order["id"]) == "delivered")
        house.before_answer = report_first
        office.collate()
        assert office.status(letter) == "delivered"
        assert house.count(JOBS) == 1
        assert office.log_lines("letters.ordered_though_not_waiting")[0]["level"] == "info"


def test_ht3_p39_x48_a_lost_answer_is_no_second_letter(tmp_path, house, store_settings):
    with Direct(tmp_path, house, settings=store_settings) as office:
        letters = office.letters(3)
        house.script(JOBS, {"status": 504, "done": True}, {"status": 503, "done": True}, {"status": 500})
        office.collate()
        assert office.statuses(letters) == ["created"] * 3
        office.retry()
        assert office.statuses(letters) == ["sending"] * 3
        assert len(house.jobs) == 3
        assert sorted(office.story(letter)[-1] for letter in letters) == ["order.accepted"] + ["order.known_before"] * 2


def test_ht3_killed_between_the_order_and_its_note(tmp_path, house):
    with Direct(tmp_path, house) as office:
        letters = office.letters(4)
        taken = threading.Semaphore(0)
        def hold(_):
            taken.release()
            time.sleep(5)
        house.before_answer = hold
        office.cli("letters", "collate", "--now")
        assert all(taken.acquire(timeout=20) for _ in letters)
        office.kill9()
        house.before_answer = None
        office.start()
        office.drain()
        assert office.statuses(letters) == ["sending"] * 4
        assert {office.story(letter)[-1] for letter in letters} == {"order.known_before"}
        assert len(house.jobs) == 4 and house.problems == []


@pytest.mark.parametrize("seed", [1, 2])
def test_x47_seeded_trouble_and_kills_lose_and_double_nothing(tmp_path, house, seed):
    dice = random.Random(seed)
    troubles = [{"status": 429, "headers": {"Retry-After": "0"}}, {"status": 503}, {"status": None},
                {"status": None, "done": True}, {"status": 500, "done": True}, {"status": 401}]
    with Direct(tmp_path, house) as office:
        letters = office.letters(20)
        house.script(JOBS, *[dice.choice(troubles) for _ in range(20)])
        office.cli("letters", "collate", "--now")
        for _ in range(3):
            time.sleep(dice.random() * 0.2)
            office.kill9()
            office.start()
            office.cli("letters", "collate", "--now")
        for _ in range(RETRIES):
            if office.drain()["waiting"] == 0:
                break
            office.retry()
        assert office.statuses(letters) == ["sending"] * 20
        assert sorted(house.jobs) == sorted(letters)
        assert house.problems == []


def test_ht2_x49_a_refused_letter_fails_alone(tmp_path, house):
    with Direct(tmp_path, house, allow_errors=["task.buried", "letters.order_failed"]) as office:
        letters = office.letters(3)
        house.script(JOBS, {"status": 400, "body": b'{"errors":[{"detail":"address is odd"}]}'})
        office.collate()
        statuses = office.statuses(letters)
        assert sorted(statuses) == ["sending", "sending", "technical-failure"]
        failed = letters[statuses.index("technical-failure")]
        assert "address is odd" in office.show(failed)["events"][-1]["detail"]
        buried, = office.cli("tasks", "buried")
        assert buried["kind"] == "deliver-letter" and buried["subject"] == failed
        # An operator mends it and gives it another run.
        office.cli("letters", "requeue", failed)
        office.drain()
        office.collate()
        assert office.status(failed) == "sending"


def test_ht4_x47_throttled_letters_go_later(tmp_path, house):
    with Direct(tmp_path, house, settings={"print.dvla_threads": "1"}) as office:
        letters = office.letters(4)
        house.script(JOBS, {"status": 429, "headers": {"Retry-After": "2"}})
        start = time.monotonic()
        office.collate()
        assert time.monotonic() - start >= 1.9
        assert sorted(office.statuses(letters)) == ["created"] + ["sending"] * 3
        office.retry()
        assert office.statuses(letters) == ["sending"] * 4


def test_ht4_the_rate_is_kept(tmp_path, house):
    with Direct(tmp_path, house, settings={"print.dvla_letters_per_minute": "120"}) as office:
        # A third of a minute's letters at once, then two a second.
        office.letters(44)
        start = time.monotonic()
        office.collate()
        assert 1.4 <= time.monotonic() - start < 15
        assert len(house.jobs) == 44


def test_ht2_t22_given_up_after_all_retries_and_posted_all_the_same(tmp_path, house):
    with Direct(tmp_path, house, allow_errors=["task.buried", "letters.order_failed"],
                settings={"print.dvla_threads": "1"}) as office:
        letter, = office.letters(1)
        house.script(JOBS, {"status": None, "done": True}, *[{"status": 503}] * (RETRIES + 1))
        office.collate()
        for _ in range(RETRIES - 1):
            office.retry()
        assert office.status(letter) == "created"
        office.retry()
        assert office.status(letter) == "technical-failure"
        assert house.report(letter) == 204
        office.drain()
        assert office.status(letter) == "delivered"


def test_ht10_a_revoked_token_is_renewed(tmp_path, house):
    with Direct(tmp_path, house) as office:
        office.letters(1)
        office.collate()
        house.end_sessions()
        letter, = office.letters(1)
        office.collate()
        assert office.status(letter) == "created"
        office.retry()
        assert office.status(letter) == "sending"
        assert house.count(LOGIN) == 2 and house.problems == []


def test_ht6_a_token_about_to_end_is_not_used(tmp_path):
    with DvlaHouse(token_seconds=60) as house, Direct(tmp_path, house) as office:
        office.letters(3)
        office.collate()
        assert len(house.jobs) == 3 and house.count(LOGIN) == 3


def test_ht11_key_and_password_are_changed_each_month(tmp_path, house):
    first = house.password, house.api_key
    with Direct(tmp_path, house, at="2026-10-06T08:30:00Z") as office:
        office.set_account(*(house.user, *first))
        shown = office.cli("print-account", "show")
        assert shown["user"] == house.user and shown["password_change_pending"] is False
        assert not set(first) & set(map(str, shown.values()))
        office.set_clock("2026-10-06T09:00:01Z")
        assert house.count(NEW_KEY) == 1 and house.api_key != first[1] and house.password == first[0]
        office.set_clock("2026-10-06T15:00:01Z")
        assert house.count(NEW_KEY) == 1 and house.count(PASSWORD) == 0
        house.script(PASSWORD, {"status": None, "done": True})
        office.set_clock("2026-10-07T09:00:01Z")
        office.advance(61)  # the answer was lost: the next try finds which password is good
        assert house.password != first[0]
        calls = house.count(PASSWORD)
        assert office.cli("print-account", "show")["password_change_pending"] is False
        for day in ("03", "04"):  # off for weeks, and at nine
            office.stop()
            office.set_stopped_clock(f"2026-11-{day}T12:00:01Z")
            office.start()
            wait_for(lambda: house.count(NEW_KEY) == 2 and (day == "03" or house.count(PASSWORD) == calls + 1))
        assert house.count(NEW_KEY) == 2 and house.count(PASSWORD) == calls + 1
        letter, = office.letters(1)
        office.collate()
        assert office.status(letter) == "sending"
        assert office.tickets_about("print house's") == []
        assert house.problems == []
        office.restart()
        assert office.cli("doctor")["healthy"] is True
        office.check_secrets(*first, house.password, house.api_key)


def test_ht11_an_operator_changes_them_at_once(tmp_path, house):
    first = house.password, house.api_key
    with Direct(tmp_path, house, allow_errors=["print_account.login_refused",
                                               "print_account.needs_a_person"]) as office:
        assert office.cli("print-account", "rotate", "password")["outcome"] == "changed"
        assert office.cli("print-account", "rotate", "api-key")["outcome"] == "changed"
        assert first[0] != house.password and first[1] != house.api_key
        with pytest.raises(CommandFailed, match="password or api-key"):
            office.cli("print-account", "rotate", "user")
        office.set_account(house.user, "not the password", house.api_key)
        with pytest.raises(CommandFailed, match="wrong"):
            office.cli("print-account", "rotate", "password")
        office.set_account(house.user, house.password, house.api_key)
        assert office.cli("doctor")["healthy"] is True
        assert house.problems == []


def test_ht2_letters_wait_until_the_account_is_right(tmp_path, house):
    with Direct(tmp_path, house, account=False, allow_errors=["print_account.login_refused",
                                                         "print_account.needs_a_person"]) as office:
        letters = office.letters(2)
        office.collate()
        assert office.statuses(letters) == ["created"] * 2
        doctor = office.run("doctor")
        assert doctor.returncode == 1 and "print-account set" in doctor.stdout
        office.set_account(house.user, "wrong", house.api_key)
        office.retry()
        assert house.count(LOGIN) == 1  # not once for each letter: that would lock the account
        assert len(office.tickets_about("refuses our login")) == 1
        office.set_account(house.user, house.password, house.api_key)
        office.retry()
        assert office.statuses(letters) == ["sending"] * 2


def test_ht1_co1_the_evenings_run_and_ch3_its_check(tmp_path, house):
    with Direct(tmp_path, house, at="2026-11-23T17:00:00Z") as office:  # a Monday
        letter, = office.letters(1)
        office.set_clock("2026-11-23T17:49:00Z")
        late = house.count(JOBS)
        office.set_clock("2026-11-23T17:50:01Z")
        office.drain()
        assert late == 0 and list(house.jobs) == [letter]
        assert office.status(letter) == "sending"
        office.set_clock("2026-11-24T19:00:01Z")
        assert office.tickets_about("still sending") == []
        office.set_clock("2026-11-25T19:00:01Z")
        assert len(office.tickets_about("still sending")) == 1
        house.report(letter)
        office.drain()
        office.set_clock("2026-11-26T19:00:01Z")
        assert len(office.tickets_about("still sending")) == 1


def test_tokens_of_reports_are_one_letters_own(tmp_path, house):
    with Direct(tmp_path, house) as office:
        one, other = office.letters(2)
        office.collate()
        house.jobs[one]["callbackParams"], house.jobs[other]["callbackParams"] = (
            house.jobs[other]["callbackParams"], house.jobs[one]["callbackParams"])
        assert house.report(one) == 400
        office.drain()
        assert office.statuses([one, other]) == ["sending"] * 2


def test_public_address_is_where_reports_go(tmp_path, house):
    with Direct(tmp_path, house, settings={"api.base_url": "https://api.council.example"}) as office:
        letter, = office.letters(1)
        office.collate()
        target = house.jobs[letter]["callbackParams"]["target"]
        assert target.startswith("https://api.council.example/notifications/letter/status?token=")


def test_without_a_house_the_sandbox_has_one(tmp_path, house):
    with Direct(tmp_path, house, account=False,
                settings={"print.dvla_url": "sandbox", "flags.fakes_print_responses": "true"}) as office:
        letters = office.letters(3)
        office.collate()
        assert office.statuses(letters) == ["sending"] * 3
        office.advance(601)
        assert office.statuses(letters) == ["delivered"] * 3
        assert office.cli("print-account", "rotate", "password")["outcome"] == "changed"
        office.restart()
        letters = office.letters(1)
        office.collate()
        assert office.statuses(letters) == ["sending"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_ht5_tls_with_a_chosen_authority_and_ciphers(tmp_path):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    with DvlaHouse(certificate=(certificate, key)) as house:
        with Direct(tmp_path / "a", house) as office:
            letter, = office.letters(1)
            office.collate()
            assert office.status(letter) == "created"  # nobody we know vouches for it
            office.restart(**{"print.dvla_ca_file": certificate,
                              "print.dvla_tls_ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384"})
            office.retry()
            assert office.status(letter) == "sending"
            assert house.problems == []


@pytest.mark.parametrize("settings, word", [
    ({}, "print.dvla_url"), ({"print.dvla_url": "ftp://house.example"}, "print.dvla_url"),
    ({"print.dvla_url": "http://house.example"}, "print.dvla_url"), ({"print.dvla_url": "sandbox"}, "print.dvla_url"),
    ({"print.dvla_url": "https://house.example", "api.base_url": ""}, "api.base_url")])
def test_settings_that_cannot_work_are_refused_at_the_start(tmp_path, settings, word):
    settings = {"print.provider": "dvla-http", "email.provider": "none", "sms.provider": "none",
                "api.base_url": "https://api.example", **settings}
    done = run_cli("serve", "--data", str(tmp_path / "data"), "--environment", "production", "--api", "127.0.0.1:0",
                   "--web", "127.0.0.1:0", *[f"--set={name}={value}" for name, value in settings.items()])
    assert done.returncode == 1 and word in done.stderr
