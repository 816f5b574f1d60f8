#include "ca/issuance/clock_watch.h"

#include "db/epochs.h"

namespace hallmark {
namespace {

using std::chrono::microseconds;

std::string seconds_of(microseconds duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) +
           " s";
}

}  // namespace

bool ClockWatch::look() {
    const Instant before = clock_.now();
    const Epochs::Clock database = database_.transact([](Tx& tx) { return Epochs(tx).clock(); });
    const Instant after = clock_.now();
    {
        const std::lock_guard lock(mutex_);
        // What the database said is of some moment between the two.
        ahead_ = before > database.now  ? before - database.now
                 : after < database.now ? after - database.now
                                        : microseconds{0};
        objection_ = objection(database.behind);
        if (objection_.empty()) latest_ = std::max(latest_, after);
    }
    return check().has_value();
}

std::string ClockWatch::objection(microseconds database_behind) const {
    if (std::chrono::abs(ahead_) > bounds_.disagreement) {
        return "clock: " + seconds_of(std::chrono::abs(ahead_)) +
               (ahead_.count() > 0 ? " ahead of" : " behind") + " the database's";
    }
    if (database_behind > bounds_.step_back)
        return "clock: the database's was set back by " + seconds_of(database_behind);
    return {};
}

Result<Done> ClockWatch::check() {
    const Instant now = clock_.now();
    const std::lock_guard lock(mutex_);
    if (!objection_.empty()) return Refusal{Reason::unavailable, objection_};
    if (latest_ - now > bounds_.step_back) {
        return Refusal{Reason::unavailable,
                       "clock: this node's was set back by " + seconds_of(latest_ - now)};
    }
    return Done{};
}

std::chrono::duration<double> ClockWatch::disagreement() const {
    const std::lock_guard lock(mutex_);
    return ahead_;
}

}  // namespace hallmark
