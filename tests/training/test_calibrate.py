import numpy as np
import pytest

from cellwise.training import CostModel
from cellwise.training import _calibrate as calibrate
from cellwise.training._calibrate import Calibration, cache_file, calibrated, fit_prices
from cellwise.training._cost import PASS_TERMS, pass_terms
from cellwise.training._probe import PieceSeconds

FEW = (
    ("lstm(2)", 1, 8, 8, 1, 2),
    ("lstm(4)", 2, 8, 8, 2, 2),
    ("2*lstm(2)", 2, 4, 8, 1, 1),
    ("lstm(2)", 4, 8, 6, 1, 2),
)


@pytest.fixture
def few(monkeypatch, tmp_path):
    """Few small probes, and a cache of one's own."""
    monkeypatch.setattr(calibrate, "PROBES", FEW)
    monkeypatch.setattr(calibrate, "_FIRST_ROUNDS", 1)
    monkeypatch.setattr(calibrate, "_LOOK_SECONDS", 0.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_prices_are_measured_once_and_kept(few, tmp_path):
    notes = []
    model, pace = calibrated(on_note=notes.append)
    assert len(notes) == 1 and notes[0].startswith("calibrating")
    assert cache_file().is_file() and cache_file().parent == tmp_path / "cellwise"
    assert min(model.training) >= 0 and max(model.training) > 0 and pace >= 1.0
    calibrated(on_note=notes.append)
    assert len(notes) == 1
    kept = calibrate.read_record(cache_file(), Calibration)
    assert kept.looks == 6 and len(kept.shortest) == len(FEW)


def test_damaged_cache_is_measured_anew(few):
    calibrated()
    cache_file().write_text("{}")
    notes = []
    calibrated(on_note=notes.append)
    assert len(notes) == 1


def test_place_that_cannot_be_written_costs_only_the_memory_of_it(few, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    notes = []
    model, _ = calibrated(on_note=notes.append)
    assert "the calibration is not kept" in notes[-1] and max(model.training) > 0


def test_kernels_have_prices_of_their_own(few):
    assert cache_file("reference") != cache_file("auto")


def test_shortest_times_are_kept_and_a_slower_machine_is_seen(few):
    class Slow:
        def measure(self):
            return PieceSeconds(step=3.0, validation=0.5, scoring=1.0)

    best = PieceSeconds(step=1.0, validation=1.0, scoring=1.0)
    known = Calibration(shortest=(best,) * 4, looks=2)
    after, pace = calibrate.look_again(known, [Slow()] * 4)
    assert pace == pytest.approx(3.0) and after.looks == 5
    assert after.shortest[0] == PieceSeconds(step=1.0, validation=0.5, scoring=1.0)
    assert after.shortest[1] == best


def test_known_prices_are_found_again():
    # times made of prices give those prices back where every term counts
    prices = np.array([7e-4, 4e-5, 1e-6, 2e-5, 3e-9, 1e-9, 6e-10, 4e-12, 1e-8])
    probes = [calibrate._probe(*sizes, "auto") for sizes in calibrate.PROBES]
    taken = []
    for probe in probes:
        network, members = probe.experiment.network(probe.data), len(probe.experiment.members)
        batch = probe.experiment.settings.batch_size
        step = float(pass_terms(network, probe.data, members, batch) @ prices)
        look = float(pass_terms(network, probe.data, members, 128) @ prices)
        beside = 0.5 * members + 1e-3 * members * 128 * probe.data.horizon
        taken.append(PieceSeconds(step=step, validation=look, scoring=look + beside))
    model = fit_prices(probes, taken)
    assert isinstance(model, CostModel) and len(model.training) == len(PASS_TERMS)
    assert model.training == pytest.approx(tuple(prices), rel=1e-3)
    assert model.forward == pytest.approx(tuple(prices), rel=1e-3)
    assert model.scoring == pytest.approx((0.5, 1e-3), rel=1e-3)
