"""The texts of the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """What is always said of a finding.

    Attributes:
        title: What it is called.
        why: Why such a thing happens.
        source: Who says so.
        do: The usual way out.
    """

    title: str
    why: str
    source: str
    do: str


ENTRIES: dict[str, Entry] = {
    "non_finite_loss": Entry(
        "The loss is not a number",
        "One step too long throws the weights to where the gradient overflows; inputs that are "
        "far from unit size and a rate that is too high both do this.",
        "Pascanu, Mikolov & Bengio (2013), section 2.2 and algorithm 1",
        "divide the learning rate by 10, clip the gradient (clip_norm=1) and scale the inputs",
    ),
    "exploding_loss": Entry(
        "The loss explodes",
        "The loss of a recurrent network has cliffs; a step over one of them undoes the training "
        "before it.",
        "Pascanu, Mikolov & Bengio (2013), section 2.3",
        "clip the gradient (clip_norm=1), then divide the learning rate by 3",
    ),
    "unscaled_inputs": Entry(
        "Inputs are not scaled",
        "Columns that are large saturate the gates from the first step on, and columns that are "
        "small are not seen.",
        "LeCun, Bottou, Orr & Mueller (1998), Efficient BackProp, section 4.3",
        "standardise each column with the mean and deviation of the training rows, as `cellwise "
        "fit` does; take logarithms of columns with a heavy tail",
    ),
    "vanishing_gradient": Entry(
        "The gradient vanishes before it reaches what matters",
        "Through every step back the gradient is multiplied by the forget gate and the recurrent "
        "matrix; where these stay below 1 it falls geometrically.",
        "Bengio, Simard & Frasconi (1994); Hochreiter & Schmidhuber (1997); chrono "
        "initialisation: Tallec & Ollivier (2018)",
        "use lstm or gru cells in place of rnn, start the forget bias at ln(lag - 1), or hand the "
        "network the lag that matters as a column of its own",
    ),
    "exploding_gradient": Entry(
        "The gradient explodes going back in time",
        "The recurrent Jacobian stretches some direction by more than 1 at each step.",
        "Pascanu, Mikolov & Bengio (2013), section 2.1",
        "clip the gradient (clip_norm=1), start recurrent matrices orthogonal, no relu in the "
        "recurrence",
    ),
    "saturated_gates": Entry(
        "Gates are stuck at an end",
        "A gate that is 0 or 1 whatever it reads is a constant, and its derivative is next to 0: "
        "it will not move again.",
        "Karpathy, Johnson & Fei-Fei (2016), section 4.2; Glorot & Bengio (2010)",
        "scale the inputs, lower the learning rate, add weight decay, or layer_norm=full",
    ),
    "dead_cells": Entry(
        "Dead cells",
        "A cell whose output never moves carries no information; its weights cost time only.",
        "Glorot & Bengio (2010), on saturation; Karpathy et al. (2016)",
        "train with fewer cells, or lower the learning rate if gates are stuck too",
    ),
    "duplicate_cells": Entry(
        "Cells are copies of one another",
        "Cells that start alike, or that a network has no other use for, learn the same thing.",
        "Fukumizu & Amari (2000), on units that can be merged",
        "train with fewer cells; where weights were set by hand, draw each cell's own",
    ),
    "low_rank_state": Entry(
        "The state uses few of its directions",
        "The data can be told from few numbers, or the network has found only few; more cells are "
        "not what it lacks.",
        "Roy & Vetterli (2007), effective rank",
        "try a layer of about as many cells as are used: `cellwise compare` shows what it costs",
    ),
    "one_class": Entry(
        "It always predicts one class",
        "Predicting the most frequent class is the nearest low point of the loss; a network that "
        "cannot tell the classes yet stays there.",
        "He & Garcia (2009), on imbalanced data",
        "weight the classes by their inverse frequency, lower the learning rate, check that labels "
        "and sequences belong together",
    ),
    "collapse_to_mean": Entry(
        "It predicts the mean",
        "The mean is the best constant; a network that finds no way to its inputs ends there, "
        "though a linear method finds one.",
        "Hyndman & Athanasopoulos (2021), section 5.2, the mean method",
        "raise the learning rate or train longer; check that inputs and targets are of the same "
        "rows",
    ),
    "collapse_to_last": Entry(
        "It repeats the last value",
        "The last value is a strong forecast; a network that finds nothing else repeats it, though "
        "a linear method finds more.",
        "Hyndman & Athanasopoulos (2021), section 5.2, the naive method",
        "anchor the windows (--anchor last) so that the network learns what is left, and raise the "
        "learning rate or train longer",
    ),
    "stuck_output": Entry(
        "The output does not move",
        "Nothing of the inputs arrives at the output layer: its weights are 0, the state is dead, "
        "or the rate is so low that training did not begin.",
        "He et al. (2015), on layers that stop the signal",
        "raise the learning rate tenfold; look for dead cells and stuck gates below",
    ),
    "flat_loss": Entry(
        "The loss falls at first and then stays",
        "Either the steps are of the wrong size, or the inputs are, or there is nothing left to be "
        "learnt.",
        "Smith (2017), the range test of learning rates",
        "run `cellwise fit --tune`, whose range test finds the rate",
    ),
    "overfitting": Entry(
        "It learns the training windows by heart",
        "There are more free weights than the windows can hold down.",
        "Collins, Sohl-Dickstein & Sussillo (2017), about 5 bits per weight",
        "fewer cells, dropout or weight decay (`cellwise fit --tune`), and early stopping",
    ),
    "alpha_overfitting": Entry(
        "Sizes of the alpha rule overfit",
        "N_h = N_s / (alpha (N_i + N_o)) gives more weights than the windows can hold down as long "
        "as the training error is much lower than the error on rows that were not trained on. It "
        "was made for networks without recurrence: a starting value at most.",
        "stats.stackexchange 181 (2010), a rule of thumb",
        "fewer cells (--max-cells), dropout or weight decay (`cellwise fit --tune`)",
    ),
    "underfitting": Entry(
        "It has not even learnt the training windows",
        "Too few cells, too few epochs or too low a rate: the error is as high where it was "
        "trained as where it was not, and a simple method does better.",
        "Goodfellow, Bengio & Courville (2016), section 5.2",
        "more epochs (--epochs) or a higher rate first, then more cells (--max-cells)",
    ),
    "deeper_is_worse": Entry(
        "A deeper network is worse than a shallower one",
        "A deeper network can do all that the shallower one does; where its training error rises "
        "too, it is the optimisation that fails and not the capacity.",
        "He, Zhang, Ren & Sun (2016), section 1, degradation",
        "try residual layers, layer_norm=full, a third of the rate or a warm start: "
        "`cellwise.diagnosis.try_remedies`",
    ),
    "state_across_independent": Entry(
        "The state is carried between sequences that are independent",
        "What one sequence leaves in the state is noise for the next one.",
        "Hochreiter & Schmidhuber (1997): a new sequence starts from a new state",
        "take `stateful` out of the architecture",
    ),
    "stateful_shuffled": Entry(
        "The state is carried, but the batches are shuffled",
        "A state that goes on from another place of the series, or from another series, says the "
        "wrong thing.",
        "Keras guide on stateful recurrent layers",
        "keep the order: row b of a batch goes on where row b of the batch before ended; or take "
        "`stateful` out",
    ),
    "padding_trained_on": Entry(
        "Padding is trained on",
        "Steps that were filled in are read, or predicted, like real ones; short sequences then "
        "count for what they lack.",
        "Dwarampudi & Reddy (2019), pre- and post-padding",
        "mask the padded steps in the loss, pad in front and not behind, and sort sequences by "
        "length",
    ),
    "leak_of_future": Entry(
        "It reads the future",
        "A bidirectional layer, or one that looks ahead, hands later values to earlier outputs; "
        "the error of training then means nothing in use.",
        "Kaufman, Rosset & Perlich (2012), leakage in data mining",
        "take `bilstm` out of forecasts that put out a value at each step, or name the columns "
        "that are really known in advance",
    ),
    "too_few_epochs": Entry(
        "Training ended while the error was still falling",
        "The number of epochs, and with it the schedule, was too short.",
        "Bengio (2012), Practical recommendations, section 3.1.2",
        "double --epochs",
    ),
    "early_stop_at_edge": Entry(
        "The first epoch was the best",
        "Every later step made it worse: the rate is too high for what is left to be learnt, or "
        "the training rows are unlike the validation rows.",
        "Prechelt (1998), Early stopping - but when?",
        "divide the learning rate by 10 and give it more epochs; check the split for a shift",
    ),
    "window_too_short": Entry(
        "The window is too short",
        "The values that tell the future lie before the first step that the network sees.",
        "Hyndman & Athanasopoulos (2021), section 9.8: as many lags as the data ask for",
        "lengthen the window: --context-length",
    ),
}
"""Finding to its texts."""
