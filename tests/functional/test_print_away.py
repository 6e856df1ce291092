"""A print house that is away: recurring work logs it and goes on, an operator is told, and nothing piles up."""
import os

from print_tools import Office


def test_polls_of_a_print_house_that_is_away_are_logged_never_buried(tmp_path):
    with Office(tmp_path, allow_errors=["periodic.failed"]) as office:
        assert office.cli("doctor")["healthy"] is True
        os.rename(office.house.root, office.house.root + "-away")
        office.advance(3600)
        assert office.cli("tasks", "buried") == []
        assert "poll-print-responses" in {line["kind"] for line in office.log_lines("periodic.failed")}

        done = office.run("doctor", "--json")
        assert done.returncode == 1
        assert '"healthy":false' in done.stdout and office.house.root in done.stdout

        os.rename(office.house.root + "-away", office.house.root)
        office.advance(600)
        assert office.run("doctor", "--json").returncode == 0
