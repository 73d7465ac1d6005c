"""A site on one machine, for trying out and for development: works without any setting."""

import os

from .base import *  # noqa: F403

# Never used in production: settings.prod refuses to start without a secret of its own.
SECRET_KEY = os.environ.get("CASELIB_SECRET_KEY", "development-only-not-a-secret")
CASELIB_TRIAL_SITE = True

# Style sheets and scripts come straight from static/, so that a change shows without collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
