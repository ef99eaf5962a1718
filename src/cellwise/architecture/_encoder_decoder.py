"""An encoder that reads the window, and a decoder that writes step by step from its states."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from cellwise._errors import ArchitectureError
from cellwise.architecture._checks import check_word
from cellwise.architecture._options import DECODER, ENCODER, option_texts
from cellwise.architecture._text import call_text, chain_text
from cellwise.architecture._weights import Weight

if TYPE_CHECKING:
    from cellwise.architecture._layer import Layer

Attention = Literal["none", "additive", "dot", "general"]
"""How a decoder looks back: ``additive`` (Bahdanau et al. 2015), ``dot`` and ``general`` (Luong
et al. 2015)."""

Sampling = Literal["constant", "linear", "exponential", "sigmoid"]
"""How the share of true values that a decoder is fed falls over the training, from
``teacher_forcing`` to 0 (Bengio et al. 2015, section 2.4); ``constant`` stays."""

ATTENTIONS: tuple[Attention, ...] = get_args(Attention)
SAMPLINGS: tuple[Sampling, ...] = get_args(Sampling)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """Layers that read the window; the final states of all its recurrent layers are handed on.

    Attributes:
        layers: The layers, first layer first.
        reverse: Whether the window is read from its last step to its first (Sutskever et al.
            2014).

    Raises:
        ArchitectureError: If there is no layer.
    """

    layers: tuple["Layer", ...]
    reverse: bool = False

    def __post_init__(self) -> None:
        """Check that there is a layer."""
        if not self.layers:
            raise ArchitectureError("an encoder must hold at least one layer, got none")

    def __str__(self) -> str:
        """Return the text form."""
        return call_text("encoder", [chain_text(self.layers), *option_texts(self, ENCODER)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    r"""Layers that write: each step reads what the step before put out.

    Each recurrent layer starts from the final state of its counterpart in the encoder. With
    ``h_j`` what the encoder's top layer gave at step j and ``s`` the decoder's top state,
    ``additive`` attention scores :math:`v \cdot \tanh(W s_{t-1} + U h_j)` and puts the mean of
    the ``h_j`` so weighted beside the input of the decoder's first recurrent layer; ``dot``
    scores :math:`s_t \cdot h_j`, ``general`` :math:`s_t \cdot W h_j`, and the output layer reads
    :math:`\tanh(W_c [c_t; s_t])`.

    Attributes:
        layers: The layers, first layer first.
        attention: How it looks back at the encoder's steps.
        teacher_forcing: Share of the training's steps that are fed the true value of the step
            before rather than the decoder's own; prediction always feeds its own.
        sampling: How that share falls over the training (scheduled sampling).

    Raises:
        ArchitectureError: If there is no layer, or a field is outside its rule.

    Reference:
        Sutskever et al. (2014), arXiv 1409.3215; Bahdanau et al. (2015), arXiv 1409.0473,
        appendix A; Luong et al. (2015), arXiv 1508.04025, equations 5-8.
    """

    layers: tuple["Layer", ...]
    attention: Attention = "none"
    teacher_forcing: float = 1.0
    sampling: Sampling = "constant"

    def __post_init__(self) -> None:
        """Check every field."""
        if not self.layers:
            raise ArchitectureError("a decoder must hold at least one layer, got none")
        check_word("attention", self.attention, ATTENTIONS)
        check_word("sampling", self.sampling, SAMPLINGS)
        if not 0.0 <= self.teacher_forcing <= 1.0:
            raise ArchitectureError(
                f"teacher_forcing must be at least 0 and at most 1, got {self.teacher_forcing}"
            )
        if self.sampling != "constant" and not self.teacher_forcing:
            raise ArchitectureError(
                f"sampling={self.sampling} needs teacher_forcing above 0: it falls from there to 0"
            )

    def weights(self, state_size: int, memory_size: int) -> tuple[Weight, ...]:
        """List the weights of the attention alone.

        Args:
            state_size: Width S of what the decoder's top layer puts out.
            memory_size: Width E of what the encoder's top layer puts out.

        Returns:
            ``attention_query``, ``attention_key`` and ``attention_score`` (additive),
            ``attention_key`` (general) and ``attention_combine`` (dot, general).

        Raises:
            ArchitectureError: If ``dot`` meets vectors of different lengths.
        """
        shapes = {
            "none": {},
            "additive": {
                "query": (state_size, state_size),
                "key": (state_size, memory_size),
                "score": (1, state_size),
            },
            "dot": {"combine": (state_size, state_size + memory_size)},
            "general": {
                "key": (state_size, memory_size),
                "combine": (state_size, state_size + memory_size),
            },
        }[self.attention]
        if self.attention == "dot" and state_size != memory_size:
            raise ArchitectureError(
                f"attention=dot multiplies the decoder's {state_size} values with the encoder's "
                f"{memory_size}, which must be as many; use attention=general"
            )
        return tuple(
            Weight(name=f"attention_{name}", shape=shape, role="hidden")
            for name, shape in shapes.items()
        )

    def __str__(self) -> str:
        """Return the text form."""
        return call_text("decoder", [chain_text(self.layers), *option_texts(self, DECODER)])
