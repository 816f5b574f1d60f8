// What the validator keeps must never answer another question than the one it was kept for.
#include "ca/crypto/chain.h"
#include "tests/support/pki.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace testing;  // NOLINT: the test PKI's verbs

struct Line {
    TestAuthority root = make_root("Root");
    TestAuthority middle;
    Bytes leaf;
    ChainValidator validator;
    TrustAnchors anchors;

    explicit Line(Instant middle_ends = instant("2039-01-01T00:00:00Z")) : middle(root) {
        const TestKey key = make_ec_key();
        CertificateSpec spec = intermediate_spec(root, "Middle", key);
        spec.not_after = middle_ends;
        middle = {
            .key = key, .name = spec.subject, .certificate = make_certificate(spec, root.key)};
        leaf = make_client_certificate(middle, "leaf", make_ec_key());
        anchors.roots = {root.certificate};
    }
    [[nodiscard]] ChainRequest request() const {
        ChainRequest asked;
        asked.leaf = leaf;
        asked.intermediates = {middle.certificate};
        asked.purpose = Purpose::client;
        asked.at = noon();
        return asked;
    }
    [[nodiscard]] std::string answer(const ChainRequest& asked) const {
        return answer(asked, anchors);
    }
    [[nodiscard]] std::string answer(const ChainRequest& asked, const TrustAnchors& pinned) const {
        const auto result = validator.validate(asked, pinned);
        return result ? "accepted" : result.error().detail;
    }
};

TEST(ChainCache, AGoodLeafVouchesForNoOtherSignature) {
    const Line line;
    for (int turn = 0; turn < 3; ++turn)
        EXPECT_EQ(line.answer(line.request()), "accepted");
    ChainRequest bent = line.request();
    Bytes other = line.leaf;
    other.back() ^= 1;
    bent.leaf = other;
    for (int turn = 0; turn < 2; ++turn)
        EXPECT_EQ(line.answer(bent), "chain: no path to a pinned root (bad signature)");
    const TestAuthority stranger = make_root("Root");
    EXPECT_NE(line.answer(line.request(), {.roots = {stranger.certificate}, .intermediates = {}}),
              "accepted");
    ChainRequest late = line.request();
    late.at = instant("2040-01-02T00:00:00Z");
    EXPECT_NE(line.answer(late), "accepted");
}

TEST(ChainCache, AnswersTheSameTwice) {
    const Line line;
    const auto first = line.validator.validate(line.request(), line.anchors);
    const auto second = line.validator.validate(line.request(), line.anchors);
    ASSERT_TRUE(first.has_value() && second.has_value());
    EXPECT_EQ(first->issuers, second->issuers);
    EXPECT_EQ(first->issuers, (std::vector<Bytes>{line.middle.certificate, line.root.certificate}));
    EXPECT_EQ(second->anchor, sha256(line.root.certificate));
}

TEST(ChainCache, DoesNotOutliveTheFirstIssuerToExpire) {
    const Instant end = instant("2030-01-01T00:00:00Z");
    const Line line(end);
    ChainRequest asked = line.request();
    ASSERT_EQ(line.answer(asked), "accepted");
    asked.at = end + std::chrono::microseconds(999999);
    EXPECT_EQ(line.answer(asked), "accepted") << "the last second";
    asked.at = end + std::chrono::seconds(1);
    EXPECT_EQ(line.answer(asked), "chain: expired (issuer)");
    asked.at = instant("2019-01-01T00:00:00Z");
    EXPECT_EQ(line.answer(asked), "chain: not yet valid (leaf)");
}

TEST(ChainCache, IsNotUsedForOtherAnchors) {
    const Line line;
    ASSERT_EQ(line.answer(line.request()), "accepted");
    const TrustAnchors others{.roots = {make_root("Root").certificate}, .intermediates = {}};
    EXPECT_EQ(line.answer(line.request(), others),
              "chain: no path to a pinned root (key identifier mismatch)");
    EXPECT_EQ(line.answer(line.request(), TrustAnchors{}), "chain: no path to a pinned root");
    EXPECT_EQ(line.answer(line.request()), "accepted");
}

TEST(ChainCache, ChecksTheSignatureOfEveryLeaf) {
    const Line line;
    ASSERT_EQ(line.answer(line.request()), "accepted");
    CertificateSpec spec = leaf_spec(line.middle, "forged", make_ec_key());
    const Bytes forged = make_certificate(spec, make_ec_key());
    ChainRequest asked = line.request();
    asked.leaf = forged;
    EXPECT_EQ(line.answer(asked), "chain: no path to a pinned root (bad signature)");
    asked.leaf = line.leaf;
    EXPECT_EQ(line.answer(asked), "accepted");
}

TEST(ChainCache, IsNotUsedForOtherExceptionsOrPurposes) {
    const Instant end = instant("2026-01-01T00:00:00Z");
    const Line line(end);
    ChainRequest asked = line.request();
    asked.exceptions = {ChainException::expired_issuers};
    ASSERT_EQ(line.answer(asked), "accepted");
    asked.exceptions.clear();
    EXPECT_EQ(line.answer(asked), "chain: expired (issuer)");
}

