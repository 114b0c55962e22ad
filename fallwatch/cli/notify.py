"""``fallwatch notify``: who is told of alarms when nobody sits at this computer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from fallwatch.cli.failing import EXIT_STATUS, fail

if TYPE_CHECKING:
    from fallwatch.events.outbox import Outbox

notify_app = typer.Typer(
    help="Say who is told of alarms by mail, phone or MQTT. Changes count at once.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(help='What you call them, such as "Anna\'s phone".')]


@notify_app.command("add", epilog=EXIT_STATUS)
def add(
    name: NameArgument,
    later: Annotated[
        bool,
        typer.Option(
            "--later", help="Tell them only if nobody has acknowledged for a while: 60 seconds."
        ),
    ] = False,
    after: Annotated[
        float | None,
        typer.Option(
            "--after",
            metavar="SECONDS",
            min=1,
            max=3600,
            help="Tell them only once an alarm has been unacknowledged for so long.",
            show_default=False,
        ),
    ] = None,
    pictures: Annotated[
        bool | None,
        typer.Option(
            "--pictures/--no-pictures",
            help="Send the snapshot of the alarm, too; by default only within your own network.",
        ),
    ] = None,
) -> None:
    """Add somebody who is told of alarms.

    Asks for their address, which is not shown: it holds passwords, and is kept with them. It may
    also come through standard input. Addresses are written as Apprise wants them, for example:

    - mailtos://user:password@example.org?to=anna@example.org

    - ntfys://ntfy.sh/a-topic-nobody-guesses

    - tgram://bot-token/chat-id

    - jsons://example.org/hook

    All of them: https://appriseit.com
    """
    from fallwatch.alarms.messages.destination import is_public
    from fallwatch.runtime.recipients import Notify

    address = _secret("The address")
    if pictures is None:
        pictures = not is_public(address)
    with _readable_errors():
        step = 2 if later or after else 1
        for words in Notify().add(
            name, address, step=step, after_s=after or 0.0, pictures=pictures
        ):
            typer.echo(words, err=True)
    typer.echo(f'Try it: fallwatch notify test "{name}"', err=True)


@notify_app.command("list", epilog=EXIT_STATUS)
def show() -> None:
    """Show who is told, and whether messages wait for them."""
    from rich.console import Console
    from rich.table import Table

    from fallwatch.dispatch.policy import calling_chain
    from fallwatch.runtime.recipients import Notify

    settings = Notify().settings
    chain = calling_chain(settings)
    table = Table("name", "service", "told", "snapshots", "messages", box=None)
    with _readable_errors(), _outbox() as outbox:
        for each in settings.messages:
            told = "at once"
            if each.name in chain:
                told = f"then, if nobody acknowledges within {chain[each.name]:g} s"
            pictures = "yes" if each.pictures else "no"
            row = (each.name, each.service, told, pictures, _traffic(outbox, each.name))
            table.add_row(*(escape(text) for text in row))
        if settings.broker.address:
            broker = settings.broker
            pictures = "yes" if broker.pictures else "no"
            row = ("MQTT", broker.address, "at once", pictures, _traffic(outbox, "MQTT"))
            table.add_row(*(escape(text) for text in row))
    Console(emoji=False).print(
        table if table.row_count else "Nobody is told yet. See: fallwatch notify add"
    )


@notify_app.command("test", epilog=EXIT_STATUS)
def send_test(
    name: Annotated[
        str | None, typer.Argument(help="Whom; without it all.", show_default=False)
    ] = None,
) -> None:
    """Send a test message now. The exit status is 1 if one was not taken."""
    from fallwatch.core.protocols import ChannelError
    from fallwatch.runtime.recipients import Notify

    notify = Notify()
    names = [name] if name is not None else [each.name for each in notify.settings.messages]
    if not names:
        typer.echo("Nobody is told yet. See: fallwatch notify add", err=True)
    failed = False
    for each in names:
        with _readable_errors():
            try:
                notify.send_trial(each)
                typer.echo(f"{each}: sent. Look whether it has arrived.")
            except ChannelError as error:
                failed = True
                typer.secho(f"{each}: {error}", fg=typer.colors.RED)
    raise typer.Exit(1 if failed or not names else 0)


@notify_app.command("remove", epilog=EXIT_STATUS)
def remove(name: NameArgument) -> None:
    """Tell somebody no more; what was still to be sent to them is not."""
    from fallwatch.runtime.recipients import Notify

    with _readable_errors(), _outbox() as outbox:
        dropped = Notify().remove(name, outbox)
    left = f" {dropped} messages were still to be sent, and are not any more." if dropped else ""
    typer.echo(f"{name} is told no more.{left}", err=True)


@notify_app.command("broker", epilog=EXIT_STATUS)
def broker(
    address: Annotated[
        str | None,
        typer.Argument(help="Such as mqtts://user@broker.lan.", show_default=False),
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Use no broker any more.")] = False,
) -> None:
    """Set the MQTT broker, for Home Assistant and for the rooms of other computers.

    Asks for the user's password, which may also come through standard input. Without a user,
    alarms are published but cannot be acknowledged through the broker.
    """
    from fallwatch.runtime.recipients import Notify, broker_with
    from fallwatch.settings import BrokerSettings

    if off == (address is not None):
        fail("Give either the broker's address or --off.")
    url = address or ""
    with _readable_errors():
        user = broker_with(BrokerSettings(), url).user
        password = _secret(f"The password of {user}") if user else ""
        for words in Notify().set_broker(url, password):
            typer.echo(words, err=True)
    done = "No broker is used" if off else f"The broker {escape(url)} is used"
    typer.echo(f"{done} from now on.", err=True)


def _traffic(outbox: Outbox, channel: str) -> str:
    """How many messages wait and why, or when the last was delivered."""
    from fallwatch.events.outbox import LetterState

    waiting = outbox.waiting(channel)
    latest = outbox.of_channel(channel)
    if waiting:
        problem = next((each.problem for each in latest if each.problem), "")
        return f"{len(waiting)} wait. {problem}".strip()
    times = [each.settled_utc for each in latest if each.state is LetterState.DELIVERED]
    if not times:
        return "none yet"
    return f"last delivered {str(max(map(str, times)))[:19].replace('T', ' ')} UTC"


def _secret(what: str) -> str:
    """Ask without showing it, or read it from a pipe: never an argument, which others can see."""
    if sys.stdin is None or not sys.stdin.isatty():
        given = "" if sys.stdin is None else sys.stdin.readline().strip()
        if not given:
            fail(
                f"{what} is needed, and standard input is empty. Start the command in a terminal, "
                "which asks for it, or hand it over through a pipe."
            )
        return given
    return str(typer.prompt(what, hide_input=True)).strip()


@contextmanager
def _outbox() -> Iterator[Outbox]:
    from fallwatch import paths
    from fallwatch.events.outbox import Outbox
    from fallwatch.events.store import STORE_FILE, EventStore

    store = EventStore(paths.data_dir() / STORE_FILE)
    try:
        yield Outbox(store)
    finally:
        store.close()


@contextmanager
def _readable_errors() -> Iterator[None]:
    from fallwatch.events.store import StoreError
    from fallwatch.runtime.recipients import NotifyError

    try:
        yield
    except (NotifyError, StoreError) as error:
        fail(str(error))
