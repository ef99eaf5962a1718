"""Layers without memory: dense, dropout, norm, causal convolution, embedding."""

from dataclasses import dataclass

from cellwise.architecture._checks import (
    ACTIVATIONS,
    Activation,
    check_rate,
    check_size,
    check_word,
)
from cellwise.architecture._text import call_text, number_text
from cellwise.architecture._weights import Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """A dense layer, applied at each step alone.

    Attributes:
        size: Values that it puts out.
        activation: Function of its output.

    Raises:
        ArchitectureError: If a field is outside its rule.

    Example:
        >>> str(Dense(size=8, activation="relu"))
        'dense(8, relu)'
    """  # noqa: DOC502  raised by the checks

    size: int
    activation: Activation = "linear"

    def __post_init__(self) -> None:
        """Check every field."""
        check_size("size of dense", self.size)
        check_word("activation of dense", self.activation, ACTIVATIONS)

    def output_width(self, input_size: int) -> int:
        """Return its size, whatever it reads."""
        return self.size

    def weights(self, input_size: int) -> tuple[Weight, ...]:
        """List the weights: a matrix and a bias.

        Args:
            input_size: Width of what it reads at a step.

        Returns:
            ``weight`` and ``bias``.
        """
        return (
            Weight(name="weight", shape=(self.size, input_size), role="input"),
            Weight(name="bias", shape=(self.size,), role="bias"),
        )

    def __str__(self) -> str:
        """Return the text form."""
        return call_text("dense", [str(self.size), _activation_text(self.activation)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout:
    """Dropout of what passes, in training only.

    Attributes:
        rate: Probability of dropping a value, 0 to below 1.

    Raises:
        ArchitectureError: If the rate is outside its rule.
    """  # noqa: DOC502  raised by the checks

    rate: float

    def __post_init__(self) -> None:
        """Check the rate."""
        check_rate("rate of dropout", self.rate)

    def output_width(self, input_size: int) -> int:
        """Return the width that it reads."""
        return input_size

    def weights(self, input_size: int) -> tuple[Weight, ...]:
        """List no weights."""
        return ()

    def __str__(self) -> str:
        """Return the text form."""
        return call_text("dropout", [number_text(self.rate)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """Layer normalisation over the values of a step, with a gain and a bias per value.

    Reference:
        Ba, Kiros & Hinton (2016), "Layer Normalization", arXiv 1607.06450.
    """

    def output_width(self, input_size: int) -> int:
        """Return the width that it reads."""
        return input_size

    def weights(self, input_size: int) -> tuple[Weight, ...]:
        """List the weights: a gain and a bias per value.

        Args:
            input_size: Width of what it reads at a step.

        Returns:
            ``gain`` and ``bias``.
        """
        return (
            Weight(name="gain", shape=(input_size,), role="gain"),
            Weight(name="bias", shape=(input_size,), role="bias"),
        )

    def __str__(self) -> str:
        """Return the text form."""
        return "norm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv:
    """A causal convolution along time: a step sees itself and the k - 1 steps before it.

    Attributes:
        kernel_size: Steps k that it sees; missing steps before the first count as 0.
        channels: Values that it puts out; 0 for as many as it reads.
        activation: Function of its output.

    Raises:
        ArchitectureError: If a field is outside its rule.

    Example:
        >>> str(Conv(kernel_size=3, channels=16, activation="relu"))
        'conv(3, 16, relu)'
    """  # noqa: DOC502  raised by the checks

    kernel_size: int
    channels: int = 0
    activation: Activation = "linear"

    def __post_init__(self) -> None:
        """Check every field."""
        check_size("kernel_size of conv", self.kernel_size)
        check_size("channels of conv", self.channels, least=0)
        check_word("activation of conv", self.activation, ACTIVATIONS)

    def output_width(self, input_size: int) -> int:
        """Return its channels, or the width that it reads."""
        return self.channels or input_size

    def weights(self, input_size: int) -> tuple[Weight, ...]:
        """List the weights: a kernel and a bias.

        Args:
            input_size: Width of what it reads at a step.

        Returns:
            ``weight``, ``(channels, F, k)`` as in torch, and ``bias``.
        """
        channels = self.output_width(input_size)
        return (
            Weight(name="weight", shape=(channels, input_size, self.kernel_size), role="input"),
            Weight(name="bias", shape=(channels,), role="bias"),
        )

    def __str__(self) -> str:
        """Return the text form."""
        channels = str(self.channels) if self.channels else ""
        arguments = [str(self.kernel_size), channels, _activation_text(self.activation)]
        return call_text("conv", arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """A table of vectors for tokens; it reads whole numbers, so only the input can feed it.

    Several columns of tokens share the table, and their vectors are put side by side.

    Attributes:
        num_tokens: Size V of the vocabulary.
        size: Values D of a token's vector.

    Raises:
        ArchitectureError: If a field is outside its rule.
    """  # noqa: DOC502  raised by the checks

    num_tokens: int
    size: int

    def __post_init__(self) -> None:
        """Check every field."""
        check_size("num_tokens of embed", self.num_tokens)
        check_size("size of embed", self.size)

    def output_width(self, input_size: int) -> int:
        """Return a vector per column of tokens."""
        return self.size * input_size

    def weights(self, input_size: int) -> tuple[Weight, ...]:
        """List the table.

        Args:
            input_size: Columns of tokens.

        Returns:
            ``weight``.
        """
        return (Weight(name="weight", shape=(self.num_tokens, self.size), role="embedding"),)

    def __str__(self) -> str:
        """Return the text form."""
        return call_text("embed", [str(self.num_tokens), str(self.size)])


def _activation_text(activation: Activation) -> str:
    return "" if activation == "linear" else activation