TEST(ChainCache, TakesIntermediatesOfTheOperatorAndRefusesTheirAbsenceAfterwards) {
    const Line line;
    ChainRequest asked = line.request();
    asked.intermediates.clear();
    TrustAnchors with_pool = line.anchors;
    with_pool.intermediates = {line.middle.certificate, Bytes{0x00}};
    EXPECT_EQ(line.answer(asked, with_pool), "accepted");
    EXPECT_EQ(line.answer(asked), "chain: no path to a pinned root");
}

TEST(ChainCache, HoldsUnderThreads) {
    const Line line;
    std::vector<std::thread> threads;
    std::array<int, 4> accepted{};
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        threads.emplace_back([&, i] {
            for (int round = 0; round < 25; ++round) {
                if (line.validator.validate(line.request(), line.anchors)) ++accepted[i];
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(accepted, (std::array<int, 4>{25, 25, 25, 25}));
}

TEST(ChainCache, ForgetsTheOldestAndFindsItAgain) {
    const Line line;
    ASSERT_EQ(line.answer(line.request()), "accepted");
    // Every other limit is another question: more of them than the cache holds.
    for (std::size_t i = 0; i < 1100; ++i) {
        ChainRequest asked = line.request();
        asked.limits.signature_checks = 100 + i;
        ASSERT_EQ(line.answer(asked), "accepted");
    }
    EXPECT_EQ(line.answer(line.request()), "accepted");
}

/// Certificates of real TPMs are not part of this tree.
class RealChain : public ::testing::Test {
protected:
    void SetUp() override {
        const char* const named = std::getenv("HALLMARK_SAMPLES");
        samples_ = named != nullptr
                       ? std::filesystem::path(named)
                       : std::filesystem::path(HALLMARK_SOURCE_DIR) / "../shared/samples";
        if (!std::filesystem::exists(samples_ / "tpm-ek-real")) {
            GTEST_SKIP() << "no sample certificates; HALLMARK_SAMPLES names their folder";
        }
        anchors_.roots =
            load("tpm-vendor-roots/tpm-ca-certificates/MIRROR.tpm-ca-certificates.pem");
        anchors_.intermediates = load(
            "tpm-vendor-roots/tpm-ca-certificates/MIRROR.tpm-intermediate-ca-certificates.pem");
    }
    [[nodiscard]] std::vector<Bytes> load(const std::string& name) const {
        std::ifstream file(samples_ / name, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        if (!name.ends_with(".pem")) return {to_bytes(text)};
        return parse_pem(text, "CERTIFICATE").value();
    }
    [[nodiscard]] std::string answer(const Bytes& leaf, Purpose purpose,
                                     std::set<ChainException> exceptions = {}) const {
        ChainRequest asked;
        asked.leaf = leaf;
        asked.purpose = purpose;
        asked.at = instant("2026-11-23T06:00:00Z");
        asked.exceptions = std::move(exceptions);
        const auto result = validator_.validate(asked, anchors_);
        return result ? "accepted" : result.error().detail;
    }
    std::filesystem::path samples_;
    TrustAnchors anchors_;
    ChainValidator validator_;
};

TEST_F(RealChain, OfAnStTpmIsAnEkAndNoClient) {
    const Bytes padded = load("tpm-ek-real/st_sha256_with_rsa.pem").at(0);
    EXPECT_EQ(answer(padded, Purpose::tpm_ek), "accepted");
    const Bytes bare = to_bytes(without_nv_padding(padded));
    EXPECT_EQ(answer(bare, Purpose::client), "chain: key usage (leaf)");
}

TEST_F(RealChain, OfANuvotonTpmNeedsItsException) {
    const Bytes leaf = load("tpm-ek-real/nuvoton-npct75x-ek-malformed-der.der").at(0);
    EXPECT_EQ(answer(leaf, Purpose::tpm_ek), "chain: a name's set is not in DER order (leaf)");
    EXPECT_EQ(answer(leaf, Purpose::tpm_ek, {ChainException::non_der_name_order}), "accepted");
}

TEST_F(RealChain, OfAnAuthorityIsNoEk) {
    const Bytes root = load("tpm-vendor-roots/microsoft-tpm-root-2014.pem").at(0);
    EXPECT_EQ(answer(root, Purpose::tpm_ek), "chain: an authority's certificate (leaf)");
}

TEST_F(RealChain, OfTheSoftwareTpmIsTakenUnderItsOwnRootAlone) {
    const Bytes leaf = load("tpm-swtpm/evidence/ek-ecc384.crt.der").at(0);
    EXPECT_EQ(answer(leaf, Purpose::tpm_ek), "chain: no path to a pinned root");
    anchors_.roots = load("tpm-swtpm/ca/swtpm-localca-rootca-cert.pem");
    anchors_.intermediates = load("tpm-swtpm/ca/issuercert.pem");
    EXPECT_EQ(answer(leaf, Purpose::tpm_ek), "accepted");
}

}  // namespace
}  // namespace hallmark
