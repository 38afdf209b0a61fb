"""Which addresses a webhook may go to.

A city's systems stand in its own network, so private addresses are open and everything else must be
opened by the operator (`SANGDAM_WEBHOOK_NETWORKS`): `loopback` is this machine itself, `private` RFC 1918
and unique local IPv6, `public` the internet. Link-local addresses (where clouds keep their credentials),
multicast and reserved ones are never open. The name is looked up for every delivery and the connection
goes to the very address that was judged, so a name that changes its mind leads nowhere.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from consultation.errors import BadInput, EngineDown

NETWORKS = ("loopback", "private", "public")
LONGEST = 500  # characters of a URL


def networks(setting: str) -> frozenset[str]:
    """Reads the setting, names with commas between. Raises `BadInput`."""
    named = frozenset(name.strip() for name in setting.split(",") if name.strip())
    if unknown := named - set(NETWORKS):
        raise BadInput(
            f"SANGDAM_WEBHOOK_NETWORKS: {', '.join(sorted(unknown))} is no network; known are: {', '.join(NETWORKS)}"
        )
    return named


def network_of(address: str) -> str | None:
    """`loopback`, `private`, `public`, or None for one that is never open."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if ip.is_loopback:
        return "loopback"
    if ip.is_link_local or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return None
    if ip.is_global:
        return "public"
    return "private" if ip.is_private else None


def check_url(url: str) -> tuple[str, str, int]:
    """(scheme, host, port) of an address that can be told. Raises `BadInput`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput(
            "주소를 읽을 수 없습니다. http:// 또는 https://로 시작하는 주소를 적어 주세요."
        ) from None
    if len(url) > LONGEST or parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput("http:// 또는 https://로 시작하는 500자 이내의 주소를 적어 주세요.")
    if not url.isascii() or any(c.isspace() or not c.isprintable() for c in url):
        raise BadInput("주소에는 영문자와 숫자, 기호만 쓸 수 있습니다.")
    if parts.username or parts.password:
        raise BadInput("주소에 아이디나 비밀번호를 넣지 마세요. 서명으로 보낸 곳을 확인할 수 있습니다.")
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def open_address(host: str, port: int, allowed: Collection[str]) -> str:
    """The IP address of a host, judged. Raises `BadInput` when any of its addresses is not open,
    `EngineDown` when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise EngineDown(f"{host}: the name is not known here") from None
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    for address in addresses:
        network = network_of(address)
        if network not in allowed:
            kind = {"loopback": "이 서버 자신", "private": "내부망", "public": "인터넷"}.get(network or "")
            raise BadInput(
                f"{host}은(는) {kind or '쓸 수 없는'} 주소라 보낼 수 없습니다. "
                + ("운영자가 SANGDAM_WEBHOOK_NETWORKS로 열 수 있습니다." if network else "")
            )
    return addresses[0]
