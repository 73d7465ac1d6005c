"""Settings of the test suite: a folder of its own that goes away, cheap passwords, no lock-out between tests."""

import atexit
import os
import shutil
import tempfile

if "CASELIB_DATA_DIR" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="caselib-test-")
    os.environ["CASELIB_DATA_DIR"] = _folder
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from .base import *  # noqa: F403

SECRET_KEY = "tests-only"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
CASELIB_TRIAL_SITE = True
CASELIB_SEARCH_LOG_BACKGROUND = False
# Tests that are about vectors bring a small model of their own.
CASELIB_EMBEDDING = "off"
