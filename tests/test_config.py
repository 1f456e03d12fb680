"""Settings: read once, frozen, and a bad value is named with one that would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.app import create_app
from server.config import Config, load
from server.errors import ConfigError


def test_without_settings_it_serves_this_machine_only():
    config = load({})
    assert (config.bind, config.port, config.url) == ("127.0.0.1", 8000, "http://localhost:8000")
    assert config.secure
    assert config.proxies == 0
    assert config.smtp is None


def test_an_https_address_means_a_proxy_of_ours_stands_before_it():
    config = load({"ATTUNE_URL": "https://forms.example.org"})
    assert config.proxies == 1
    assert config.origin == "https://forms.example.org"
    assert load({"ATTUNE_URL": "https://x.org", "ATTUNE_PROXIES": "2"}).proxies == 2


def test_plain_http_elsewhere_is_no_secure_context():
    assert not load({"ATTUNE_URL": "http://192.168.1.5:8000"}).secure


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ATTUNE_PORT", "0"),
        ("ATTUNE_PORT", "70000"),
        ("ATTUNE_PORT", "http"),
        ("ATTUNE_URL", "forms.example.org"),
        ("ATTUNE_URL", "https://forms.example.org/attune"),
        ("ATTUNE_URL", "https://forms.example.org:port"),
        ("ATTUNE_SMTP", "mail.example.org"),
        ("ATTUNE_PROXIES", "many"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str):
    with pytest.raises(ConfigError, match=name):
        load({name: value})


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_limits_count_the_visitor_and_believe_only_our_own_proxy(
    tmp_path: Path, proxies: int, seen: str
):
    config = Config(
        tmp_path, "127.0.0.1", 8000, "http://localhost:8000", None, "a@b.org", proxies=proxies
    )
    app = create_app(config)
    client = app.test_client()
    token = client.get("/staff/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    client.post(
        "/staff/sign-in",
        data={"csrf_token": token, "email": "nobody@example.org", "password": "wrong wrong wrong"},
        headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"},
    )
    db = app.extensions["attune"].db
    assert db.value("SELECT address FROM sign_ins") == seen
