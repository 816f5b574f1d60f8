// check_issuing_certificate, over certificates that differ from a good one in one thing each.
#include "ca/crypto/der.h"
#include "ca/hsm/token.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

const Instant from = *from_rfc3339("2026-01-01T00:00:00Z");
const Instant until = *from_rfc3339("2031-12-31T23:59:59Z");
const Instant noon = *from_rfc3339("2028-06-01T12:00:00Z");

/// A hand-made certificate: nothing here depends on its signature, which others verify.
struct Shape {
    bool basic_critical = true;
    std::optional<bool> ca = true;
    std::optional<int> path_length = 0;
    bool usage_critical = true;
    std::optional<std::uint32_t> usage = 0b000001100;  ///< digitalSignature highest of nine bits.
    bool key_identifier = true;
    SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa_sha256;
    std::string extra_critical = {};
};

Bytes extension(std::string_view oid, bool critical, const Bytes& value) {
    return critical ? der_sequence({der_oid(oid), der_boolean(true), der_octet_string(value)})
                    : der_sequence({der_oid(oid), der_octet_string(value)});
}

Bytes basic_constraints(const Shape& shape) {
    Bytes inside;
    if (*shape.ca) append(inside, der_boolean(true));
    if (*shape.ca && shape.path_length) append(inside, der_integer(*shape.path_length));
    return der(tag::sequence, inside);
}

Certificate certificate_of(const Shape& shape) {
    Bytes extensions;
    if (shape.ca)
        append(extensions, extension("2.5.29.19", shape.basic_critical, basic_constraints(shape)));
    if (shape.usage)
        append(extensions,
               extension("2.5.29.15", shape.usage_critical, der_named_bits(*shape.usage, 9)));
    if (shape.key_identifier)
        append(extensions, extension("2.5.29.14", false, der_octet_string(Bytes(20, 7))));
    if (!shape.extra_critical.empty())
        append(extensions, extension(shape.extra_critical, true, der_sequence({der_oid("1.2.3")})));
    const Bytes name =
        der_sequence({der_set_of({der_sequence({der_oid("2.5.4.3"), der_utf8("Issuing")})})});
    const Bytes point = concat({Bytes{0x04}, Bytes(64, 1)});
    const Bytes spki =
        der_sequence({der_sequence({der_oid("1.2.840.10045.2.1"), der_oid("1.2.840.10045.3.1.7")}),
                      der_bit_string(point)});
    const Bytes algorithm = algorithm_identifier(shape.algorithm);
    const Bytes tbs =
        der_sequence({der(tag::context(0, true), der_integer(2)), der_integer(5), algorithm, name,
                      der_sequence({der_time(from), der_time(until)}), name, spki,
                      der(tag::context(3, true), der(tag::sequence, extensions))});
    const auto parsed =
        parse_certificate(der_sequence({tbs, algorithm, der_bit_string(Bytes(8, 1))}));
    EXPECT_TRUE(parsed) << parsed.error().detail;
    return *parsed;
}

TEST(IssuingCertificate, is_taken_to_its_last_second) {
    const Certificate good = certificate_of({});
    EXPECT_TRUE(check_issuing_certificate(good, noon));
    EXPECT_TRUE(check_issuing_certificate(good, from));
    EXPECT_TRUE(check_issuing_certificate(good, until + std::chrono::milliseconds(999)));
}

struct Unfit {
    const char* name;
    Shape shape;
    const char* because;
};

class UnfitCertificate : public ::testing::TestWithParam<Unfit> {};

TEST_P(UnfitCertificate, is_refused) {
    const auto verdict = check_issuing_certificate(certificate_of(GetParam().shape), noon);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().reason, Reason::unavailable);
    EXPECT_NE(verdict.error().detail.find(GetParam().because), std::string::npos)
        << verdict.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    shapes, UnfitCertificate,
    ::testing::Values(
        Unfit{"no_basic_constraints", {.ca = std::nullopt}, "not a CA's"},
        Unfit{"not_a_ca", {.ca = false}, "not a CA's"},
        Unfit{"basic_constraints_not_critical",
              {.basic_critical = false},
              "basicConstraints that are not critical"},
        Unfit{"no_path_length", {.path_length = std::nullopt}, "pathLenConstraint"},
        Unfit{"path_length_1", {.path_length = 1}, "pathLenConstraint"},
        Unfit{"no_key_usage", {.usage = std::nullopt}, "no keyUsage"},
        Unfit{"key_usage_not_critical", {.usage_critical = false}, "keyUsage that is not critical"},
        Unfit{"signs_certificates_alone", {.usage = 0b000001000}, "another keyUsage"},
        Unfit{"signs_crls_alone", {.usage = 0b000000100}, "another keyUsage"},
        Unfit{"may_sign_documents_too", {.usage = 0b100001100}, "another keyUsage"},
        Unfit{"may_agree_on_keys_too", {.usage = 0b000011100}, "another keyUsage"},
        Unfit{"may_decipher_only_too", {.usage = 0b000001101}, "another keyUsage"},
        Unfit{"no_key_identifier", {.key_identifier = false}, "subjectKeyIdentifier"},
        Unfit{"weak_signature",
              {.algorithm = SignatureAlgorithm::ecdsa_sha1},
              "algorithm that is not taken"},
        Unfit{"critical_extension_unknown", {.extra_critical = "1.2.3.4"}, "critical extension"}),
    [](const auto& unfit) { return std::string(unfit.param.name); });

TEST(IssuingCertificate, is_refused_before_and_after_its_time) {
    const Certificate good = certificate_of({});
    const auto early = check_issuing_certificate(good, from - std::chrono::microseconds(1));
    ASSERT_FALSE(early);
    EXPECT_NE(early.error().detail.find("not valid yet"), std::string::npos);
    const auto late = check_issuing_certificate(good, until + std::chrono::seconds(1));
    ASSERT_FALSE(late);
    EXPECT_NE(late.error().detail.find("expired"), std::string::npos);
}

}  // namespace
}  // namespace hallmark
