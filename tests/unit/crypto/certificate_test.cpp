#include "ca/crypto/certificate.h"

#include "ca/crypto/der.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::CertificateSpec;
using testing::make_certificate;
using testing::make_ec_key;
using testing::TestAuthority;
using testing::TestKey;

const TestAuthority& root() {
    static const TestAuthority authority = testing::make_root("Root");
    return authority;
}

CertificateSpec good_spec() {
    return testing::leaf_spec(root(), "leaf", root().key);
}

std::string refusal_of(ByteView certificate, const CertificateLimits& limits = {}) {
    const auto parsed = parse_certificate(certificate, limits);
    if (parsed) return "taken";
    EXPECT_EQ(parsed.error().reason, Reason::evidence_not_accepted);
    return parsed.error().detail;
}

std::string refusal_with(const Extension& extension) {
    CertificateSpec spec = good_spec();
    std::erase_if(spec.extensions, [&](const Extension& e) { return e.oid == extension.oid; });
    spec.extensions.push_back(extension);
    return refusal_of(make_certificate(spec, root().key));
}

Extension with_value(std::string oid, std::string_view hex) {
    return {.oid = std::move(oid), .critical = false, .value = from_hex(hex).value()};
}

TEST(ParseCertificate, GivesEveryFieldAsItStands) {
    CertificateSpec spec = good_spec();
    spec.extensions.push_back(testing::subject_key_identifier(root().key.spki()));
    spec.extensions.push_back(testing::extended_key_usage({"1.3.6.1.5.5.7.3.1", "2.999"}));
    const Bytes input = make_certificate(spec, root().key);
    const auto parsed = parse_certificate(input);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
    EXPECT_EQ(parsed->der, input);
    EXPECT_EQ(parsed->sha256, sha256(input));
    EXPECT_EQ(parsed->serial, spec.serial);
    EXPECT_EQ(parsed->issuer, spec.issuer);
    EXPECT_EQ(parsed->subject, spec.subject);
    EXPECT_EQ(parsed->not_before, spec.not_before);
    EXPECT_EQ(parsed->not_after, spec.not_after);
    EXPECT_EQ(parsed->spki, spec.spki);
    EXPECT_EQ(parsed->extensions, spec.extensions);
    EXPECT_TRUE(verify_signature(root().key.public_key(), SignatureAlgorithm::ecdsa_sha256,
                                 parsed->tbs, parsed->signature));
    EXPECT_FALSE(parsed->basic_constraints()->ca);
    EXPECT_TRUE(parsed->key_usage()->has(KeyUsage::digital_signature));
    EXPECT_FALSE(parsed->key_usage()->has(KeyUsage::key_cert_sign));
    EXPECT_EQ(parsed->extended_key_usage()->back(), "2.999");
    EXPECT_EQ(parsed->subject_key_identifier(), key_identifier(root().key.public_key()));
    EXPECT_EQ(parsed->authority_key_identifier(), key_identifier(root().key.public_key()));
}

TEST(ParseCertificate, TakesVersion1WithoutExtensions) {
    CertificateSpec spec = good_spec();
    spec.extensions.clear();
    const auto parsed = parse_certificate(make_certificate(spec, root().key));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_TRUE(parsed->extensions.empty());
    EXPECT_FALSE(parsed->basic_constraints().has_value());
    EXPECT_FALSE(parsed->key_usage().has_value());
    EXPECT_FALSE(parsed->extended_key_usage().has_value());
    EXPECT_FALSE(parsed->subject_key_identifier().has_value());
    EXPECT_FALSE(parsed->authority_key_identifier().has_value());
}

TEST(ParseCertificate, RefusesTrailingBytesCutsAndSize) {
    const Bytes input = make_certificate(good_spec(), root().key);
    EXPECT_EQ(refusal_of(concat({input, Bytes{0}})), "certificate: not exactly one DER SEQUENCE");
    EXPECT_EQ(refusal_of(input, {.octets = input.size() - 1, .extensions = 32}),
              "certificate: too large");
    EXPECT_EQ(refusal_of(input, {.octets = input.size(), .extensions = 2}),
              "certificate: too many extensions");
    for (std::size_t cut = 0; cut < input.size(); cut += 5) {
        EXPECT_NE(refusal_of(ByteView(input).first(cut)), "taken") << cut;
    }
}

