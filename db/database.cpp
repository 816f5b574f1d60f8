#include "db/database.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <typeinfo>
#include <vector>

#include <pqxx/pqxx>

namespace hallmark {
namespace {

using Connection = std::unique_ptr<pqxx::connection>;

Connection connect(const DatabaseOptions& options) {
    auto connection = std::make_unique<pqxx::connection>(options.conninfo);
    // Verbose messages name the constraint; set_variable survives a reconnection by libpqxx.
    connection->set_verbosity(pqxx::connection_base::verbose);
    connection->set_variable("search_path", "hallmark");
    connection->set_variable("timezone", "'UTC'");
    connection->set_variable("lock_timeout", "'10s'");
    connection->set_variable("statement_timeout", "'60s'");
    connection->set_variable("idle_in_transaction_session_timeout", "'60s'");
    // Compiling a plan costs more than any of ours, and a plan without its index looks dear enough.
    connection->set_variable("jit", "off");
    if (options.by_index) {
        for (const char* plan : {"enable_hashjoin", "enable_mergejoin", "enable_seqscan"})
            connection->set_variable(plan, "off");
        connection->set_variable("plan_cache_mode", "force_generic_plan");
    }
    return connection;
}

/// The value of one field of libpq's verbose message ("CONSTRAINT NAME:  x"), or empty.
std::string message_field(const std::string& message, std::string_view field) {
    const std::string label = "\n" + std::string(field) + ":";
    const std::size_t at = message.find(label);
    if (at == std::string::npos) return {};
    const std::size_t begin = message.find_first_not_of(' ', at + label.size());
    if (begin == std::string::npos) return {};
    return message.substr(begin, message.find('\n', begin) - begin);
}

std::string first_line(const std::string& message) {
    return message.substr(0, message.find('\n'));
}

/// What the machine may have got over by the next attempt: resources (class 53), an operator's
/// intervention (57), a lock not had in time, a server that became read-only in a failover, a lost
/// connection (08).
bool is_passing(const std::string& sqlstate) {
    return sqlstate.starts_with("08") || sqlstate.starts_with("53") || sqlstate.starts_with("57") ||
           sqlstate == "55P03" || sqlstate == "25006" || sqlstate == "25P03";
}

/// The server's errors have an SQLSTATE: one without is libpq's own word on the connection. Of the
/// classes that libpqxx derives for the server's some lose it, so they are not meant.
bool is_of_the_connection(const pqxx::sql_error& error) {
    return typeid(error) == typeid(pqxx::sql_error) && error.sqlstate().empty();
}

[[noreturn]] void throw_sql_fault(const pqxx::sql_error& error) {
    const std::string line = first_line(error.what());
    if (is_of_the_connection(error)) throw DatabaseFault("database connection: " + line);
    // Class 23, integrity: constraints, and the triggers that speak as constraints.
    if (error.sqlstate().starts_with("23")) {
        throw ConstraintViolation(message_field(error.what(), "CONSTRAINT NAME"), line);
    }
    if (is_passing(error.sqlstate())) throw DatabaseFault(line);
    throw Fault("database: " + error.sqlstate() + ": " + line);
}

}  // namespace

struct Database::Pool {
    DatabaseOptions options;
    std::mutex mutex;
    std::condition_variable freed;
    std::vector<Connection> idle;
    std::size_t lent = 0;
};

namespace {

/// One connection for one transaction. Given back only when it is known to be sound.
template <typename Pool>
class Lease {
public:
    explicit Lease(Pool& pool) : pool_(pool) {
        std::unique_lock lock(pool_.mutex);
        const auto is_free = [&] { return pool_.lent < pool_.options.connections; };
        if (!pool_.freed.wait_for(lock, pool_.options.wait, is_free)) {
            throw DatabaseFault("no database connection became free in time");
        }
        ++pool_.lent;
        if (pool_.idle.empty()) return;
        connection_ = std::move(pool_.idle.back());
        pool_.idle.pop_back();
    }
    ~Lease() {
        const std::lock_guard lock(pool_.mutex);
        --pool_.lent;
        pool_.freed.notify_one();
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    pqxx::connection& connection() {
        if (connection_) return *connection_;
        try {
            connection_ = connect(pool_.options);
        } catch (const pqxx::failure& error) {
            // Also where it was lost between its first word and its settings.
            throw DatabaseFault("database connection: " + first_line(error.what()));
        }
        return *connection_;
    }
    /// Also after give_back(), which keeps a connection that died.
    [[nodiscard]] bool is_broken() const { return connection_ && !connection_->is_open(); }
    void give_back() {
        if (!connection_ || is_broken()) return drop_idle();
        const std::lock_guard lock(pool_.mutex);
        pool_.idle.push_back(std::move(connection_));
    }

private:
    /// A connection that died takes the idle ones with it: after a restart of the server they are
    /// dead as well, and each would fail one more request.
    void drop_idle() {
        std::vector<Connection> dead;
        const std::lock_guard lock(pool_.mutex);
        dead.swap(pool_.idle);
    }
    Pool& pool_;
    Connection connection_;
};

}  // namespace

Database::Database(DatabaseOptions options)
    : pool_(std::make_unique<Pool>()), asking_(std::make_unique<Pool>()) {
    options.connections = std::max<std::size_t>(options.connections, 1);
    pool_->options = options;
    options.connections = std::max<std::size_t>(options.connections / 2, 1);
    options.by_index = true;
    asking_->options = std::move(options);
}

Database::~Database() = default;

void Database::run(const std::function<bool(Tx&)>& work) {
    on_lease(*pool_, [&](pqxx::connection_base& connection) {
        // READ COMMITTED is libpqxx's isolation for `work`; BEGIN goes out with the first
        // statement.
        pqxx::work transaction(connection);
        Tx tx(transaction);
        if (work(tx)) {
            transaction.commit();
        } else {
            transaction.abort();
        }
    });
}

void Database::run_single(const std::function<void(Tx&)>& work) {
    on_lease(*asking_, [&](pqxx::connection_base& connection) {
        pqxx::nontransaction transaction(connection);
        Tx tx(transaction);
        work(tx);
    });
}

void Database::on_lease(Pool& pool, const std::function<void(pqxx::connection_base&)>& work) {
    Lease lease(pool);
    struct GiveBack {
        Lease<Pool>& lease;
        ~GiveBack() { lease.give_back(); }
    };
    try {
        const GiveBack at_end{lease};
        work(lease.connection());
    } catch (const pqxx::in_doubt_error& error) {
        throw CommitInDoubt(first_line(error.what()));
    } catch (const pqxx::broken_connection& error) {
        throw DatabaseFault("database connection: " + first_line(error.what()));
    } catch (const pqxx::transaction_rollback& error) {
        throw DatabaseFault("database: " + first_line(error.what()));
    } catch (const pqxx::sql_error& error) {
        // In the midst of a statement, and libpqxx takes it for the statement's error.
        if (lease.is_broken())
            throw DatabaseFault("database connection: " + first_line(error.what()));
        throw_sql_fault(error);
    } catch (const pqxx::failure& error) {
        if (lease.is_broken())
            throw DatabaseFault("database connection: " + first_line(error.what()));
        throw Fault("database: " + first_line(error.what()));
    }
}

bool Database::is_reachable() noexcept {
    try {
        run_single([](Tx& tx) { tx.raw().exec1("SELECT 1"); });
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace hallmark
