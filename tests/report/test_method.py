import re

from cellwise.report._method import GLOSSARY, METHOD, REFERENCES


def test_every_reference_is_cited_and_exists():
    cited = {
        int(number)
        for text in METHOD
        for group in re.findall(r"\[([\d, ]+)\]", text)
        for number in group.split(",")
    }
    assert cited == set(range(1, len(REFERENCES) + 1))


def test_terms_are_explained_in_a_sentence():
    assert all(text.endswith(".") for text in GLOSSARY.values())
