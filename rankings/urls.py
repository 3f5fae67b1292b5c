from django.urls import path, re_path

from rankings import ceremony_views, group_views, history_views, results_views, views

NUMBER = "(?P<number>[1-9][0-9]{0,8})"  # of an edition, in one spelling: each would be kept as a page of its own

urlpatterns = [
    path("boards/", views.board_list, name="boards"),
    path("boards/choose/", views.board_choose, name="board_choose"),
    path("boards/<slug:board>/", views.board_redirect, name="board_redirect"),
    path("boards/<slug:board>/<str:within>/", views.board_detail, name="board"),
    path("boards/<slug:board>/<str:within>/find/", views.board_find, name="board_find"),
    path("boards/<slug:board>/<str:within>/at/", history_views.board_stood_choose, name="board_stood_choose"),
    path("boards/<slug:board>/<str:within>/at/<str:moment>/", history_views.board_stood, name="board_stood"),
    path("boards/<slug:board>/<str:within>/<str:day>/", views.board_detail, name="board_day"),
    path("boards/<slug:board>/<str:within>/<str:day>/find/", views.board_find, name="board_day_find"),
    path(
        "boards/<slug:board>/<str:within>/<str:day>/at/",
        history_views.board_stood_choose,
        name="board_day_stood_choose",
    ),
    path(
        "boards/<slug:board>/<str:within>/<str:day>/at/<str:moment>/",
        history_views.board_stood,
        name="board_day_stood",
    ),
    path("ceremony/", ceremony_views.ceremony, name="ceremony"),
    path("groups/", group_views.group_list, name="groups"),
    path("groups/<slug:group>/", group_views.group_detail, name="group"),
    path("results/", results_views.results, name="results"),
    path("results/verify/", results_views.verify, name="verify"),
    path("results/verify/file/", results_views.verify_file, name="verify_file"),
    re_path(rf"^results/{NUMBER}/$", results_views.results_edition, name="results_edition"),
    re_path(rf"^results/{NUMBER}/results\.jsonl$", results_views.results_file, name="results_file"),
    re_path(rf"^results/{NUMBER}/campaign\.toml$", results_views.results_campaign, name="results_campaign"),
    path("rounds/", group_views.round_list, name="rounds"),
]
