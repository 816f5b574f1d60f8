# The house's registrations and the three devices of the quickstart.
# shellcheck shell=bash

register_house() {
    step "Intermediate, vendor, policy and station: ada proposes each, grace approves"
    office intermediate add line-1 --key-uri 'pkcs11:token=factory;object=line-1' \
        --certificate "$state/ceremony/line-1.pem" --chain "$state/ceremony/root.pem" --product tpm-gateway
    make_tpm_maker
    office vendor add swtpm --format tpm2 --roots "$state/tpm/ca/swtpm-localca-rootca-cert.pem" \
        --intermediates "$state/tpm/ca/issuercert.pem"
    office vendor add swtpm --format microchip-manifest --roots "$state/tls/manifest-signer.pem"
    put "$state/tpm-gateway.toml" <"$here/policy/products/tpm-gateway.toml"
    office policy apply "$state/tpm-gateway.toml"
    office station add station-1 --site hall-1 --product tpm-gateway --certificate "$state/tls/station-1.pem"
}

# The maker of our TPMs: swtpm's local CA, kept in our state alone.
make_tpm_maker() {
    "${as[@]}" mkdir -p "$state/tpm/ca"
    put "$state/tpm/localca.conf" <<EOF
statedir = $state/tpm/ca
signingkey = $state/tpm/ca/signkey.pem
issuercert = $state/tpm/ca/issuercert.pem
certserial = $state/tpm/ca/certserial
EOF
    put "$state/tpm/localca.options" <<EOF
--platform-manufacturer Example
--platform-version 1.0
--platform-model Board
EOF
    put "$state/tpm/setup.conf" <<EOF
create_certs_tool = /usr/bin/swtpm_localca
create_certs_tool_config = $state/tpm/localca.conf
create_certs_tool_options = $state/tpm/localca.options
active_pcr_banks = sha256
EOF
    make_tpm first
}

# make_tpm NAME: manufactures one, EK certificate in its NV memory.
make_tpm() {
    "${as[@]}" mkdir -p "$state/tpm/$1"
    run_logged tpm "${as[@]}" env HOME="$state/tpm" swtpm_setup --tpm2 --tpmstate "$state/tpm/$1" \
        --config "$state/tpm/setup.conf" --create-ek-cert --overwrite
}

# power_up NAME: a TPM that answers on a socket of ours.
power_up() {
    "${as[@]}" setsid swtpm socket --tpm2 --tpmstate "dir=$state/tpm/$1" --server "type=unixio,path=$run/$1" \
        --ctrl "type=unixio,path=$run/$1.ctrl" --flags startup-clear >>"$state/log/tpm.log" 2>&1 9>&- &
    started+=("$!:TERM")
    await 10 test -S "$run/$1" || fail "the TPM $1 did not start; see $state/log/tpm.log"
}

provision_devices() {
    local lot names=() words=() i
    lot=lot-$(date -u +%Y%m%d-%H%M%S)
    step "Three TPMs arrive: $lot"
    for i in 1 2 3; do names+=("$lot-$i"); done
    for i in "${names[@]}"; do make_tpm "$i"; done
    for i in "${names[@]}"; do
        power_up "$i"
        words+=(--tcti "swtpm:path=$run/$i" --unique-id "$i")
    done
    run_logged manifest "${station[@]}" example-manifest "${words[@]}" \
        --signer-certificate "$state/tls/manifest-signer.pem" --signer-key "$state/tls/manifest-signer.key" \
        --out "$state/$lot.json"
    office manifest import "$state/$lot.json" --vendor swtpm --lot "$lot"
    office lot allot "$lot" --product tpm-gateway --site hall-1
    office lot hand-over "$lot" --kind receiving --units "${#names[@]}" --to goods-in --site hall-1
    office lot release "$lot"
    devices=()
    for i in "${names[@]}"; do
        step "Station 1 provisions $i"
        "${station[@]}" provision --url "https://127.0.0.1:${ports[0]}" --ca "$state/tls/door.pem" \
            --credential "$state/tls/station-1.pem" --key "$state/tls/station-1.key" --product tpm-gateway \
            --element tpm2 --tcti "swtpm:path=$run/$i" --ek-chain "$state/tpm/ca/issuercert.pem" \
            --root "$state/ceremony/root.pem" --state "$state/devices/$i" \
            --certificate-out "$state/devices/$i.pem" || fail "provisioning $i failed"
        devices+=("$state/devices/$i.pem")
    done
}

count() { "${sql[@]}" -A -t -d hallmark -c "SELECT count(*) FROM hallmark.$1"; }

report() {
    local file
    step "Three certificates"
    for file in "${devices[@]}"; do
        openssl x509 -in "$file" -noout -subject -serial
        openssl x509 -in "$file"
        openssl verify -CAfile "$state/ceremony/root.pem" -untrusted "$state/ceremony/line-1.pem" "$file" ||
            fail "openssl does not accept $file"
    done
    step "In PostgreSQL, from all runs of this state"
    say "credentials: $(count credential)   intents: $(count intent)   installations: $(count installation)"
    step "Where to look"
    say "configuration  $state/hallmark.toml"
    say "root, chain    $state/ceremony/root.pem  $state/ceremony/line-1.pem"
    say "server log     $state/log/server.log"
    say "metrics        http://127.0.0.1:${ports[3]}/metrics"
    say "CRL            http://127.0.0.1:${ports[2]}/crl/line-1/0.crl"
    [ ! -e "$state/ceremony/results-1.jwks" ] ||
        say "results' keys  http://127.0.0.1:${ports[2]}/v1/results/keys   (docs/ATTESTATION.md: what a result says)"
    say "database       psql -h $run -U hallmark_audit hallmark   (as the user who runs it)"
    say "history        $state/bin/hallmark audit search --product tpm-gateway --url https://127.0.0.1:${ports[1]} \\"
    say "                 --ca $state/tls/door.pem --credential $state/tls/ada.pem --key $state/tls/ada.key"
}
