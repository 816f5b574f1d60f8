// What is signed, for whom and when: nonce, type, Names, creation data.
#include "tests/unit/attestation/tpm2_refusal.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Tpm2Statement : public ::testing::TestWithParam<Row> {};

TEST_P(Tpm2Statement, has_its_own_reason) {
    expect_row(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Freshness, Tpm2Statement,
    ::testing::Values(
        Row{"other_nonce",
            "nonce: not the one",
            attest([](SoftAttest& a) { a.extra_data[5] ^= 1; }),
            {}},
        Row{"longer_nonce",
            "nonce: not the one",
            attest([](SoftAttest& a) { a.extra_data.push_back(0); }),
            {}},
        Row{"shorter_nonce",
            "nonce: not the one",
            attest([](SoftAttest& a) { a.extra_data.resize(16); }),
            {}},
        Row{"empty_nonce", "nonce: empty", attest([](SoftAttest& a) { a.extra_data.clear(); }), {}},
        Row{"constant_nonce",
            "nonce: not the one",
            attest([](SoftAttest& a) {
                a.extra_data = {0x00, 0xFF, 0x55, 0xAA};
            }),
            {}},
        Row{"empty_nonce_expected",
            "nonce: none was asked for",
            {},
            [](Scene& s) { s.expected.nonce = Bytes{}; }},
        Row{"empty_nonce_both_sides", "nonce: empty",
            attest([](SoftAttest& a) { a.extra_data.clear(); }),
            [](Scene& s) { s.expected.nonce = Bytes{}; }},
        Row{"empty_nonce_where_any_will_do", "nonce: empty",
            attest([](SoftAttest& a) { a.extra_data.clear(); }),
            [](Scene& s) { s.expected.nonce.reset(); }},
        Row{"nonce_of_the_other_door",
            "nonce: not the one",
            {},
            [](Scene& s) {
                s.expected.nonce = challenge_nonce("field", s.expected.challenge, *s.expected.spki);
            }},
        Row{"replayed_for_another_challenge",
            "nonce: not the one",
            {},
            [](Scene& s) {
                s.expected.challenge = random_bytes(32);
                s.expected.nonce =
                    challenge_nonce("factory", s.expected.challenge, *s.expected.spki);
            }},
        Row{"replayed_for_another_key",
            "nonce: not the one",
            {},
            [](Scene& s) {
                const SoftObject other = soft_object(SoftKeyKind::ec_p256, {});
                s.expected.spki = other.spki();
                s.expected.nonce = challenge_nonce("factory", s.expected.challenge, other.spki());
            }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Statement, Tpm2Statement,
    ::testing::Values(
        Row{"magic",
            "malformed: TPMS_ATTEST: the magic",
            attest([](SoftAttest& a) { a.magic ^= 1; }),
            {}},
        Row{"quote", "type: 0x8018 is a quote", attest([](SoftAttest& a) { a.type = 0x8018; }), {}},
        Row{"time", "type: 0x8019", attest([](SoftAttest& a) { a.type = 0x8019; }), {}},
        Row{"nv", "type: 0x8014", attest([](SoftAttest& a) { a.type = 0x8014; }), {}},
        Row{"creation_without_its_data", "type: 0x801a", [](Recipe& r) { r.creation = true; },
            [](Scene& s) { s.drop("creation_data"); }},
        Row{"certify_with_creation_data",
            "type: 0x8017",
            {},
            [](Scene& s) { s.add("creation_data", Bytes(64, 0)); }},
        Row{"safe_is_two",
            "malformed: TPMS_ATTEST: safe",
            attest([](SoftAttest& a) { a.safe = 2; }),
            {}},
        Row{"attest_trails",
            "malformed: TPMS_ATTEST: octets trail",
            {},
            [](Scene& s) { s.value("attest").push_back(0); }},
        Row{"attest_cut",
            "malformed: TPMS_ATTEST: cut short",
            {},
            [](Scene& s) { s.value("attest").pop_back(); }},
        Row{"attest_in_tpm2b",
            "malformed: TPMS_ATTEST: the magic",
            {},
            [](Scene& s) {
                Bytes& octets = s.value("attest");
                const Bytes size{static_cast<unsigned char>(octets.size() >> 8),
                                 static_cast<unsigned char>(octets.size())};
                octets.insert(octets.begin(), size.begin(), size.end());
            }},
        Row{"name_of_another_key",
            "name: the certified Name",
            attest([](SoftAttest& a) { a.name = soft_object(SoftKeyKind::ec_p256, {}).name(); }),
            {}},
        Row{"name_with_size_hashed",
            "name: the certified Name",
            [](Recipe& r) { r.attest = [](SoftAttest& a) { a.name[2] ^= 0x80; }; },
            {}},
        Row{"name_is_a_handle",
            "name: the certified Name",
            attest([](SoftAttest& a) {
                a.name = {0x80, 0, 0, 1};
            }),
            {}},
        Row{"name_empty",
            "name: the certified Name",
            attest([](SoftAttest& a) { a.name.clear(); }),
            {}},
        Row{"qualified_signer_empty",
            "name: qualifiedSigner",
            attest([](SoftAttest& a) { a.qualified_signer.clear(); }),
            {}},
        Row{"qualified_signer_of_other_algorithm",
            "name: qualifiedSigner",
            attest([](SoftAttest& a) {
                a.qualified_signer = concat({Bytes{0x00, 0x0C}, Bytes(48, 1)});
            }),
            {}},
        Row{"qualified_name_short",
            "name: qualifiedName",
            attest([](SoftAttest& a) { a.qualified_name_or_hash.pop_back(); }),
            {}},
        Row{"creation_hash",
            "creation: creationHash",
            [](Recipe& r) {
                r.creation = true;
                r.attest = [](SoftAttest& a) { a.qualified_name_or_hash[0] ^= 1; };
            },
            {}},
        Row{"creation_data_changed", "creation: creationHash", [](Recipe& r) { r.creation = true; },
            [](Scene& s) { s.value("creation_data")[20] ^= 1; }},
        Row{"creation_data_without_size", "malformed: TPM2B_CREATION_DATA: octets trail",
            [](Recipe& r) { r.creation = true; },
            [](Scene& s) {
                Bytes& octets = s.value("creation_data");
                octets.erase(octets.begin(), octets.begin() + 2);
            }},
        Row{"creation_data_trails_inside", "malformed: TPM2B_CREATION_DATA: octets trail inside",
            [](Recipe& r) { r.creation = true; },
            [](Scene& s) {
                Bytes& octets = s.value("creation_data");
                octets.push_back(0);
                ++octets[1];
            }},
        Row{"creation_data_trails", "malformed: TPM2B_CREATION_DATA: octets trail",
            [](Recipe& r) { r.creation = true; },
            [](Scene& s) { s.value("creation_data").push_back(0); }}),
    named);

}  // namespace
}  // namespace hallmark
