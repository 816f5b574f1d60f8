#!/usr/bin/env bash
# The quickstart as a newcomer runs it, in a folder with a space in its name: three devices, a second start that is
# quick and makes three more, then one is retired and OpenSSL refuses it by the published list.
#   quickstart_test.sh FOLDER_WITH_PROGRAMS
set -euo pipefail
source_tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HALLMARK_BIN=$1
work=$(mktemp -d)
copy="$work/hall mark"
server=
clean() {
    [ -z "$server" ] || { kill -TERM "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true
    local state
    state=$(readlink -f "$copy/var" 2>/dev/null || true)
    case "$state" in /var/lib/hallmark/?*) rm -rf "$state" "/run/hallmark/${state##*/}" ;; esac
    rm -rf "$work"
}
trap clean EXIT
die() { printf 'quickstart_test: %s\n' "$*" >&2; exit 1; }

mkdir -p "$copy/docker" "$copy/policy"
cp -r "$source_tree/quickstart" "$copy/"
cp -r "$source_tree/docker/quickstart" "$copy/docker/"
cp -r "$source_tree/policy/products" "$copy/policy/"
port=$((20000 + RANDOM % 10000))

run() { "$copy/quickstart" "$@" --ports "$port" >"$work/out" 2>&1 || { cat "$work/out" >&2; die "quickstart failed"; }; }
tells() { grep -qF -- "$1" "$work/out" || { cat "$work/out" >&2; die "the output lacks: $1"; }; }

run --exit
tells 'credentials: 3   intents: 3   installations: 3'
[ "$(grep -c 'BEGIN CERTIFICATE' "$work/out")" -eq 3 ] || die "not three certificates"
[ "$(grep -c ': OK$' "$work/out")" -eq 3 ] || die "openssl does not accept three certificates"

begun=$SECONDS
run --exit
tells 'credentials: 6   intents: 6   installations: 6'
[ $((SECONDS - begun)) -lt 60 ] || die "the second start took $((SECONDS - begun)) s"

"$copy/quickstart" --ports "$port" >"$work/out" 2>&1 &
server=$!
for _ in $(seq 600); do
    grep -q 'The server is up' "$work/out" && break
    kill -0 "$server" 2>/dev/null || { cat "$work/out" >&2; die "quickstart ended"; }
    sleep 0.2
done
tells 'The server is up'
state=$(readlink -f "$copy/var")
office=(--url "https://127.0.0.1:$((port + 1))" --ca "$state/tls/door.pem" --credential "$state/tls/ada.pem"
    --key "$state/tls/ada.key")
device=$(ls -t "$state"/devices/*.pem | head -1)
serial=$(openssl x509 -in "$device" -noout -serial | cut -d= -f2 | tr A-F a-f)
"$state/bin/hallmark" retire "$serial" --reason cessation_of_operation "${office[@]}" >/dev/null

refused=no
for _ in $(seq 120); do
    curl -fsS "http://127.0.0.1:$((port + 2))/crl/line-1/0.crl" -o "$work/crl.der"
    openssl crl -inform der -in "$work/crl.der" -out "$work/crl.pem"
    verdict=$(openssl verify -crl_check -CAfile "$state/ceremony/root.pem" -untrusted "$state/ceremony/line-1.pem" \
        -CRLfile "$work/crl.pem" "$device" 2>&1 || true)
    case "$verdict" in *'certificate revoked'*) refused=yes; break ;; esac
    sleep 0.5
done
[ "$refused" = yes ] || die "the list does not refuse the retired certificate within a minute"
other=$(ls -t "$state"/devices/*.pem | tail -1)
openssl verify -crl_check -CAfile "$state/ceremony/root.pem" -untrusted "$state/ceremony/line-1.pem" \
    -CRLfile "$work/crl.pem" "$other" >/dev/null || die "the list refuses a certificate that was not retired"

"$state/bin/hallmark" audit search --serial "$serial" "${office[@]}" >"$work/history"
for event in credential.issued credential.installed credential.retired 'operator_name: ada'; do
    grep -qF "$event" "$work/history" || { cat "$work/history" >&2; die "the history lacks $event"; }
done

kill -TERM "$server"
wait "$server" && status=0 || status=$?
server=
[ "$status" -eq 130 ] || die "quickstart ended with $status"
if curl -fsS "http://127.0.0.1:$((port + 3))/healthz/live" >/dev/null 2>&1; then die "the server is still there"; fi
echo "quickstart_test: passed"
