"""Recordings stand whole on one side, and a split is the same every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.train.synthetic import samples
from train.data.splits import split_samples
from train.errors import TrainError


def test_no_source_stands_on_two_sides_of_the_honest_split() -> None:
    data = samples(240)
    for seed in range(5):
        split = split_samples(data, "honest", seed)
        parts = [set(data.sources[rows]) for rows in (split.train, split.val, split.test)]
        assert sum(map(len, parts)) == len(set(data.sources))
        assert len(set.union(*parts)) == len(set(data.sources))


def test_the_honest_protocol_never_chooses_on_the_test_part() -> None:
    data = samples(240)
    honest, study = split_samples(data, "honest", 1), split_samples(data, "study", 1)
    assert not set(honest.val) & set(honest.test)
    assert set(study.val) == set(study.test) == set(honest.test)
    assert set(honest.val) < set(study.train)


def test_the_same_seed_gives_the_same_split_and_another_seed_another() -> None:
    data = samples(240)
    first, again, other = (split_samples(data, "honest", seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.train, again.train)
    assert set(first.train) != set(other.train)


def test_a_set_that_comes_divided_keeps_it_and_shared_scenes_leave_honest_training() -> None:
    data = samples(120)
    parts = np.array(["train"] * 90 + ["val"] * 30)
    study, honest = (
        split_samples(replace(data, parts=parts), protocol, 1) for protocol in ("study", "honest")
    )
    np.testing.assert_array_equal(study.test, np.arange(90, 120))
    np.testing.assert_array_equal(honest.test, study.test)
    # Rows 88 to 91 are one recording: as published in the study's protocol, and not in ours.
    assert study.leaked_scenes == ("made/22",)
    assert {88, 89} <= set(study.train)
    assert honest.leaked_scenes == ()
    assert not {88, 89} & {*honest.train, *honest.val}


def test_each_fold_tests_other_sources_and_together_they_test_all() -> None:
    data = samples(240)
    tested = [
        set(data.sources[split_samples(data, "honest", 1, test_fold=k).test]) for k in range(5)
    ]
    assert len(set.union(*tested)) == sum(map(len, tested)) == len(set(data.sources))


def test_long_recordings_give_no_more_than_allowed() -> None:
    data = samples(240, per_source=20)
    split = split_samples(data, "honest", 1, max_per_source=3)
    _, counts = np.unique(
        np.stack([data.sources[split.train], data.labels[split.train].astype(str)]),
        axis=1, return_counts=True,
    )  # fmt: skip
    assert counts.max() == 3
    assert len(split.test) > 3 * len(set(data.sources[split.test]))


def test_what_is_trained_on_in_the_end_is_the_training_and_the_validation_part() -> None:
    data = samples(240, per_source=20)
    split = split_samples(data, "honest", 1)
    assert set(split.refit) == {*split.train, *split.val}
    thinned = split_samples(data, "honest", 1, max_per_source=3)
    assert set(data.sources[thinned.refit]) == set(data.sources[split.refit])
    assert len(thinned.refit) == 2 * 3 * len(set(data.sources[split.refit]))
    study = split_samples(data, "study", 1)
    np.testing.assert_array_equal(study.refit, study.train)


def test_no_fold_keeps_no_recording_back_and_tests_on_what_came_divided() -> None:
    data = samples(240)
    parts = np.array(["train"] * 80 + ["val"] * 40 + [""] * 120)
    sets = np.array(["divided"] * 120 + ["whole"] * 120)
    data = replace(data, parts=parts, data_sets=sets)
    split = split_samples(data, "honest", 1, test_fold=None)
    np.testing.assert_array_equal(split.test, np.arange(80, 120))
    assert set(split.refit) == {*range(80), *range(120, 240)}
    with pytest.raises(TrainError, match="Nothing is left to test on"):
        split_samples(samples(240), "honest", 1, test_fold=None)


def test_too_few_recordings_are_refused_in_words() -> None:
    with pytest.raises(TrainError, match="cannot be divided into 5 folds"):
        split_samples(samples(16), "honest", 1)
