from django.urls import path

from rewards import door_views

urlpatterns = [
    path("", door_views.doors, name="doors"),
    path("<int:event>/", door_views.door, name="door"),
    path("<int:event>/admit/", door_views.admit, name="door_admit"),
    path("<int:event>/list.json", door_views.door_list, name="door_list"),
]
