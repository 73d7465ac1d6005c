from django.urls import path

from .views import folders, kept

app_name = "personal"
urlpatterns = [
    path("", kept.favourites, name="favourites"),
    path("star/", kept.star_listed, name="star_listed"),
    path("star/<str:code>/", kept.star, name="star"),
    path("unstar/<int:key>/", kept.unstar, name="unstar"),
    path("notes/", kept.notes, name="notes"),
    path("notes/<str:code>/", kept.note, name="note"),
    path("notes/<int:key>/drop/", kept.note_gone, name="note_drop"),
    path("recent/", kept.recent, name="recent"),
    path("recent/clear/", kept.recent_clear, name="recent_clear"),
    path("put/<str:code>/", folders.put, name="put"),
    path("put/<str:code>/into/", folders.put_into, name="put_into"),
    path("folders/", folders.folders, name="folders"),
    path("folders/new/", folders.create, name="folder_new"),
    path("folders/<str:code>/", folders.folder, name="folder"),
    path("folders/<str:code>/edit/", folders.edit, name="folder_edit"),
    path("folders/<str:code>/delete/", folders.delete, name="folder_delete"),
    path("folders/<str:code>/keeper/", folders.hand_over, name="folder_keeper"),
    path("folders/<str:code>/<int:key>/", folders.item, name="folder_item"),
]
