// The straight line from a request to a recorded certificate. Each step takes what the step before
// made; a refusal leaves by the side door (refuse.h). The order is the protocol's and every step
// has its reason there.
#pragma once

#include "ca/attestation/family.h"
#include "ca/crypto/csr.h"
#include "ca/custody/custody.h"
#include "ca/domain/caller.h"
#include "ca/domain/certificate.h"
#include "ca/domain/observe.h"
#include "ca/hsm/signer.h"
#include "ca/issuance/clock_watch.h"
#include "ca/issuance/epoch.h"
#include "ca/issuance/issuing_keys.h"
#include "ca/issuance/refuse.h"
#include "ca/registry/registry.h"
#include "db/challenges.h"
#include "db/credentials.h"
#include "db/group_ask.h"
#include "db/group_commit.h"

#include <mutex>
#include <set>

namespace hallmark {

struct IssueRequest {
    RequestId id;
    ProductId product;
    Bytes challenge;
    Bytes csr;
    Evidence evidence;
    Bytes body;  ///< The request whole, as received: compared on a retry, archived with the record.
};

struct IssuanceAnswer {
    IssuanceId issuance;
    std::string state;
    DeviceId device;
    Serial serial;
    Bytes certificate;
    std::vector<Bytes> chain;  ///< DER, the intermediate first, without the root.
    Bytes installation_nonce;
    bool repeated =
        false;  ///< The request had been answered before; nothing was signed or charged now.
};

class IssuanceService {
public:
    struct Parts {
        Database& database;
        GroupCommit& commits;
        RefusalBook& refusals;
        Registry& registry;
        CustodyService& custody;
        const EvidenceFamily& family;
        IssuingKeys& keys;
        Signer& signer;
        Epoch& epoch;
        ClockWatch& clock;
        Observe observe;
    };
    explicit IssuanceService(Parts parts);

    /// Every refusal but in_progress is recorded, once.
    [[nodiscard]] Result<IssuanceAnswer> issue(const Caller& caller, const IssueRequest& request,
                                               Instant now);
    /// For the issuing station alone; everybody else gets the answer that an unknown id gets.
    [[nodiscard]] Result<IssuanceAnswer> find(const Caller& caller, const IssuanceId& id);

    /// What a door refused before there was a request to speak of.
    struct RefusedAct {
        std::string act;  ///< challenge, issuance, installation, void
        Digest body{};
        Bytes challenge = {};  ///< Spent with it; empty where none was presented.
    };
    /// Records it, once, and returns the refusal with its id.
    [[nodiscard]] Refusal refuse(const Caller& caller, const RefusedAct& act, Refusal refusal,
                                 Instant now);

private:
    /// What stands once everything about the request is known and nothing is written.
    struct Judged {
        VerifiedElement element;
        Custody custody;
        Grant grant;
        PublicKey key;
        std::shared_ptr<const IssuingKey> issuer;
    };

    [[nodiscard]] Result<IssuanceAnswer> line(const Caller& caller, const IssueRequest& request,
                                              Proven& proven, Instant now);
    /// What follows once nothing is known of this request_id.
    [[nodiscard]] Result<IssuanceAnswer> first_time(const Caller& caller,
                                                    const IssueRequest& request,
                                                    const RequestAnswer& asked, Proven& proven,
                                                    Instant now);
    [[nodiscard]] Result<std::optional<IssuanceAnswer>> answered_before(
        const Caller& caller, const IssueRequest& request);
    /// `proven` is what a refusal after the evidence held may say of it.
    [[nodiscard]] Result<Judged> judge(const Caller& caller, const IssueRequest& request,
                                       const RequestAnswer& asked, Proven& proven, Instant now);
    [[nodiscard]] Result<IssuanceAnswer> strike(const Caller& caller, const IssueRequest& request,
                                                const Judged& judged, GroupCommit::Way& way,
                                                Instant now);
    [[nodiscard]] Reserving reserving(const Caller& caller, const IssueRequest& request,
                                      const Judged& judged) const;
    [[nodiscard]] Result<Done> record(const Caller& caller, const IssueRequest& request,
                                      const Judged& judged, const Issued& issued,
                                      GroupCommit::Way& way, Instant now);
    /// The first certificate of each policy version waits for the oracle in line.
    void ask_oracle_first(const Judged& judged, const Issued& issued, Instant now);
    [[nodiscard]] IssuanceAnswer answer_of(const CredentialRow& row);

    Parts parts_;
    GroupAsk<RequestQuestion, RequestAnswer> requests_;
    std::mutex mutex_;
    std::set<Digest> policies_seen_;
};

}  // namespace hallmark
