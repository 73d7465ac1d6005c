from django.urls import path

from .views import attachments, overrides, status

app_name = "keeping"
urlpatterns = [
    path("overrides/", overrides.desk, name="overrides"),
    path("overrides/<int:pk>/decide/", overrides.decide, name="override_decide"),
    path("file/<str:code>/", attachments.stream, name="attachment"),
    path("<str:code>/attach/", attachments.attach, name="attach"),
    path("<str:code>/attach/use/", attachments.use, name="attach_use"),
    path("<str:code>/attach/<str:file>/remove/", attachments.remove, name="attach_remove"),
    path("<str:code>/findings/", overrides.findings, name="findings"),
    # The same page by the name under which a reviewer comes: claims of this text alone.
    path("<str:code>/overrides/", overrides.findings, name="overrides"),
    path("<str:code>/findings/ask/", overrides.ask, name="override_ask"),
    path("<str:code>/withhold/", status.withhold, name="withhold"),
    path("<str:code>/restore/", status.restore, name="restore"),
    path("<str:code>/blank/", status.blank, name="blank"),
    path("<str:code>/retire/", status.retire, name="retire"),
    path("<str:code>/tier/", status.tier, name="tier"),
]
