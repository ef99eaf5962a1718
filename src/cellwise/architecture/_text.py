"""The text form of an architecture: ``2*lstm(32, dropout=0.1) > gru(16)``."""

import re
from dataclasses import dataclass
from typing import Any, NoReturn

from cellwise._errors import ArchitectureError
from cellwise.architecture._layer import CELLS, RecurrentLayer

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]+)|(?P<sign>[()*>=,]))"
)
_OPTIONS = ("dropout", "to_output")
_MAX_LAYERS = 64


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse_layers(text: str) -> tuple[RecurrentLayer, ...]:
    """Read the layers of a text form.

    Args:
        text: Layers from the input upwards, separated by ``>``.

    Returns:
        The layers, first layer first.

    Raises:
        ArchitectureError: If the text is malformed; names the position, what was read and what
            was expected.
    """  # noqa: DOC502  raised by the parser
    return _Parser(text).layers()


class _Parser:
    """Recursive descent over ``layers = repeat ('>' repeat)*``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.index = 0

    def layers(self) -> tuple[RecurrentLayer, ...]:
        found = self._repeat()
        while self._peek().text == ">":
            self._next()
            found += self._repeat()
        if self._peek().kind != "end":
            self._fail(self._peek(), "'>' or the end of the text")
        if len(found) > _MAX_LAYERS:
            raise ArchitectureError(
                f"an architecture may have at most {_MAX_LAYERS} layers, got {len(found)}"
            )
        return found

    def _repeat(self) -> tuple[RecurrentLayer, ...]:
        times = 1
        if self._peek().kind == "number":
            times = self._whole(self._next(), "a whole number of repeats")
            self._take("*")
        return (self._layer(),) * times

    def _layer(self) -> RecurrentLayer:
        name = self._next()
        if name.text not in CELLS:
            self._fail(name, f"a layer ({', '.join(CELLS)})")
        self._take("(")
        size = self._whole(self._next(), "the number of cells, a whole number of at least 1")
        options: dict[str, Any] = {}
        while self._peek().text == ",":
            self._next()
            self._option(options)
        self._take(")")
        try:
            return RecurrentLayer(cell=name.text, hidden_size=size, **options)
        except ArchitectureError as error:
            raise ArchitectureError(f"position {name.position + 1}: {error}") from error

    def _option(self, options: dict[str, Any]) -> None:
        name = self._next()
        if name.text not in _OPTIONS:
            self._fail(name, f"an option ({', '.join(_OPTIONS)})")
        if name.text in options:
            self._fail(name, f"{name.text!r} only once")
        if name.text == "to_output":
            options["to_output"] = True
            return
        self._take("=")
        value = self._next()
        if value.kind != "number":
            self._fail(value, "a number")
        options[name.text] = float(value.text)

    def _whole(self, token: _Token, expected: str) -> int:
        if not token.text.isdigit() or int(token.text) < 1:
            self._fail(token, expected)
        return int(token.text)

    def _take(self, sign: str) -> None:
        token = self._next()
        if token.text != sign:
            self._fail(token, f"{sign!r}")

    def _peek(self) -> _Token:
        return self.tokens[self.index]

    def _next(self) -> _Token:
        token = self.tokens[self.index]
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def _fail(self, token: _Token, expected: str) -> NoReturn:
        read = f"{token.text!r}" if token.text else "the end of the text"
        raise ArchitectureError(
            f"position {token.position + 1} of {self.text!r}: expected {expected}, read {read}"
        )

    def _tokens(self) -> list[_Token]:
        tokens, position = [], 0
        stripped = self.text.rstrip()
        while position < len(stripped):
            match = _TOKEN.match(stripped, position)
            if match is None:
                while stripped[position].isspace():
                    position += 1
                bad = _Token("sign", stripped[position], position)
                self._fail(bad, "a layer, an option or one of ( ) * > = ,")
            kind = str(match.lastgroup)
            tokens.append(_Token(kind, match.group(kind), match.start(kind)))
            position = match.end()
        return [*tokens, _Token("end", "", len(stripped))]
