from cellwise.records import DepthCost, PlanRecord, from_plain, to_plain


def test_a_plan_round_trips(make_record):
    depth = make_record(DepthCost, num_layers=1, epoch_seconds=0.5)
    plan = make_record(PlanRecord, strategy="growth", depths=(depth,), num_threads=2)
    assert from_plain(PlanRecord, to_plain(plan)) == plan
