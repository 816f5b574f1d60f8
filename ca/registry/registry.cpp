// What the registry answers. Its acts stand in acts.cpp.
#include "ca/registry/registry.h"

#include "ca/registry/source.h"
#include "ca/registry/state.h"
#include "db/intermediates.h"
#include "db/policies.h"
#include "db/principals.h"
#include "db/vendors.h"

namespace hallmark {
namespace {

Refusal unauthenticated(std::string why) {
    return Refusal{Reason::unauthenticated, std::move(why)};
}

/// The row's word on whether its holder may speak now.
template <typename Row>
Result<Done> may_speak(const std::optional<Row>& row, Instant now) {
    if (!row) return unauthenticated("certificate is not pinned here");
    if (row->state != "active") return unauthenticated(row->id.get() + " is " + row->state);
    // RFC 5280 4.1.2.5: notAfter is included, to the second.
    if (floor_to_second(now) > row->expires) return unauthenticated(row->id.get() + " expired");
    return Done{};
}

}  // namespace

Registry::State::State(Database& at)
    : database(at), version_now([&at](std::span<const std::monostate* const> askers) {
          const auto now = at.ask([](Tx& tx) { return Principals(tx).registry_version(); });
          return std::vector(askers.size(), now);
      }) {}

Registry::Registry(Database& database) : state_(std::make_unique<State>(database)) {}
Registry::~Registry() = default;

Result<Caller> Registry::State::station(const Digest& certificate,
                                        const std::string& source_address, Instant now) {
    const auto row = stations.find(certificate, version, [&] {
        return database.ask([&](Tx& tx) { return Principals(tx).station_by(certificate); });
    });
    HALLMARK_TRY(speaks, may_speak(row, now));
    if (!row->source.empty()) {
        HALLMARK_TRY(network, parse_network(row->source));
        if (!contains(network, source_address)) {
            return unauthenticated(row->id.get() + " calls from outside its network");
        }
    }
    return Caller{.station = row->id,
                  .site = row->site,
                  .products = row->products,
                  .line = row->line,
                  .certificate = certificate,
                  .source_address = source_address,
                  .known_under = std::nullopt};
}

Result<Caller> Registry::station_by(const PeerCertificate& peer, Instant now) {
    state_->version.saw(state_->version_now.ask({}));
    return state_->station(peer.sha256, peer.source_address, now);
}

Result<Caller> Registry::station_known(const PeerCertificate& peer, Instant now) {
    // Taken before the row is found: the row may be younger than its number, never older.
    const std::int64_t number = state_->version.latest();
    if (number == RegistryVersion::unknown) return station_by(peer, now);
    auto caller = state_->station(peer.sha256, peer.source_address, now);
    if (!caller) return station_by(peer, now);
    caller->known_under = number;
    return caller;
}

Result<Caller> Registry::confirmed(const Caller& caller, std::int64_t number, Instant now) {
    state_->version.saw(number);
    if (!caller.known_under || *caller.known_under == number) {
        Caller same = caller;
        same.known_under.reset();
        return same;
    }
    return state_->station(caller.certificate, caller.source_address, now);
}

std::int64_t Registry::number_now() {
    return state_->version_now.ask({});
}

Result<Operator> Registry::operator_by(const PeerCertificate& peer, Instant now) {
    const auto row =
        state_->database.transact([&](Tx& tx) { return Principals(tx).operator_by(peer.sha256); });
    HALLMARK_TRY(speaks, may_speak(row, now));
    return Operator{.id = row->id, .name = row->name, .roles = row->roles};
}

Result<Policy> Registry::current_policy(const ProductId& product) {
    const auto digest = state_->current.find(product, state_->version, [&] {
        return state_->database.ask([&](Tx& tx) { return Policies(tx).current(product); });
    });
    if (!digest) return Refusal{Reason::forbidden, "no policy for product " + product.get()};
    return policy_by_digest(*digest);
}

Result<Policy> Registry::policy_by_digest(const Digest& digest) {
    if (auto kept = state_->policies.find(digest)) return *std::move(kept);
    const auto canonical =
        state_->database.transact([&](Tx& tx) { return Policies(tx).canonical(digest); });
    if (!canonical) return Refusal{Reason::not_found, "no policy version " + to_hex(digest)};
    const auto policy = parse_policy(*canonical);
    if (!policy) throw Fault("stored policy " + to_hex(digest) + ": " + policy.error().detail);
    if (policy->digest() != digest)
        throw Fault("stored policy " + to_hex(digest) + " has another digest");
    state_->policies.keep(*policy);
    return *policy;
}

namespace {

PinnedVendor pin_in(const VendorId& vendor, StoredPin stored) {
    PinnedVendor pin{.vendor = vendor,
                     .format = std::move(stored.format),
                     .anchors = {std::move(stored.roots), std::move(stored.intermediates)},
                     .exceptions = {}};
    for (const std::string& name : stored.exceptions) {
        const auto exception = chain_exception_from(name);
        if (!exception) throw Fault("pin of " + vendor.get() + ": unknown exception " + name);
        pin.exceptions.insert(*exception);
    }
    return pin;
}

}  // namespace

std::vector<PinnedVendor> Registry::pins(const std::vector<VendorId>& vendors,
                                         std::string_view format) {
    std::vector<PinnedVendor> pins;
    for (const VendorId& vendor : vendors) {
        auto pin = state_->pins.find({vendor, std::string(format)}, state_->version, [&] {
            auto stored = state_->database.transact(
                [&](Tx& tx) { return Vendors(tx).pin_of(vendor, format); });
            if (!stored) return std::optional<PinnedVendor>();
            return std::optional(pin_in(vendor, *std::move(stored)));
        });
        if (pin) pins.push_back(*std::move(pin));
    }
    return pins;
}

namespace {

Intermediate intermediate_of(StoredIntermediate row) {
    const auto algorithm = signing_algorithm_from(row.algorithm);
    if (!algorithm)
        throw Fault("intermediate " + row.id.get() + ": unknown algorithm " + row.algorithm);
    return {.id = std::move(row.id),
            .key_uri = std::move(row.key_uri),
            .algorithm = *algorithm,
            .certificate = std::move(row.certificate),
            .chain = std::move(row.chain),
            .state = std::move(row.state),
            .products = std::move(row.products),
            .signs_from = row.signs_from,
            .signs_until = row.signs_until,
            .signatures = row.leaves + row.lists};
}

}  // namespace

Result<Intermediate> Registry::intermediate(const IntermediateId& id) {
    auto found = state_->intermediates.find(id, state_->version, [&] {
        auto row = state_->database.transact([&](Tx& tx) { return Intermediates(tx).find(id); });
        if (!row) return std::optional<Intermediate>();
        return std::optional(intermediate_of(*std::move(row)));
    });
    if (!found) return Refusal{Reason::unavailable, "unknown intermediate " + id.get()};
    if (found->state != "active")
        return Refusal{Reason::unavailable, "intermediate " + id.get() + " is " + found->state};
    return *std::move(found);
}

std::vector<Intermediate> Registry::intermediates() {
    auto rows = state_->database.transact([](Tx& tx) { return Intermediates(tx).all(); });
    std::vector<Intermediate> found;
    for (StoredIntermediate& row : rows)
        found.push_back(intermediate_of(std::move(row)));
    return found;
}

std::vector<StationRow> Registry::stations() {
    std::vector<StationRow> rows;
    for (StoredStation& station :
         state_->database.transact([](Tx& tx) { return Principals(tx).stations(); })) {
        rows.push_back({.id = std::move(station.id),
                        .site = std::move(station.site),
                        .products = std::move(station.products),
                        .state = std::move(station.state),
                        .certificate_sha256 = station.certificate_sha256,
                        .expires = station.expires,
                        .source = std::move(station.source),
                        .line = std::move(station.line)});
    }
    return rows;
}

std::vector<OperatorRow> Registry::operators() {
    return state_->database.transact([](Tx& tx) { return Operators(tx).all(); });
}

Database& Registry::database() {
    return state_->database;
}

}  // namespace hallmark
