from cellwise.records import AuditCheck, AuditRecord, from_plain, to_plain


def record(*statuses):
    return AuditRecord(
        checks=tuple(
            AuditCheck(key="k", title="K", status=s, seen="s", value=1.0, why="w", do="d")
            for s in statuses
        )
    )


def test_the_worst_check_is_the_status_of_all():
    assert record("passed", "unknown").status == "passed"
    assert record("passed", "warned").status == "warned"
    mixed = record("warned", "failed", "passed")
    assert mixed.status == "failed" and len(mixed.failed) == len(mixed.warned) == 1


def test_a_record_comes_back_from_json():
    whole = record("passed", "failed")
    assert from_plain(AuditRecord, to_plain(whole)) == whole
