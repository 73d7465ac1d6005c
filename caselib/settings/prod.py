"""A real site. Refuses to start on anything that would be unsafe, and says which setting is missing."""

import os

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import CASELIB_DATA_DIR, env_flag

SECRET_KEY = os.environ.get("CASELIB_SECRET_KEY", "")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("Set CASELIB_SECRET_KEY to at least 50 random characters (see docs/operations.md).")
if not os.environ.get("CASELIB_ALLOWED_HOSTS"):
    raise ImproperlyConfigured("Set CASELIB_ALLOWED_HOSTS to the host names of this site, comma-separated.")

DEBUG = False
CASELIB_INDEX_INLINE = env_flag("CASELIB_INDEX_INLINE", False)

# TLS usually ends at the hall's gateway, which sets X-Forwarded-Proto; CASELIB_TLS=0 is for a closed test network only.
TLS = env_flag("CASELIB_TLS", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = TLS
SESSION_COOKIE_SECURE = TLS
CSRF_COOKIE_SECURE = TLS
SECURE_HSTS_SECONDS = 31536000 if TLS else 0
# Only for a site that speaks for its whole domain: a library on one name must not force https on every other name below
# a government's domain, and a place in the browsers' preload list takes months to undo.
HSTS_SUBDOMAINS = TLS and env_flag("CASELIB_HSTS_SUBDOMAINS", False)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_SUBDOMAINS
SECURE_HSTS_PRELOAD = HSTS_SUBDOMAINS
# The two findings that ask for what was just decided against (W005: subdomains, W021: preload); no other is silenced.
SILENCED_SYSTEM_CHECKS = [] if HSTS_SUBDOMAINS else ["security.W005", "security.W021"]

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": CASELIB_DATA_DIR / "media"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
