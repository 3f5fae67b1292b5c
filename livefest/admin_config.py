from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin with the staff's site in place of its own."""

    default_site = "livefest.staff_site.StaffSite"
