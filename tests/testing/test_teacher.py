import numpy as np

from cellwise.testing import noise_table, teacher_table


def test_same_seed_same_table():
    first, second = (teacher_table(2, rows=50, noise=0.1, seed=3) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in ("u", "v", "y"))


def test_noise_has_the_size_asked_for():
    clean = teacher_table(4, rows=4000, noise=0.0, seed=1)["y"]
    noisy = teacher_table(4, rows=4000, noise=0.3, seed=1)["y"]
    assert abs(clean.std() - 1) < 0.01
    assert abs((noisy - clean).std() - 0.3) < 0.02


def test_walk_is_the_running_sum_of_the_noise():
    noise, walk = noise_table(20, seed=0)["y"], noise_table(20, seed=0, walk=True)["y"]
    assert np.allclose(np.diff(walk), noise[1:])
