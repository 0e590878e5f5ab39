"""Connections as the environment wants them: its proxy, its certificates."""

from __future__ import annotations

import os
import ssl
from urllib.parse import urlsplit

import urllib3

from pvmap.errors import FetchError
from pvmap.opening import reason_of

CONNECTIONS = 8  # kept open to a host
BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # where a firm names certificates of its own


def connections(proxy: str, secure: bool) -> urllib3.PoolManager:
    """Return connections by way of a proxy (empty: none); `secure` where certificates are wanted.

    Raises
    ------
    FetchError
        The certificates that the environment names cannot be read.
    """
    if not (secure or proxy):
        return urllib3.PoolManager(maxsize=CONNECTIONS)
    bundle = next((os.environ[name] for name in BUNDLES if os.environ.get(name)), None)
    try:
        trusted = ssl.create_default_context(cafile=bundle)
    except (OSError, ssl.SSLError) as error:
        raise FetchError(f"The certificates in {bundle} cannot be read: {reason_of(error)}.") from None
    if not proxy:
        return urllib3.PoolManager(maxsize=CONNECTIONS, ssl_context=trusted)
    user = urlsplit(proxy)
    secret = f"{user.username}:{user.password or ''}" if user.username else None
    headers = urllib3.make_headers(proxy_basic_auth=secret) if secret else None
    return urllib3.ProxyManager(proxy, maxsize=CONNECTIONS, proxy_headers=headers, ssl_context=trusted)
