// What vendors' chains need beside exceptions: critical extensions that the caller judges, issuers
// with Ed25519 keys, leaves whose keys are none of this house's.
#include "ca/crypto/chain.h"
#include "ca/crypto/der.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace testing;  // NOLINT: the test PKI's verbs, all over this file

Extension critical(std::string_view oid) {
    return {.oid = std::string(oid), .critical = true, .value = der_null()};
}

/// Root, intermediate and leaf; the latter two may bear more extensions.
struct VendorsLine {
    explicit VendorsLine(std::vector<Extension> in_both = {},
                         std::optional<TestKey> root_key = std::nullopt)
        : root(make_root("Root", root_key)) {
        CertificateSpec middle = intermediate_spec(root, "Middle", middle_key);
        CertificateSpec end =
            leaf_spec({.key = middle_key, .name = common_name("Middle"), .certificate = {}}, "leaf",
                      leaf_key);
        for (const Extension& extension : in_both) {
            middle.extensions.push_back(extension);
            end.extensions.push_back(extension);
        }
        intermediate = make_certificate(middle, root.key);
        leaf = make_certificate(end, middle_key);
    }
    [[nodiscard]] ChainRequest request(std::set<std::string> understood = {}) const {
        ChainRequest asked;
        asked.leaf = leaf;
        asked.intermediates = {intermediate};
        asked.at = noon();
        asked.understood = std::move(understood);
        return asked;
    }
    [[nodiscard]] std::string answer(const ChainRequest& asked) const {
        const auto answer =
            validator.validate(asked, {.roots = {root.certificate}, .intermediates = {}});
        return answer ? "accepted" : answer.error().detail;
    }

    TestAuthority root;
    TestKey middle_key = make_ec_key();
    TestKey leaf_key = make_ec_key();
    Bytes intermediate, leaf;
    ChainValidator validator;
};

TEST(ChainUnderstood, ExtensionsMayBeCriticalInEveryCertificate) {
    const VendorsLine line({critical("2.999.7")});
    EXPECT_EQ(line.answer(line.request()), "chain: unknown critical extension 2.999.7 (leaf)");
    EXPECT_EQ(line.answer(line.request({"2.999.7"})), "accepted");
    // What was kept for who understands is nobody else's.
    EXPECT_EQ(line.answer(line.request()), "chain: unknown critical extension 2.999.7 (leaf)");
    EXPECT_EQ(line.answer(line.request({"2.999.8", "2.999"})),
              "chain: unknown critical extension 2.999.7 (leaf)");
}

TEST(ChainUnderstood, ExtensionsLeaveAllOthersUnknown) {
    const VendorsLine line({critical("2.999.7"), critical("2.999.8")});
    EXPECT_EQ(line.answer(line.request({"2.999.7"})),
              "chain: unknown critical extension 2.999.8 (leaf)");
    EXPECT_EQ(line.answer(line.request({"2.999.7", "2.999.8"})), "accepted");
    VendorsLine below;
    CertificateSpec middle = intermediate_spec(below.root, "Middle", below.middle_key);
    middle.extensions.push_back(critical("2.999.7"));
    below.intermediate = make_certificate(middle, below.root.key);
    EXPECT_EQ(below.answer(below.request({"2.999.8"})),
              "chain: unknown critical extension 2.999.7 (issuer)");
    EXPECT_EQ(below.answer(below.request({"2.999.7"})), "accepted");
    EXPECT_EQ(below.answer(below.request()), "chain: unknown critical extension 2.999.7 (issuer)");
}

TEST(ChainUnderstood, ExtensionsExcuseNothingElse) {
    VendorsLine line({critical("2.999.7")});
    CertificateSpec middle = intermediate_spec(line.root, "Middle", line.middle_key);
    middle.extensions.push_back(critical("2.999.7"));
    middle.break_signature = true;
    line.intermediate = make_certificate(middle, line.root.key);
    EXPECT_EQ(line.answer(line.request({"2.999.7"})),
              "chain: no path to a pinned root (bad signature)");
}

TEST(ChainOfEd25519, IsTakenInIssuersAndInNoLeaf) {
    const VendorsLine line({}, make_ed25519_key());
    EXPECT_EQ(line.answer(line.request()), "accepted");
    VendorsLine forged({}, make_ed25519_key());
    forged.intermediate[forged.intermediate.size() - 1] ^= 1;
    EXPECT_EQ(forged.answer(forged.request()), "chain: no path to a pinned root (bad signature)");

    VendorsLine odd;
    const TestKey key = make_ed25519_key();
    odd.leaf = make_certificate(
        leaf_spec({.key = odd.middle_key, .name = common_name("Middle"), .certificate = {}}, "leaf",
                  key),
        odd.middle_key);
    EXPECT_EQ(odd.answer(odd.request()),
              "chain: weak key (leaf): key: algorithm 1.3.101.112 is not taken");
}

