"""The print house behind a real OpenSSH server: the whole way, and what a wrong key or a closed port does."""
import os

import pytest

from harness import wait_for
from print_tools import HouseFolder, Office, Sshd, find_sshd, reference_of

NOON = "2027-01-13T12:00:00Z"
DAY = "2027-01-13"

pytestmark = pytest.mark.skipif(find_sshd() is None, reason="needs sshd: apt-get install openssh-server")


@pytest.fixture
def sshd(tmp_path):
    server = Sshd(str(tmp_path / "sshd"))
    server.house = HouseFolder(server.files)
    yield server.start()
    server.close()


def office_at(sshd, tmp_path, **options):
    settings = {**sshd.settings(), **options.pop("settings", {})}
    return Office(tmp_path / "office", at=NOON, house=sshd.house, settings=settings, **options)


def sent_once(office, ids):
    """The letters' references lie in exactly one zip each, and all of them are sending."""
    assert office.statuses(ids) == ["sending"] * len(ids)
    found = office.house.references()
    assert sorted(found) == sorted(map(office.reference, ids))
    return all(len(zips) == 1 for zips in found.values())


def test_ft5_ft6_letters_travel_to_the_server_and_its_answers_come_back(sshd, tmp_path):
    with office_at(sshd, tmp_path) as office:
        ids = office.letters(3)
        office.set_clock("2027-01-13T17:50:00Z")
        assert sent_once(office, ids)
        name, = office.house.all_files()  # and no partial file
        assert [reference_of(e) for e in office.house.entries(name)] == [office.reference(one) for one in ids]
        report = office.cli("print-house", "run", "--root", sshd.files, "--once")
        assert (report["zips"], report["problems"]) == (1, [])
        office.advance(5 * 60)
        assert office.statuses(ids) == ["delivered"] * 3
        office.set_clock("2027-01-13T23:05:00Z")
        assert office.tickets() == []


def test_ft5_a_fingerprint_pins_the_server_as_well(sshd, tmp_path):
    with office_at(sshd, tmp_path, settings={"print.sftp_host_key": sshd.fingerprint()}) as office:
        ids = office.letters(1)
        office.collate()
        assert sent_once(office, ids)


def test_ft8_an_upload_whose_answer_is_lost_is_found_on_the_server(sshd, tmp_path):
    with office_at(sshd, tmp_path) as office:
        ids = office.letters(2)
        office.fault("print", "cut")
        office.collate()
        office.retry_zips()
        assert sent_once(office, ids)


def test_ft6_a_server_that_dies_and_comes_back_gets_the_zip_once(sshd, tmp_path):
    with office_at(sshd, tmp_path) as office:
        ids = office.letters(2)
        sshd.stop()
        office.collate()
        assert office.statuses(ids) == ["created"] * 2
        sshd.start()
        office.retry_zips()
        assert sent_once(office, ids)


@pytest.mark.parametrize("form", ["key", "fingerprint"])
def test_ft5_a_wrong_pinned_key_keeps_the_letters_until_it_is_put_right(sshd, tmp_path, form):
    other = sshd.other_host_key()
    wrong = other if form == "key" else sshd.fingerprint("other_key")
    with office_at(sshd, tmp_path, settings={"print.sftp_host_key": wrong}) as office:
        ids = office.letters(2)
        office.collate()
        assert office.statuses(ids) == ["created"] * 2
        assert office.house.all_files() == []
        line, = office.log_lines("letters.zip_not_sent")
        assert "print.sftp_host_key" in line["error"]
        assert sshd.fingerprint() in line["error"]
        assert office.is_alive()
        more = office.letters(1)  # other work goes on

        office.restart(**{"print.sftp_host_key": sshd.host_key()})
        office.retry_zips()
        assert sent_once(office, ids)
        assert office.collate()["letters"] == 1
        assert sent_once(office, ids + more)


def test_a_refused_connection_keeps_the_letters_until_the_port_is_put_right(sshd, tmp_path):
    closed = Sshd(str(tmp_path / "closed")).port
    with office_at(sshd, tmp_path, settings={"print.sftp_port": closed}) as office:
        ids = office.letters(2)
        office.collate()
        assert office.statuses(ids) == ["created"] * 2
        line, = office.log_lines("letters.zip_not_sent")
        assert str(closed) in line["error"] and "127.0.0.1" in line["error"]
        assert office.is_alive()
        office.restart(**{"print.sftp_port": sshd.port})
        office.retry_zips()
        assert sent_once(office, ids)


def test_without_a_pinned_key_the_server_does_not_start(sshd, tmp_path):
    office = office_at(sshd, tmp_path)
    office.settings["print.sftp_host_key"] = ""
    done = office.run("serve", "--api", "127.0.0.1:0", "--web", "127.0.0.1:0")
    assert done.returncode != 0
    assert "print.sftp_host_key" in done.stderr


def test_a_key_the_server_does_not_know_is_told_in_words(sshd, tmp_path):
    sshd.make_key("stranger")
    stranger = os.path.join(sshd.folder, "stranger")
    with office_at(sshd, tmp_path, settings={"print.sftp_private_key_path": stranger}) as office:
        ids = office.letters(1)
        office.collate()
        assert office.statuses(ids) == ["created"]
        line, = office.log_lines("letters.zip_not_sent")
        assert "print.sftp_user" in line["error"] or "print.sftp_private_key_path" in line["error"]


def test_ft12_killed_while_uploading_leaves_one_whole_zip(sshd, tmp_path):
    with office_at(sshd, tmp_path) as office:
        ids = office.letters(2)
        office.fault("blob", "slow", 100, delay_ms=400)
        office.cli("letters", "collate", "--now")
        wait_for(office.house.all_files, pause=0.0005)
        office.kill9()
        office.start()
        office.advance(10 * 60)
        assert sent_once(office, ids)
        assert office.house.all_files() == office.house.zips()
