#!/bin/sh
# Installs the programs that the tests drive and Python packages cannot bring, where it may.
# Usage: system_packages.sh        PostgreSQL, Redis, Chromium, a Korean font, Java, espeak-ng and SIPp
#        system_packages.sh venv   what python3 -m venv needs on Debian and Ubuntu
# Never ends `make test`: what is still missing skips its tests, or fails them with REQUIRE_SERVICES=1.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }
runs() { has "$1" && "$@" >/dev/null 2>&1; } # Ubuntu's chromium may be a stub that only names a snap

wanted=""
if [ "${1:-}" = venv ]; then
  wanted=" python3-venv"
  without="python3 -m venv does not work without it"
else
  has initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted="$wanted postgresql"
  has redis-server || wanted="$wanted redis-server"
  runs chromium --version || runs chromium-browser --version || runs google-chrome --version ||
    wanted="$wanted chromium"
  fc-list :lang=ko 2>/dev/null | grep -q . || wanted="$wanted fonts-nanum fontconfig"
  runs java -version || wanted="$wanted default-jre-headless"
  has espeak-ng || wanted="$wanted espeak-ng"
  has sipp || wanted="$wanted sip-tester"
  without="tests that need them are skipped and say so, or fail with REQUIRE_SERVICES=1"
fi
[ -n "$wanted" ] || exit 0

root=""
if [ "$(id -u)" != 0 ] && has sudo && sudo -n true 2>/dev/null; then root="sudo -n"; fi
apt() { $root env DEBIAN_FRONTEND=noninteractive apt-get "$@" >/dev/null 2>&1; }
add() { apt install -y -qq --no-install-recommends "$1"; }

failed=""
if has apt-get && { [ "$(id -u)" = 0 ] || [ -n "$root" ]; }; then
  echo "installing:$wanted"
  apt update -qq || true # an old list may still do
  for package in $wanted; do # one by one: one that cannot be had keeps none of the others out
    case $package in
      chromium) add chromium || add chromium-browser || failed="$failed chromium" ;;
      *) add "$package" || failed="$failed $package" ;;
    esac
  done
else
  failed="$wanted"
fi
[ -n "$failed" ] || exit 0
echo "missing:$failed — ask an administrator: apt-get install$failed ($without)"
[ "${1:-}" != venv ]
