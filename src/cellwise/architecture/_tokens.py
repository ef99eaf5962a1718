"""Words, numbers and signs of the text form, each with its position."""

import re
from dataclasses import dataclass
from typing import NoReturn

from cellwise._errors import ArchitectureError

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r'|"(?P<quoted>[^"]+)"|(?P<sign>[()\[\]|:*>=,]))'
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the text.

    Attributes:
        kind: ``number``, ``name``, ``quoted``, ``sign`` or ``end``.
        text: What it says, without quotes.
        position: Where it begins, from 0.
    """

    kind: str
    text: str
    position: int


class TokenReader:
    """The words of a text, read one after the other.

    Args:
        text: Any text; a character that belongs to no word raises `ArchitectureError`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = self._split()
        self._index = 0

    def peek(self, ahead: int = 0) -> Token:
        """Look at a word without taking it.

        Args:
            ahead: How many words further on.

        Returns:
            The word; beyond the end, the end.
        """
        return self._tokens[min(self._index + ahead, len(self._tokens) - 1)]

    def next(self) -> Token:
        """Take the next word.

        Returns:
            The word.
        """
        token = self.peek()
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def take(self, sign: str) -> None:
        """Take a sign that must come next.

        Args:
            sign: The sign.

        Raises:
            ArchitectureError: If something else comes.
        """  # noqa: DOC502  raised by fail
        token = self.next()
        if token.kind != "sign" or token.text != sign:
            self.fail(token, f"{sign!r}")

    def took(self, sign: str) -> bool:
        """Take a sign if it comes next.

        Args:
            sign: The sign.

        Returns:
            Whether it came.
        """
        comes = self.peek().kind == "sign" and self.peek().text == sign
        if comes:
            self.next()
        return comes

    def whole(self, expected: str) -> int:
        """Take a whole number of at least 1.

        Args:
            expected: What it stands for, for the message.

        Returns:
            The number.

        Raises:
            ArchitectureError: If something else comes.
        """  # noqa: DOC502  raised by fail
        token = self.next()
        if not token.text.isdigit() or int(token.text) < 1:
            self.fail(token, expected)
        return int(token.text)

    def number(self) -> float:
        """Take a number.

        Returns:
            The number.

        Raises:
            ArchitectureError: If something else comes.
        """  # noqa: DOC502  raised by fail
        token = self.next()
        if token.kind != "number":
            self.fail(token, "a number")
        return float(token.text)

    def word(self, allowed: tuple[str, ...]) -> str:
        """Take one of some words.

        Args:
            allowed: The words.

        Returns:
            The word.

        Raises:
            ArchitectureError: If something else comes.
        """  # noqa: DOC502  raised by fail
        token = self.next()
        if token.kind != "name" or token.text not in allowed:
            self.fail(token, f"one of {', '.join(allowed)}")
        return token.text

    def fail(self, token: Token, expected: str) -> NoReturn:
        """Refuse a word.

        Args:
            token: What was read.
            expected: What was expected.

        Raises:
            ArchitectureError: Always; names the position, what was read and what was expected.
        """
        read = f"{token.text!r}" if token.text else "the end of the text"
        raise ArchitectureError(
            f"position {token.position + 1} of {self.text!r}: expected {expected}, read {read}"
        )

    def _split(self) -> list[Token]:
        tokens, position = [], 0
        stripped = self.text.rstrip()
        while position < len(stripped):
            match = _TOKEN.match(stripped, position)
            if match is None:
                while stripped[position].isspace():
                    position += 1
                bad = Token("sign", stripped[position], position)
                self.fail(bad, "a layer, an option or one of ( ) [ ] | : * > = ,")
            kind = str(match.lastgroup)
            tokens.append(Token(kind, match.group(kind), match.start(kind)))
            position = match.end()
        return [*tokens, Token("end", "", len(stripped))]
