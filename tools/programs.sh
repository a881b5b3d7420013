#!/usr/bin/env bash
# Makes sure that the programs named as arguments are there: installs them with apt-get where it may, else says how to get
# them. With --look it only looks.
set -euo pipefail

oldest_node=20.19

present() {
    case "$1" in
        chromium) command -v chromium || command -v chromium-browser || command -v google-chrome || test -x "${PORTAL_CHROMIUM:-}" ;;
        nginx) command -v nginx || test -x /usr/sbin/nginx || test -x /usr/local/sbin/nginx ;;
        mosquitto) command -v mosquitto || test -x /usr/sbin/mosquitto || test -x /usr/local/sbin/mosquitto ;;
        node) command -v node && printf '%s\nv%s\n' "$(node --version)" "$oldest_node" | sort -V | head -n1 | grep -qx "v$oldest_node" ;;
        *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

look=no
if [ "${1:-}" = --look ]; then
    look=yes
    shift
fi

package() {
    case "$1" in
        mosquitto_pub | mosquitto_sub) echo mosquitto-clients ;;
        nginx) echo nginx-light ;;
        *) echo "$1" ;;
    esac
}

missing=()
for program in "$@"; do
    present "$program" || missing+=("$program")
done
[ ${#missing[@]} -eq 0 ] && exit 0
[ $look = yes ] && exit 1

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    packages=()
    for program in "${missing[@]}"; do
        packages+=("$(package "$program")")
    done
    echo "installing ${packages[*]} with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

absent=()
for program in "${missing[@]}"; do
    present "$program" || absent+=("$program")
done
[ ${#absent[@]} -eq 0 ] && exit 0

{
    echo "The tests need programs that are not here: ${absent[*]}"
    echo "  Debian, Ubuntu:  sudo apt-get install chromium mosquitto mosquitto-clients nginx-light"
    echo "  Fedora:          sudo dnf install chromium mosquitto nginx"
    echo "  macOS:           brew install mosquitto nginx && brew install --cask chromium"
    echo "A Chromium elsewhere is named with PORTAL_CHROMIUM=/path/to/chromium."
} >&2
exit 1
