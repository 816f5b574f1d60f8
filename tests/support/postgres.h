// A private PostgreSQL cluster for one test process: made at first use in a throw-away folder, on a
// unix socket alone, ended by its pid. Refuses to touch any database that it did not make.
#pragma once

#include <string>
#include <string_view>

namespace hallmark::testing {

class Postgres {
public:
    /// The process's cluster. Its first use belongs on the main thread: the server ends with the
    /// thread that started it, so that a crashed test leaves none behind.
    static Postgres& cluster();
    /// Before the first use: as a plant runs it, every commit on disk. Else nothing is ever synced.
    static void make_durable();

    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;

    /// A new database with the schema and grants of db/; answers the conninfo of
    /// hallmark_owner_login, a member of hallmark_owner.
    [[nodiscard]] std::string fresh_database();
    /// A new database with nothing in it, owned by hallmark_owner_login.
    [[nodiscard]] std::string empty_database();

    [[nodiscard]] int pid() const;

    /// Stops the server at once (SIGQUIT, as a crash would) and starts it again on the same data.
    void crash_and_restart();

private:
    Postgres();
    ~Postgres();
    void start();
    void stop(int signal);
    struct State;
    State* state_;
};

/// The same database as another login: hallmark_server_login, hallmark_auditor_login,
/// hallmark_reader_login, hallmark_owner_login, or postgres (superuser).
[[nodiscard]] std::string conninfo_as(const std::string& conninfo, std::string_view login);

/// fresh_database() as the server sees it.
[[nodiscard]] std::string fresh_server_database();

}  // namespace hallmark::testing
