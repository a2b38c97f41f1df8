"""The configuration: what the environment may say, and what stops the start."""

import dataclasses
from pathlib import Path

import pytest

from petition.config import Config
from petition.errors import BadConfiguration


def test_without_any_setting_everything_has_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config.from_environment({})
    assert config.data_dir == tmp_path / "var"
    assert config.database_url == f"sqlite:///{tmp_path}/var/petition.db"
    assert config.key_file == tmp_path / "var" / "keys.json"
    assert config.mail_dir == tmp_path / "var" / "mail"
    assert config.base_url == "http://127.0.0.1:8000"
    assert config.loopback
    assert config.sqlite
    assert not config.secure
    assert config.smtp_url is None
    assert config.redis_url is None
    assert config.trusted_proxies == 0
    assert config.seal_certificate is None
    assert config.timestamp_url is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "٨٠٠٠"),
        ("PETITION_MAIL_PER_MINUTE", "0"),
        ("PETITION_MAIL_PER_DAY", "many"),
        ("PETITION_TRUSTED_PROXIES", "11"),
        ("PETITION_DATABASE_URL", "mysql://localhost/petition"),
        ("PETITION_DATABASE_URL", "petition.db"),
        ("PETITION_REDIS_URL", "http://localhost"),
        ("PETITION_SMTP_URL", "mail.example"),
        ("PETITION_BASE_URL", "petition.example"),
        ("PETITION_BASE_URL", "https://petition.example/sign"),
        ("PETITION_BASE_URL", "ftp://petition.example"),
        ("PETITION_BASE_URL", "https://"),
        ("PETITION_MAIL_FROM", "nobody"),
        ("PETITION_MAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
        ("PETITION_MAIL_REPLY_TO", "a b"),
        ("PETITION_TIMESTAMP_URL", "http://stamp.example"),
        ("PETITION_TIMESTAMP_URL", "stamp.example"),
        ("PETITION_TIMESTAMP_URL", "https://"),
        ("PETITION_TIMESTAMP_URL", "https://[stamp.example"),
        ("PETITION_TIMESTAMP_URL", "https://stamp.example:port/"),
    ],
)
def test_a_bad_value_stops_the_start_and_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(BadConfiguration, match=name):
        Config.from_environment({name: value})


@pytest.mark.parametrize("written", ["postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d"])
def test_every_way_to_write_postgresql_means_our_driver(written: str) -> None:
    config = Config.from_environment({"PETITION_DATABASE_URL": written})
    assert config.database_url == "postgresql+psycopg://u@h/d"
    assert not config.sqlite


def test_a_relative_sqlite_file_is_taken_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config.from_environment({"PETITION_DATABASE_URL": "sqlite:///mine.db"})
    assert config.database_url == f"sqlite:///{tmp_path}/mine.db"


@pytest.mark.parametrize("written", ["https://Petition.Example", "https://petition.example/"])
def test_the_base_url_is_brought_into_one_form(written: str) -> None:
    config = Config.from_environment({"PETITION_BASE_URL": written})
    assert config.base_url == "https://petition.example"
    assert config.base_host == "petition.example"
    assert config.secure
    assert not config.loopback


def test_an_empty_variable_is_as_good_as_none() -> None:
    config = Config.from_environment({"PETITION_SMTP_URL": " ", "PORT": ""})
    assert config.smtp_url is None
    assert config.port == 8000


def test_the_configuration_cannot_be_changed() -> None:
    config = Config.from_environment({})
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.port = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        config.limits["sign"] = "1 per day"  # type: ignore[index]


def test_a_password_is_not_shown_with_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config.from_environment({"PETITION_SEAL_CERTIFICATE": "seal.p12", "PETITION_SEAL_PASSWORD": "velvet"})
    assert config.seal_certificate == tmp_path / "seal.p12"
    assert config.seal_password == "velvet"
    assert "velvet" not in repr(config)


@pytest.mark.parametrize("written", ["https://stamp.example/tsr", "http://127.0.0.1:8318/tsr"])
def test_a_timestamp_server_is_asked_over_https_or_on_this_machine(written: str) -> None:
    assert Config.from_environment({"PETITION_TIMESTAMP_URL": written}).timestamp_url == written