TEST(ChainPath, IsJudgedWithoutTheLeafsKey) {
    VendorsLine line;
    const TestKey key = make_ed25519_key();
    CertificateSpec spec = leaf_spec(
        {.key = line.middle_key, .name = common_name("Middle"), .certificate = {}}, "leaf", key);
    line.leaf = make_certificate(spec, line.middle_key);
    const TrustAnchors anchors{.roots = {line.root.certificate}, .intermediates = {}};
    const auto path = line.validator.validate_path(line.request(), anchors);
    ASSERT_TRUE(path.has_value()) << path.error().detail;
    EXPECT_EQ(path->leaf.spki, key.spki());
    EXPECT_EQ(path->issuers, (std::vector<Bytes>{line.intermediate, line.root.certificate}));
    EXPECT_EQ(path->anchor, sha256(line.root.certificate));
    // All else is: its time, its signature.
    ChainRequest late = line.request();
    late.at = instant("2041-01-01T00:00:00Z");
    EXPECT_EQ(line.validator.validate_path(late, anchors).error().detail, "chain: expired (leaf)");
    spec.break_signature = true;
    line.leaf = make_certificate(spec, line.middle_key);
    EXPECT_EQ(line.validator.validate_path(line.request(), anchors).error().detail,
              "chain: no path to a pinned root (bad signature)");
    ChainRequest with_purpose = line.request();
    with_purpose.purpose = Purpose::client;
    EXPECT_THROW(static_cast<void>(line.validator.validate_path(with_purpose, anchors)),
                 std::logic_error);
}

TEST(IssuersSignature, IsCheckedUnderTheKeysThatIssuersHave) {
    const Bytes message = to_bytes(std::string_view("what is signed"));
    for (const TestKey& key : {make_ec_key(), make_ec_key(KeyAlgorithm::ec_p384),
                               make_ed25519_key(), shared_rsa_key()}) {
        const SignatureAlgorithm algorithm = key.natural_algorithm();
        Bytes signature = key.sign(message, algorithm);
        const auto holds = [&](const TestKey& under, ByteView over) {
            return verify_issuers_signature(
                under.spki(), {.algorithm = algorithm, .message = over, .signature = signature});
        };
        EXPECT_TRUE(holds(key, message)) << name_of(algorithm);
        EXPECT_FALSE(holds(key, ByteView(message).first(3))) << name_of(algorithm);
        EXPECT_FALSE(holds(make_ec_key(), message)) << name_of(algorithm);
        EXPECT_FALSE(holds(make_ed25519_key(), message)) << name_of(algorithm);
        signature.push_back(0);
        EXPECT_FALSE(holds(key, message)) << name_of(algorithm);
    }
}

TEST(IssuersSignature, IsNotTakenFromWeakOrMalformedKeys) {
    const Bytes message = to_bytes(std::string_view("what is signed"));
    const TestKey odd = make_ec_key_on("P-224"), good = make_ec_key(), ed = make_ed25519_key();
    EXPECT_FALSE(verify_issuers_signature(
        odd.spki(), {.algorithm = SignatureAlgorithm::ecdsa_sha256,
                     .message = message,
                     .signature = odd.sign(message, SignatureAlgorithm::ecdsa_sha256)}));
    EXPECT_FALSE(verify_issuers_signature(
        good.spki(), {.algorithm = SignatureAlgorithm::ecdsa_sha1,
                      .message = message,
                      .signature = good.sign(message, SignatureAlgorithm::ecdsa_sha1)}));
    const Bytes signature = ed.sign(message, SignatureAlgorithm::ed25519);
    const Bytes short_key = der_sequence(
        {der_sequence({der_oid("1.3.101.112")}), der_bit_string(ByteView(ed.spki()).last(31))});
    const Bytes parameters = der_sequence({der_sequence({der_oid("1.3.101.112"), der_null()}),
                                           der_bit_string(ByteView(ed.spki()).last(32))});
    for (const Bytes& spki : {short_key, parameters, Bytes{}})
        EXPECT_FALSE(verify_issuers_signature(spki, {.algorithm = SignatureAlgorithm::ed25519,
                                                     .message = message,
                                                     .signature = signature}));
}

TEST(Ed25519, IsNamedAndIdentifiedAsRfc8410HasIt) {
    EXPECT_EQ(name_of(SignatureAlgorithm::ed25519), "ed25519");
    EXPECT_EQ(algorithm_identifier(SignatureAlgorithm::ed25519),
              der_sequence({der_oid("1.3.101.112")}));
    EXPECT_EQ(signature_algorithm_from(der_sequence({der_oid("1.3.101.112")})),
              SignatureAlgorithm::ed25519);
    EXPECT_EQ(signature_algorithm_from(der_sequence({der_oid("1.3.101.112"), der_null()})),
              std::nullopt);
    EXPECT_FALSE(is_weak(SignatureAlgorithm::ed25519));
}

}  // namespace
}  // namespace hallmark
