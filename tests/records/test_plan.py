from cellwise.records import CostRecord, DepthCost, PlanRecord, from_plain, to_plain


def test_a_plan_round_trips(make_record):
    cost = make_record(CostRecord, stage="width", seconds=1.0)
    depth = make_record(DepthCost, num_layers=1, epoch_seconds=0.5)
    plan = make_record(PlanRecord, strategy="growth", shortest=(cost,), depths=(depth,))
    assert from_plain(PlanRecord, to_plain(plan)) == plan
