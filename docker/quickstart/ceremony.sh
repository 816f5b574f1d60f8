# Tokens, TLS and the small ceremony of the quickstart. Real estates hold theirs with people around a table:
# docs/KEY_CEREMONY.md.
# shellcheck shell=bash

module() {
    local file
    for file in /usr/lib/softhsm/libsofthsm2.so /usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so \
        /usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so; do
        [ -e "$file" ] && printf '%s' "$file" && return
    done
    fail "libsofthsm2.so is not there"
}

# put FILE: standard input into a file of the service's that nobody else reads.
put() { "${as[@]}" sh -c 'umask 077; cat > "$1"' sh "$1"; }

make_tokens() {
    step "Two SoftHSM2 tokens: the offline root's and the factory's"
    put "$SOFTHSM2_CONF" <<EOF
directories.tokendir = $state/tokens
objectstore.backend = file
log.level = ERROR
slots.removable = false
EOF
    local token
    for token in root factory; do
        openssl rand -hex 16 | put "$state/secrets/$token.pin"
        openssl rand -hex 16 | put "$state/secrets/$token.so-pin"
        run_logged tokens "${as[@]}" softhsm2-util --init-token --free --label "$token" \
            --pin "$(cat "$state/secrets/$token.pin")" --so-pin "$(cat "$state/secrets/$token.so-pin")"
    done
}

# certificate NAME CN EXTENSIONS: a self-signed P-256 certificate; the pin counts, not its issuer.
certificate() {
    run_logged tls "${as[@]}" openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 \
        -keyout "$state/tls/$1.key" -out "$state/tls/$1.pem" -subj "/O=Example Networks/CN=$2" -addext "$3"
}

make_tls() {
    step "TLS credentials: the doors, two operators, one station, a vendor's manifest signer"
    certificate door localhost 'subjectAltName=DNS:localhost,IP:127.0.0.1'
    local name
    for name in ada grace; do certificate "$name" "operator $name" 'extendedKeyUsage=clientAuth'; done
    certificate station-1 'station 1' 'extendedKeyUsage=clientAuth'
    certificate manifest-signer 'Example vendor, manifest signer' 'keyUsage=critical,digitalSignature'
}

write_configuration() {
    put "$state/hallmark.toml" <<EOF
# Written by quickstart at every start.
node = "quickstart"

[database]
conninfo = "host='$run' dbname=hallmark user=hallmark_node"
migrate_conninfo = "host='$run' dbname=hallmark user=hallmark_admin"

[hsm]
module = "$(module)"
token = "factory"
pin_file = "secrets/factory.pin"

[hsm.environment]
SOFTHSM2_CONF = "$SOFTHSM2_CONF"

[doors.factory]
port = ${ports[0]}
certificate = "tls/door.pem"
key = "tls/door.key"

[doors.office]
port = ${ports[1]}
certificate = "tls/door.pem"
key = "tls/door.key"

[doors.public]
port = ${ports[2]}

[doors.ops]
port = ${ports[3]}
$(results_configuration)
EOF
}

# Nothing for a state whose ceremony was held before there were results: its token takes no further key.
results_configuration() {
    [ ! -e "$state/done/run_ceremony" ] || [ -e "$state/ceremony/results-1.pem" ] || return 0
    printf '\n[results]\nkey = "pkcs11:object=results-1"\npublic_key = "ceremony/results-1.pem"\n'
}

run_ceremony() {
    step "A root, an intermediate and a key of results, made in their tokens"
    # A half-finished ceremony would have taken the label; its files say so.
    local root=(--module "$(module)" --token root --pin "$state/secrets/root.pin" --key root)
    run_logged ceremony "${hallmark[@]}" ceremony root "${root[@]}" --common-name 'Example Networks Root' \
        --organization 'Example Networks' --certificate-out "$state/ceremony/root.pem" \
        --transcript "$state/ceremony/root.transcript" --operator-key "$state/tls/ada.key"
    run_logged ceremony "${hallmark[@]}" ceremony intermediate \
        --module "$(module)" --token factory --pin "$state/secrets/factory.pin" --key line-1 \
        --root-module "$(module)" --root-token root --root-pin "$state/secrets/root.pin" --root-key root \
        --root-certificate "$state/ceremony/root.pem" --common-name 'Example Networks Line 1' \
        --organization 'Example Networks' --certificate-out "$state/ceremony/line-1.pem" \
        --transcript "$state/ceremony/line-1.transcript" --operator-key "$state/tls/ada.key"
    run_logged ceremony "${hallmark[@]}" ceremony results-key \
        --module "$(module)" --token factory --pin "$state/secrets/factory.pin" --key results-1 \
        --public-key-out "$state/ceremony/results-1.pem" --key-set-out "$state/ceremony/results-1.jwks" \
        --transcript "$state/ceremony/results-1.transcript" --operator-key "$state/tls/ada.key"
    # SoftHSM rewrites its token at every login, and a kill in that moment loses it; read-only files cannot be lost.
    find "$state/tokens" -type f -exec chmod 0400 {} + -o -type d -exec chmod 0500 {} +
}

enrol_operators() {
    run_logged setup "${hallmark[@]}" setup --config "$state/hallmark.toml" \
        --operator "ada=$state/tls/ada.pem" --operator "grace=$state/tls/grace.pem"
}

# as_operator NAME WORDS...: through the office door.
as_operator() {
    local name=$1
    shift
    "${hallmark[@]}" "$@" --url "https://127.0.0.1:${ports[1]}" --ca "$state/tls/door.pem" \
        --credential "$state/tls/$name.pem" --key "$state/tls/$name.key"
}

# office WORDS...: ada acts. What gives authority is only proposed by that; grace then approves exactly what was
# proposed, by its digest. Here one script holds both keys; a real house has two people.
office() {
    local answer id sha256
    answer=$(as_operator ada --json "$@" 2>>"$state/log/office.log") || {
        tail -15 "$state/log/office.log" >&2
        fail "office failed: $*; the whole output is in $state/log/office.log"
    }
    printf '%s\n' "$answer" >>"$state/log/office.log"
    id=$(sed -n 's/.*"id":"\([0-9a-f-]\{36\}\)".*/\1/p' <<<"$answer")
    sha256=$(sed -n 's/.*"sha256":"\([0-9a-f]\{64\}\)".*/\1/p' <<<"$answer")
    case $answer in
        *'"diff":'*) run_logged office as_operator grace proposal approve "$id" --sha256 "$sha256" ;;
    esac
}
