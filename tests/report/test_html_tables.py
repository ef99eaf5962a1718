from cellwise.report._html_tables import (
    baselines_table,
    comparisons_table,
    data_facts,
    finals_table,
    sizes_table,
)


def rows(page):
    return page.count("<tr") - 1


def test_a_row_for_each_record(use_network):
    assert rows(sizes_table(use_network)) == len(use_network.candidates)
    assert rows(comparisons_table(use_network)) == len(use_network.comparisons)
    assert rows(baselines_table(use_network)) == len(use_network.baselines)
    assert rows(finals_table(use_network)) == len(use_network.finals) + 1  # and the benchmark


def test_no_records_no_tables(empty):
    tables = (sizes_table, comparisons_table, baselines_table, finals_table)
    assert [one(empty) for one in tables] == [""] * 4


def test_data_are_described(use_network):
    page = data_facts(use_network)
    for words in ("load", "17,420", "168"):
        assert words in page
