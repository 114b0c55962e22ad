"""The detector's proposals: several of one body are one."""

from __future__ import annotations

import numpy as np
import pytest

from fallwatch.pose.detector import _anchors, _merged
from fallwatch.pose.networks import ANCHORS


def proposal(x: float, y: float, size: float = 0.2) -> list[list[float]]:
    return [[x, y], [size, size], [x, y + size], [x, y - size], [x, y], [x, y]]


def test_there_is_an_anchor_for_each_proposal_of_the_network() -> None:
    anchors = _anchors()
    assert anchors.shape == (ANCHORS, 2)
    # Row by row from the top left, as the network's cells are laid out; the coarsest come last.
    assert anchors[0].tolist() == pytest.approx([0.5 / 28, 0.5 / 28])
    assert anchors[2].tolist() == pytest.approx([1.5 / 28, 0.5 / 28])
    assert anchors[-1].tolist() == pytest.approx([6.5 / 7, 6.5 / 7])


def test_proposals_of_one_body_are_averaged_by_their_scores() -> None:
    points = np.array([proposal(0.3, 0.3), proposal(0.8, 0.8), proposal(0.34, 0.3)], np.float32)
    bodies = _merged(points, np.array([0.9, 0.8, 0.3], np.float32))
    assert len(bodies) == 2
    assert bodies[0][0].tolist() == pytest.approx([0.31, 0.3])
    assert bodies[1][0].tolist() == pytest.approx([0.8, 0.8])


def test_a_proposal_without_size_is_a_body_of_its_own() -> None:
    points = np.array([proposal(0.3, 0.3, 0.0)], np.float32)
    assert len(_merged(points, np.array([0.9], np.float32))) == 1
