from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "caselib.search"
    verbose_name = "检索"

    def ready(self) -> None:
        # Models are only there now.
        from caselib.core.marks import VOCABULARY, listen
        from caselib.policies.marks import TOPIC as POLICIES
        from caselib.precedents.services import TOPIC
        from caselib.search.analysis import follow
        from caselib.search.live import live_dictionary
        from caselib.search.outbox import drain_after_commit
        from caselib.search.policies import keeping as policies

        follow(live_dictionary)
        listen(TOPIC, drain_after_commit)
        listen(VOCABULARY, policies.follow_names)
        listen(POLICIES, policies.drain_after_commit)
