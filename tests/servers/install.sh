#!/usr/bin/env bash
# Puts real Kubernetes servers (etcd, kube-apiserver, kube-controller-manager, kubectl) where the tests find them and
# prints that directory as the last line of standard output; everything else goes to standard error.
#
#   KUBEBUILDER_ASSETS set         that directory is checked and printed; nothing is installed
#   the cache is complete          it is printed; nothing is installed
#   otherwise, on Debian           the binaries are obtained from Debian's packages alone, in about five minutes
#
# The cache is ${XDG_CACHE_HOME:-$HOME/.cache}/kubefed-test-servers/<version>; /var/tmp/kubefed-test-servers-<uid> stands in
# when that cannot be written. KUBEFED_SERVERS_GO=1.19 builds with Debian 12's compiler although Debian 11's is there.
set -euo pipefail
exec 3>&1 1>&2 </dev/null

readonly version=v1.20.2
readonly here=tests/servers/install.sh
readonly remedy="Set KUBEBUILDER_ASSETS to a directory with etcd and kube-apiserver (Kubernetes 1.20 to 1.34; kube-controller-manager is welcome beside them)."

say() { printf '%s: %s\n' "$here" "$*"; }
die() { say "$@"; exit 1; }
answer() { printf '%s\n' "$1" >&3; exit 0; }
has_all() { # DIR NAME...
  local dir=$1 name
  shift
  for name in "$@"; do [[ -f $dir/$name && -x $dir/$name ]] || return 1; done
}
is_complete() { has_all "$1" etcd kube-apiserver kube-controller-manager; }

# ---- where ------------------------------------------------------------------------------------------------------------

if [[ -n ${KUBEBUILDER_ASSETS:-} ]]; then
  has_all "$KUBEBUILDER_ASSETS" etcd kube-apiserver ||
    die "KUBEBUILDER_ASSETS is '$KUBEBUILDER_ASSETS', which lacks an executable etcd or kube-apiserver. Correct it, or unset it to use the cache."
  answer "$KUBEBUILDER_ASSETS"
fi

