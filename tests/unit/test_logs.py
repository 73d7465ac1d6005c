"""No secret of a system gets into the log of the site, which more people read than may act in its name."""

import logging
import logging.config

import pytest
from django.conf import settings

from caselib.connect.clients import secrets_kept
from caselib.connect.feeds import secrets_made
from caselib.connect.hooks import sealing


def line_of(record: logging.LogRecord) -> str:
    """The line as the site writes it."""
    made = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
        dict(settings.LOGGING["formatters"][settings.LOGGING["handlers"]["console"]["formatter"]])
    )
    return made.format(record)


@pytest.mark.parametrize("new_secret", [secrets_kept.new_secret, secrets_made.new_secret, sealing.new_secret])
def test_of_a_secret_in_a_line_or_a_traceback_only_the_beginning_is_left(new_secret):
    secret = new_secret()
    try:
        raise ValueError(f"bad: {secret}")
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.WARNING, "", 1, "Gone: /feeds/%s/precedents.atom", (secret,), told)
    line = line_of(record)
    assert secret[14:] not in line
    assert line.count(f"{secret[:10]}") == 2
    assert "/precedents.atom" in line


def test_other_words_of_a_line_stay():
    record = logging.LogRecord("x", logging.WARNING, "", 1, "Not Found: /desk/feed_reader_settings/a", (), None)
    assert "/desk/feed_reader_settings/a" in line_of(record)


def test_the_path_of_a_refused_feed_is_written_without_its_secret(client, db, caplog):
    secret = secrets_made.new_secret()
    client.get(f"/feeds/{secret}/precedents.atom")
    lines = [line_of(record) for record in caplog.records]
    assert any("/feeds/" in line for line in lines)
    assert secret not in "\n".join(lines)
