"""Settings of the test suite: a folder of its own that goes away, cheap passwords, no lock-out between tests."""

import atexit
import os
import shutil
import tempfile

# A suite empties its folder: it must not be that of a site whose settings happen to be in the environment, nor that of another
# worker of the same run. What a worker starts itself gets the folder from it.
if os.environ.get("CASELIB_TEST_RUN") != os.environ.get("PYTEST_XDIST_WORKER", "main"):
    os.environ["CASELIB_TEST_RUN"] = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ.pop("SEARCH_URL", None)
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
