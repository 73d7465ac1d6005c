from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0002_synonym_state")]

    operations = [
        migrations.AddField("searchlogentry", "token", models.CharField(blank=True, default="", max_length=16)),
        migrations.AddField("searchlogentry", "reworded_as", models.CharField(blank=True, default="", max_length=300)),
        migrations.AddIndex(
            "searchlogentry",
            models.Index(
                condition=models.Q(("thread", ""), _negated=True), fields=["thread", "at"], name="ix_searchlog_thread"
            ),
        ),
        migrations.AddIndex(
            "searchlogentry",
            models.Index(condition=models.Q(("token", ""), _negated=True), fields=["token"], name="ix_searchlog_token"),
        ),
    ]
