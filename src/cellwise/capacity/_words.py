"""What theory decides and what it does not, in plain sentences."""

from cellwise.capacity._desk import Answer, Appraisal
from cellwise.capacity._format import short, whole

# the less a bound assumes, the earlier it is quoted
_GAPS = ("occam_32", "cover", "occam_16", "occam_5")
# ratios closer to 1 are called equal
_NEAR = 1.1


def sentences(answer: Answer) -> tuple[str, ...]:
    """Say what the numbers mean together.

    Args:
        answer: What `consult` found.

    Returns:
        Sentences, the most certain first.
    """
    both = answer.appraisals
    found = (
        f"{_weights(both)} {_state(both)}".strip(),
        _depth(both),
        _gaps(answer),
        _rules(both),
        _overlap(answer),
        _undecided(both),
    )
    return tuple(sentence for sentence in found if sentence)


def _weights(both: tuple[Appraisal, ...]) -> str:
    ceiling = (
        "The ceiling that is certain for any recurrent network, 32 bits per weight, follows the "
        "number of weights, not how layers share them"
    )
    if len(both) == 1:
        return f"{ceiling}."
    small, large = sorted(both, key=lambda one: one.case.weights)
    ratio = large.case.weights / small.case.weights
    if ratio < _NEAR:
        return f"{ceiling}: by it, {both[0].name} and {both[1].name} are equally complex."
    return f"{ceiling}: by it, {large.name} is {ratio:.1f} times as complex as {small.name}."


def _state(both: tuple[Appraisal, ...]) -> str:
    sizes = [one.value("state") for one in both]
    if None in sizes:
        return ""
    if len(set(sizes)) == 1:
        who = "Both carry" if len(both) > 1 else f"{both[0].name} carries"
        return f"{who} {whole(sizes[0])} numbers from step to step."
    return f"They carry {' and '.join(map(whole, sizes))} numbers from step to step."


def _depth(both: tuple[Appraisal, ...]) -> str:
    orders = [one.value("vc_lower") for one in both]
    if None in orders:
        return "What is proved about VC dimension and depth is not stated for these layers."
    return (
        "More layers, fewer cells: no theorem known here gives L layers L times the VC dimension of "
        "one. What carries over, up to a constant and for exact weights, is the largest layer alone: "
        f"{' and '.join(map(short, orders))}. From there to the ceiling, theory is silent."
    )


def _gaps(answer: Answer) -> str:
    samples = f"{answer.question.independent:,} independent windows"
    useful = [_gap(one) for one in answer.appraisals if any(map(one.says, _GAPS))]
    if useful:
        return (
            f"With {samples}, the loss on new data, between 0 and 1, exceeds that in training by at "
            f"most {' and '.join(useful)}: a ceiling, no forecast."
        )
    most = max(one.value("occam_samples") or 0 for one in answer.appraisals)
    return (
        f"With {samples}, every bound on the gap between training and new data is above 1 and says "
        f"nothing; Occam's would be {answer.question.tolerance:g} at {short(most)} windows."
    )


def _gap(one: Appraisal) -> str:
    key = next(filter(one.says, _GAPS))
    name = one.statements[key].name.removeprefix("gap, ")
    return f"{short(one.value(key))} for {one.name} ({name})"


def _rules(both: tuple[Appraisal, ...]) -> str:
    limits = " and ".join(
        f"{whole(one.value('alpha_10_weights'))} to {whole(one.value('alpha_2_weights'))} cells in "
        f"{_layers(one)}"
        for one in both
    )
    rule = f"The alpha rule, read by weights, allows {limits}"
    above = [one.name for one in both if (one.value("targets_per_weight") or 0) < 2]
    if not above:
        return f"{rule}."
    what = "both are" if len(above) == 2 else f"{above[0]} is"
    return f"{rule}; {what} larger: expect to need early stopping, dropout or weight decay."


def _layers(one: Appraisal) -> str:
    number = one.case.architecture.num_layers
    return f"{number} layer{'s' if number > 1 else ''}"


def _overlap(answer: Answer) -> str:
    question = answer.question
    disjoint = answer.appraisals[0].value("disjoint_windows")
    if question.stride or disjoint == question.samples:
        return ""
    return (
        f"If windows were cut from one series at every step, only {whole(disjoint)} share no row: "
        "add --stride 1."
    )


def _undecided(both: tuple[Appraisal, ...]) -> str:
    if len(both) == 1:
        ask = "cellwise fit TABLE --horizon H"
    else:
        ask = f'cellwise compare "{both[0].name}" "{both[1].name}" TABLE --horizon H'
    return (
        "Not decided by theory: which network forecasts better, which trains more easily, how many "
        f"layers your data need. Measure it: {ask}"
    )
