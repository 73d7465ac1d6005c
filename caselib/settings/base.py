"""Settings that every way of running shares. What differs by site comes from the environment, with working defaults."""

import os
import re
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env_flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


# Everything that a running site writes lives under this one folder.
CASELIB_DATA_DIR = Path(os.environ.get("CASELIB_DATA_DIR", BASE_DIR / "var")).resolve()
CASELIB_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = env_flag("CASELIB_DEBUG", False)
ALLOWED_HOSTS = [
    host for host in os.environ.get("CASELIB_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "csp",
    "caselib.core",
    "caselib.audit",
    "caselib.orgs",
    "caselib.catalog",
    "caselib.policies",
    "caselib.cases",
    "caselib.precedents",
    "caselib.search",
    # After search, whose rebuild_index command takes the place of haystack's.
    "haystack",
    "caselib.reuse",
    "caselib.consulting",
    "caselib.personal",
    "caselib.training",
    "caselib.following",
    "caselib.exchange",
    "caselib.connect.clients",
    "caselib.connect.hooks",
    "caselib.connect.assistant",
    "caselib.offline",
    "caselib.desk",
    "caselib.pages",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "caselib.core.middleware.RequestIdMiddleware",
    # Outside of all that answers with a page.
    "caselib.connect.api.outside.ApiMiddleware",
    "caselib.core.middleware.CharsetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "caselib.orgs.middleware.ViewerScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "caselib.core.middleware.DomainErrorMiddleware",
    "caselib.core.middleware.PrivateCacheMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "caselib.urls"
WSGI_APPLICATION = "caselib.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                ("caselib.core.templates.OneLanguageLoader", ["django.template.loaders.filesystem.Loader"]),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "caselib.pages.context.site",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{CASELIB_DATA_DIR / 'caselib.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN: two writers wait for each other instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456; PRAGMA cache_size=-16000;",
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "orgs:sign_in"
LOGIN_REDIRECT_URL = "pages:home"
LOGOUT_REDIRECT_URL = "orgs:sign_in"
SESSION_ENGINE = "caselib.orgs.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "orgs/locked_out.html"
AXES_VERBOSE = False

# Chinese is the language of the source; another one is a catalogue in LOCALE_PATHS and a line here (docs/translation.md).
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "caselib" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = CASELIB_DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# A policy text has up to 2,000,000 characters, in UTF-8 up to four bytes each, with the other fields of its form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024
# A draft whose five lists of records are full (100 rows of up to seven inputs) has 2,800.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
# Uploads are read in memory and kept nowhere. The bound is that of caselib.policies.texts.reading; a larger file is left
# unread, and the page says so.
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["caselib.core.uploads.MemoryOnlyUploadHandler"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

SEARCH_URL = os.environ.get("SEARCH_URL", f"whoosh://{CASELIB_DATA_DIR / 'search'}")
HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": "caselib.search.engine.whoosh.backend.CaselibWhooshEngine",
        "PATH": SEARCH_URL.removeprefix("whoosh://"),
        "SILENTLY_FAIL": False,
    }
}
# The web process drains the outbox itself after commit (demo, tests); with a running index_worker this is off.
CASELIB_INDEX_INLINE = env_flag("CASELIB_INDEX_INLINE", True)

# Days that the search log is kept (caselib/search/log); 0 keeps none.
CASELIB_SEARCH_LOG_DAYS = int(os.environ.get("CASELIB_SEARCH_LOG_DAYS", "180"))
# Keys that seal source tickets (caselib/cases/sealing.py), comma-separated: the first seals, all open. Empty: one derived
# from SECRET_KEY. Each of 32 characters at least.
CASELIB_TICKET_KEYS = [key.strip() for key in os.environ.get("CASELIB_TICKET_KEYS", "").split(",") if key.strip()]
if any(len(key) < 32 for key in CASELIB_TICKET_KEYS):
    raise ImproperlyConfigured("Each key of CASELIB_TICKET_KEYS needs 32 characters at least (see docs/operations.md).")
# Days after archiving that a source ticket is kept (manage.py prune).
CASELIB_TICKET_DAYS = int(os.environ.get("CASELIB_TICKET_DAYS", "365"))

# A thread of each process writes the log, so that no page waits for it. Tests write when they say so.
CASELIB_SEARCH_LOG_BACKGROUND = True

# Search by meaning beside search by words. auto: the service of EMBEDDING_URL, else the model of the extra `semantic` where
# it is installed, else none. off: none.
CASELIB_EMBEDDING = os.environ.get("CASELIB_EMBEDDING", "auto").strip().lower()
if CASELIB_EMBEDDING not in {"auto", "off"}:
    raise ImproperlyConfigured("CASELIB_EMBEDDING is auto or off.")
# The whole address of an OpenAI-compatible embeddings service, such as http://127.0.0.1:8001/v1/embeddings.
EMBEDDING_URL = os.environ.get("EMBEDDING_URL", "").strip()
EMBEDDING_MODEL = os.environ.get("EMBEDDING_MODEL", "multilingual-e5-small").strip()
EMBEDDING_KEY = os.environ.get("EMBEDDING_KEY", "").strip()
# Seconds that a search waits for the vector of its question before it goes on with words alone.
EMBEDDING_TIMEOUT = float(os.environ.get("EMBEDDING_TIMEOUT", "2"))
# What the model wants before its texts, blank included; the e5 family: "query: " and "passage: ".
EMBEDDING_QUERY_PREFIX = os.environ.get("EMBEDDING_QUERY_PREFIX", "")
EMBEDDING_PASSAGE_PREFIX = os.environ.get("EMBEDDING_PASSAGE_PREFIX", "")

# Mail, for the daily word about what people follow (manage.py send_digest). Without a host it is printed.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "").strip()
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "").strip()
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_flag("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env_flag("EMAIL_USE_SSL", False)
# Seconds. Less than a writer waits for SQLite: a mail is sent while the reader's mark is being moved.
EMAIL_TIMEOUT = float(os.environ.get("EMAIL_TIMEOUT", "10"))
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "caselib@localhost").strip()
# Where the site is found from a mail, such as https://caselib.example; empty: mail holds no links.
CASELIB_SITE_URL = os.environ.get("CASELIB_SITE_URL", "").strip().rstrip("/")
# Domains that mail may go to, comma-separated; empty: any.
CASELIB_MAIL_DOMAINS = tuple(
    domain.strip().lower() for domain in os.environ.get("CASELIB_MAIL_DOMAINS", "").split(",") if domain.strip()
)
# 办理入口 of a precedent may lie in these domains and below them; an address of elsewhere cannot be submitted.
CASELIB_ENTRANCE_DOMAINS = tuple(
    domain.strip().lower().strip(".")
    for domain in os.environ.get("CASELIB_ENTRANCE_DOMAINS", "gov.cn").split(",")
    if domain.strip().strip(".")
)

