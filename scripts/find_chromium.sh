#!/bin/sh
# Prints the path of a Chromium that can show Chinese. Looks at $CHROMIUM and PATH; as root on Debian, installs it.
# The headless shell is the same engine without the windows around it: a page costs half of the processor's time.
set -eu

found() {
    if [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; then
        echo "$CHROMIUM"
        return
    fi
    for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable chrome msedge; do
        command -v "$name" && return
    done
    return 1
}

chinese() {
    ! command -v fc-list >/dev/null || [ -n "$(fc-list :lang=zh)" ]
}

install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

if browser=$(found) && chinese; then
    echo "$browser"
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    {
        apt-get update -q
        install chromium-headless-shell fonts-noto-cjk || install chromium fonts-noto-cjk
    } >&2
    if browser=$(found); then
        echo "$browser"
        exit 0
    fi
fi
echo "没有找到 Chromium 或中文字体。请执行：apt-get install chromium fonts-noto-cjk，或用环境变量 CHROMIUM 指定浏览器路径。" >&2
exit 1
