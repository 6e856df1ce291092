"""Letters of services without letters_as_pdf travel as lines of record files, exactly once, whatever breaks."""
import glob
import os
import subprocess
import time

import pytest

from harness import BINARY, LETTER_ADDRESS, CommandFailed, wait_for
from print_tools import HouseFolder, Office, Sshd, find_sshd

NOON = "2027-01-13T12:00:00Z"
DAY = "2027-01-13"
SENDER = "007"
SENDING_RETRIES = 5
GIVEN_UP = ["letters.records_failed", "task.buried", "periodic.failed"]

needs_sshd = pytest.mark.skipif(find_sshd() is None, reason="needs sshd: apt-get install openssh-server")


class RecordOffice(Office):
    """An office with the switch for records on: "Records" is a service without letters_as_pdf, "Council" has it."""

    def __init__(self, folder, *, settings=None, **options):
        super().__init__(folder, settings={"letters.records": "true", **(settings or {})}, **options)

    def service(self, name="Records"):
        is_new = name not in self.worlds
        world = super().service(name)
        if is_new and name != "Council":
            self.give_permission(name, False)
        return world

    def give_permission(self, name, as_pdf):
        options = [] if as_pdf else ["--print-records", "--print-organisation", SENDER]
        self.cli("service", "update", self.worlds[name].id, "--permissions", "email,sms,letter", *options)

    def letter(self, service="Records", **values):
        return super().letter(service, **values)

    def record_files(self):
        return [name for name in self.house.all_files() if name.lower().endswith("-rq.txt")]

    def lines(self, name):
        with open(os.path.join(self.house.drop, name), newline="") as f:
            text = f.read()
        assert text.endswith("\n") and "\r" not in text
        return text[:-1].split("\n")

    def references(self):
        """Of all record files, as often as they stand there."""
        return [line.split("|")[4] for name in self.record_files() for line in self.lines(name)]

    def send_records(self, *options):
        summary = self.cli("letters", "send-records", *(options or ["--now"]))
        self.drain()
        return summary

    def job(self, names, file_name="people.csv", service="Records", drain=True):
        """A job of letters to these people; gives its id."""
        world = self.service(service)
        rows = [",".join([name, *LETTER_ADDRESS.values()]) for name in names]
        path = os.path.join(self.folder, file_name)
        with open(path, "w") as f:
            f.write("name,address line 1,address line 2,address line 3\n" + "\n".join(rows) + "\n")
        made = self.cli("job", "create", world.id, world.letter, path)
        if drain:
            self.drain()
        return made["id"]

    def job_status(self, job):
        return self.cli("job", "show", job)["status"]

    def job_letters(self, job):
        return [n["id"] for n in self.service().client.all_notifications(f"job_id={job}")]

    def blobs(self, pattern):
        return sorted(glob.glob(os.path.join(self.data, "blobs", "letter-records", pattern)))

    def retry_sending(self, times=1):
        self.retry_zips(times)


@pytest.fixture
def sshd(tmp_path):
    server = Sshd(str(tmp_path / "sshd"))
    server.house = HouseFolder(server.files)
    yield server.start()
    server.close()


@pytest.fixture
def office(tmp_path):
    with RecordOffice(tmp_path / "office", at=NOON) as made:
        yield made


def office_at(sshd, tmp_path, **options):
    settings = {**sshd.settings(), **options.pop("settings", {})}
    return RecordOffice(tmp_path / "office", at=NOON, house=sshd.house, settings=settings, **options)


def sent_once(office, ids):
    assert office.statuses(ids) == ["sending"] * len(ids)
    assert sorted(office.references()) == sorted(map(office.reference, ids))
    assert office.house.all_files() == office.record_files()  # no partial file
    return True


def test_s16_lg6_the_permission_decides_between_zip_and_records(office):
    as_records = [office.letter(), office.letter()]
    as_pdf = office.letter(service="Council")
    office.drain()
    office.set_clock("2027-01-13T17:35:00Z")
    assert office.statuses(as_records) == ["created"] * 2 and office.record_files() == []
    office.set_clock("2027-01-13T17:45:00Z")
    assert office.record_files() == ["Notify-202701131740-rq.txt"] and sent_once(office, as_records)
    assert office.house.zips() == [] and office.status(as_pdf) == "created"
    office.set_clock("2027-01-13T17:55:00Z")
    assert office.status(as_pdf) == "sending"
    assert list(office.house.references()) == [office.reference(as_pdf)]
    assert sorted(office.references()) == sorted(map(office.reference, as_records))
    shown = office.show(as_records[0])
    assert [e["cause"] for e in shown["events"]][-2:] == ["records.written", "records.verified"]
    assert [e["status"] for e in shown["events"]][-2:] == ["pending", "sending"]
    # Nothing goes twice.
    assert office.send_records()["letters"] == 0 and office.collate()["letters"] == 0


