from django.urls import path

from creators import webhook

urlpatterns = [path("<str:source>/", webhook.ingest, name="ingest")]
