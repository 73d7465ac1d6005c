"""Addresses of what keeps text safe. They stand before `<code>/`: `token` is no code."""

from django.urls import path

from . import beside, citing_here, safety

safe = [
    path("token/", safety.token, name="token"),
    path("<str:code>/autosave/", safety.autosave, name="autosave"),
    path("<str:code>/siblings/", safety.siblings, name="siblings"),
    path("<str:code>/beside/", beside.beside, name="beside"),
    path("<str:code>/cite/", citing_here.cite, name="cite"),
]
