import base64
from pathlib import Path

import pytest

from consultation.errors import BadSetting
from consultation.settings import Settings, load_settings


def test_without_any_setting_the_defaults_hold():
    settings = load_settings({"PATH": "/bin"})
    assert settings == Settings()
    assert settings.store() == "sqlite:///var/consultation.db"
    assert settings.jobs() == "sqlite:///var/jobs.db"


def test_settings_are_read_from_the_environment_that_is_given_and_from_no_other(monkeypatch):
    monkeypatch.setenv("SANGDAM_PORT", "9000")
    assert load_settings({}).port == 8120
    assert Settings().port == 8120
    assert load_settings().port == 9000


def test_the_case_of_a_name_does_not_matter():
    assert load_settings({"sangdam_port": "9001"}).port == 9001


def test_values_are_typed():
    settings = load_settings(
        {"SANGDAM_HOME": "/srv/sangdam", "SANGDAM_DEMO": "true", "SANGDAM_SUGGESTIONS": "2"}
    )
    assert (settings.home, settings.demo, settings.suggestions) == (Path("/srv/sangdam"), True, 2)
    assert settings.store() == "sqlite:////srv/sangdam/consultation.db"


def test_a_misspelt_name_stops_the_start_and_is_answered_with_the_right_one():
    with pytest.raises(BadSetting, match="SANGDAM_PROT is not a setting; did you mean SANGDAM_PORT"):
        load_settings({"SANGDAM_PROT": "80"})


def test_a_name_near_nothing_is_answered_with_all_names():
    with pytest.raises(BadSetting, match=r"known are: .*SANGDAM_HOST.*SANGDAM_PORT"):
        load_settings({"SANGDAM_XYZXYZXYZ": "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANGDAM_PORT", "eighty"),
        ("SANGDAM_PORT", "65536"),
        ("SANGDAM_PORT", "-1"),
        ("SANGDAM_SUGGESTIONS", "0"),
        ("SANGDAM_SUGGESTIONS", "4"),
        ("SANGDAM_SUGGEST_THRESHOLD", "1.5"),
        ("SANGDAM_DEMO", "vielleicht"),
        ("SANGDAM_RETENTION_DAYS", "0"),
        ("SANGDAM_SESSION_MINUTES", "0"),
        ("SANGDAM_LOG_LEVEL", "chatty"),
        ("SANGDAM_LOG_LEVEL", "10"),
    ],
)
def test_a_value_that_cannot_be_is_named(name, value):
    with pytest.raises(BadSetting, match=name):
        load_settings({name: value})


def test_the_case_of_a_log_level_does_not_matter():
    assert load_settings({"SANGDAM_LOG_LEVEL": "debug"}).log_level == "DEBUG"


def test_a_wrong_log_level_is_answered_with_the_right_ones():
    with pytest.raises(BadSetting, match=r"'DEBUG', 'INFO', .*see `sangdam settings`"):
        load_settings({"SANGDAM_LOG_LEVEL": "loud"})


def test_secrets_stay_out_of_what_is_printed():
    key = base64.b64encode(b"k" * 32).decode()
    settings = load_settings(
        {"SANGDAM_MASTER_KEY": key, "SANGDAM_STORE_URL": "postgresql+psycopg://u:hush@db/sangdam"}
    )
    assert key not in repr(settings)
    assert "hush" not in repr(settings)


def test_settings_do_not_change_after_the_start():
    with pytest.raises(ValueError):
        Settings().port = 1  # type: ignore[misc]
