from django.urls import path

from creators import webhook

urlpatterns = [path("<slug:source>/", webhook.ingest, name="ingest")]
