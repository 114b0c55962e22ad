"""The path of a stream is found by asking; one wrong password ends the asking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fallwatch.core.protocols import LoginRefusedError, SourceError
from fallwatch.sources.network.makes import MAKES
from fallwatch.sources.network.stream_search import find_stream, is_host_alone
from tests.sources.network.rtsp_camera import RtspCamera, running

TAPO = "/stream1"


@pytest.fixture
def camera(request: pytest.FixtureRequest) -> Iterator[RtspCamera]:
    with running(RtspCamera(*request.param)) as server:
        yield server


@pytest.mark.parametrize("camera", [(TAPO, None)], indirect=True)
def test_the_path_is_found(camera: RtspCamera) -> None:
    assert find_stream(f"rtsp://{camera.host}") == f"rtsp://{camera.host}{TAPO}"


@pytest.mark.parametrize("camera", [(MAKES[1].path, ("anna", "s:e"))], indirect=True)
def test_with_a_login_and_a_query(camera: RtspCamera) -> None:
    found = find_stream(f"rtsp://anna:s%3Ae@{camera.host}/")
    assert found == f"rtsp://anna:s%3Ae@{camera.host}{MAKES[1].path}"


@pytest.mark.parametrize("camera", [(TAPO, ("anna", "right"))], indirect=True)
def test_a_wrong_password_is_said_and_tried_once(camera: RtspCamera) -> None:
    with pytest.raises(LoginRefusedError, match="Wrong user or password"):
        find_stream(f"rtsp://anna:wrong@{camera.host}")
    assert len(camera.asked) == 2


@pytest.mark.parametrize("camera", [(TAPO, ("anna", "right"))], indirect=True)
def test_a_login_that_is_missing_is_asked_for(camera: RtspCamera) -> None:
    with pytest.raises(LoginRefusedError, match="wants a user"):
        find_stream(f"rtsp://{camera.host}")


@pytest.mark.parametrize("camera", [("/elsewhere", None)], indirect=True)
def test_without_any_usual_path_the_whole_address_is_asked_for(camera: RtspCamera) -> None:
    with pytest.raises(SourceError, match="none of the usual paths"):
        find_stream(f"rtsp://{camera.host}")
    assert len(camera.asked) == len(MAKES)


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("rtsp://10.0.0.7", True),
        ("rtsp://10.0.0.7:554/", True),
        ("rtsp://10.0.0.7/one", False),
        ("http://10.0.0.7", False),
    ],
)
def test_when_to_look(address: str, alone: bool) -> None:
    assert is_host_alone(address) is alone


def test_every_make_says_where_its_path_is_written() -> None:
    assert all(make.path.startswith("/") and make.source.startswith("https://") for make in MAKES)
    assert len({make.path for make in MAKES}) == len(MAKES)