def test_lg4_lg6_the_runs_follow_local_time(tmp_path):
    with RecordOffice(tmp_path / "office", at="2027-07-13T12:00:00Z") as office:
        one = office.letter()
        job = office.job(["Ann"])
        office.set_clock("2027-07-13T16:45:00Z")
        assert office.record_files() == ["Notify-202707131630-rq.txt", "Notify-202707131640-rq.txt"]
        assert sent_once(office, [one, *office.job_letters(job)])


def test_lg1_lg2_lg3_the_exact_lines(office):
    template = office.template("Dear ((name)),\n\n# What | to do\n\n* ((first))\n* read https://example.org/a\n\nBye",
                               service="Records")
    ids = [office.letter(template=template, name="Ann|Lee <CR>", first="it's \"so\"",
                         address_line_1="A <h1>Person", address_line_2="1 High|Street", address_line_3="Town",
                         address_line_4="ls1 4ap"),
           office.letter(template=template, name="Bo", first="b")]
    office.send_records()
    name, = office.record_files()
    lines = office.lines(name)
    assert lines[0] == "|".join(
        ["140", SENDER, "001", "", office.reference(ids[0]), "", "", *[""] * 10, "A Person", "", "1 HighStreet", "Town",
         "", "", "", "LS1 4AP", "", "", "", "", "", "", "", "",
         "13 January 2027<cr><cr><h1>Your appointment<normal><cr><cr>Dear AnnLee,<cr><cr><h2>What  to do<normal>"
         "<cr><op><bul><tab>it’s “so”<bul><tab>read <b>example.org/a<normal><p><cr>Bye<cr><cr>"])
    assert [line.split("|")[4] for line in lines] == [office.reference(one) for one in ids]
    assert all(len(line.split("|")) == 34 for line in lines)
    stored, = office.blobs("api/*")
    assert os.path.basename(stored).endswith("-dvla-notifications.txt")


def test_lg6_what_is_selected(office):
    office.allow_errors.append("alerts.letters_acknowledgement")  # nobody answers here
    normal = office.letter()
    pdf = office.letter(service="Council")
    test = office.letter(test_key=True)
    job = office.job(["Ann"])
    office.drain()
    assert office.status(test) == "delivered"  # at once: nobody prints it
    office.set_clock("2027-01-13T17:32:00Z")
    late = office.letter()
    row, = office.job_letters(job)
    office.set_clock("2027-01-13T17:45:00Z")
    assert office.statuses([normal, pdf, late, row]) == ["sending", "created", "created", "sending"]
    assert sorted(office.references()) == sorted(map(office.reference, [normal, row]))
    office.set_clock("2027-01-14T17:45:00Z")
    assert office.status(late) == "sending"
    assert sorted(office.references()) == sorted(map(office.reference, [normal, row, late]))


def test_lg3_lg4_lg5_jobs_get_a_file_each_and_leave_in_one(office):
    first = office.job(["Ann", "Bo"], "first.csv")
    office.advance(1)
    second = office.job(["Cy"], "second.csv")
    assert [office.job_status(one) for one in (first, second)] == ["finished"] * 2
    office.advance(60)
    assert [office.job_status(one) for one in (first, second)] == ["ready to send"] * 2
    assert [os.path.basename(f) for f in office.blobs("jobs/*")] == sorted(
        f"{one}-dvla-job.text" for one in (first, second))
    listed = office.cli("letters", "record-jobs")
    assert [(j["id"], j["status"], j["rows"]) for j in listed] == [(second, "ready to send", 1),
                                                                  (first, "ready to send", 2)]
    ids = {job: office.job_letters(job) for job in (first, second)}
    assert office.statuses(sum(ids.values(), [])) == ["created"] * 3
    office.set_clock("2027-01-13T17:35:00Z")
    name, = office.record_files()
    assert name == "Notify-202701131730-rq.txt"
    bodies = [line.split("|")[33] for line in office.lines(name)]
    assert ["Dear " + who in body for who, body in zip(["Cy", "Ann", "Bo"], bodies)] == [True] * 3
    assert sent_once(office, sum(ids.values(), []))
    assert [office.job_status(one) for one in (first, second)] == ["sent to dvla"] * 2
    assert office.cli("letters", "record-jobs") == []


