"""Every table has a place on a cluster, and could be put there; see docs/how-to/distribute.md."""

import pytest
from django.apps import apps

from zhanggui.portals.shell.distributing.catalogue import our_tables
from zhanggui.portals.shell.distributing.fitness import faults
from zhanggui.portals.shell.distributing.placement import placements


def test_every_model_has_a_place() -> None:
    placed = {one.table for one in placements()}
    models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert models - placed == set(), (
        "say in portals/shell/distributing/placement.py where the table stands on a cluster"
    )


@pytest.mark.django_db
def test_every_table_could_be_put_where_it_is_placed() -> None:
    assert faults(our_tables(), placements()) == []
