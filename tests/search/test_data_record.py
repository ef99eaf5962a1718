def test_data_record_says_what_was_forecast(finished):
    data = finished.run.evidence.data
    assert (data.target, data.horizon, data.context_length, data.metric) == ("y", 2, 8, "mse")
    assert (data.num_rows, data.num_series) == (300, 1)
    # a window is 10 rows: 59 stay before each of the two blocks of 30 rows ends, and so on
    assert data.num_windows[1] == 2 * 29 and data.num_windows[2] == 59
    assert data.features == ("y",)
