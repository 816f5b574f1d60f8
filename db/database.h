// PostgreSQL behind one door: a bounded pool of connections and transactions that either commit
// whole or leave nothing. libpqxx stays inside this room; each aggregate has a file of its own
// beside this one.
#pragma once

#include "ca/domain/fault.h"
#include "ca/domain/result.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

namespace pqxx {
class connection_base;
class transaction_base;
}  // namespace pqxx

namespace hallmark {

/// No connection within the wait, or the connection broke. The door answers 503.
class DatabaseFault : public PassingFault {
public:
    using PassingFault::PassingFault;
};

/// A constraint said no where the caller did not ask for an answer: `constraint()` names it.
class ConstraintViolation : public Fault {
public:
    ConstraintViolation(std::string constraint, const std::string& what)
        : Fault(what), constraint_(std::move(constraint)) {}
    [[nodiscard]] const std::string& constraint() const noexcept { return constraint_; }

private:
    std::string constraint_;
};

/// One open transaction. Aggregates take it by reference: `Challenges(tx).spend(...)`.
class Tx {
public:
    explicit Tx(pqxx::transaction_base& raw) : raw_(raw) {}
    [[nodiscard]] pqxx::transaction_base& raw() noexcept { return raw_; }

private:
    pqxx::transaction_base& raw_;
};

struct DatabaseOptions {
    std::string conninfo;  ///< libpq keyword/value string or URI; passwords come from ~/.pgpass or
                           ///< PGPASSFILE.
    std::size_t connections = 16;          ///< For transactions, and half as many for ask().
    std::chrono::milliseconds wait{2000};  ///< For a free connection.
    /// Plans that stay right however many rows the tables get, made once: each row of a batch is
    /// looked up by an index.
    bool by_index = false;
};

template <typename T>
struct is_result : std::false_type {};
template <typename T>
struct is_result<boost::system::result<T, Refusal>> : std::true_type {};

class Database {
public:
    explicit Database(DatabaseOptions options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs `work(tx)`, which must make do with one prepared statement, without BEGIN and COMMIT:
    /// one round trip and not three, and no planning. The statement commits by itself. Throws
    /// DatabaseFault, ConstraintViolation.
    template <typename Work>
    auto ask(Work&& work) -> std::invoke_result_t<Work, Tx&> {
        std::unique_ptr<std::invoke_result_t<Work, Tx&>> answer;
        run_single(
            [&](Tx& tx) { answer = std::make_unique<std::invoke_result_t<Work, Tx&>>(work(tx)); });
        return std::move(*answer);
    }

    /// Runs `work(tx)` in one READ COMMITTED transaction. Commits when it returns, unless it
    /// returns a Result that holds a Refusal; then, and when it throws, everything is rolled back.
    /// Throws DatabaseFault, ConstraintViolation. A commit whose outcome is unknown throws
    /// CommitInDoubt (a DatabaseFault).
    template <typename Work>
    auto transact(Work&& work) -> std::invoke_result_t<Work, Tx&> {
        using Answer = std::invoke_result_t<Work, Tx&>;
        if constexpr (std::is_void_v<Answer>) {
            run([&](Tx& tx) {
                work(tx);
                return true;
            });
        } else {
            std::unique_ptr<Answer> answer;
            run([&](Tx& tx) {
                answer = std::make_unique<Answer>(work(tx));
                if constexpr (is_result<Answer>::value) return answer->has_value();
                return true;
            });
            return std::move(*answer);
        }
    }

    /// The database's clock, not ours.
    [[nodiscard]] bool is_reachable() noexcept;

private:
    void run(const std::function<bool(Tx&)>& work);
    void run_single(const std::function<void(Tx&)>& work);
    struct Pool;
    static void on_lease(Pool& pool, const std::function<void(pqxx::connection_base&)>& work);
    std::unique_ptr<Pool> pool_;
    std::unique_ptr<Pool> asking_;  ///< For ask(): its connections plan by_index.
};

/// The connection died inside COMMIT: whether it happened must be asked, never guessed.
class CommitInDoubt : public DatabaseFault {
public:
    using DatabaseFault::DatabaseFault;
};

}  // namespace hallmark
