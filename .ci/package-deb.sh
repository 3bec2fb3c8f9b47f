#!/usr/bin/env bash
# Makes a Debian package of the release build, with completions and the manual page, and prints its path:
#   .ci/package-deb.sh [FOLDER]
# FOLDER is .build/deb where none is given. The package wants no Swift on the machine where it is installed. It fits the
# release of Debian that it is made on, and later ones.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

require build packager >&2
folder=${1:-.build/deb}
run swift build -c release --static-swift-stdlib --product sluice >&2
program=$(swift build -c release --static-swift-stdlib --show-bin-path)/sluice
version=$("$program" --version)
architecture=$(dpkg --print-architecture)
day=$(date -u -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" +%Y-%m-%d)

mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Where dpkg-shlibdeps looks for a package's files.
tree=$work/debian/sluice
mkdir -p "$tree/DEBIAN"
install -D -m 755 "$program" "$tree/usr/bin/sluice"
strip --strip-unneeded "$tree/usr/bin/sluice"

completions() { "$program" --generate-completion-script "$1" | install -D -m 644 /dev/stdin "$tree/usr/share/$2"; }
completions bash bash-completion/completions/sluice
completions zsh zsh/vendor-completions/_sluice
completions fish fish/vendor_completions.d/sluice.fish

mkdir -p "$tree/usr/share/man/man1"
"$program" --experimental-dump-help | /usr/bin/python3 .ci/manual.py "$version" "$day" \
  | gzip -9n > "$tree/usr/share/man/man1/sluice.1.gz"
install -D -m 644 LICENSE "$tree/usr/share/doc/sluice/copyright"
gzip -9n < CHANGELOG.md | install -D -m 644 /dev/stdin "$tree/usr/share/doc/sluice/changelog.gz"

# The libraries that it is linked to, in the versions that have what it calls.
printf 'Source: sluice\n\nPackage: sluice\nArchitecture: any\n' > "$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O debian/sluice/usr/bin/sluice | sed -n 's/^shlibs:Depends=//p')

cat > "$tree/DEBIAN/control" <<END
Package: sluice
Version: $version
Architecture: $architecture
Maintainer: The Sluice developers <sluice@localhost>
Installed-Size: $(du -sk "$tree/usr" | cut -f 1)
Depends: $libraries, openssh-client
Recommends: postgresql
Suggests: zstd
Section: database
Priority: optional
Description: plans, applies and runs loads into PostgreSQL
 Manifests in YAML say how to connect, where rows come from, and which table
 they go to. Sluice compares them with what was applied and with the live
 databases, says what would change and what would fail, makes the changes, and
 loads the rows, each load in one transaction.
 .
 PostgreSQL's server programs are needed for the sandbox alone.
END

package=$folder/sluice_${version}_${architecture}.deb
dpkg-deb --build --root-owner-group -Zxz "$tree" "$package" >&2
echo "$package"