TEST(ParseCertificate, RefusesAnExtensionThatStandsTwice) {
    CertificateSpec spec = good_spec();
    spec.extensions.push_back(spec.extensions[1]);
    EXPECT_EQ(refusal_of(make_certificate(spec, root().key)),
              "certificate: extension 2.5.29.15 stands twice");
}

TEST(ParseCertificate, RefusesMalformedExtensionsItKnows) {
    const auto malformed = [](const std::string& oid) {
        return "certificate: extension " + oid + " is malformed";
    };
    for (const auto& [oid, value] :
         std::vector<std::pair<std::string, std::string_view>>{{"2.5.29.19", "30030101ff00"},
                                                               {"2.5.29.19", "3003010101"},
                                                               {"2.5.29.19", "30060101ff0201ff"},
                                                               {"2.5.29.19",
                                                                "3009"
                                                                "0101ff"
                                                                "020100"
                                                                "0500"},
                                                               {"2.5.29.19", ""},
                                                               {"2.5.29.15", "03020701"},
                                                               {"2.5.29.15", "03020800"},
                                                               {"2.5.29.15", "0304000000ff"},
                                                               {"2.5.29.15", "0303000001"},
                                                               {"2.5.29.15", "0300"},
                                                               {"2.5.29.15", "030101"},
                                                               {"2.5.29.15", "0500"},
                                                               {"2.5.29.37", "3000"},
                                                               {"2.5.29.37", "3003020101"},
                                                               {"2.5.29.14", "0400"},
                                                               {"2.5.29.14", "040101ff"},
                                                               {"2.5.29.35", "30028000"},
                                                               {"2.5.29.35", "3003820101"},
                                                               {"2.5.29.35", "30020500"},
                                                               {"2.5.29.17", "3000"},
                                                               {"2.5.29.17", "3003890101"},
                                                               {"2.5.29.17", "3003020101"},
                                                               {"2.5.29.17", "3004a4020500"}}) {
        EXPECT_EQ(refusal_with(with_value(oid, value)), malformed(oid)) << value;
    }
}

TEST(ParseCertificate, ReadsDeviationsThatHaveOneMeaning) {
    EXPECT_EQ(refusal_with(with_value("2.5.29.19", "3003010100")), "taken")
        << "cA FALSE written out";
    EXPECT_EQ(refusal_with(with_value("2.5.29.15", "03020006")), "taken") << "trailing zero bits";
    EXPECT_EQ(refusal_with(with_value("2.5.29.15", "030100")), "taken") << "no bit";
    EXPECT_EQ(refusal_with(with_value("2.999.1", "ffff")), "taken")
        << "an extension of somebody else";
}

// A certificate taken apart, to be put together wrongly. Unsigned: reading looks at no signature.
struct Parts {
    Bytes version = der(tag::context(0, true), der_integer(2));
    Bytes serial = der_integer(1);
    Bytes inner_algorithm = algorithm_identifier(SignatureAlgorithm::ecdsa_sha256);
    Bytes issuer = testing::common_name("issuer");
    Bytes validity = der_sequence({der_time(testing::noon()), der_time(testing::noon())});
    Bytes subject = testing::common_name("subject");
    Bytes spki = root().key.spki();
    Bytes unique_ids;
    Bytes extensions = der(tag::context(3, true),
                           der_sequence({der_sequence({der_oid("2.999"), der_octet_string({})})}));
    Bytes behind_tbs;
    Bytes outer_algorithm = algorithm_identifier(SignatureAlgorithm::ecdsa_sha256);
    Bytes signature = der_bit_string(Bytes{1});
};

std::string refusal_of(const Parts& parts) {
    const Bytes tbs = der_sequence({parts.version, parts.serial, parts.inner_algorithm,
                                    parts.issuer, parts.validity, parts.subject, parts.spki,
                                    parts.unique_ids, parts.extensions, parts.behind_tbs});
    return refusal_of(der_sequence({tbs, parts.outer_algorithm, parts.signature}));
}

struct Mutant {
    const char* name;
    void (*mutate)(Parts&);
    const char* detail;
};

class MutantCertificate : public ::testing::TestWithParam<Mutant> {};

