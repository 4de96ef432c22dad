"""
YAML files of settings: safe loading plus ``!exec``, which stands for what a command prints.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import yaml

COMMAND_TIMEOUT = 10.0
"""Seconds that a command of ``!exec`` may take; the daemon starts, or takes new settings, after it."""


class UnusableFile(Exception):
    """
    A file that can't be read as a map of settings.  The text names a line, never what stands there.
    """


class _SettingsLoader(yaml.SafeLoader):
    """
    The safe loader with one more tag, as ``add_constructor`` on SafeLoader itself would change it for all.
    """


def _execute(loader: _SettingsLoader, node: yaml.Node) -> Any:
    given = loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else {}
    command = given.get("command")
    if not isinstance(command, str) or not command.strip():
        raise UnusableFile("!exec needs a map with command: <program and arguments>")
    try:
        done = subprocess.run(
            command.split(" "),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_TIMEOUT,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise UnusableFile(f"the command of !exec took over {COMMAND_TIMEOUT:g} seconds") from None
    except subprocess.CalledProcessError as error:
        raise UnusableFile(f"the command of !exec failed with status {error.returncode}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds a NUL character"
        raise UnusableFile(f"the command of !exec can't be run: {reason}") from None
    try:
        return yaml.safe_load(done.stdout)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnusableFile(f"what the command of !exec prints isn't YAML: {_problem(error)}") from None


_SettingsLoader.add_constructor("!exec", _execute)


def read_map(path: Path) -> dict[str, Any]:
    """
    Return the content of a YAML file, an empty one being an empty map.

    :raises FileNotFoundError: if there is no such file.
    :raises UnusableFile: if it can't be read or parsed, isn't a map, or a command in it fails.
    """
    try:
        content = yaml.load(path.read_bytes(), Loader=_SettingsLoader)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnusableFile(f"can't be read: {error.strerror}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnusableFile(f"isn't YAML: {_problem(error)}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise UnusableFile("isn't a map of keys to values")
    return {str(key): value for key, value in content.items()}


def _problem(error: Exception) -> str:
    """
    Return where YAML stopped and why, without its quotation of the line, which may hold a password.
    """
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return "a value or character in it can't be read"
