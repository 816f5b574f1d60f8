// Who and what may act: stations, operators, vendor pins, policy versions, intermediates. Every
// answer is of this moment: a station's pin, expiry and suspension are looked up at every request,
// and with them whether anything else that is kept here still holds.
#pragma once

#include "ca/crypto/chain.h"
#include "ca/crypto/keys.h"
#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "ca/domain/result.h"
#include "ca/registry/word.h"
#include "db/database.h"
#include "db/operators.h"
#include "policy/policy.h"

#include <memory>
#include <string>
#include <vector>

namespace hallmark {

/// An issuing intermediate as registered.
struct Intermediate {
    IntermediateId id;
    std::string key_uri;  ///< RFC 7512, without PIN.
    SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa_sha256;
    Bytes certificate;         ///< DER
    std::vector<Bytes> chain;  ///< DER, issuer of the intermediate first, the root last.
    std::string state;         ///< active, suspended
    std::vector<ProductId> products =
        {};  ///< Its product line; empty: from before there were lines.
    std::optional<Instant> signs_from = {};  ///< Its own window, within the certificate's validity.
    std::optional<Instant> signs_until = {};  ///< Not included.
    std::uint64_t signatures = 0;  ///< That its key was asked for, leaves and lists together.
};

/// A vendor's pin for one format. The same shape as ca/attestation's VendorPin, which this room
/// must not know.
struct PinnedVendor {
    VendorId vendor;
    std::string format;
    TrustAnchors anchors;
    std::set<ChainException> exceptions;
};

struct StationEnrolment {
    StationId id;
    SiteId site;
    std::vector<ProductId> products;
    Bytes certificate;  ///< DER, self-signed or not; pinned whole.
    std::optional<Instant> expires;
    std::string source;     ///< CIDR or empty.
    std::string line = {};  ///< Of the site; empty where none is named.
};
struct OperatorEnrolment {
    OperatorId id;
    std::string name;
    std::vector<Role> roles;
    Bytes certificate;
};
struct StationRow {
    StationId id;
    SiteId site;
    std::vector<ProductId> products;
    std::string state;
    Digest certificate_sha256{};
    Instant expires;
    std::string source;
    std::string line = {};
};

class Registry {
public:
    explicit Registry(Database& database);
    ~Registry();

    /// Reason: unauthenticated. Looks the pin up now; refuses expired, suspended, unknown, wrong
    /// source network.
    [[nodiscard]] Result<Caller> station_by(const PeerCertificate& peer, Instant now);
    /// As it is known, where that lets it speak, and asked where it does not or nothing is known.
    /// For acts that look at the database themselves and bring the registry's number from there.
    [[nodiscard]] Result<Caller> station_known(const PeerCertificate& peer, Instant now);
    /// The caller as the registry says at `number`, which a look of this request's own brought.
    [[nodiscard]] Result<Caller> confirmed(const Caller& caller, std::int64_t number, Instant now);
    /// Asked now.
    [[nodiscard]] std::int64_t number_now();
    [[nodiscard]] Result<Operator> operator_by(const PeerCertificate& peer, Instant now);

    /// Parsed once per digest and cached. Reason: forbidden (unknown product).
    [[nodiscard]] Result<Policy> current_policy(const ProductId& product);
    [[nodiscard]] Result<Policy> policy_by_digest(const Digest& digest);
    /// Pins of these vendors for this format.
    [[nodiscard]] std::vector<PinnedVendor> pins(const std::vector<VendorId>& vendors,
                                                 std::string_view format);
    /// Reason: unavailable when unknown or suspended.
    [[nodiscard]] Result<Intermediate> intermediate(const IntermediateId& id);
    [[nodiscard]] std::vector<Intermediate> intermediates();

    // The acts. Each writes its event in its own commit, or in that of the proposal that it
    // applies.
    [[nodiscard]] Result<Done> set_up(const std::vector<OperatorEnrolment>& operators, Instant now);
    [[nodiscard]] Result<Done> enrol_station(const StationEnrolment& station, const Word& word,
                                             Instant now);
    [[nodiscard]] Result<Done> set_station_state(const StationId& id, std::string_view state,
                                                 const Word& word, Instant now);
    [[nodiscard]] std::vector<StationRow> stations();
    [[nodiscard]] Result<Done> pin_vendor(const PinnedVendor& pin, const Word& word, Instant now);
    [[nodiscard]] Result<Digest> apply_policy(const Policy& policy, const Word& word, Instant now);
    [[nodiscard]] Result<Done> add_intermediate(const Intermediate& intermediate, const Word& word,
                                                Instant now);
    [[nodiscard]] Result<Done> set_intermediate_state(const IntermediateId& id,
                                                      std::string_view state, const Word& word,
                                                      Instant now);

    /// Suspending is one person's; who resumes needs two (operator_kinds.cpp).
    [[nodiscard]] Result<Done> set_operator_state(const OperatorId& id, std::string_view state,
                                                  const Word& word, Instant now);
    [[nodiscard]] std::vector<OperatorRow> operators();

private:
    [[nodiscard]] Database& database();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hallmark
