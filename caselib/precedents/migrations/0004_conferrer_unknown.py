from django.db import migrations


def name_it_unknown(apps, schema_editor):
    """From now on an exemplary precedent says who conferred it: of those that are there somebody has to look it up."""
    precedents = apps.get_model("precedents", "Precedent").objects
    precedents.filter(tier="exemplary", tier_conferred_by="").update(tier_conferred_by="待核")


class Migration(migrations.Migration):

    dependencies = [("precedents", "0003_review_and_privacy")]

    operations = [migrations.RunPython(name_it_unknown, migrations.RunPython.noop)]
