"""Addresses of those who are signed in: `of_account` beside the fests, `of_fest` within one."""

from __future__ import annotations

from django.urls import path

from livefest.views.mine import (
    awards,
    challenges,
    community,
    dashboard,
    enquiries,
    invitation,
    lives,
    my_data,
    notices,
    points,
    profile,
    taking_part,
)

of_account = [
    path("me/", taking_part.start, name="my_start"),
    path("me/notifications/", notices.notifications, name="my_notifications"),
    path("me/notifications/read/", notices.mark_read, name="my_notifications_read"),
    path("me/notifications/bell/", notices.bell, name="my_bell"),
    path("me/notifications/choices/", notices.choices, name="my_choices"),
    path("me/unsubscribe/<str:token>/", notices.unsubscribe, name="unsubscribe"),
    path("me/profile/", profile.profile, name="my_profile"),
    path("me/profile/preview/", profile.preview, name="my_profile_preview"),
    path("me/data/", my_data.my_data, name="my_data"),
    path("me/data/export.json", my_data.export_json, name="my_data_json"),
    path("me/data/export.zip", my_data.export_csv, name="my_data_csv"),
    path("me/data/delete/", my_data.delete, name="my_data_delete"),
    path("me/sign-ins/", my_data.sign_ins, name="my_sign_ins"),
]

of_fest = [
    path("me/", dashboard.my_fest, name="my_fest"),
    path("me/rank/", dashboard.my_rank, name="my_rank"),
    path("me/take-part/", taking_part.take_part, name="take_part"),
    path("me/take-part/proof/", taking_part.claim_proof, name="take_part_proof"),
    path("me/take-part/consent/", taking_part.consent, name="take_part_consent"),
    path("me/points/", points.my_points, name="my_points"),
    path("me/points.csv", points.my_points_csv, name="my_points_csv"),
    path("me/questions/", enquiries.my_enquiries, name="my_enquiries"),
    path("me/questions/missing/", enquiries.ask_missing, name="ask_missing"),
    path("me/questions/appeal/<int:correction>/", enquiries.appeal, name="appeal"),
    path("me/questions/<int:enquiry>/", enquiries.my_enquiry, name="my_enquiry"),
    path("me/challenges/", challenges.my_challenges, name="my_challenges"),
    path("me/challenges/<slug:challenge>/join/", challenges.join, name="join_challenge"),
    path("me/community/", community.my_community, name="my_community"),
    path("me/community/create/", community.create, name="community_create"),
    path("me/community/leave/", community.leave, name="community_leave"),
    path("me/community/withdraw/", community.withdraw, name="community_withdraw"),
    path("me/community/<slug:group>/join/", community.join, name="community_join"),
    path("me/community/<slug:group>/join/<str:code>/", community.invitation, name="community_invitation"),
    path("me/community/<slug:group>/ask/", community.ask, name="community_ask"),
    path("me/community/<slug:group>/hand-over/", community.hand_over, name="community_hand_over"),
    path("me/community/<slug:group>/way-in/", community.way_in, name="community_way_in"),
    path("me/community/<slug:group>/requests/<int:request_id>/", community.decide, name="community_decide"),
    path("me/awards/", awards.my_awards, name="my_awards"),
    path("me/awards/<int:award>/", awards.my_award, name="my_award"),
    path("me/awards/<int:award>/claim/", awards.claim_award, name="claim_award"),
    path("me/awards/<int:award>/decline/", awards.decline_award, name="decline_award"),
    path("me/awards/<int:award>/payee/", awards.correct_payee, name="award_payee"),
    path("me/awards/<int:award>/invitation/", invitation.my_invitation, name="my_invitation"),
    path("me/awards/<int:award>/ticket/<int:number>/", invitation.my_ticket, name="my_ticket"),
    path("me/awards/<int:award>/ticket/<int:number>.png", invitation.my_ticket_png, name="my_ticket_png"),
    path("me/awards/<int:award>/ticket/<int:number>.pdf", invitation.my_ticket_pdf, name="my_ticket_pdf"),
    path("me/lives/", lives.my_lives, name="my_lives"),
    path("me/lives/<int:live>/cancel/", lives.cancel, name="my_live_cancel"),
]
