from django.urls import path

from challenges import views

urlpatterns = [
    path("challenges/", views.challenge_list, name="challenges"),
    path("challenges/<slug:challenge>/", views.challenge_detail, name="challenge"),
    path("challenges/<slug:challenge>/<str:day>/", views.challenge_detail, name="challenge_day"),
]
