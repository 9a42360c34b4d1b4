"""The tables are what the models say: whoever changes a model brings its migration, and there is one last one."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation


def test_models_and_migrations_agree() -> None:
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("zhanggui.")}
    with translation.override(None):
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        missing = {
            app: [str(operation) for one in found for operation in one.operations]
            for app, found in detector.changes(graph=loader.graph).items()
            if app in ours
        }
    assert missing == {}
