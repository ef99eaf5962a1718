from cellwise.records import DepthCost, PlanRecord, from_plain, to_plain


def test_a_plan_round_trips():
    plan = PlanRecord(
        strategy="growth",
        shortest=(),
        longest=(),
        depths=(DepthCost(num_layers=1, hidden_size=16, epoch_seconds=0.5, ratio=1.0),),
        pace=1.0,
        budget_seconds=0.0,
        kernels="cpu",
        num_threads=2,
    )
    assert from_plain(PlanRecord, to_plain(plan)) == plan
