from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0004_has_asked'),
    ]

    operations = [
        migrations.AddField(
            model_name='department',
            name='has_training',
            field=models.BooleanField(default=False),
        ),
    ]
