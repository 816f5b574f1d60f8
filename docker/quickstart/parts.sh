# Places, processes and packages of the quickstart. Sourced by it; every function is one step.
# shellcheck shell=bash

say() { printf '%s\n' "$*"; }
step() { printf '== %s\n' "$*"; }
fail() { printf 'quickstart: %s\n' "$*" >&2; exit 1; }
usage() { printf 'usage: quickstart [--exit | --keep-running] [--ports BASE]\n' >&2; exit 2; }

packages=(g++ cmake ninja-build ccache mold pkg-config ca-certificates libboost1.81-dev libboost-json1.81-dev
    libboost-url1.81-dev libssl-dev openssl libpq-dev libpqxx-dev prometheus-cpp-dev libspdlog-dev libcli11-dev
    libtomlplusplus-dev libp11-kit-dev softhsm2 postgresql-15 libtss2-dev swtpm swtpm-tools curl)

# Compilations are remembered by what they say and not by where the checkout lies.
export CCACHE_BASEDIR=$here CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

# Installs what dpkg does not know as installed. The package's own cluster is not wanted: we make ours.
install_packages() {
    local missing=() name
    for name in "${packages[@]}"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return
    step "Installing ${#missing[@]} packages"
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "needs root or sudo to install: ${missing[*]}"
        sudo=(sudo)
    fi
    local log
    log=$(mktemp)
    # One policy for the time of this installation: no service is started behind the owner's back.
    if ! { "${sudo[@]}" apt-get update &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
            apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -20 "$log" >&2
        fail "installing packages failed; the whole output is in $log"
    fi
    rm -f "$log"
}

build_programs() {
    if [ -n "${HALLMARK_BIN:-}" ]; then
        built=$HALLMARK_BIN
        return
    fi
    step "Building (the first time takes some minutes)"
    local log=$here/build/quickstart.log
    mkdir -p "$here/build"
    if ! { cmake -S "$here" --preset release -DHALLMARK_TESTS=OFF &&
        cmake --build "$here/build/release" --target hallmark hallmark-station; } >"$log" 2>&1; then
        tail -30 "$log" >&2
        fail "the build failed; the whole output is in $log"
    fi
    built=$here/build/release
}

# As root a system user runs everything, with its state outside the checkout, which may lie where it cannot look.
choose_places() {
    if [ "$(id -u)" -eq 0 ]; then
        service=hallmark
        getent passwd "$service" >/dev/null ||
            useradd --system --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin "$service"
        local name
        name=$(printf '%s' "$here" | sha256sum | cut -c1-16)
        state=/var/lib/hallmark/$name
        run=/run/hallmark/$name
        as=(setpriv --reuid="$service" --regid="$service" --clear-groups)
        local shared
        for shared in /var/lib/hallmark /run/hallmark; do
            [ -d "$shared" ] || install -d -m 755 "$shared" # One that is there already keeps its mode.
        done
        install -d -m 755 -o "$service" -g "$service" "$state" "$run"
        [ -e "$here/var" ] || ln -s "$state" "$here/var"
    else
        state=$here/var
        as=()
        mkdir -p "$state"
        # Socket paths are short by law (108 octets); a deep checkout is not.
        run=$(mktemp -d "${XDG_RUNTIME_DIR:-/tmp}/hallmark.XXXXXX")
    fi
    local folder
    for folder in bin tls secrets log ceremony tpm devices done tokens; do
        "${as[@]}" mkdir -p "$state/$folder"
    done
    "${as[@]}" chmod 700 "$state/secrets"
    export SOFTHSM2_CONF=$state/softhsm2.conf
    cd "$state"
    exec 9>"$state/lock"
    flock -n 9 || fail "another quickstart of this checkout is running"
}

install_programs() {
    local program
    for program in hallmark hallmark-station; do
        [ -x "$built/$program" ] || fail "$built/$program is not there"
        cmp -s "$built/$program" "$state/bin/$program" && continue
        install -m 755 "$built/$program" "$state/bin/$program.new"
        mv -f "$state/bin/$program.new" "$state/bin/$program"
    done
    hallmark=("${as[@]}" "$state/bin/hallmark")
    station=("${as[@]}" "$state/bin/hallmark-station")
}

# first_time STEP: once per state folder; a step that failed is tried again.
first_time() {
    [ -e "$state/done/$1" ] && return
    "$1"
    "${as[@]}" touch "$state/done/$1"
}

# run_logged NAME COMMAND...: quiet, unless it fails.
run_logged() {
    local name=$1
    shift
    if ! "$@" >>"$state/log/$name.log" 2>&1; then
        tail -15 "$state/log/$name.log" >&2
        fail "$name failed; the whole output is in $state/log/$name.log"
    fi
}

started=()

# await SECONDS COMMAND...: until it succeeds.
await() {
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.1
    done
}

start_database() {
    local pg=/usr/lib/postgresql/15/bin
    if [ ! -s "$state/pg/PG_VERSION" ]; then
        step "A private PostgreSQL cluster"
        run_logged initdb "${as[@]}" "$pg/initdb" -D "$state/pg" -A trust -U hallmark_admin -E UTF8 --locale=C.UTF-8 \
            --lc-collate=C
    fi
    # What an earlier run left when it was killed.
    if [ -s "$state/pg/postmaster.pid" ]; then
        "${as[@]}" "$pg/pg_ctl" -D "$state/pg" -m fast stop >/dev/null 2>&1 || true
    fi
    # Everybody on the machine may walk to the socket and the cluster trusts who comes: it opens for its owner alone.
    "${as[@]}" setsid "$pg/postgres" -D "$state/pg" -c listen_addresses= -c unix_socket_directories="$run" \
        -c unix_socket_permissions=0700 -c max_connections=100 >>"$state/log/postgres.log" 2>&1 9>&- &
    started+=("$!:INT")
    await 30 "${as[@]}" "$pg/pg_isready" -q -h "$run" -U hallmark_admin -d postgres ||
        fail "PostgreSQL did not start; see $state/log/postgres.log"
    sql=("${as[@]}" "$pg/psql" -q -X -v ON_ERROR_STOP=1 -h "$run" -U hallmark_admin)
    first_time make_database
}

make_database() { run_logged database "${sql[@]}" -d postgres -c 'CREATE DATABASE hallmark'; }

migrate_schema() {
    run_logged migrate "${hallmark[@]}" migrate --config "$state/hallmark.toml"
    first_time make_logins
}

# Two logins: the server's, which cannot change history, and an auditor's, which reads.
make_logins() {
    run_logged logins "${sql[@]}" -d hallmark -c 'CREATE ROLE hallmark_node LOGIN IN ROLE hallmark_server' \
        -c 'CREATE ROLE hallmark_audit LOGIN IN ROLE hallmark_auditor'
}

start_server() {
    # A session of its own: Ctrl-C is ours to pass on, in order.
    "${as[@]}" setsid "$state/bin/hallmark" serve --config "$state/hallmark.toml" >>"$state/log/server.log" 2>&1 9>&- &
    server_pid=$!
    started+=("$server_pid:TERM")
    if ! await 20 curl -fsS "http://127.0.0.1:${ports[3]}/healthz/ready"; then
        tail -5 "$state/log/server.log" >&2
        fail "the server did not become ready; see $state/log/server.log"
    fi
    kill -0 "$server_pid" 2>/dev/null || fail "the server stopped; see $state/log/server.log (is a port taken?)"
}

# In the reverse order of their start, each by its own pid, and waited for.
stop_all() {
    local status=$? i pid
    trap - EXIT INT TERM
    for ((i = ${#started[@]} - 1; i >= 0; i--)); do
        pid=${started[i]%%:*}
        kill "-${started[i]##*:}" "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    [ "$(id -u)" -eq 0 ] || rm -rf "${run:-/nonexistent}"
    exit "$status"
}
