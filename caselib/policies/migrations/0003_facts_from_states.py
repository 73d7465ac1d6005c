"""What was one state of a policy becomes its first fact, of no known day. Backwards the copies on Policy stay as they are."""

from django.db import migrations
from django.utils import timezone


def facts_from_states(apps, schema_editor):
    policy_model = apps.get_model("policies", "Policy")
    fact_model = apps.get_model("policies", "StatusFact")
    known = set(fact_model.objects.values_list("policy_id", flat=True))
    fact_model.objects.bulk_create(
        [
            fact_model(
                policy=policy,
                status=policy.status,
                source=policy.status_source,
                as_of=policy.status_as_of,
                verified=policy.status_verified,
                confirmed_by_name="系统",
                confirmed_at=timezone.now(),
            )
            for policy in policy_model.objects.exclude(status="unknown")
            if policy.pk not in known
        ],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("policies", "0002_dated_facts")]
    operations = [migrations.RunPython(facts_from_states, migrations.RunPython.noop)]