def test_lg4_a_job_stored_right_before_the_cut_off_is_not_a_day_late(office):
    office.set_clock("2027-01-13T17:29:30Z")
    job = office.job(["Ann"])
    office.set_clock("2027-01-13T17:45:00Z")
    assert office.job_status(job) == "sent to dvla"
    assert sent_once(office, office.job_letters(job))


def test_cancelled_rows_of_a_job_are_left_out(office):
    job = office.job(["Ann", "Bo"])
    office.advance(61)
    assert office.job_status(job) == "ready to send"
    gone, stays = office.job_letters(job)
    office.cli("letters", "cancel", gone)
    office.set_clock("2027-01-13T17:45:00Z")
    assert office.statuses([gone, stays]) == ["cancelled", "sending"]
    assert office.references() == [office.reference(stays)]
    assert office.job_status(job) == "sent to dvla"


@needs_sshd
def test_ft5_ak3_rs5_over_sftp_and_back(sshd, tmp_path):
    with office_at(sshd, tmp_path) as office:
        ids = [office.letter(), office.letter()]
        job = office.job(["Ann"])
        office.set_clock("2027-01-13T17:45:00Z")
        ids += office.job_letters(job)
        assert sent_once(office, ids)
        assert office.records(DAY) == [name + ".TXT" for name in office.record_files()]
        states = office.zip_states(DAY)
        assert states == {name: "uploaded" for name in office.record_files()} and len(states) == 2
        report = office.cli("print-house", "run", "--root", sshd.files, "--once")
        assert (report["zips"], report["problems"]) == (2, [])
        office.advance(5 * 60)
        assert office.statuses(ids) == ["delivered"] * 3
        assert office.show(ids[0])["billable_units"] == 1  # as the print house counted
        office.set_clock("2027-01-13T23:05:00Z")
        assert office.tickets() == []


@needs_sshd
def test_ak5_a_record_file_without_acknowledgement_rings(sshd, tmp_path):
    with office_at(sshd, tmp_path, allow_errors=["alerts.letters_acknowledgement"]) as office:
        office.letter()
        office.set_clock("2027-01-13T17:45:00Z")
        office.set_clock("2027-01-13T23:05:00Z")
        ticket, = office.tickets_about("Letter acknowledge error")
        assert "NOTIFY-202701131740-RQ.TXT" in ticket["message"]


@pytest.mark.parametrize("form", ["list", "name"])
def test_ak3_ak6_both_forms_of_acknowledgement(office, form):
    office.letter()
    office.send_records()
    name, = office.record_files()
    if form == "list":
        read = office.acknowledge(f"{name.upper()}|20270113175733\r\n\r\n")
    else:
        read = office.acknowledge("", name=f"{name}.ACK.TXT")
    assert (read["acknowledged"], read["unknown"]) == ([name], [])


def test_x69_an_answer_for_a_pending_letter_counts(tmp_path):
    with RecordOffice(tmp_path / "office", at=NOON) as office:
        one = office.letter()
        office.fault("print", "fail", 100)
        office.send_records()
        assert office.status(one) == "pending"
        read = office.respond(f"{office.reference(one)}|Sent|2|Sorted\n")
        assert read["delivered"] == 1 and read["sheet_counts_differ"] == 0
        shown = office.show(one)
        assert (shown["status"], shown["billable_units"]) == ("delivered", 2)


@needs_sshd
def test_ft8_an_upload_whose_answer_is_lost_is_found_on_the_server(sshd, tmp_path):
    with office_at(sshd, tmp_path) as office:
        ids = [office.letter(), office.letter()]
        office.fault("print", "cut")
        office.send_records()
        office.retry_sending()
        assert sent_once(office, ids)


@needs_sshd
def test_ft9_a_server_that_comes_back_gets_the_file_once(sshd, tmp_path):
    with office_at(sshd, tmp_path) as office:
        ids = [office.letter(), office.letter()]
        sshd.stop()
        office.send_records()
        assert office.statuses(ids) == ["pending"] * 2
        office.retry_sending()
        later = office.letter()
        sshd.start()
        office.retry_sending()
        assert sent_once(office, ids)
        office.send_records()
        assert sent_once(office, ids + [later])


