from cellwise.records import ImportanceRecord, MarginalPoint, from_plain, to_plain


def test_importance_round_trips():
    point = MarginalPoint(value="adam", error=0.5, standard_error=0.1, num_trials=3)
    record = ImportanceRecord(name="optimizer", fanova=0.5, ped_anova=0.4, marginal=(point,))
    assert from_plain(ImportanceRecord, to_plain(record)) == record
