"""Sends the masking requests of the official Python SDK to the service at PLIVO_API_URL, and leaves all others with Plivo.

    import plivo, plivo_here
    client = plivo_here.route(plivo.RestClient())

PLIVO_API_URL         the service's PUBLIC_URL, such as https://masking.example.com/api; not set: everything goes to Plivo
PLIVO_API_RECORDINGS  true: recordings are asked for there too
"""
import os
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter

PLIVO = "https://api.plivo.com"


class _Here(HTTPAdapter):
    """An adapter of the client's own session: credentials, timeout, proxies and retries stay those of the SDK."""

    def __init__(self, base):
        super().__init__()
        self.base = base

    def send(self, request, **kwargs):
        routed = request.copy()
        routed.url = self.base + request.url[len(PLIVO):]
        return super().send(routed, **kwargs)


def route(client):
    """Routes this client, and gives it back."""
    here = os.environ.get("PLIVO_API_URL", "")
    if here == "":
        return client
    scheme, host, path, _, _ = urlsplit(here)
    if scheme not in ("http", "https") or host == "":
        raise ValueError("PLIVO_API_URL: expected an http or https address")
    resources = ["Masking"]
    if os.environ.get("PLIVO_API_RECORDINGS") == "true":
        resources.append("Recording")
    account = "%s/v1/Account/%s" % (PLIVO, client.session.auth[0])
    for resource in resources:
        client.session.mount("%s/%s/" % (account, resource), _Here("%s://%s%s" % (scheme, host, path.rstrip("/"))))
    return client