@needs_sshd
def test_x43_killed_while_a_file_is_on_its_way(sshd, tmp_path):
    with office_at(sshd, tmp_path) as office:
        ids = [office.letter() for _ in range(3)]
        office.fault("print", "slow", 1, delay_ms=2000)
        office.cli("letters", "send-records", "--now")
        wait_for(lambda: office.statuses(ids) == ["pending"] * 3)
        office.kill9()
        office.start()
        office.advance(10 * 60)
        assert sent_once(office, ids)


@needs_sshd
@pytest.mark.parametrize("milliseconds", [0, 3, 6, 10, 15, 25, 40, 80])
def test_x43_killed_at_any_moment_of_the_run(sshd, tmp_path, milliseconds):
    with office_at(sshd, tmp_path) as office:
        ids = [office.letter() for _ in range(3)]
        job = office.job(["Ann", "Bo"])
        office.advance(61)
        ids += office.job_letters(job)
        command = subprocess.Popen([BINARY, "letters", "send-records", "--now", *office.common_arguments()],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: office.blobs("*/*") or command.poll() is not None, pause=0.0005)
        time.sleep(milliseconds / 1000)
        office.kill9()
        command.wait()
        office.start()
        office.send_records()
        office.advance(10 * 60)
        assert sent_once(office, ids)
        assert office.job_status(job) == "sent to dvla"


@needs_sshd
def test_lg7_t8_given_up_letters_fail_and_go_again_when_asked(sshd, tmp_path):
    with office_at(sshd, tmp_path, allow_errors=GIVEN_UP) as office:
        ids = [office.letter(), office.letter()]
        sshd.stop()
        office.send_records()
        office.retry_sending(SENDING_RETRIES + 1)
        assert office.statuses(ids) == ["technical-failure"] * 2
        sshd.start()
        assert office.send_records()["letters"] == 0
        for one in ids:
            assert office.cli("letters", "requeue", one)["requeued"] == 1
        office.drain()
        assert office.statuses(ids) == ["created"] * 2
        assert office.send_records()["letters"] == 2
        assert sent_once(office, ids)


@needs_sshd
def test_lg5_a_job_that_could_not_be_sent_is_in_error_and_keeps_its_letters(sshd, tmp_path):
    with office_at(sshd, tmp_path, allow_errors=GIVEN_UP) as office:
        job = office.job(["Ann", "Bo"])
        office.advance(61)
        ids = office.job_letters(job)
        sshd.stop()
        office.send_records()
        office.retry_sending(SENDING_RETRIES + 1)
        assert office.job_status(job) == "error" and office.statuses(ids) == ["created"] * 2
        sshd.start()
        office.send_records()  # what is in error waits for a person
        assert office.job_status(job) == "error" and office.record_files() == []
        assert office.send_records(job)["jobs"] == 1
        assert office.job_status(job) == "sent to dvla" and sent_once(office, ids)


def test_x46_one_missing_file_puts_all_its_jobs_in_error(tmp_path):
    with RecordOffice(tmp_path / "office", at=NOON, allow_errors=["letters.job_records_error"]) as office:
        jobs = [office.job(["Ann"], "one.csv"), office.job(["Bo"], "two.csv")]
        office.advance(61)
        ids = [office.job_letters(job)[0] for job in jobs]
        os.remove(office.blobs(f"jobs/{jobs[0]}*")[0])
        office.set_clock("2027-01-13T17:45:00Z")
        assert [office.job_status(job) for job in jobs] == ["error"] * 2
        assert office.statuses(ids) == ["created"] * 2 and office.record_files() == []
        built = office.cli("letters", "build-records", jobs[0])
        assert (built["lines"], built["status"]) == (1, "ready to send")
        office.send_records(*jobs)
        assert [office.job_status(job) for job in jobs] == ["sent to dvla"] * 2
        assert len(office.record_files()) == 1 and sent_once(office, ids)


def test_files_of_one_minute_get_names_of_their_own(office):
    first = office.letter()
    office.send_records()
    second = office.letter()
    office.send_records()
    assert len(office.record_files()) == 2 and sent_once(office, [first, second])


