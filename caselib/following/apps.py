from django.apps import AppConfig


class FollowingConfig(AppConfig):
    name = "caselib.following"
    label = "following"
