"""
``provd-cli``: its commands, and how it ends.
"""

from __future__ import annotations

import os
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path

import click

from provd.oneline import one_line

from .failures import CommandFailed, Exit
from .lazy import LazyGroup
from .options import connection_options

__all__ = ["commands", "main"]

_EPILOG = """
\b
Exit codes:
  0  done
  1  failed, or refused by the daemon
  2  wrong use: options, files or settings
  3  not found
  4  unauthorized: no token, or one that may not do this
  5  the daemon, or the server that it asks about tokens, can't be reached
  6  conflict: it exists already, is busy, or a name means several
130  interrupted; an operation that was followed goes on
141  whoever read the output has gone

\b
Options count before PROVD_URL, PROVD_TOKEN, PROVD_TOKEN_FILE, PROVD_TENANT,
PROVD_CACERT, PROVD_INSECURE and PROVD_TIMEOUT, those before the same keys in
~/.config/accent-provd/cli.yml (url, token, token_file, ...).  For the daemon
of this machine nothing is needed but the right to read admin-token in its
data folder.  The options may also stand behind a command.
"""


@click.group(
    cls=LazyGroup,
    lazy={
        "devices": "groups:devices",
        "configs": "groups:configs",
        "plugins": "groups:plugins",
        "params": "groups:params",
        "requests": "requests:requests",
        "tenants": "groups:tenants",
        "token": "groups:token",
        "status": "status:status",
        "follow": "following:follow_command",
        "asterisk": "groups:asterisk",
        "dhcp": "groups:dhcp",
        "plugin": "groups:plugin",
        "import": "dataimport:import_data",
        "export": "datacopies:export",
        "backup": "datacopies:backup",
        "restore": "datacopies:restore",
    },
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EPILOG,
)
@click.version_option(package_name="accent-provd")
def commands() -> None:
    """
    Administer accent-provd.
    """


commands.params[:0] = connection_options()


def main() -> None:
    """
    Run the command that the arguments name, and exit.
    """
    _prepare_streams()
    code, message = _run()
    if message:
        click.echo(f"provd-cli: {one_line(message)}", err=True)
    if code == Exit.READER_GONE:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _prepare_streams() -> None:
    """
    Have something behind standard streams that whoever started this has closed, and escapes for whatever the
    locale can't write.
    """
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, TextIOWrapper)
        stream.reconfigure(errors="backslashreplace")


def _run() -> tuple[int, str]:
    """
    Return the exit code and what to tell.
    """
    try:
        code = commands.main(prog_name="provd-cli", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else Exit.DONE, ""
    except CommandFailed as error:
        return error.code, error.message
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code, ""
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx is not None else "provd-cli"
        message = error.format_message()
        return error.exit_code, f"{message}{'' if message[-1:] in '.?!)' else '.'} See '{path} --help'."
    except click.ClickException as error:
        return error.exit_code, error.format_message()
    except click.Abort:
        return Exit.INTERRUPTED, "interrupted"
    except BrokenPipeError:
        return Exit.READER_GONE, ""
    except Exception as error:
        # Not its text, which may quote what nobody else should read.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        return Exit.FAILED, f"a mistake of this program: {type(error).__name__} at {where}"