def test_a_change_of_permission_moves_a_letter_from_one_way_to_the_other(office):
    one = office.letter()
    other = office.letter(service="Council")
    office.drain()
    office.give_permission("Records", True)
    office.give_permission("Council", False)
    office.advance(3600 + 15 * 60 + 1)  # what has no PDF is rendered by then
    office.set_clock("2027-01-13T17:55:00Z")
    assert office.statuses([one, other]) == ["sending"] * 2
    assert list(office.house.references()) == [office.reference(one)]
    assert office.references() == [office.reference(other)]


def test_without_the_switch_every_letter_is_a_pdf(tmp_path):
    with RecordOffice(tmp_path / "office", at=NOON, settings={"letters.records": "false"}) as office:
        ids = [office.letter()] + office.job_letters(office.job(["Ann"]))
        with pytest.raises(CommandFailed, match="letters.records"):
            office.cli("letters", "send-records")
        office.set_clock("2027-01-13T17:55:00Z")
        assert office.statuses(ids) == ["sending"] * 2 and office.record_files() == []
        assert sorted(office.house.references()) == sorted(map(office.reference, ids))


def test_the_switch_turned_off_sends_what_was_planned_and_renders_the_rest(tmp_path):
    with RecordOffice(tmp_path / "office", at=NOON) as office:
        planned = office.letter()
        office.fault("print", "fail", 1)
        office.send_records()
        rest = office.letter()
        office.drain()
        office.restart(**{"letters.records": "false"})
        office.retry_sending()
        assert office.status(planned) == "sending" and office.references() == [office.reference(planned)]
        office.set_clock("2027-01-13T17:55:00Z")
        assert office.status(rest) == "sending" and list(office.house.references()) == [office.reference(rest)]


def test_letters_of_before_the_switch_leave_too(tmp_path):
    with RecordOffice(tmp_path / "office", at=NOON, settings={"letters.records": "false"}) as office:
        ids = office.letters(1) + office.job_letters(office.job(["Ann"]))  # with a PDF
        office.fault("blob", "slow", 100, delay_ms=700)
        job = office.job(["Bo"], "later.csv", drain=False)
        wait_for(lambda: office.job_letters(job))
        office.kill9()  # before it is rendered
        office.settings["letters.records"] = "true"
        office.start()
        office.advance(10 * 60)
        waiting = office.job_letters(job)
        office.set_clock("2027-01-13T17:55:00Z")
        assert sent_once(office, ids + waiting) and office.house.zips() == []


def test_a_print_provider_that_takes_no_files_is_refused_at_the_start(tmp_path):
    office = RecordOffice(tmp_path / "office", settings={"print.provider": "none"})
    done = office.run("serve", "--api", "127.0.0.1:0", "--web", "127.0.0.1:0")
    assert done.returncode != 0 and "letters.records" in done.stderr


@pytest.mark.parametrize("text", ["50", "5000", "5a0"])
def test_lg1_organisations_are_three_digits(office, text):
    with pytest.raises(CommandFailed, match="three digits"):
        office.cli("service", "create", "Harbour", "--print-organisation", text)


def test_on_both_stores(make_postroom, store_settings, tmp_path):
    house = HouseFolder(tmp_path / "house")
    server = make_postroom(settings={**store_settings, "print.provider": "folder", "print.folder": house.root,
                                     "letters.records": "true"})
    world = server.world(keys=["normal"])
    server.cli("service", "update", world.id, "--permissions", "letter", "--print-records")
    single = [world.client.send("letter", {"template_id": world.letter,
                                           "personalisation": {"name": "Ann", **LETTER_ADDRESS}})["id"] for _ in "ab"]
    sheet = tmp_path / "people.csv"
    sheet.write_text("name,address line 1,address line 2,address line 3\nBo,Bo,1 Road,LS1 4AP\n")
    job = server.cli("job", "create", world.id, world.letter, sheet)["id"]
    server.drain()
    server.advance(61)
    assert server.cli("job", "show", job)["status"] == "ready to send"
    server.cli("letters", "send-records", "--now")
    server.drain()
    assert [server.cli("notification", "show", one)["status"] for one in single] == ["sending"] * 2
    shown = server.cli("job", "show", job)
    assert shown["status"] == "sent to dvla" and shown["notifications"] == {"sending": 1}
    texts = [open(os.path.join(house.drop, name)).read() for name in house.all_files()]
    assert sorted(text.count("\n") for text in texts) == [1, 2]
