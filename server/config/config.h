// The configuration: one TOML file, read once, every key known or refused. Holds no secret: PINs
// and passwords stand in files that it names. Defaults are written here and nowhere else.
#pragma once

#include "ca/domain/result.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hallmark {

struct DatabaseConfig {
    std::string conninfo;          ///< The server's role, without rights on history.
    std::string migrate_conninfo;  ///< The schema's owner; for `migrate` and `setup` alone. Empty:
                                   ///< `conninfo`.
    std::size_t connections = 16;
};

struct HsmConfig {
    std::string module;    ///< Path of the PKCS#11 library.
    std::string token;     ///< Label.
    std::string pin_file;  ///< One line.
    std::size_t sessions = 4;
    std::vector<std::pair<std::string, std::string>>
        environment;  ///< Exported by main before the module is loaded.
};

struct DoorConfig {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    std::string certificate;         ///< PEM; empty where the door speaks HTTP.
    std::string key;                 ///< PEM
    std::vector<std::string> hosts;  ///< Host values that are this door's; empty: any.
    std::size_t connections = 1024;
};

struct Config {
    std::string node = "node-1";
    DatabaseConfig database;
    HsmConfig hsm;
    DoorConfig factory;
    std::optional<DoorConfig> field;  ///< Only where its table stands in the file.
    DoorConfig office;
    DoorConfig publishing;  ///< [doors.public]
    DoorConfig ops;

    struct Workers {
        std::size_t seats = 64;
        std::size_t per_caller = 16;  ///< Of the seats, at once; never more than there are.
        std::size_t threads = 2;
    } workers;
    struct Challenge {
        std::chrono::seconds lifetime{60};  ///< At most 120.
        std::size_t per_station = 64;       ///< Outstanding at once.
    } challenge;
    /// [evidence]: what the formats leave to an installation.
    struct EvidenceRules {
        std::string android_status_list;  ///< File; empty: android-key is refused.
        /// From its modification on; then android-key is refused until there is a newer one.
        std::chrono::seconds android_status_max_age{3 * 24 * 3600};
        std::string pkix_arc;                       ///< Empty: the draft's placeholders.
        std::string pkix_extended_key_usage;        ///< The same.
        std::string pkix_statement_type;            ///< The same.
        std::string csr_attribute_syntax = "2026";  ///< Or 2025.
        std::string applet_extended_key_usage;      ///< The same, for `gp-applet`.
        std::vector<std::string> riot_makers;       ///< Vendors whose `dice` is RIoT's, not TCG's.
        /// Vendors whose `stsafe-a` elements' slot 0 signs sessions and no digests of the host's.
        std::vector<std::string> stsafe_session_signers;
        /// "VENDOR PROFILE CLIENT-ID": who asks for `psa-token` over nothing but keys of its own.
        /// Profiles: iot-profile-1, psa-2.0.0, tfm.
        std::vector<std::string> psa_key_callers;
    } evidence;
    struct Installation {
        std::chrono::seconds confirm_within{3600};
        std::size_t sweep_limit = 100;  ///< More at once stop the sweep.
    } installation;
    struct Crl {
        std::chrono::seconds interval{3600};
        std::chrono::seconds validity{7 * 24 * 3600};
        std::string base_url = "http://127.0.0.1:8080";  ///< What certificates and CRLs name.
    } crl;
    struct Results {
        std::string key;         ///< pkcs11: URI of a key of their own; empty: none are made.
        std::string public_key;  ///< PEM, as the ceremony wrote it.
    } results;
    struct Proposals {
        std::chrono::seconds lifetime{24 * 3600};  ///< A minute to seven days.
        std::size_t open_per_operator = 20;
    } proposals;
    /// [imports]: manifests on their way in.
    struct Imports {
        std::string spool;  ///< Folder of this process alone; in a file, "spool" beside it unless
                            ///< it says otherwise.
        std::uint64_t max_octets = 4ull * 1024 * 1024 * 1024;    ///< Of one document.
        std::uint64_t spool_octets = 8ull * 1024 * 1024 * 1024;  ///< Of all that wait.
        std::size_t queue = 8;  ///< Documents that wait, those still coming included.
    } imports;
    struct Log {
        std::string level = "info";
        std::string file;  ///< Empty: standard error.
    } log;
    struct Limits {
        std::size_t body_octets = 256 * 1024;
        std::size_t refusals_per_minute =
            60;                            ///< Recorded singly per caller; more become one summary.
        std::size_t misuse_per_hour = 30;  ///< Of a station's; then it is locked.
        std::size_t suspect_elements =
            10;  ///< Whose evidence fails in a day; then the lot is held.
        std::chrono::seconds clock_disagreement{
            2};  ///< With the database's; then nothing is issued.
        std::chrono::seconds drain{30};
    } limits;
};

/// `folder` is what relative paths mean: the file's own. Refuses with invalid_document and a detail
/// that names line and key: unknown keys, wrong types, values out of range, what is missing.
[[nodiscard]] Result<Config> parse_config(std::string_view text,
                                          const std::filesystem::path& folder);

/// Reads at most 1 MiB. The detail names the file.
[[nodiscard]] Result<Config> load_config(const std::filesystem::path& file);

}  // namespace hallmark
