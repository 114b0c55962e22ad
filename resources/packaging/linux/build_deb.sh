#!/usr/bin/env bash
# Makes fallwatch_VERSION_ARCH.deb out of the bundle in dist/fallwatch.
set -euo pipefail
cd "$(dirname "$0")/../../.."

bundle=${1:-dist/fallwatch}
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' fallwatch/__init__.py)
architecture=$(dpkg --print-architecture)
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
cp LICENSE resources/THIRD_PARTY.md "$root/usr/share/doc/fallwatch/"
cat > "$root/DEBIAN/control" <<END
Package: fallwatch
Version: $version
Architecture: $architecture
Maintainer: the fallwatch authors <fallwatch@localhost>
Section: utils
Priority: optional
Installed-Size: $(du -sk "$root/opt" | cut -f1)
Depends: libc6 (>= 2.31), libegl1, libgl1, libdbus-1-3, libfontconfig1, libxkbcommon-x11-0, libxcb-cursor0, libxcb-icccm4, libxcb-image0, libxcb-keysyms1, libxcb-randr0, libxcb-render-util0, libxcb-shape0, libxcb-xinerama0, libxcb-xkb1
Recommends: alsa-utils
Description: watches rooms and raises an alarm when somebody falls
 A fall monitor for webcams and network cameras. Everything stays on the computer.
END
chmod -R u+rwX,go+rX,go-w "$root"
mkdir -p dist
dpkg-deb --root-owner-group -Zzstd --build "$root" "dist/fallwatch_${version}_${architecture}.deb"
