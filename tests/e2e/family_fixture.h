// The house with a delivery of one family's software elements in stock, and the station that
// provisions them.
#pragma once

#include "station/commands.h"
#include "tests/e2e/house_fixture.h"

#include <fstream>
#include <string>
#include <vector>

namespace hallmark::testing {

struct FamilyCase {
    std::string format;
    std::string model;  ///< As the evidence tells it.
    std::string assurance = "hw-key-attested";
    std::string origin = "generated";
    std::string inside = {};  ///< What judges it, where the format is a packaging.

    [[nodiscard]] std::string judged_as() const { return inside.empty() ? format : inside; }
    /// As a list of a policy.
    [[nodiscard]] std::string accepted() const {
        const std::string first = "[\"" + format + "\"";
        return inside.empty() ? first + "]" : first + ", \"" + inside + "\"]";
    }
    [[nodiscard]] bool is_plain() const {
        return assurance == "hw-key-attested" && origin == "generated";
    }
};

class FamilyTest : public HouseTest {
protected:
    static constexpr const char* assurance_reason =
        "the line's fixture speaks to the element itself";
    [[nodiscard]] std::string at(const std::string& name) const {
        return (folder.path() / name).string();
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(at(name), std::ios::binary) << text;
    }
    /// `hallmark-station`'s exit status; what it says goes to `said`.
    int station_run(std::vector<std::string> words) {
        words.insert(words.begin(), {"hallmark-station"});
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        const int status =
            run_station(static_cast<int>(arguments.size()), arguments.data(), clock, "9.9");
        said = ::testing::internal::GetCapturedStdout() + ::testing::internal::GetCapturedStderr();
        return status;
    }
    void take_delivery(const FamilyCase& family) {
        const ExampleVendor& signer = ground.manifest_vendor.signer;
        write("signer.pem", to_pem(signer.certificate, "CERTIFICATE"));
        write("signer.key", signer.private_key);
        write("ca-root.pem", to_pem(ground.root, "CERTIFICATE"));
        ASSERT_EQ(station_run({"example-elements", "--format", family.format, "--count", "2",
                               "--out", at("delivery"), "--signer-certificate", at("signer.pem"),
                               "--signer-key", at("signer.key")}),
                  0)
            << said;
        pin(family.judged_as(),
            {.roots = parse_pem(text_of(at("delivery/root.pem")), "CERTIFICATE").value(),
             .intermediates = {}});
        must(custody.import_manifest(VendorId("swtpm"), LotId("lot-2"),
                                     text_of(at("delivery/manifest.json")), "setup", now()));
        must(custody.allot(
            {.lot = LotId("lot-2"), .product = ProductId("tpm-gateway"), .site = SiteId("hall-1")},
            "setup", now()));
        move_lot("lot-2", "released");
        const std::string by_format = replaced(
            replaced(policy_text(), "formats = [\"tpm2\"]", "formats = " + family.accepted()),
            "\"tpm2\"", quoted(family.judged_as()));
        const std::string by_model = replaced(
            replaced(by_format, "models = [\"swtpm\"]", "models = [" + quoted(family.model) + "]"),
            "model = \"swtpm\"", "model = " + quoted(family.model));
        apply(by_assurance(by_model, family));
    }
    /// Less than key attestation, and keys that were derived, are taken only where the product says
    /// so by name and why.
    static std::string by_assurance(const std::string& policy, const FamilyCase& family) {
        if (family.is_plain()) return policy;
        const std::string accept = "accept = [\"hw-key-attested\"]";
        const std::string widened =
            replaced(policy, accept,
                     "accept = [\"hw-key-attested\", " + quoted(family.assurance) +
                         "]\norigins = [\"generated\", " + quoted(family.origin) +
                         "]\nreason = " + quoted(assurance_reason));
        // The policy's own example of what is too little must stay one.
        return family.assurance == "platform-only"
                   ? replaced(widened, "assurance = \"platform-only\"",
                              "assurance = \"hw-identity-only\"")
                   : widened;
    }
    static std::string quoted(const std::string& text) { return "\"" + text + "\""; }
    int provision(const FamilyCase& family) {
        return station_run({"provision", "--url",
                            "https://127.0.0.1:" + std::to_string(house->port("factory")), "--ca",
                            ground.doors_ca_file(), "--credential",
                            ground.station_1.certificate_file, "--key", ground.station_1.key_file,
                            "--product", "tpm-gateway", "--element", family.format, "--simulated",
                            at("delivery/elements.jsonl"), "--root", at("ca-root.pem")});
    }

    std::string said;
};

}  // namespace hallmark::testing
