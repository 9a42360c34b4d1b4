"""Why work cannot be shared out, in order of precedence."""

from zhanggui.money.errors import Refusal


class NoRay(Refusal):
    """Ray, an optional extra, is not installed."""

    code = "no_ray"


class NoRayCluster(Refusal):
    """No Ray cluster answers."""

    code = "no_ray_cluster"
    http_status = 503