# Hosts that messages to other systems may go to (manage.py send_hooks), comma-separated: a name for port 443, or name:port.
# Empty: none.
CASELIB_HOOK_HOSTS = frozenset(
    host.strip().lower() for host in os.environ.get("CASELIB_HOOK_HOSTS", "").split(",") if host.strip()
)
# A file with the root certificates of these hosts where they have one of their own; empty: those of the system.
CASELIB_HOOK_CA = os.environ.get("CASELIB_HOOK_CA", "").strip()
# Seconds for one message, from connecting to the answer.
CASELIB_HOOK_TIMEOUT = float(os.environ.get("CASELIB_HOOK_TIMEOUT", "10"))
# Days that messages which were sent stay on the list.
CASELIB_HOOK_DAYS = int(os.environ.get("CASELIB_HOOK_DAYS", "90"))
# Sites whose pages may hold the panel /embed/search in a frame, comma-separated, such as https://window.example; empty: none.
CASELIB_EMBED_ANCESTORS = tuple(
    site.strip().lower().rstrip("/")
    for site in os.environ.get("CASELIB_EMBED_ANCESTORS", "").split(",")
    if site.strip()
)

# They become a part of a header, and a bare * would let in everybody.
if any(not re.fullmatch(r"https?://(\*\.)?[a-z0-9.-]+(:(\d{1,5}|\*))?", site) for site in CASELIB_EMBED_ANCESTORS):
    raise ImproperlyConfigured("CASELIB_EMBED_ANCESTORS lists sites such as https://window.example, comma-separated.")

# A site for trying out: `load_starter` makes demo accounts there without being asked. Only dev and test turn it on.
CASELIB_TRIAL_SITE = False

# The hall this site serves: shown in the header, and the first choice of region in results.
CASELIB_SITE_NAME = os.environ.get("CASELIB_SITE_NAME", "虹口区政务服务")
# Full name of the region whose hall takes imported precedents without a known department; empty: the one with the most.
CASELIB_HOME_REGION = os.environ.get("CASELIB_HOME_REGION", "").strip()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "caselib.core.logs.SecretFreeFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("CASELIB_LOG_LEVEL", "WARNING")},
}
