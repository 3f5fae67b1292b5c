"""`/metrics`: the figures of this service's processes, and how what all share is doing, in Prometheus' format."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from livefest import metrics
from livefest.monitoring import may_see_figures
from livefest.views.health import findings

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


class HealthCollector(Collector):
    """The findings of `/health/ready`, made as they are asked for."""

    def collect(self) -> Iterator[Metric]:
        ok = GaugeMetricFamily("livefest_health", "1 where a check is within its limit, else 0.", labels=["check"])
        figure = GaugeMetricFamily("livefest_health_figure", "What the check found.", labels=["check", "unit"])
        limit = GaugeMetricFamily("livefest_health_limit", "The check's limit.", labels=["check", "unit"])
        for finding in findings():
            ok.add_metric([finding.name], float(finding.ok))
            limit.add_metric([finding.name, finding.unit], finding.limit)
            if finding.figure is not None:
                figure.add_metric([finding.name, finding.unit], finding.figure)
        yield from (ok, figure, limit)


shared = CollectorRegistry()
shared.register(HealthCollector())


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    if not may_see_figures(request):
        return HttpResponseForbidden("Show MONITORING_TOKEN.\n", content_type="text/plain")
    content = b"".join(generate_latest(registry) for registry in (metrics.registry(), shared))
    return HttpResponse(content, content_type=TEXT_FORMAT)
