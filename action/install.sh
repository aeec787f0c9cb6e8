#!/usr/bin/env bash
# Downloads a release of protogov, checks its digest, and puts it on the PATH of the steps that follow.
#
#   PROTOGOV_VERSION   the release, as in `0.1.0`
#   PROTOGOV_DIGEST    the SHA-256 that the archive must have; without one, the one published beside it
#   PROTOGOV_RELEASES  where releases are: https://, or file:// for a mirror
set -euo pipefail

fail() {
  echo "::error title=protogov::$1"
  exit 2
}

case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
  Linux-X64) target=x86_64-unknown-linux-musl ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  Windows-X64) target=x86_64-pc-windows-msvc ;;
  *) fail "there is no release for ${RUNNER_OS:-this system} on ${RUNNER_ARCH:-this processor}; build it with cargo install protogov" ;;
esac

version="${PROTOGOV_VERSION#v}"
case "$version" in
  '' | *[!0-9A-Za-z.+-]*) fail "'$PROTOGOV_VERSION' is no version; write one as in 0.1.0" ;;
esac
name="protogov-$version-$target.tar.gz"
from="${PROTOGOV_RELEASES%/}/v$version/$name"
directory="$(mktemp -d "${RUNNER_TEMP:-/tmp}/protogov.XXXXXX")"

fetch() {
  curl --fail --silent --show-error --location --retry 3 --proto '=https,file' --output "$2" "$1" \
    || fail "cannot download $1"
}

digest_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1"
  else
    shasum -a 256 "$1"
  fi | cut -d ' ' -f 1
}

fetch "$from" "$directory/$name"
expected="${PROTOGOV_DIGEST:-}"
if [ -z "$expected" ]; then
  fetch "$from.sha256" "$directory/$name.sha256"
  expected="$(cut -d ' ' -f 1 <"$directory/$name.sha256")"
fi
found="$(digest_of "$directory/$name")"
if [ "$found" != "$expected" ]; then
  fail "the digest of $name is $found, and $expected was expected; it is not installed"
fi
mkdir "$directory/bin"
tar -xzf "$directory/$name" -C "$directory/bin" || fail "cannot unpack $name"
"$directory/bin/protogov" --version || fail "$name holds no protogov that runs here"
echo "$directory/bin" >>"$GITHUB_PATH"
