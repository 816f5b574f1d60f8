#include "tests/support/postgres.h"

#include "tests/support/temp_dir.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <pqxx/pqxx>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hallmark::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* binaries = "/usr/lib/postgresql/15/bin/";

std::string read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Starts a program under the system user `postgres` (PostgreSQL refuses root), ended with this
/// process.
pid_t spawn(std::vector<std::string> program, const fs::path& log) {
    std::vector<std::string> words{"setpriv", "--pdeathsig", "QUIT"};
    if (geteuid() == 0) {
        words.insert(words.end(), {"--reuid=postgres", "--regid=postgres", "--clear-groups"});
    }
    words.insert(words.end(), program.begin(), program.end());
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t pid = 0;
    const int failed =
        posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start " + program.front());
    return pid;
}

void run(const std::vector<std::string>& program, const fs::path& log) {
    int status = 0;
    waitpid(spawn(program, log), &status, 0);
    if (status != 0) throw std::runtime_error(program.front() + " failed: " + read_text(log));
}

/// Data and sockets lie in a folder of the system user's own.
void make_folder(const fs::path& path) {
    fs::create_directory(path);
    fs::permissions(path, fs::perms(0700));
    if (geteuid() != 0) return;
    const passwd* user = getpwnam("postgres");
    if (user == nullptr || chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
        throw std::runtime_error("no system user postgres");
    }
}

constexpr const char* logins_sql = R"sql(
    CREATE ROLE hallmark_owner_login LOGIN CREATEROLE IN ROLE hallmark_owner;
    CREATE ROLE hallmark_server_login LOGIN IN ROLE hallmark_server;
    CREATE ROLE hallmark_auditor_login LOGIN IN ROLE hallmark_auditor;
    CREATE ROLE hallmark_reader_login LOGIN IN ROLE hallmark_reader;
)sql";
constexpr const char* remember_sql = R"sql(
    INSERT INTO hallmark.schema_migration (number, name, sha256)
    VALUES ($1, $2, encode(sha256($3), 'hex'))
)sql";

/// Executes db/bootstrap.sql, each migration and db/roles.sql, as `hallmark migrate` does, without
/// its code.
void apply_schema(const std::string& conninfo) {
    const fs::path schema = fs::path(HALLMARK_SOURCE_DIR) / "db";
    std::vector<fs::path> migrations;
    for (const auto& entry : fs::directory_iterator(schema / "migrations")) {
        if (entry.path().extension() == ".sql") migrations.push_back(entry.path());
    }
    std::sort(migrations.begin(), migrations.end());
    pqxx::connection connection(conninfo);
    pqxx::work tx(connection);
    tx.exec(read_text(schema / "bootstrap.sql"));
    for (const fs::path& migration : migrations) {
        const std::string name = migration.stem().string();
        const std::string sql = read_text(migration);
        tx.exec(sql);
        tx.exec_params(remember_sql, std::stoi(name.substr(0, 4)), name, pqxx::binarystring(sql));
    }
    tx.exec(read_text(schema / "roles.sql"));
    tx.commit();
}

}  // namespace

struct Postgres::State {
    TempDir folder;
    std::mutex mutex;
    pid_t server = 0;
    bool has_template = false;
    int databases = 0;

    [[nodiscard]] fs::path data() const { return folder.path() / "data"; }
    [[nodiscard]] fs::path sockets() const { return folder.path() / "run"; }
    [[nodiscard]] fs::path log() const { return folder.path() / "log" / "postgres.log"; }
    [[nodiscard]] std::string conninfo(const std::string& database, const std::string& user) const {
        return "host=" + sockets().string() + " dbname=" + database + " user=" + user;
    }
    void execute(const std::string& sql) const {
        pqxx::connection connection(conninfo("postgres", "postgres"));
        pqxx::nontransaction(connection).exec(sql);
    }
    std::string create(const std::string& name, const std::string& from) {
        execute("CREATE DATABASE " + name + " TEMPLATE " + from + " OWNER hallmark_owner_login");
        return conninfo(name, "hallmark_owner_login");
    }
};

namespace {
bool is_durable = false;
}

void Postgres::make_durable() {
    is_durable = true;
}

Postgres& Postgres::cluster() {
    static Postgres only;
    return only;
}

Postgres::Postgres() : state_(new State) {
    make_folder(state_->data());
    make_folder(state_->sockets());
    make_folder(state_->folder.path() / "log");
    fs::permissions(state_->sockets(), fs::perms(0755));
    run({std::string(binaries) + "initdb", "-D", state_->data().string(), "-A", "trust", "-U",
         "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--lc-collate=C", "--no-sync",
         "--no-instructions"},
        state_->log());
    start();
    pqxx::connection connection(state_->conninfo("postgres", "postgres"));
    pqxx::work tx(connection);
    tx.exec(read_text(fs::path(HALLMARK_SOURCE_DIR) / "db" / "bootstrap.sql"));
    tx.exec("RESET ROLE");
    tx.exec("DROP SCHEMA hallmark CASCADE");
    tx.exec(logins_sql);
    tx.commit();
}

Postgres::~Postgres() {
    stop(SIGQUIT);
    delete state_;
}

void Postgres::start() {
    std::vector<const char*> settings{"listen_addresses=", "max_connections=100",
                                      "log_min_messages=warning", "log_statement=none"};
    if (is_durable) {
        settings.insert(settings.end(),
                        {"shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=15min"});
    } else {
        settings.insert(settings.end(), {"fsync=off", "full_page_writes=off", "shared_buffers=32MB",
                                         "autovacuum=off"});
    }
    std::vector<std::string> program{std::string(binaries) + "postgres", "-D",
                                     state_->data().string(), "-c",
                                     "unix_socket_directories=" + state_->sockets().string()};
    for (const char* setting : settings)
        program.insert(program.end(), {"-c", setting});
    state_->server = spawn(program, state_->log());
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    for (;;) {
        try {
            const pqxx::connection probe(state_->conninfo("postgres", "postgres"));
            return;
        } catch (const pqxx::broken_connection&) {
            if (std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error("postgres does not start: " + read_text(state_->log()));
            }
            std::this_thread::sleep_for(10ms);
        }
    }
}

void Postgres::stop(int signal) {
    if (state_->server == 0) return;
    kill(state_->server, signal);
    int status = 0;
    waitpid(state_->server, &status, 0);
    state_->server = 0;
}

int Postgres::pid() const {
    return state_->server;
}

void Postgres::crash_and_restart() {
    const std::lock_guard lock(state_->mutex);
    stop(SIGQUIT);
    start();
}

std::string Postgres::fresh_database() {
    const std::lock_guard lock(state_->mutex);
    if (!state_->has_template) {
        apply_schema(state_->create("hallmark_template", "template0"));
        state_->has_template = true;
    }
    return state_->create("hallmark_" + std::to_string(++state_->databases), "hallmark_template");
}

std::string Postgres::empty_database() {
    const std::lock_guard lock(state_->mutex);
    return state_->create("hallmark_" + std::to_string(++state_->databases), "template0");
}

std::string conninfo_as(const std::string& conninfo, std::string_view login) {
    return conninfo.substr(0, conninfo.find(" user=")) + " user=" + std::string(login);
}

std::string fresh_server_database() {
    return conninfo_as(Postgres::cluster().fresh_database(), "hallmark_server_login");
}

}  // namespace hallmark::testing
