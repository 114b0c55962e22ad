#!/usr/bin/env bash
# Makes fallwatch_VERSION_ARCH.deb out of the bundle: build_deb.sh [BUNDLE [FOLDER]].
set -euo pipefail
cd "$(dirname "$0")/../../.."

bundle=${1:-dist/fallwatch}
folder=${2:-dist}
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' fallwatch/__init__.py)
architecture=$(dpkg --print-architecture)
# The newest C library that anything in the bundle asks for.
libc=$(find "$bundle" -type f -exec objdump -T {} + 2>/dev/null |
    grep -o 'GLIBC_2\.[0-9]*' | sort -uV | tail -n 1 | cut -d _ -f 2 || true)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root"/{DEBIAN,opt,usr/bin,usr/share/applications,usr/share/icons/hicolor/scalable/apps,usr/share/doc/fallwatch}
cp -a "$bundle" "$root/opt/fallwatch"
ln -s /opt/fallwatch/fallwatch "$root/usr/bin/fallwatch"
cp resources/packaging/linux/fallwatch.desktop "$root/usr/share/applications/"
cp resources/icons/fallwatch.svg "$root/usr/share/icons/hicolor/scalable/apps/"
for side in 16 32 48 128 256; do
    install -D -m 644 "resources/packaging/icons/fallwatch-$side.png" \
        "$root/usr/share/icons/hicolor/${side}x$side/apps/fallwatch.png"
done
cp LICENSE "$root/usr/share/doc/fallwatch/copyright"
cp resources/THIRD_PARTY.md "$root/usr/share/doc/fallwatch/"
# What the bundle leaves to the system (see bundle_parts.py), then what it never brings.
depends=(
    "libc6 (>= ${libc:-2.31})"
    libdbus-1-3 libfontconfig1 libfreetype6 libgcc-s1 libglib2.0-0 libgssapi-krb5-2 libstdc++6
    libwayland-client0 libwayland-cursor0 libx11-6 libx11-xcb1 libxkbcommon-x11-0 libxkbcommon0
    libegl1 libgl1 libxcb1
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
    libxcb-shape0 libxcb-xinerama0 libxcb-xkb1
    alsa-utils mpg123 # The player of alarms counts only if both are there.
)
cat > "$root/DEBIAN/control" <<END
Package: fallwatch
Version: $version
Architecture: $architecture
Maintainer: the fallwatch authors <fallwatch@localhost>
Section: utils
Priority: optional
Installed-Size: $(du -sk "$root" | cut -f1)
Depends: $(printf '%s\n' "${depends[@]}" | paste -sd , | sed 's/,/, /g')
Description: watches rooms and raises an alarm when somebody falls
 A fall monitor for webcams and network cameras. Everything stays on the computer.
END
chmod -R u+rwX,go+rX,go-w "$root"
mkdir -p "$folder"
dpkg-deb --root-owner-group -Zzstd -z9 --build "$root" "$folder/fallwatch_${version}_${architecture}.deb"
