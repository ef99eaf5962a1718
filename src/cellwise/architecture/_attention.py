"""Attention that pools a sequence into one vector."""

from dataclasses import dataclass

from cellwise._errors import ArchitectureError
from cellwise.architecture._checks import check_size
from cellwise.architecture._text import call_text
from cellwise.architecture._weights import Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionPooling:
    r"""A weighted mean over time, the weights found by comparing each step with a learned query.

    Each of the heads works on its share of the D values of a step,

    .. math::
        u_t = \tanh(W x_t + b), \qquad \alpha_t = \mathrm{softmax}_t(q^k \cdot u^k_t), \qquad
        y^k = \sum_t \alpha_t x^k_t,

    and the heads' outputs stand side by side, D values in all.

    Attributes:
        heads: Number of heads; must divide the width that it reads.

    Raises:
        ArchitectureError: If there is no head.

    Reference:
        Yang et al. (2016), "Hierarchical Attention Networks", equations 5-7; heads as in Vaswani
        et al. (2017).
    """  # noqa: DOC502  raised by check_size

    heads: int = 1

    def __post_init__(self) -> None:
        """Check the number of heads."""
        check_size("heads of attention", self.heads)

    def output_width(self, input_size: int) -> int:
        """Return the width that it reads.

        Args:
            input_size: Values of a step.

        Returns:
            The same number.

        Raises:
            ArchitectureError: If the heads do not divide it.
        """
        if input_size % self.heads:
            raise ArchitectureError(
                f"{self} shares out the values of a step among its heads, and {self.heads} does "
                f"not divide {input_size}"
            )
        return input_size

    def weights(self, input_size: int) -> tuple[Weight, ...]:
        """List the weights: keys and queries.

        Args:
            input_size: Values D of a step.

        Returns:
            ``weight``, ``bias`` and ``query``, ``(heads, D / heads)``.
        """
        share = self.output_width(input_size) // self.heads
        return (
            Weight(name="weight", shape=(input_size, input_size), role="input"),
            Weight(name="bias", shape=(input_size,), role="bias"),
            Weight(name="query", shape=(self.heads, share), role="hidden"),
        )

    def __str__(self) -> str:
        """Return the text form."""
        return call_text("attention", [str(self.heads)])
