from cellwise.records import (
    ImportanceRecord,
    InteractionRecord,
    MarginalPoint,
    from_plain,
    to_plain,
)


def test_importance_round_trips():
    point = MarginalPoint(value="adam", error=0.5, standard_error=0.1, num_trials=3)
    record = ImportanceRecord(
        name="optimizer", fanova=0.5, ped_anova=0.4, marginal=(point,), fanova_deviation=0.1
    )
    assert from_plain(ImportanceRecord, to_plain(record)) == record


def test_interaction_round_trips():
    record = InteractionRecord(names=("dropout", "l1"), share=0.2, deviation=0.05)
    assert from_plain(InteractionRecord, to_plain(record)) == record
