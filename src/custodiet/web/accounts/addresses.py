"""Addresses of signing in and out, which belong to no page."""

from __future__ import annotations

from django.urls import path

from custodiet.web.accounts import elsewhere, keys, links, second, sign_in

ADDRESSES = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/second/", second.second, name="sign-in-second"),
    path("sign-in/passkey/", keys.sign_in, name="sign-in-passkey"),
    path("sign-in/organisation/", elsewhere.leave, name="sign-in-organisation"),
    path("sign-in/organisation/back/", elsewhere.come_back, name="sign-in-organisation-back"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("welcome/<str:token>/", links.welcome, name="welcome"),
]
