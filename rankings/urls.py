from django.urls import path

from rankings import group_views, views

urlpatterns = [
    path("boards/", views.board_list, name="boards"),
    path("boards/choose/", views.board_choose, name="board_choose"),
    path("boards/<slug:board>/", views.board_redirect, name="board_redirect"),
    path("boards/<slug:board>/<str:within>/", views.board_detail, name="board"),
    path("boards/<slug:board>/<str:within>/find/", views.board_find, name="board_find"),
    path("boards/<slug:board>/<str:within>/<str:day>/", views.board_detail, name="board_day"),
    path("boards/<slug:board>/<str:within>/<str:day>/find/", views.board_find, name="board_day_find"),
    path("groups/", group_views.group_list, name="groups"),
    path("groups/<slug:group>/", group_views.group_detail, name="group"),
    path("rounds/", group_views.round_list, name="rounds"),
]
