"""The configuration as Django's settings; nothing is set when this module is imported."""

from __future__ import annotations

from pathlib import Path

from custodiet.web.config import Config, database_of

_HERE = Path(__file__).parent


def settings_of(config: Config) -> dict[str, object]:
    """All settings that differ from Django's own, for ``django.conf.settings.configure``."""
    return {
        "DEBUG": False,
        "SECRET_KEY": config.secret,
        "ALLOWED_HOSTS": list(config.hosts),
        "CUSTODIET": config,
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.staticfiles",
            "django_htmx",
            "custodiet.web.store",
        ],
        "AUTH_USER_MODEL": "store.Person",
        "AUTH_PASSWORD_VALIDATORS": [
            # length and what everybody uses; no rules on which characters (ASVS 5.0, 6.2)
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 12},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
            {"NAME": "custodiet.web.accounts.passwords.Guessed"},
            {"NAME": "custodiet.web.accounts.passwords.Breached"},
        ],
        "MIDDLEWARE": [
            "custodiet.web.metrics.Counted",
            "custodiet.web.headers.Headers",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "custodiet.web.headers.FromHere",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "custodiet.web.accounts.sessions.Lasting",
            "custodiet.web.accounts.tokens.Bearer",
            "custodiet.web.language.Language",
            "django_htmx.middleware.HtmxMiddleware",
        ],
        "ROOT_URLCONF": "custodiet.web.urls",
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "DIRS": [_HERE / "templates"],
                "OPTIONS": {"environment": "custodiet.web.rendering.environment"},
            }
        ],
        "DATABASES": {"default": database_of(config)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": "en",
        "LANGUAGES": [("en", "English"), ("nl", "Nederlands")],
        "LANGUAGE_COOKIE_NAME": "__Host-language" if config.https else "language",
        "LOCALE_PATHS": [_HERE / "locale"],
        "STATIC_URL": "/static/",
        # the style of the reports is that of the pages
        "STATICFILES_DIRS": [_HERE / "static", _HERE.parent / "report" / "static"],
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "SESSION_ENGINE": "custodiet.web.accounts.sessions",
        "SESSION_COOKIE_NAME": "__Host-session" if config.https else "session",
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": 12 * 3600,
        "CSRF_COOKIE_NAME": "__Host-csrf" if config.https else "csrf",
        "CSRF_COOKIE_SECURE": config.https,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "custodiet.web.faults.forged",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if config.https else None,
        "FILE_UPLOAD_HANDLERS": ["custodiet.web.uploads.Bounded"],
        "FILE_UPLOAD_TEMP_DIR": str(config.folder),
        "FILE_UPLOAD_PERMISSIONS": 0o600,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2 << 20,
        "LOGGING_CONFIG": None,
    }
