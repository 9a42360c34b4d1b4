"""Every command has what the command line asks of it."""

import importlib

import pytest

from zhanggui.config.command_line import command_modules, help_of


@pytest.mark.parametrize("name", sorted(command_modules()))
def test_a_command_has_help_arguments_and_an_act(name: str) -> None:
    module = importlib.import_module(command_modules()[name])
    assert isinstance(module.HELP, str) and module.HELP and "\n" not in module.HELP
    assert help_of(command_modules()[name]) == module.HELP, "the list of commands reads it without loading it"
    assert callable(module.add_arguments) and callable(module.run)
