from django.urls import path

from rewards import certificate_views, views

urlpatterns = [
    path("rewards/", views.rewards, name="rewards"),
    path("winners/", views.winners, name="winners"),
    path("certificates/<int:award>/", certificate_views.certificate, name="certificate"),
    path("certificates/<int:award>.png", certificate_views.certificate_png, name="certificate_png"),
    path("certificates/<int:award>.pdf", certificate_views.certificate_pdf, name="certificate_pdf"),
]
