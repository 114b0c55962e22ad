"""``fallwatch health``: whether every room is watched at this moment."""

from __future__ import annotations

import json
from typing import Annotated

import typer

_EXIT_STATUS = "Exit status: 0 every room is watched, 1 one is not, or there is none."

_NO_ROOM = "No room is watched: the settings hold no camera that is switched on."


def health(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say whether every room is watched at this moment, by whichever fallwatch of this computer.

    For a service that looks after the watcher, such as a container's health check. Rooms of the
    settings that are switched on have to be watched, and so have those that are watched by their
    address. A room that is paused, starts, or has a fault is not watched; one with a care visit is,
    and that its alarms are paused is said.
    """
    import time
    from dataclasses import asdict
    from datetime import datetime

    from fallwatch import paths
    from fallwatch.events.times import utc_now, utc_text
    from fallwatch.runtime.guards.room_states import STATES_FOLDER, read_room_states, states_now
    from fallwatch.runtime.visits.visit_files import VISITS_FOLDER, VisitFiles
    from fallwatch.settings import SETTINGS_FILE, Settings, SettingsError, read_settings

    problem = ""
    settings = Settings()
    try:
        settings = read_settings(paths.config_dir() / SETTINGS_FILE) or settings
    except SettingsError as error:
        problem = str(error)
    wanted = [camera.name for camera in settings.cameras if camera.enabled]
    rooms = states_now(wanted, read_room_states(paths.data_dir() / STATES_FOLDER), utc_now())
    if not rooms:
        problem = problem or _NO_ROOM
    visits = VisitFiles(paths.data_dir() / VISITS_FOLDER).now(time.time())
    watched = not problem and all(room.watched for room in rooms)
    if as_json:
        listed = [
            asdict(room) | {"at": utc_text(room.at), "care_visit": room.room in visits}
            for room in rooms
        ]
        typer.echo(json.dumps({"watched": watched, "problem": problem, "rooms": listed}))
    else:
        lines = [f"{room.room} is not watched. {room.reason}" for room in rooms if not room.watched]
        for line in [problem, *lines] if problem else lines:
            typer.echo(line)
        if watched:
            typer.echo("Every room is watched: " + ", ".join(room.room for room in rooms) + ".")
        for name, visit in visits.items():
            until = datetime.fromtimestamp(visit.until_unix_s).astimezone()
            typer.echo(
                f"{name}: care visit by {visit.by}; its alarms are paused until {until:%H:%M} at "
                "the latest."
            )
    raise typer.Exit(0 if watched else 1)


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(epilog=_EXIT_STATUS)(health)
