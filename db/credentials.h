// Credentials: one row a serial, from reserved to its end. The statements here carry the law that
// must hold at the very moment of writing, by the database's clock; the constraints behind them
// carry it against everyone.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "ca/domain/result.h"
#include "db/database.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hallmark {

/// Everything that reserve writes and checks in one commit.
struct Reserving {
    Serial serial;
    IssuanceId issuance;
    StationId station;
    RequestId request_id;
    Digest body{};
    DeviceId device;
    ElementId element;
    ProductId product;
    Digest policy{};
    IntermediateId intermediate;
    VendorId vendor;
    std::string format;
    Digest anchor{};  ///< SHA-256 of the pinned root that the evidence chained to.
    LotId lot;
    SiteId site;
    Digest key{};
    Bytes tbs;
    Digest tbs_sha256{};
    Digest subject{};                       ///< SHA-256 of the canonical Name.
    std::vector<Digest> subject_alt_names;  ///< SHA-256 of each GeneralName.
    Instant not_before;
    Instant not_after;
    Bytes installation_nonce;
    std::chrono::seconds confirm_within{};
    std::uint32_t rework_limit = 0;
    std::optional<std::uint64_t> station_limit;
    std::optional<std::uint64_t> lot_limit;
    std::optional<std::uint64_t> lot_station_limit = {};
    std::string model;     ///< As proven by the evidence, else as the manifest says; may be empty.
    std::string firmware;  ///< As proven; empty where it was not.
    std::int64_t epoch = 0;
};

/// A credential as it stands.
struct CredentialRow {
    Serial serial;
    IssuanceId issuance;
    StationId station;
    RequestId request_id;
    Digest body{};
    DeviceId device;
    ElementId element;
    ProductId product;
    Digest policy{};
    IntermediateId intermediate;
    std::string state;
    Bytes installation_nonce;
    Bytes certificate;  ///< Empty until recorded.
    std::chrono::seconds confirm_within{};
    bool oracle_accepted = false;  ///< A verdict stands and it is good.
};

struct Recording {
    Serial serial;
    IntermediateId intermediate;
    Bytes certificate;
    Bytes request;
    std::string claims;
    Bytes challenge;
    Digest manifest{};
    std::string key_uri;
    DeviceId device;
    std::int64_t epoch = 0;
};

class Credentials {
public:
    explicit Credentials(Tx& tx) : tx_(tx) {}

    [[nodiscard]] std::optional<CredentialRow> by_request(const StationId& station,
                                                          const RequestId& id);
    [[nodiscard]] std::optional<CredentialRow> by_issuance(const IssuanceId& id);
    [[nodiscard]] std::optional<CredentialRow> by_serial(const Serial& serial);

    /// issued -> active and the device's issued -> provisioned. False when it is not `issued` any
    /// more.
    [[nodiscard]] bool install(const CredentialRow& credential, ByteView proof);
    /// To an end state from the one that leads there, with its ending row. False when it is not in
    /// `from` any more.
    struct Ending {
        std::string from;
        std::string to;  ///< retired, void, burnt
        std::string reason;
        std::string actor;
    };
    [[nodiscard]] bool end(const Serial& serial, const Ending& ending);
    void decommission(const DeviceId& device);

    /// Not confirmed in their time, counted from the later of the record and `ready_since`.
    [[nodiscard]] std::vector<Serial> unconfirmed(Instant ready_since, std::size_t limit);
    /// Reserved under epochs that are dead; locked, those that others hold are skipped.
    [[nodiscard]] std::vector<CredentialRow> abandoned(std::size_t limit);
    /// Reserved under this epoch for longer than any line takes: its own node lost them.
    [[nodiscard]] std::vector<Serial> overdue(std::int64_t epoch, std::size_t limit);
    /// Whether without_verdict() would find any.
    [[nodiscard]] bool lack_verdicts();
    /// Recorded and without a verdict, oldest first; locked, those that others hold are skipped.
    [[nodiscard]] std::vector<CredentialRow> without_verdict(std::size_t limit);
    struct Verdict {
        Serial serial;
        bool accepted = false;
        std::string detail;
    };
    /// The first verdict on a serial stands.
    void append_verdicts(std::span<const Verdict> verdicts);

    /// The element's number in the product's own range: the next one at first, the same one ever
    /// after. Numbers may be skipped, never given twice.
    [[nodiscard]] std::uint64_t number_of(const ElementId& element, const ProductId& product);
    /// Nothing more is reserved or recorded under this policy version.
    struct Hold {
        ProductId product;
        Digest policy{};
        std::string cause;
        std::string actor;
    };
    void hold_product(const Hold& hold);

    struct Counts {
        std::uint64_t unconfirmed = 0;
        double oldest_unconfirmed_s = 0;
        std::uint64_t unsettled = 0;
        std::uint64_t without_verdict = 0;
    };
    [[nodiscard]] Counts counts();

private:
    Tx& tx_;
};

}  // namespace hallmark
