"""Every row of the case files, against the real program, on each store."""
import os

import pytest

from harness import ROOT
from run_api_cases import CASES, run_cases

OTHER_CLIENTS = os.path.join(ROOT, "tests", "functional", "api_cases", "other_clients.json")


@pytest.mark.parametrize("path", [CASES, OTHER_CLIENTS], ids=["public API", "other clients"])
def test_all_cases_pass(path, store_settings, capsys):
    report = run_cases([path], "postgres" if store_settings else "sqlite", store_settings)
    with capsys.disabled():
        print(f"\n{os.path.basename(path)}, {report}")
    shown = [f"{name}: {'; '.join(faults)}" for name, faults in report.failures.items()]
    assert not shown, f"{report}\n" + "\n".join(shown)
