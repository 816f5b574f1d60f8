// From issued to provisioned, or to void: the station proves by the leaf key itself that the key
// lives and that it holds the certificate, or gives the certificate up. One of the two wins, once.
#pragma once

#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/observe.h"
#include "ca/domain/result.h"
#include "ca/issuance/oracle.h"
#include "ca/issuance/refuse.h"
#include "db/credentials.h"

namespace hallmark {

struct InstallationClaim {
    IssuanceId issuance;
    Digest certificate{};  ///< SHA-256 of what was read back from the device.
    Bytes proof;           ///< By the leaf key over installation_statement().
    Digest body{};         ///< SHA-256 of the request as received.
};

struct InstallationAnswer {
    std::string state;
    DeviceId device;
    Serial serial;
};

/// "hallmark-installation-v1" || 00 || issuance (UUID text) || installation nonce ||
/// SHA-256(certificate DER)
[[nodiscard]] Bytes installation_statement(const IssuanceId& issuance, ByteView nonce,
                                           const Digest& certificate);

/// How a leaf key of this kind signs its proof: ECDSA with the curve's hash, RSA PKCS#1 v1.5 with
/// SHA-256.
[[nodiscard]] SignatureAlgorithm proof_algorithm(KeyAlgorithm key) noexcept;

class InstallationService {
public:
    struct Parts {
        Database& database;
        RefusalBook& refusals;
        Oracle& oracle;
        std::string node;
        Observe observe;
        std::size_t sweep_limit = 1000;  ///< A sweep that would void more stops and alarms.
    };
    explicit InstallationService(Parts parts) : parts_(std::move(parts)) {}

    /// A repetition with a valid proof answers the same. Reasons: not_found, gone,
    /// installation_not_accepted, unavailable (the oracle rejects).
    [[nodiscard]] Result<InstallationAnswer> confirm(const Caller& caller,
                                                     const InstallationClaim& claim, Instant now);
    /// Nothing is given back: a signature exists. Reasons: not_found, gone, conflict.
    [[nodiscard]] Result<InstallationAnswer> give_up(const Caller& caller,
                                                     const IssuanceId& issuance, Digest body,
                                                     Instant now);
    /// Voids what was not confirmed in its time, counted only while this node was ready. Returns
    /// how many.
    std::size_t sweep(Instant ready_since, Instant now);

private:
    [[nodiscard]] Result<InstallationAnswer> confirm_line(const Caller& caller,
                                                          const InstallationClaim& claim,
                                                          Instant now);
    [[nodiscard]] Result<InstallationAnswer> give_up_line(const Caller& caller,
                                                          const IssuanceId& issuance, Instant now);
    [[nodiscard]] Result<CredentialRow> own(const Caller& caller, const IssuanceId& issuance);
    Parts parts_;
};

}  // namespace hallmark
