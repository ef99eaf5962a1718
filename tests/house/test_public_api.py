import cellwise


def test_public_names_are_few_and_sorted():
    assert len(cellwise.__all__) <= 40
    assert cellwise.__all__ == sorted(cellwise.__all__)


def test_every_public_name_resolves():
    for name in cellwise.__all__:
        assert getattr(cellwise, name).__doc__


def test_all_and_homes_agree():
    assert set(cellwise.__all__) == set(cellwise._HOMES)
