"""Who may have licensed data, and how they are told."""

from pathlib import Path

import pytest
import yaml

from braid.errors import BadInput
from braid.sources.licences import (
    refuse_open_cache,
    require_acceptance,
    warn_of_writable_cache,
)
from braid.sources.tables import load_datasets
from braid.study import load_config

RELEASES = load_datasets(Path(__file__).parents[3] / "config" / "datasets.tsv")


def test_licensed_data_are_refused_with_their_terms_and_the_line_that_accepts_them():
    with pytest.raises(BadInput) as error:
        require_acceptance(RELEASES["nsd"], None)
    assert error.value.file == "config/config.yaml"
    assert error.value.field == "licences.nsd"
    assert RELEASES["nsd"].terms in error.value.problem
    line = error.value.cure[error.value.cure.index("licences:") :]
    filled = line.replace("<name, laboratory>", "Ada, Lab").replace(
        "<year-month-day>", "2026-01-31"
    )
    accepted = load_config(yaml.safe_load(filled)).licences["nsd"]
    require_acceptance(RELEASES["nsd"], str(accepted))


def test_the_log_says_who_accepted_the_terms_and_when(caplog):
    caplog.set_level("INFO")
    require_acceptance(RELEASES["nsd"], "Ada, Lab, 2026-01-31")
    assert caplog.messages == ["nsd: terms accepted by Ada, Lab, 2026-01-31"]


@pytest.mark.parametrize("name", [n for n, r in RELEASES.items() if r.access == "open"])
def test_open_data_need_no_acceptance(name, caplog):
    caplog.set_level("INFO")
    require_acceptance(RELEASES[name], None)
    assert not caplog.messages


@pytest.mark.fault(19)
@pytest.mark.parametrize(("mode", "refused"), [(0o755, True), (0o751, True), (0o750, False)])
def test_a_cache_that_anyone_may_enter_is_refused(mode, refused, tmp_path):
    tmp_path.chmod(mode)
    if refused:
        with pytest.raises(BadInput, match=f"chmod o-rwx {tmp_path}"):
            refuse_open_cache(str(tmp_path))
    else:
        refuse_open_cache(str(tmp_path))


@pytest.mark.parametrize("folder", [None, ""])
def test_without_a_cache_there_is_nothing_to_refuse(folder):
    refuse_open_cache(folder)


@pytest.mark.fault(19)
@pytest.mark.parametrize(("mode", "warned"), [(0o777, True), (0o1777, True), (0o775, False)])
def test_of_a_cache_that_anyone_may_change_everyone_is_warned(mode, warned, tmp_path, caplog):
    tmp_path.chmod(mode)
    warn_of_writable_cache(str(tmp_path))
    assert any(f"chmod o-w {tmp_path}" in message for message in caplog.messages) == warned
