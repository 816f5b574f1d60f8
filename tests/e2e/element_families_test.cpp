// Every family of Secure Element through the whole line: made by its simulator, named in a
// manifest, provisioned by `hallmark-station` from challenge to installed.
#include "station/commands.h"
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::text_of;

struct FamilyCase {
    std::string format;
    std::string model;  ///< As the evidence tells it.
    std::string assurance = "hw-key-attested";
};

class ElementFamilies : public testing::HouseTest,
                        public ::testing::WithParamInterface<FamilyCase> {
protected:
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
    void take_delivery() {
        const ExampleVendor& signer = ground.manifest_vendor.signer;
        write("signer.pem", to_pem(signer.certificate, "CERTIFICATE"));
        write("signer.key", signer.private_key);
        write("ca-root.pem", to_pem(ground.root, "CERTIFICATE"));
        ASSERT_EQ(station_run({"example-elements", "--format", GetParam().format, "--count", "2",
                               "--out", at("delivery"), "--signer-certificate", at("signer.pem"),
                               "--signer-key", at("signer.key")}),
                  0)
            << said;
        pin(GetParam().format,
            {.roots = parse_pem(text_of(at("delivery/root.pem")), "CERTIFICATE").value(),
             .intermediates = {}});
        must(custody.import_manifest(VendorId("swtpm"), LotId("lot-2"),
                                     text_of(at("delivery/manifest.json")), "setup", now()));
        must(custody.allot(
            {.lot = LotId("lot-2"), .product = ProductId("tpm-gateway"), .site = SiteId("hall-1")},
            "setup", now()));
        move_lot("lot-2", "released");
        const std::string by_format =
            replaced(policy_text(), "\"tpm2\"", quoted(GetParam().format));
        const std::string by_model =
            replaced(replaced(by_format, "models = [\"swtpm\"]",
                              "models = [" + quoted(GetParam().model) + "]"),
                     "model = \"swtpm\"", "model = " + quoted(GetParam().model));
        apply(by_assurance(by_model));
    }
    /// Less than key attestation is taken only where the product says so by name and why.
    static std::string by_assurance(const std::string& policy) {
        const std::string& accepted = GetParam().assurance;
        if (accepted == "hw-key-attested") return policy;
        return replaced(policy, "[identity]",
                        "[assurance]\naccept = [" + quoted(accepted) +
                            "]\nreason = \"the line's fixture speaks to the element itself\"\n"
                            "\n[identity]");
    }
    static std::string quoted(const std::string& text) { return "\"" + text + "\""; }
    int provision() {
        return station_run(
            {"provision", "--url", "https://127.0.0.1:" + std::to_string(house->port("factory")),
             "--ca", ground.doors_ca_file(), "--credential", ground.station_1.certificate_file,
             "--key", ground.station_1.key_file, "--product", "tpm-gateway", "--element",
             GetParam().format, "--simulated", at("delivery/elements.jsonl"), "--root",
             at("ca-root.pem")});
    }

    std::string said;
};

TEST_P(ElementFamilies, go_from_a_challenge_to_an_installed_certificate) {
    take_delivery();
    ASSERT_EQ(provision(), 0) << said;
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'active'"), 1);
    EXPECT_EQ(ask<std::string>("SELECT state FROM device"), "provisioned");
    EXPECT_EQ(ask<std::string>("SELECT claims::jsonb ->> 'format' FROM credential_body"),
              GetParam().format);
    EXPECT_EQ(ask<std::string>("SELECT claims::jsonb ->> 'assurance' FROM credential_body"),
              GetParam().assurance);
}

class FamiliesThatAProductDoesNotName : public ElementFamilies {};

TEST_P(FamiliesThatAProductDoesNotName, get_no_challenge) {
    take_delivery();
    apply(policy_text());
    const testing::Standing before = standing();
    EXPECT_EQ(provision(), 3) << said;
    expect_only_a_refusal(before, Reason::evidence_not_accepted, "format: ");
}

constexpr auto named = [](const ::testing::TestParamInfo<FamilyCase>& each) {
    std::string name = each.param.format;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
};

const FamilyCase tpm2{"tpm2", "swtpm"};
const FamilyCase yubikey{"yubikey-piv", "USB-A keychain"};
const FamilyCase hsm{"pkix-key-attestation", "HSM-1"};
const FamilyCase webauthn{"webauthn", "aaguid:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"};

INSTANTIATE_TEST_SUITE_P(Simulated, ElementFamilies,
                         ::testing::Values(hsm, tpm2, webauthn, yubikey), named);
INSTANTIATE_TEST_SUITE_P(Simulated, FamiliesThatAProductDoesNotName,
                         ::testing::Values(hsm, webauthn, yubikey), named);

}  // namespace
}  // namespace hallmark
