"""The home page. (The fest's public pages are each app's own.)"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livefest.models import Fest


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", {"fests": Fest.objects.all()})