TEST_P(MutantCertificate, IsRefusedForItsDefect) {
    Parts parts;
    ASSERT_EQ(refusal_of(parts), "taken");
    GetParam().mutate(parts);
    EXPECT_EQ(refusal_of(parts), std::string("certificate: ") + GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    Mutants, MutantCertificate,
    ::testing::Values(
        Mutant{"Version1WrittenOut",
               [](Parts& p) { p.version = der(tag::context(0, true), der_integer(0)); },
               "the version is neither 1 nor 3"},
        Mutant{"Version2", [](Parts& p) { p.version = der(tag::context(0, true), der_integer(1)); },
               "the version is neither 1 nor 3"},
        Mutant{"Version4", [](Parts& p) { p.version = der(tag::context(0, true), der_integer(3)); },
               "the version is neither 1 nor 3"},
        Mutant{"Version1WithExtensions", [](Parts& p) { p.version.clear(); },
               "unexpected fields after the key"},
        Mutant{"PaddedSerial",
               [](Parts& p) {
                   p.serial = Bytes{0x02, 0x02, 0x00, 0x01};
               },
               "the serial is malformed"},
        Mutant{"EmptySerial",
               [](Parts& p) {
                   p.serial = Bytes{0x02, 0x00};
               },
               "the serial is malformed"},
        Mutant{"AlgorithmsDiffer",
               [](Parts& p) {
                   p.inner_algorithm = algorithm_identifier(SignatureAlgorithm::ecdsa_sha384);
               },
               "the two signature algorithms differ"},
        Mutant{"AlgorithmWithoutOid",
               [](Parts& p) { p.outer_algorithm = der_sequence({der_null()}); },
               "the signature algorithm is malformed"},
        Mutant{"IssuerNoName", [](Parts& p) { p.issuer = der_sequence({der_null()}); },
               "the issuer is not a Name"},
        Mutant{"SubjectWithEmptySet",
               [](Parts& p) { p.subject = der_sequence({der(tag::set, {})}); },
               "the subject is not a Name"},
        Mutant{"ValidityOfOneTime",
               [](Parts& p) { p.validity = der_sequence({der_time(testing::noon())}); },
               "the validity is malformed"},
        Mutant{"ValidityOfThreeTimes",
               [](Parts& p) {
                   const Bytes time = der_time(testing::noon());
                   p.validity = der_sequence({time, time, time});
               },
               "the validity is malformed"},
        Mutant{"KeyNoSequence", [](Parts& p) { p.spki = der_null(); }, "the key is malformed"},
        Mutant{"IssuerUniqueId",
               [](Parts& p) {
                   p.unique_ids = der(tag::context(1, false), Bytes{0, 1});
               },
               "unexpected fields after the key"},
        Mutant{"NoExtensionInTheList",
               [](Parts& p) { p.extensions = der(tag::context(3, true), der_sequence({})); },
               "the extensions are malformed"},
        Mutant{"TwoLists",
               [](Parts& p) {
                   p.extensions =
                       der(tag::context(3, true), concat({der_sequence({}), der_sequence({})}));
               },
               "the extensions are malformed"},
        Mutant{"CriticalFalseWrittenOut",
               [](Parts& p) {
                   p.extensions =
                       der(tag::context(3, true),
                           der_sequence({der_sequence(
                               {der_oid("2.999"), der_boolean(false), der_octet_string({})})}));
               },
               "an extension is malformed"},
        Mutant{"ExtensionWithMore",
               [](Parts& p) {
                   p.extensions = der(tag::context(3, true),
                                      der_sequence({der_sequence(
                                          {der_oid("2.999"), der_octet_string({}), der_null()})}));
               },
               "an extension is malformed"},
        Mutant{"SomethingBehindTheExtensions", [](Parts& p) { p.behind_tbs = der_null(); },
               "unexpected fields after the key"},
        Mutant{"SignatureWithUnusedBits",
               [](Parts& p) {
                   p.signature = Bytes{0x03, 0x02, 0x01, 0x02};
               },
               "malformed"},
        Mutant{"SomethingBehindTheSignature",
               [](Parts& p) {
                   p.signature = concat({p.signature, der_null()});
               },
               "malformed"}),
    [](const auto& row) { return row.param.name; });

TEST(WithoutNvPadding, CutsFillerOfOneKindAndNothingElse) {
    const Bytes input = make_certificate(good_spec(), root().key);
    const auto cut = [&](const Bytes& behind) {
        return to_bytes(without_nv_padding(concat({input, behind})));
    };
    EXPECT_EQ(cut({}), input);
    EXPECT_EQ(cut(Bytes(400, 0xFF)), input);
    EXPECT_EQ(cut(Bytes(3, 0x00)), input);
    EXPECT_NE(cut(Bytes{0x00, 0xFF}), input);
    EXPECT_NE(cut(Bytes{0x01}), input);
    EXPECT_EQ(to_bytes(without_nv_padding(Bytes{0xFF, 0xFF})), (Bytes{0xFF, 0xFF}));
}

TEST(NameText, IsRfc4514AndHoldsNoControlCharacter) {
    EXPECT_EQ(name_text(testing::name_of_attributes(
                  {{"2.5.4.6", "DE"}, {"2.5.4.10", "A, B"}, {"2.5.4.3", " x\n"}})),
              "CN=\\ x\\0a,O=A\\, B,C=DE");
    EXPECT_EQ(name_text(testing::name_of_attributes({{"2.23.133.2.1", "id:1"}})),
              "2.23.133.2.1=#0c0469643a31");
    EXPECT_EQ(name_text(testing::empty_name()), "");
    EXPECT_EQ(name_text(Bytes{0x05, 0x00}), "#0500");
    const Bytes pair =
        der_sequence({der_set_of({der_sequence({der_oid("2.5.4.3"), der_utf8("#a")}),
                                  der_sequence({der_oid("2.5.4.5"), der_printable("7")})})});
    EXPECT_EQ(name_text(pair), "serialNumber=7+CN=\\#a");
}

TEST(ParseName, ReadsMembersOfAnRdnInAnyOrder) {
    const Bytes first = der_sequence({der_oid("2.23.133.2.1"), der_utf8("id:4E544300")});
    const Bytes second = der_sequence({der_oid("2.23.133.2.2"), der_utf8("NPCT75x")});
    for (const auto& set : {concat({first, second}), concat({second, first})}) {
        const auto name = parse_name(der_sequence({der(tag::set, set)}));
        ASSERT_TRUE(name.has_value());
        EXPECT_EQ(name->at(0).size(), 2u);
    }
    EXPECT_FALSE(
        parse_name(der_sequence({der(tag::set, der_sequence({der_oid("2.5.4.3")}))})).has_value());
    EXPECT_FALSE(parse_name(der_sequence({der_sequence({})})).has_value());
}

TEST(Pem, GoesThereAndBackAmidOtherText) {
    const Bytes input = make_certificate(good_spec(), root().key);
    const std::string block = to_pem(input, "CERTIFICATE");
    const std::string text = "subject: x\n" + block + "\n" + to_pem(Bytes{1}, "PUBLIC KEY") + block;
    const auto blocks = parse_pem(text, "CERTIFICATE");
    ASSERT_TRUE(blocks.has_value());
    EXPECT_EQ(*blocks, (std::vector<Bytes>{input, input}));
    std::string dos = block;
    for (std::size_t at = 0; (at = dos.find('\n', at)) != std::string::npos; at += 2)
        dos.insert(at, "\r");
    EXPECT_EQ(parse_pem(dos, "CERTIFICATE").value().at(0), input);
    EXPECT_TRUE(parse_pem("nothing", "CERTIFICATE").value().empty());
}

TEST(Pem, RefusesAMalformedBlock) {
    const auto refused = [](std::string_view text, std::size_t limit = 4) {
        const auto blocks = parse_pem(text, "X", limit);
        if (blocks) return std::string("taken");
        EXPECT_EQ(blocks.error().reason, Reason::malformed_request);
        return blocks.error().detail;
    };
    EXPECT_EQ(refused("-----BEGIN X-----\nAA==\n"), "PEM: a block has no end");
    EXPECT_EQ(refused("-----BEGIN X-----\nA\n-----END X-----\n"), "PEM: a block is not base64");
    EXPECT_EQ(refused("-----BEGIN X-----\n-----END X-----\n"), "PEM: a block is not base64");
    EXPECT_EQ(refused("-----BEGIN X-----\nK: v\n\nAA==\n-----END X-----\n"),
              "PEM: a block is not base64");
    EXPECT_EQ(refused("-----BEGIN X-----\n-----BEGIN X-----\nAA==\n-----END X-----\n"),
              "PEM: a block is not base64");
    EXPECT_EQ(refused("-----END X-----\n"), "PEM: an end without a beginning");
    const std::string one = to_pem(Bytes{1}, "X");
    EXPECT_EQ(refused(one + one, 1), "PEM: too many blocks");
}

}  // namespace
}  // namespace hallmark
