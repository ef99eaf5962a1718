from cellwise.diagnosis._catalogue_entries import ENTRIES


def test_all_that_the_issue_names_is_there():
    assert len(ENTRIES) == 25
    assert len({entry.title for entry in ENTRIES.values()}) == 25
