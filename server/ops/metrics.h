// The numbers of the house, as Prometheus reads them. Every label is bounded: products, stations
// and intermediates are ours, doors, routes and reasons are constants. Refuses identifiers of
// devices, requests and addresses as labels.
#pragma once

#include "ca/domain/observe.h"
#include "ca/domain/result.h"
#include "ca/hsm/signer.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

class Metrics {
public:
    struct Build {
        std::string version;
        std::string node;
    };
    explicit Metrics(const Build& build);
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    struct Request {
        std::string_view door;
        std::string_view method;
        std::string_view route;
        int status = 0;
        std::chrono::duration<double> took{};
    };
    void request(const Request& request);
    /// A connection that ended without an answer; what nobody could be blamed for by name is
    /// counted here alone.
    void dropped_connection(std::string_view door, std::string_view cause);
    void fault(std::string_view door);
    void refused(Reason reason, std::string_view format);
    /// For whoever holds the reason's name already; `reason` is one of name_of(Reason).
    void refused(std::string_view reason, std::string_view format);

    void signature(std::chrono::duration<double> took);
    void signature_failed(HsmError error);
    void hsm_reconnected();
    void hsm_sessions_in_use(std::size_t count);

    void commit(std::chrono::duration<double> took, std::size_t batch);
    void commit_queue(std::size_t depth);

    struct Budget {
        std::string scope;  ///< product, lot, line, site, station, intermediate
        std::string name;
        std::string product;  ///< Empty where it counts all of them.
        std::string per;      ///< all, day, shift, hour
        double used = 0;
        double left = 0;
    };
    /// All there are; those that were told before and are not among them end.
    void budgets(const std::vector<Budget>& budgets);

    struct LotUnits {
        std::string lot;
        std::string_view state;  ///< unused, in_process, installed, scrapped, returned, missing
        double units = 0;
    };
    /// All there are: a lot that is no longer named is no longer told.
    void lot_units(const std::vector<LotUnits>& units);

    /// For the core: stages become histograms; events are counted by name; gauges that contract or
    /// core name are set by name, and a name nobody declared is counted in
    /// hallmark_undeclared_measurements_total, never silently dropped.
    [[nodiscard]] Observe observe();

    /// The text of `GET /metrics`, Prometheus exposition format 0.0.4.
    [[nodiscard]] std::string text() const;

private:
    struct Families;
    std::unique_ptr<Families> families_;
};

}  // namespace hallmark
