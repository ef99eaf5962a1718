import shutil


def test_report_prints_the_verdict_and_redraws_the_page(cellwise, finished, tmp_path):
    copy = shutil.copytree(finished.path, tmp_path / "copy")
    (copy / "report.html").unlink()
    done = cellwise("report", copy)
    assert done.code == 0
    assert finished.run.verdict.sentence in " ".join(done.out.replace("│", " ").split())
    assert (copy / "report.html").is_file()


def test_absent_run_is_one_line(refused, tmp_path):
    assert "no such directory" in refused("report", tmp_path / "none")


def test_damaged_evidence_is_one_line(refused, finished, tmp_path):
    copy = shutil.copytree(finished.path, tmp_path / "copy")
    (copy / "evidence.json").write_text("{")
    assert "evidence.json cannot be read" in refused("report", copy)
