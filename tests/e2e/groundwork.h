// What every house test stands on and nobody wants to make twice: two tokens and the ceremony that
// filled them, certificates for doors and callers, a TPM maker, a manifest signer. Made once a
// process, at first use.
#pragma once

#include "ca/crypto/certificate.h"
#include "server/ceremony.h"
#include "station/simulator/soft_tpm.h"
#include "tests/support/manifest.h"
#include "tests/support/pki.h"
#include "tests/support/softhsm.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace hallmark::testing {

/// A key with its certificate, in files as a door or a caller holds them.
struct Badge {
    Bytes certificate;
    std::string certificate_file;
    std::string key_file;
};

inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

class Groundwork {
public:
    static const Groundwork& laid() {
        static const Groundwork made;
        return made;
    }

    TempDir folder;
    SoftHsm root_token = SoftHsm::make_token("root");
    SoftHsm factory_token = SoftHsm::make_token("factory");
    Bytes root;
    Bytes line_1;
    Bytes line_2;  ///< Its key stands beside line-1's; no house knows it unless a test says so.
    TestAuthority doors_authority = make_root("Doors");
    Badge doors = badge("doors", make_ec_key(), doors_authority);
    Badge ada = badge("ada");
    Badge grace = badge("grace");
    Badge auditor = badge("auditor");
    Badge station_1 = badge("station-1");
    Badge station_2 = badge("station-2");
    Badge stranger = badge("stranger");
    SoftVendor maker{"swtpm"};
    TestVendor manifest_vendor = make_vendor("swtpm");

    [[nodiscard]] std::string doors_ca_file() const { return at("doors-ca.pem"); }
    /// Of the key results-1, beside line-1's in the token.
    [[nodiscard]] std::string results_key_file() const { return at("results-1.pem"); }
    [[nodiscard]] std::string at(const std::string& name) const {
        return (folder.path() / name).string();
    }

    /// Another caller's.
    [[nodiscard]] Badge badge(const std::string& name) const {
        const TestKey key = make_ec_key();
        return written(name, self_signed(name, key), key);
    }

    /// Another intermediate under the same root; answers its certificate.
    [[nodiscard]] Bytes intermediate(const std::string& label, int years = 5) const {
        std::ostringstream out;
        std::ostringstream err;
        const IntermediateCeremony ceremony{
            .online = source(factory_token),
            .key_label = label,
            .algorithm = KeyAlgorithm::ec_p256,
            .subject = {.common_name = "Issuing " + label, .organization = {}, .country = {}},
            .years = years,
            .csr_out = {},
            .csr_in = {},
            .root = RootSide{source(root_token), "root"},
            .root_certificate = at("root.pem"),
            .certificate_in = {},
            .crl_url = {},
            .issuer_url = {},
            .certificate_out = at(label + ".pem"),
            .record = {.transcript = at(label + ".jsonl"), .operator_key = at("ceremony.key")},
            .now = ceremony_day()};
        if (ceremony_intermediate(ceremony, out, err) != 0) throw std::runtime_error(err.str());
        return from_pem(at(label + ".pem"));
    }

private:
    Groundwork() {
        write(doors_ca_file(), to_pem(doors_authority.certificate, "CERTIFICATE"));
        write(at("ceremony.key"), make_ec_key().private_pem());
        std::ostringstream out;
        std::ostringstream err;
        const RootCeremony ceremony{
            .token = source(root_token),
            .key_label = "root",
            .algorithm = KeyAlgorithm::ec_p384,
            .subject = {.common_name = "Test Root", .organization = {}, .country = {}},
            .years = 20,
            .certificate_out = at("root.pem"),
            .record = {.transcript = at("root.jsonl"), .operator_key = at("ceremony.key")},
            .now = ceremony_day()};
        if (ceremony_root(ceremony, out, err) != 0) throw std::runtime_error(err.str());
        root = from_pem(at("root.pem"));
        line_1 = intermediate("line-1");
        line_2 = intermediate("line-2");
        make_results_key();
    }
    void make_results_key() const {
        std::ostringstream out;
        std::ostringstream err;
        const ResultsKeyCeremony ceremony{
            .token = source(factory_token),
            .key_label = "results-1",
            .public_key_out = results_key_file(),
            .key_set_out = at("results-1.jwks"),
            .record = {.transcript = at("results-1.jsonl"), .operator_key = at("ceremony.key")},
            .now = ceremony_day()};
        if (ceremony_results_key(ceremony, out, err) != 0) throw std::runtime_error(err.str());
    }

    /// Yesterday, by the machine's clock: the server issues by it.
    static Instant ceremony_day() {
        return floor_to_second(SystemClock().now() - std::chrono::hours(24));
    }
    static TokenSource source(const SoftHsm& token) {
        return {SoftHsm::module_path(), token.label(), token.pin_file().string()};
    }
    static Bytes from_pem(const std::string& file) {
        return parse_pem(text_of(file), "CERTIFICATE").value().at(0);
    }
    static void write(const std::string& file, const std::string& text) {
        std::ofstream(file, std::ios::binary) << text;
        std::filesystem::permissions(file, std::filesystem::perms(0600));
    }
    [[nodiscard]] Badge badge(const std::string& name, const TestKey& key,
                              const TestAuthority& authority) const {
        return written(name, make_server_certificate(authority, key), key);
    }
    [[nodiscard]] Badge written(const std::string& name, Bytes certificate,
                                const TestKey& key) const {
        write(at(name + ".pem"), to_pem(certificate, "CERTIFICATE"));
        write(at(name + ".key"), key.private_pem());
        return {std::move(certificate), at(name + ".pem"), at(name + ".key")};
    }
};

}  // namespace hallmark::testing
