from django.urls import path

from . import views

app_name = "orgs"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign_in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign_out"),
    path("contrast/", views.contrast, name="contrast"),
]
