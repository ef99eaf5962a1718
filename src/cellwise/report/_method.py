"""The terms of the reports, a line each, and how the decisions are made."""

GLOSSARY: dict[str, str] = {
    "cell": "One memory unit of an LSTM: it keeps one number from step to step and learns when "
    "to write, keep and read it. More cells can remember more and need more data.",
    "layer": "A row of cells; a second layer reads what the first one says at every step.",
    "parameter": "A number that training adjusts; 8 cells have a few hundred of them.",
    "learning rate": "How far one training step moves the parameters. Every size gets to try "
    "several rates, so that no size loses for a badly chosen one.",
    "epoch": "One pass over all training windows.",
    "window": "A stretch of the table: the past steps that are read and the steps to forecast.",
    "fold": "One of several cuts of the past into a training part and the rows right after it, "
    "on which the forecasts are scored.",
    "seed": "The number that fixes the random start of a network; other seeds show how much of "
    "a result is luck.",
    "MSE": "Mean squared error. In standardised units 1 is about as bad as always forecasting "
    "the average of the training rows.",
    "MAE": "Mean absolute error: how far off a forecast is on average.",
    "standard error": "How uncertain a mean is: about two times out of three the true mean lies "
    "within one standard error.",
    "p-value": "How often a difference this large would appear by luck alone if the candidate "
    "were no better. Small is convincing.",
    "benchmark": "The best classical method on the folds; a network has to beat it to be worth "
    "its cost.",
    "noise floor": "An estimate of the error that no method can get below, because that part of "
    "the data is chance.",
    "validation": "Rows that training does not see and on which sizes are compared.",
    "test": "The last rows. They are put aside until every decision has been made.",
}
"""Term to explanation, in the order in which a reader meets them."""

METHOD: tuple[str, ...] = (
    "Classical methods go first: naive forecasts, linear regression on past values, exponential "
    "smoothing and the like. The best of them on the folds becomes the benchmark.",
    "Then a network of two cells is trained, and larger ones after it. Every size is trained "
    "several times, with other seeds and on other folds, all at the same time and with the same "
    "order of windows for equal seeds. Each size tries several learning rates; bad rates are "
    "dropped early.",
    "A larger size is accepted only if it is better on the same folds and seeds by more than "
    "luck explains (a paired comparison) and by enough to matter. The test counts two kinds of luck: "
    "which rows it was scored on, by blocks of windows in time [1], and which seed. After enough "
    "refusals in a row, growth ends.",
    "A second layer has to pass the same test against the best single layer, and two layers of "
    "equal budget are tried as a control, since depth may help only at full width [4].",
    "The chosen size and its neighbours are trained afresh and scored once on the test rows, "
    "against the benchmark [2, 3]. An LSTM is advised only if it beats the benchmark by more than "
    "luck explains.",
)
"""How a verdict is reached, a paragraph each."""

WARM = (
    "Larger sizes began warm, with the weights of the best size before them, and so have had its "
    "epochs too: a part of what they gain may come from longer training and not from their size."
)
"""What is added where a size did not begin anew."""

REFERENCES: tuple[str, ...] = (
    "Ibragimov & Müller (2010), “t-Statistic Based Correlation and Heterogeneity Robust "
    "Inference”, Journal of Business & Economic Statistics 28(4).",
    "Diebold & Mariano (1995), “Comparing Predictive Accuracy”, Journal of Business & Economic "
    "Statistics 13(3).",
    "Harvey, Leybourne & Newbold (1997), “Testing the equality of prediction mean squared "
    "errors”, International Journal of Forecasting 13(2).",
    "Graves, Mohamed & Hinton (2013), “Speech Recognition with Deep Recurrent Neural Networks”, "
    "ICASSP.",
)
"""What the method stands on, numbered from 1."""
