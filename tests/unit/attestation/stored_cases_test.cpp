// Every case that is kept as files ends as it says, by a verifier that has seen none of them be
// made.
#include "tests/support/evidence_case.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;
namespace fs = std::filesystem;

constexpr std::size_t least_cases = 200, least_of_a_format = 10;

TEST(StoredCases, end_as_they_say_and_for_no_other_reason) {
    const ChainValidator chains;
    const EvidenceFamily family = make_family(chains);
    std::map<std::string, std::size_t> refused, accepted;
    for (const fs::path& folder :
         case_folders(fs::path(HALLMARK_SOURCE_DIR) / "tests/data/attestation")) {
        const StoredCase one = read_case(folder);
        const std::string format = folder.parent_path().filename();
        EXPECT_EQ(one.pin.format, one.evidence.format);
        const auto element = family.verify(one.evidence, {one.pin}, one.expected, noon());
        if (one.detail.empty()) {
            EXPECT_TRUE(element.has_value()) << folder << ": " << element.error().detail;
            accepted[format] += 1;
            continue;
        }
        ASSERT_FALSE(element.has_value()) << folder;
        EXPECT_EQ(element.error().reason, Reason::evidence_not_accepted) << folder;
        EXPECT_EQ(element.error().detail, one.detail) << folder;
        refused[format] += 1;
    }
    std::size_t all = 0;
    for (const auto& [format, count] : refused) {
        EXPECT_GE(count, least_of_a_format) << format;
        EXPECT_GE(accepted[format], 1u) << format << " has no good evidence to compare with";
        all += count;
    }
    EXPECT_GE(all, least_cases);
}

struct Attack {
    const char* what;
    std::vector<const char*> cases;
};
/// What is known to have been tried on evidence, each with cases of its own.
const Attack attacks[] = {
    {"a nonce that is constant, empty, another's, or for another request",
     {"tpm2/constant_nonce", "tpm2/empty_nonce", "tpm2/replayed_for_another_request",
      "yubikey-piv/nonce_of_another_challenge"}},
    {"a signer that signs what it is given",
     {"tpm2/unrestricted", "microchip-atecc608/of_an_external_signature",
      "nxp-se05x/an_attested_bus_transfer"}},
    {"an attestation key that nothing ties to its element",
     {"tpm2/somebody_elses_ek", "tpm2/with_another_secret"}},
    {"a Name that is another's, or hashed otherwise",
     {"tpm2/name_of_another_key", "tpm2/name_with_size_hashed", "tpm2/name_sha1"}},
    {"another statement in its place", {"tpm2/magic", "tpm2/quote", "tpm2/time", "tpm2/nv"}},
    {"a signature in another form",
     {"tpm2/der_instead", "tpm2/raw_rsa_instead", "tpm2/trails", "tpm2/r_and_s_zero",
      "euicc/signature_in_der", "optiga-trust-m/integers_without_their_sequence"}},
    {"a certificate of another kind",
     {"tpm2/in_place_of_an_ek", "tpm2/ek_certificate_in_its_place", "euicc/dpauth",
      "yubikey-piv/an_openpgp_attestation", "psa-token/new_name_with_old_claims"}},
    {"another vendor's root", {"tpm2/of_another_vendor", "tpm2/under_another_root"}},
    {"purposes and constraints that are missing, or for anything",
     {"tpm2/usage_missing", "tpm2/any_usage_alone", "tpm2/constraints_missing",
      "yubikey-piv/f9_replaced_by_its_owner", "gp-applet/any_purpose"}},
    {"an Android key that vouches for another, software's word, a revoked attester",
     {"android-key/attester_that_was_itself_attested",
      "android-key/root_of_trust_of_software_alone", "android-key/unlocked_bootloader",
      "android-key/refuses_every_certificate_of_the_chain_that_was_revoked"}},
    {"what is no DER", {"android-key/boolean_that_is_not_der", "gp-applet/boolean_that_is_one"}},
    {"an unknown critical extension, and one identifier for two structures",
     {"tpm2/unknown_critical_extension", "euicc/unknown_critical_extension",
      "dice/of_riots_looks"}},
    {"what nobody signed",
     {"psa-token/algorithm_unprotected", "psa-token/is_not_believed_from_the_token_itself"}},
    {"an SE05x's other form, and keys that came from outside",
     {"nxp-se05x/never_guesses_how_it_was_signed", "nxp-se05x/imported", "nxp-se05x/provisioned"}},
    {"weak hashes, sizes and curves",
     {"tpm2/sha1_named", "tpm2/rsa_1024", "tpm2/p521", "yubikey-piv/a_curve_that_is_not_taken",
      "yubikey-piv/rsa_of_a_weak_firmware"}},
    {"what has expired",
     {"tpm2/expired", "android-key/expired_attester", "yubikey-piv/expired_slot"}},
    {"another key than the request's",
     {"tpm2/replayed_for_another_key", "yubikey-piv/refuses_another_key_than_the_requests",
      "webauthn/refuses_another_key_than_the_requests"}},
    {"a platform's word for a key",
     {"pkix-key-attestation/the_platform_alone", "psa-token/binds_no_key_without_a_nonce"}},
    {"what is said twice",
     {"pkix-key-attestation/claim_twice", "pkix-key-attestation/transaction_twice",
      "psa-token/claim_twice", "eat/claim_twice", "nxp-se05x/the_object_twice"}},
    {"a simulator", {"tpm2/of_a_simulator"}},
};

TEST(StoredCases, hold_every_attack_that_is_known) {
    const fs::path data = fs::path(HALLMARK_SOURCE_DIR) / "tests/data/attestation";
    for (const Attack& attack : attacks) {
        for (const char* one : attack.cases) {
            ASSERT_TRUE(fs::exists(data / one / "case.json")) << attack.what << ": " << one;
            EXPECT_NE(read_case(data / one).detail, "") << attack.what << ": " << one;
        }
    }
}

}  // namespace
}  // namespace hallmark