places=()
if [[ ${XDG_CACHE_HOME:-} == /* ]]; then
  places+=("$XDG_CACHE_HOME/kubefed-test-servers")
elif [[ ${HOME:-} == /* ]]; then
  places+=("${HOME%/}/.cache/kubefed-test-servers")
fi
places+=("/var/tmp/kubefed-test-servers-$UID")

for place in "${places[@]}"; do
  if is_complete "$place/$version"; then answer "$place/$version"; fi
done

root=
for place in "${places[@]}"; do
  if mkdir -p "$place" 2>/dev/null && [[ -O $place && -w $place ]]; then root=$place; break; fi
done
[[ -n $root ]] || die "none of these can be written: ${places[*]}. Set XDG_CACHE_HOME to a directory that can."

# ---- what is needed ---------------------------------------------------------------------------------------------------

[[ $(uname -s) == Linux ]] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
  die "this system is not Debian: no apt-get or dpkg-deb. $remedy"

export DEBIAN_FRONTEND=noninteractive LC_ALL=C
missing=()
for pair in dpkg-source:dpkg-dev flock:util-linux awk:mawk xz:xz-utils patch:patch; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if ((${#missing[@]})); then
  ((UID == 0)) || die "these Debian packages are needed and missing: ${missing[*]}. Run: sudo apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  apt-get -q update
  apt-get -q install -y --no-install-recommends "${missing[@]}"
fi

# One run at a time; whoever waited finds the work done.
exec 9>"$root/.lock"
flock -n 9 || { say "another run is installing into $root; waiting for it"; flock 9; }
if is_complete "$root/$version"; then answer "$root/$version"; fi

need_mib=6144
free_mib=$(df -Pm "$root" | awk 'NR == 2 { print $4 }')
((free_mib >= need_mib)) || die "$root has $free_mib MiB free; the build needs $need_mib MiB. Free some, or set XDG_CACHE_HOME to a larger disk."

# The lock makes a fixed name safe, and a run that was killed leaves nothing the next one does not clear.
readonly work=$root/.build
rm -rf -- "$work" "$root/.old"
mkdir -p "$work/bin"
trap 'rm -rf -- "$work"' EXIT

# ---- packages: a private apt, so that the machine's own lists and packages stay as they are ---------------------------

# The machine's Debian mirrors, one "URI keyring" per line, those at a path /debian first: other vendors use Debian's suite
# names too. Both notations of apt's sources are read; "-" stands for "no keyring named".
mirrors() {
  local files=() file
  for file in /etc/apt/sources.list.d/*.sources; do [[ -r $file ]] && files+=("$file"); done
  {
    if ((${#files[@]})); then
      awk '
        function flush(    n, list, i, path) {
          if (suites ~ names && components ~ / main / && types ~ / deb / && enabled !~ / no /) {
            n = split(uris, list, " ")
            for (i = 1; i <= n; i++) print list[i], (split(key, path, " ") && path[1] ~ /^\// ? path[1] : "-")
          }
          suites = components = types = uris = enabled = key = field = ""
        }
        BEGIN { names = " (bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable) " }
        FNR == 1 { flush() }
        /^#/ { next }
        /^[ \t]*$/ { flush(); next }
        {
          text = $0
          if (text ~ /^[^ \t]/) { field = tolower(text); sub(/:.*/, "", field); sub(/^[^:]*:/, "", text) }
          gsub(/[ \t]+/, " ", text); sub(/^ ?/, " ", text); sub(/ ?$/, " ", text)
          if (field == "types") types = types text
          else if (field == "uris") uris = uris text
          else if (field == "suites") suites = suites text
          else if (field == "components") components = components text
          else if (field == "enabled") enabled = enabled text
          else if (field == "signed-by") key = key text
        }
        END { flush() }' "${files[@]}"
    fi
    files=()
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do [[ -r $file ]] && files+=("$file"); done
    if ((${#files[@]})); then
      awk '
        $1 != "deb" { next }
        {
          line = $0; key = "-"
          if (match(line, /\[[^]]*\]/)) {
            options = substr(line, RSTART + 1, RLENGTH - 2)
            line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
            if (match(options, /signed-by=[^ ]+/)) key = substr(options, RSTART + 10, RLENGTH - 10)
          }
          sub(/#.*/, "", line)
          n = split(line, word, " ")
          if (word[3] !~ /^(bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable)$/) next
          for (i = 4; i <= n; i++) if (word[i] == "main") print word[2], key
        }' "${files[@]}"
    fi
  } | awk '!seen[$0]++ { if ($1 ~ /\/debian\/?$/) first = first $0 "\n"; else rest = rest $0 "\n" } END { printf "%s%s", first, rest }'
}

# Options given by -c are read after the machine's own, so proxies and mirrors' credentials still hold.
write_apt_conf() {
  mkdir -p "$work"/apt/{lists,cache}/partial "$work/apt/cache/archives/partial"
  cat >"$work/apt/conf" <<CONF
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::SourceList "$work/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$work/apt/lists";
Dir::Cache "$work/apt/cache";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Update::Error-Mode "any";
APT::Sandbox::User "$(id -un 2>/dev/null || echo root)";
CONF
}
private_apt() { apt-get -q -c "$work/apt/conf" "$@"; }

# True when the mirror has the suites; $1 is "URI keyring", the others are lines "TYPE SUITE".
use_suites() {
  local uri=${1% *} key=${1##* } options='' entry
  shift
  if [[ $key == - && -r /usr/share/keyrings/debian-archive-keyring.gpg ]]; then key=/usr/share/keyrings/debian-archive-keyring.gpg; fi
  if [[ $key != - ]]; then options="[signed-by=$key] "; fi
  for entry in "$@"; do printf '%s %s%s %s main\n' "${entry% *}" "$options" "$uri" "${entry##* }"; done >"$work/apt/sources.list"
  private_apt update >"$work/apt/update.log" 2>&1
}
unpack() { # TARGET PACKAGE...
  local target=$1 deb
  shift
  mkdir -p "$target" "$work/debs"
  (cd "$work/debs" && private_apt download "$@")
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$target"; done
  rm -rf -- "$work/debs"
}

write_apt_conf
mapfile -t known < <(mirrors)
((${#known[@]})) || die "apt's sources name no Debian mirror, so there is nothing to build from. $remedy"
mirror=
for candidate in "${known[@]}"; do
  if use_suites "$candidate" "deb bookworm" "deb-src bookworm"; then mirror=$candidate; break; fi
  tail -n 5 "$work/apt/update.log"
done
[[ -n $mirror ]] || die "no mirror in apt's sources serves Debian 12 (bookworm), whose kubernetes source is what can be built: ${known[*]}. $remedy"
say "from Debian's packages at ${mirror% *}"

(cd "$work" && private_apt source --download-only kubernetes)
[[ -n $(compgen -G "$work/kubernetes_*really${version#v}*.dsc") ]] ||
  die "Debian 12's kubernetes source is no longer ${version#v}: $(cd "$work" && echo ./*.dsc). Raise 'version' in this script. $remedy"
# Unpacked, not installed: no service starts, and no root is needed.
unpack "$work/root" etcd-server kubernetes-client
cp "$work/root/usr/bin/etcd" "$work/root/usr/bin/kubectl" "$work/bin/"

# Upstream built 1.20 with Go 1.15, which is Debian 11's. Newer compilers need the repairs below.
go_version=${KUBEFED_SERVERS_GO:-1.15}
if [[ $go_version == 1.15 ]]; then
  if use_suites "$mirror" "deb bullseye"; then
    unpack "$work/go" golang-1.15-go golang-1.15-src
  else
    say "the mirror no longer has Debian 11 (bullseye) with Go 1.15; using Debian 12's Go 1.19 and repairing what it breaks"
    go_version=1.19
  fi
fi
if [[ $go_version == 1.19 ]]; then
  use_suites "$mirror" "deb bookworm" "deb-src bookworm"
  unpack "$work/go" golang-1.19-go golang-1.19-src golang-github-modern-go-reflect2-dev
fi
export GOROOT=$work/go/usr/lib/go-$go_version
[[ -x $GOROOT/bin/go ]] || die "the Go $go_version packages hold no $GOROOT/bin/go (KUBEFED_SERVERS_GO may be 1.15 or 1.19)."

# ---- build ------------------------------------------------------------------------------------------------------------

# The vendored tree predates Go modules' view of it, hence GOPATH mode with the tree at its import path.
export GOPATH=$work/gopath GOCACHE=$work/gocache GO111MODULE=off CGO_ENABLED=0 GOTOOLCHAIN=local GOENV=off GOTMPDIR=$work/tmp
export PATH=$GOROOT/bin:$PATH
unset GOFLAGS
readonly tree=$GOPATH/src/k8s.io/kubernetes
mkdir -p "${tree%/*}" "$GOTMPDIR"
dpkg-source --no-check -x "$work"/kubernetes_*.dsc "$tree" >/dev/null
rm -f "$work"/kubernetes_*
cd "$tree"

# One compiler can take 1.5 GB.
jobs=$(($(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) / 2097152))
cores=$(nproc)
if ((jobs > cores)); then jobs=$cores; fi
if ((jobs < 1)); then jobs=1; fi

repair_for_new_go() {
  # reflect2 1.0.1 reads a map type's old layout: creating a CustomResourceDefinition panics. 1.0.2 is right.
  local fixed=$work/go/usr/share/gocode/src/github.com/modern-go/reflect2 vendored=vendor/github.com/modern-go/reflect2
  rm -rf "$vendored"
  mkdir "$vendored"
  cp -L "$fixed"/*.go "$fixed"/*.s "$vendored/"
  rm -f "$vendored"/*_test.go
  # This comparison sees a custom resource's empty string as null, and the server rejects the object.
  local file from='data == nil || reflect.DeepEqual(reflect.Zero(reflect.TypeOf(data)), reflect.ValueOf(data))'
  for file in vendor/github.com/go-openapi/validate/type.go vendor/k8s.io/kube-openapi/pkg/validation/validate/type.go; do
    grep -qF "$from" "$file" || die "$file is not the file that the Go 1.19 repair knows."
    awk -v from="$from" '{ at = index($0, from); if (at) $0 = substr($0, 1, at - 1) "data == nil" substr($0, at + length(from)); print }' "$file" >"$work/type.go"
    cp "$work/type.go" "$file"
  done
}
if [[ $go_version != 1.15 ]]; then repair_for_new_go; fi

# The one generated file Debian's tarball leaves out describes every API type that asks for it.
generate_openapi() {
  local packages
  packages=$(grep -rl --include='*.go' '^// +k8s:openapi-gen=' pkg cmd plugin staging/src/k8s.io | awk -F/ '
    /\/zz_generated|_test\.go$|\/testdata\/|\/_examples\/|\/hack\/|k8s\.io\/code-generator\/|k8s\.io\/sample-apiserver\// { next }
    { sub(/\/[^\/]*$/, ""); sub(/^staging\/src\//, "vendor/"); if (!seen[$0]++) print "k8s.io/kubernetes/" $0 }' | sort | paste -sd,)
  [[ -n $packages ]] || die "the kubernetes source has no package that asks for OpenAPI definitions: the tree is not the one expected."
  go build -p "$jobs" -trimpath -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  "$work/openapi-gen" --logtostderr -i "$packages" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
    -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -r "$work/openapi-violations"
}
if [[ ! -s pkg/generated/openapi/zz_generated.openapi.go ]]; then
  say "generating OpenAPI definitions"
  generate_openapi
fi

stamp=
for package in client-go/pkg component-base; do
  package=k8s.io/kubernetes/vendor/k8s.io/$package/version
  for value in gitVersion=$version gitMajor=1 gitMinor=20 gitTreeState=archive buildDate=2021-01-13T13:20:00Z; do
    stamp+=" -X $package.$value"
  done
done
for server in kube-apiserver kube-controller-manager; do
  say "building $server $version with Go $go_version, $jobs at a time"
  began=$SECONDS
  go build -p "$jobs" -trimpath -ldflags "-s -w$stamp" -o "$work/bin/$server" "k8s.io/kubernetes/cmd/$server"
  [[ $("$work/bin/$server" --version) == "Kubernetes $version" ]] || die "$server was built, but does not say it is $version."
  say "$server took $((SECONDS - began)) s"
done
"$work/bin/etcd" --version >/dev/null || die "Debian's etcd does not run here. $remedy"

# ---- publish: whole or not at all -------------------------------------------------------------------------------------

cd "$root"
if [[ -e $root/$version ]]; then mv -T "$root/$version" "$root/.old"; fi
mv -T "$work/bin" "$root/$version"
rm -rf -- "$root/.old"
say "ready after $SECONDS s"
answer "$root/$version"
