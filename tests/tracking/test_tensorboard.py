import math

import pytest

pytest.importorskip("tensorboard", reason="tensorboard is not installed")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "logs"


@pytest.fixture
def track(folder):
    from cellwise.tracking._tensorboard import TensorBoardTracker

    return lambda: TensorBoardTracker(folder)


def read(folder):
    """Read every folder with TensorBoard's own reader."""
    from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer

    found = EventMultiplexer().AddRunsFromDirectory(str(folder))
    found.Reload()
    return found


def settings_of(reader, run):
    """Read the parameters of a trial as TensorBoard's page of them does."""
    from tensorboard.plugins.hparams import metadata

    content = reader.SummaryMetadata(run, metadata.SESSION_START_INFO_TAG)
    data = metadata.parse_session_start_info_plugin_data(content.plugin_data.content)
    return {name: getattr(value, value.WhichOneof("kind")) for name, value in data.hparams.items()}


def test_every_trial_is_a_run_with_parameters_and_curves(track, replay, folder, told):
    from cellwise.tracking._tensorboard import folder_name

    trials, baselines = told
    replay(track())
    reader = read(folder)
    assert set(reader.Runs()) == {folder_name(n) for n in (*trials, *baselines)} | {"run"}
    for name, trial in trials.items():
        run = folder_name(name)
        curve = {event.step: event.value for event in reader.Scalars(run, "validation")}
        assert curve == pytest.approx(trial.val_curve)
        curve = {event.step: event.value for event in reader.Scalars(run, "training")}
        assert curve == pytest.approx(trial.train_curve)
        settings = settings_of(reader, run)
        assert settings["learning_rate"] == trial.params["learning_rate"]
        assert settings["num_cells"] == trial.params["num_cells"]
        assert settings["state"] == trial.state
        (error,) = reader.Scalars(run, "error")
        assert error.value == pytest.approx(trial.error)


def test_verdict_and_files_are_told_at_the_end(track, replay, folder, finished):
    replay(track())
    reader = read(folder)

    def text(tag):
        (event,) = reader.Tensors("run", f"{tag}/text_summary")
        return event.tensor_proto.string_val[0].decode()

    assert text("verdict") == finished.run.verdict.sentence
    assert "report.html" in text("files") and "model" in text("files")
    final = finished.run.evidence.finals[0]
    (error,) = reader.Scalars("run", "test_error_chosen")
    assert error.value == pytest.approx(sum(final.errors) / len(final.errors))


def test_telling_twice_writes_nothing_twice_and_half_a_trial_goes(track, replay, folder):
    replay(track(), end=False)
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("events*")}
    half = folder / "width.unfinished"
    half.mkdir()
    replay(track())
    after = {p: p.stat().st_mtime_ns for p in folder.rglob("events*")}
    assert not half.exists()
    assert before.items() <= after.items()
    assert {p.parent.name for p in after.keys() - before.keys()} == {"run"}
    assert len(list((folder / "run").iterdir())) == 1
    replay(track())
    assert len(list((folder / "run").iterdir())) == 1


def test_trial_without_numbers_is_written_too(track, folder, make_record):
    track().on_candidate(make_record(error=math.inf, state="non-finite"))
    reader = read(folder)
    (run,) = reader.Runs()
    assert settings_of(reader, run)["state"] == "non-finite"
    (error,) = reader.Scalars(run, "error")
    assert math.isnan(error.value)
