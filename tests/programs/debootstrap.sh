# Debian installs itself: debootstrap's second stage in a chroot, then apt and dpkg install, upgrade and remove.
# root: programs
# minutes: 30
[ "$(id -u)" = 0 ] || exec unshare --user --map-root-user --map-auto --mount bash "$0"
cp -a "$FOREIGN" root; cd root
inside() { chroot . /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"; }
inside /debootstrap/debootstrap --second-stage > ../stage.log 2>&1; echo "second stage $?"; tail -1 ../stage.log
inside dpkg --print-architecture; inside dpkg --audit; inside apt-get -q check > /dev/null && echo consistent
for version in 1 2; do
    mkdir -p tmp/made/DEBIAN tmp/made/usr/share/made; echo "version $version" > tmp/made/usr/share/made/text
    printf 'Package: made\nVersion: %s\nArchitecture: arm64\nMaintainer: a <a@b>\nDepends: bash, perl-base (>= 5)\nDescription: a test\n' $version > tmp/made/DEBIAN/control
    printf '#!/bin/sh\necho "postinst $*"\n' > tmp/made/DEBIAN/postinst; chmod 755 tmp/made/DEBIAN/postinst
    inside dpkg-deb --build --root-owner-group /tmp/made /tmp/made_$version.deb > /dev/null
    inside apt-get -q -y install /tmp/made_$version.deb 2> ../apt.err | grep -E '^(postinst|Setting up made)'; cat usr/share/made/text
done
inside dpkg-query -W made; inside dpkg --verify made; inside apt-get -q -y purge made | grep '^Removing'; inside dpkg-query -W made 2>&1 | head -1
inside perl -e 'print "perl $^O ", (getpwnam "root")[7], "\n"'; inside uname -m
