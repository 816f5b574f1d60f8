// One table: a good chain of leaf, intermediate and root, what is done to it, and the exact answer.
#include "ca/crypto/chain.h"

#include "ca/crypto/der.h"
#include "tests/support/pki.h"

#include <functional>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace testing;  // NOLINT: the test PKI's verbs, all over this file

/// Everything that a row may change before it is made; keys are shared by all rows, being costly.
struct Scene {
    TestAuthority root = shared_root();
    TestAuthority middle = shared_middle();
    CertificateSpec root_spec = spec_of_root();
    CertificateSpec middle_spec = intermediate_spec(shared_root(), "Middle", shared_middle().key);
    CertificateSpec leaf = leaf_spec(shared_middle(), "leaf", leaf_key());
    std::optional<TestKey> root_signer, middle_signer, leaf_signer;
    std::vector<Bytes> more_offered;
    std::vector<Bytes> anchors;  ///< Empty: the root.
    bool offer_middle = true;
    Purpose purpose = Purpose::client;
    std::set<ChainException> exceptions;
    Instant at = noon();
    ChainLimits limits;

    static const TestAuthority& shared_root() {
        static const TestAuthority authority = make_root("Root");
        return authority;
    }
    static const TestAuthority& shared_middle() {
        static const TestAuthority authority = make_intermediate(shared_root(), "Middle");
        return authority;
    }
    static const TestKey& leaf_key() {
        static const TestKey key = make_ec_key();
        return key;
    }
    static CertificateSpec spec_of_root() {
        CertificateSpec spec = intermediate_spec(shared_root(), "Root", shared_root().key);
        spec.extensions.pop_back();
        return spec;
    }
};

Extension& find(CertificateSpec& spec, std::string_view oid) {
    for (Extension& extension : spec.extensions) {
        if (extension.oid == oid) return extension;
    }
    throw std::logic_error("no such extension");
}
void drop(CertificateSpec& spec, std::string_view oid) {
    std::erase_if(spec.extensions, [&](const Extension& e) { return e.oid == oid; });
}
void put(CertificateSpec& spec, Extension extension) {
    drop(spec, extension.oid);
    spec.extensions.push_back(std::move(extension));
}
Extension unknown_critical() {
    return {.oid = "2.999.7", .critical = true, .value = der_null()};
}
Extension raw(std::string oid, bool critical, Bytes value) {
    return {.oid = std::move(oid), .critical = critical, .value = std::move(value)};
}
/// NameConstraints with one permitted directoryName.
Extension permitted(ByteView name, bool critical = true) {
    return raw("2.5.29.30", critical,
               der_sequence({der(tag::context(0, true), der_sequence({directory_name(name)}))}));
}

std::string answer_of(const Scene& scene, const ChainValidator& validator = ChainValidator()) {
    const Bytes root =
        make_certificate(scene.root_spec, scene.root_signer.value_or(scene.root.key));
    const Bytes middle =
        make_certificate(scene.middle_spec, scene.middle_signer.value_or(scene.root.key));
    const Bytes leaf = make_certificate(scene.leaf, scene.leaf_signer.value_or(scene.middle.key));
    TrustAnchors anchors{.roots = scene.anchors, .intermediates = {}};
    if (anchors.roots.empty()) anchors.roots.push_back(root);
    ChainRequest request;
    request.leaf = leaf;
    if (scene.offer_middle) request.intermediates.push_back(middle);
    request.intermediates.insert(request.intermediates.end(), scene.more_offered.begin(),
                                 scene.more_offered.end());
    request.purpose = scene.purpose;
    request.exceptions = scene.exceptions;
    request.at = scene.at;
    request.limits = scene.limits;
    const auto answer = validator.validate(request, anchors);
    if (!answer) {
        EXPECT_EQ(answer.error().reason, Reason::evidence_not_accepted);
        return answer.error().detail;
    }
    EXPECT_EQ(answer->leaf.der, leaf);
    EXPECT_EQ(answer->leaf_key.spki(), scene.leaf.spki);
    EXPECT_EQ(answer->anchor, sha256(answer->issuers.back()));
    return "accepted";
}

struct Row {
    const char* name;
    std::function<void(Scene&)> change;
    const char* answer;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
    return out << row.name;
}

class Chain : public ::testing::TestWithParam<Row> {};

TEST_P(Chain, IsAnsweredExactly) {
    Scene scene;
    GetParam().change(scene);
    EXPECT_EQ(answer_of(scene), GetParam().answer);
}

constexpr auto name_of_row = [](const auto& row) { return std::string(row.param.name); };
const Instant end = instant("2030-01-01T00:00:00Z");

INSTANTIATE_TEST_SUITE_P(
    Time, Chain,
    ::testing::Values(
        Row{"Good", [](Scene&) {}, "accepted"},
        Row{"LeafInItsFirstSecond", [](Scene& s) { s.leaf.not_before = s.at; }, "accepted"},
        Row{"LeafBeforeItsFirstSecond",
            [](Scene& s) {
                s.leaf.not_before = s.at;
                s.at -= std::chrono::microseconds(1);
            },
            "chain: not yet valid (leaf)"},
        Row{"LeafInItsLastSecond", [](Scene& s) { s.leaf.not_after = s.at = end; }, "accepted"},
        Row{"LeafAtTheEndOfItsLastSecond",
            [](Scene& s) {
                s.leaf.not_after = end;
                s.at = end + std::chrono::microseconds(999999);
            },
            "accepted"},
        Row{"LeafOneSecondLater",
            [](Scene& s) {
                s.leaf.not_after = end;
                s.at = end + std::chrono::seconds(1);
            },
            "chain: expired (leaf)"},
        Row{"IssuerInItsLastSecond", [](Scene& s) { s.middle_spec.not_after = s.at = end; },
            "accepted"},
        Row{"IssuerOneSecondLater",
            [](Scene& s) {
                s.middle_spec.not_after = end;
                s.at = end + std::chrono::seconds(1);
            },
            "chain: expired (issuer)"},
        Row{"IssuerExpiredByException",
            [](Scene& s) {
                s.middle_spec.not_after = end;
                s.at = end + std::chrono::seconds(1);
                s.exceptions = {ChainException::expired_issuers};
            },
            "accepted"},
        Row{"LeafExpiredDespiteTheException",
            [](Scene& s) {
                s.leaf.not_after = end;
                s.at = end + std::chrono::seconds(1);
                s.exceptions = {ChainException::expired_issuers};
            },
            "chain: expired (leaf)"},
        Row{"IssuerNotYetValidDespiteTheException",
            [](Scene& s) {
                s.middle_spec.not_before = end;
                s.exceptions = {ChainException::expired_issuers};
            },
            "chain: not yet valid (issuer)"},
        Row{"AnchorInItsLastSecond", [](Scene& s) { s.root_spec.not_after = s.at = end; },
            "accepted"},
        Row{"AnchorExpired",
            [](Scene& s) {
                s.root_spec.not_after = end;
                s.at = end + std::chrono::seconds(1);
            },
            "chain: expired (anchor)"},
        Row{"AnchorExpiredByException",
            [](Scene& s) {
                s.root_spec.not_after = end;
                s.at = end + std::chrono::seconds(1);
                s.exceptions = {ChainException::expired_issuers};
            },
            "accepted"}),
    name_of_row);

INSTANTIATE_TEST_SUITE_P(
    Profile, Chain,
    ::testing::Values(
        Row{"LeafUnknownCriticalExtension", [](Scene& s) { put(s.leaf, unknown_critical()); },
            "chain: unknown critical extension 2.999.7 (leaf)"},
        Row{"IssuerUnknownCriticalExtension",
            [](Scene& s) { put(s.middle_spec, unknown_critical()); },
            "chain: unknown critical extension 2.999.7 (issuer)"},
        Row{"LeafNegativeSerial", [](Scene& s) { s.leaf.serial = {0x80}; },
            "chain: negative serial (leaf)"},
        Row{"IssuerNegativeSerial",
            [](Scene& s) {
                s.middle_spec.serial = {0xFF, 0x01};
            },
            "chain: negative serial (issuer)"},
        Row{"LeafZeroSerial", [](Scene& s) { s.leaf.serial = {0x00}; },
            "chain: zero serial (leaf)"},
        Row{"LeafZeroSerialByException",
            [](Scene& s) {
                s.leaf.serial = {0x00};
                s.exceptions = {ChainException::zero_serial};
            },
            "accepted"},
        Row{"LeafSerialOf20Octets", [](Scene& s) { s.leaf.serial = Bytes(20, 0x7F); }, "accepted"},
        Row{"LeafSerialOf21Octets", [](Scene& s) { s.leaf.serial = Bytes(21, 0x7F); },
            "chain: serial over 20 octets (leaf)"},
        Row{"IssuerSerialOf21Octets", [](Scene& s) { s.middle_spec.serial = Bytes(21, 0x7F); },
            "chain: serial over 20 octets (issuer)"},
        Row{"LeafSha1", [](Scene& s) { s.leaf.algorithm = SignatureAlgorithm::ecdsa_sha1; },
            "chain: signed with SHA-1 (leaf)"},
        Row{"IssuerSha1",
            [](Scene& s) { s.middle_spec.algorithm = SignatureAlgorithm::ecdsa_sha1; },
            "chain: signed with SHA-1 (issuer)"},
        Row{"Sha1ByException",
            [](Scene& s) {
                s.leaf.algorithm = s.middle_spec.algorithm = SignatureAlgorithm::ecdsa_sha1;
                s.exceptions = {ChainException::sha1_signatures};
            },
            "accepted"},
        Row{"AnchorSha1", [](Scene& s) { s.root_spec.algorithm = SignatureAlgorithm::ecdsa_sha1; },
            "accepted"},
        Row{"AnchorBrokenSelfSignature", [](Scene& s) { s.root_spec.break_signature = true; },
            "accepted"},
        Row{"LeafWithoutAki", [](Scene& s) { drop(s.leaf, "2.5.29.35"); },
            "chain: no authority key identifier (leaf)"},
        Row{"IssuerWithoutAki", [](Scene& s) { drop(s.middle_spec, "2.5.29.35"); },
            "chain: no authority key identifier (issuer)"},
        Row{"WithoutAkiByException",
            [](Scene& s) {
                drop(s.leaf, "2.5.29.35");
                drop(s.middle_spec, "2.5.29.35");
                s.exceptions = {ChainException::missing_authority_key_identifier};
            },
            "accepted"},
        Row{"WrongAki",
            [](Scene& s) { put(s.leaf, authority_key_identifier(Scene::leaf_key().spki())); },
            "chain: no path to a pinned root (key identifier mismatch)"},
        Row{"IssuerWithoutSki", [](Scene& s) { drop(s.middle_spec, "2.5.29.14"); },
            "chain: no subject key identifier (issuer)"},
        Row{"IssuerWithoutSkiByException",
            [](Scene& s) {
                drop(s.middle_spec, "2.5.29.14");
                s.exceptions = {ChainException::missing_subject_key_identifier};
            },
            "accepted"},
        Row{"IssuerWithoutKeyUsage", [](Scene& s) { drop(s.middle_spec, "2.5.29.15"); },
            "chain: no key usage (issuer)"},
        Row{"IssuerWithoutKeyUsageByException",
            [](Scene& s) {
                drop(s.middle_spec, "2.5.29.15");
                s.exceptions = {ChainException::missing_key_usage_in_issuer};
            },
            "accepted"},
        Row{"IssuerWithoutKeyCertSign",
            [](Scene& s) { put(s.middle_spec, key_usage({KeyUsage::crl_sign})); },
            "chain: no keyCertSign (issuer)"},
        Row{"IssuerWithoutKeyCertSignDespiteTheException",
            [](Scene& s) {
                put(s.middle_spec, key_usage({KeyUsage::crl_sign}));
                s.exceptions = {ChainException::missing_key_usage_in_issuer};
            },
            "chain: no keyCertSign (issuer)"},
        Row{"IssuerWithoutBasicConstraints", [](Scene& s) { drop(s.middle_spec, "2.5.29.19"); },
            "chain: no basic constraints (issuer)"},
        Row{"IssuerNoCa", [](Scene& s) { put(s.middle_spec, basic_constraints(false)); },
            "chain: not a CA (issuer)"},
        Row{"IssuerBasicConstraintsNotCritical",
            [](Scene& s) { find(s.middle_spec, "2.5.29.19").critical = false; },
            "chain: basic constraints not critical (issuer)"},
        Row{"IssuerVersion1", [](Scene& s) { s.middle_spec.extensions.clear(); },
            "chain: no authority key identifier (issuer)"},
        Row{"EmptySubjectWithoutSan", [](Scene& s) { s.leaf.subject = empty_name(); },
            "chain: empty subject without a critical SAN (leaf)"},
        Row{"EmptySubjectWithPlainSan",
            [](Scene& s) {
                s.leaf.subject = empty_name();
                put(s.leaf, subject_alternative_name({dns_name("x")}));
            },
            "chain: empty subject without a critical SAN (leaf)"},
        Row{"EmptySubjectWithCriticalSan",
            [](Scene& s) {
                s.leaf.subject = empty_name();
                put(s.leaf, subject_alternative_name({dns_name("x")}, true));
            },
            "accepted"}),
    name_of_row);

INSTANTIATE_TEST_SUITE_P(
    Anchors, Chain,
    ::testing::Values(
        Row{"Version1Root", [](Scene& s) { s.root_spec.extensions.clear(); }, "accepted"},
        Row{"RootWithoutBasicConstraints", [](Scene& s) { drop(s.root_spec, "2.5.29.19"); },
            "accepted"},
        Row{"RootWithoutKeyUsage", [](Scene& s) { drop(s.root_spec, "2.5.29.15"); }, "accepted"},
        Row{"RootWithoutAnything",
            [](Scene& s) { s.root_spec.extensions = {raw("2.999.1", false, der_null())}; },
            "accepted"},
        Row{"IntermediatePinned",
            [](Scene& s) {
                s.anchors = {make_certificate(s.middle_spec, s.root.key)};
                s.offer_middle = false;
            },
            "accepted"},
        Row{"RootOfferedToo",
            [](Scene& s) { s.more_offered = {make_certificate(s.root_spec, s.root.key)}; },
            "accepted"},
        Row{"NoAnchorOfThatName", [](Scene& s) { s.anchors = {make_root("Other").certificate}; },
            "chain: no path to a pinned root"},
        Row{"OtherRootOfTheSameName", [](Scene& s) { s.anchors = {make_root("Root").certificate}; },
            "chain: no path to a pinned root (key identifier mismatch)"},
        Row{"OtherRootOfTheSameNameWithoutIdentifiers",
            [](Scene& s) {
                const TestKey key = make_ec_key();
                CertificateSpec other = s.root_spec;
                other.spki = key.spki();
                other.extensions.clear();
                s.anchors = {make_certificate(other, key)};
            },
            "chain: no path to a pinned root (bad signature)"},
        Row{"RootOfferedButNotPinned",
            [](Scene& s) {
                s.anchors = {make_root("Other").certificate};
                s.more_offered = {make_certificate(s.root_spec, s.root.key)};
            },
            "chain: no path to a pinned root"},
        Row{"IntermediateMissing", [](Scene& s) { s.offer_middle = false; },
            "chain: no path to a pinned root"},
        Row{"MalformedAnchor",
            [](Scene& s) {
                s.anchors = {Bytes{0x30, 0x00}};
            },
            "chain: no path to a pinned root"},
        Row{"AnchorsOwnPathLength", [](Scene& s) { put(s.root_spec, basic_constraints(true, 0)); },
            "chain: path length exceeded"},
        Row{"ShortRsaAnchor",
            [](Scene& s) {
                const TestKey weak = make_rsa_key(1024);
                s.root_spec.spki = weak.spki();
                drop(s.root_spec, "2.5.29.14");
                s.middle_signer = weak;
            },
            "chain: weak key: short RSA modulus (issuer)"},
        Row{"ShortRsaAnchorByException",
            [](Scene& s) {
                const TestKey weak = make_rsa_key(1024);
                s.root_spec.spki = weak.spki();
                s.root_signer = s.middle_signer = weak;
                drop(s.root_spec, "2.5.29.14");
                put(s.middle_spec, authority_key_identifier(weak.spki()));
                s.exceptions = {ChainException::rsa_1024};
            },
            "accepted"},
        Row{"SmallExponentAnchor",
            [](Scene& s) {
                const TestKey weak = make_rsa_key(2048, 3);
                s.root_spec.spki = weak.spki();
                drop(s.root_spec, "2.5.29.14");
                s.middle_signer = weak;
            },
            "chain: weak key: small exponent (issuer)"},
        Row{"RocaAnchor",
            [](Scene& s) {
                const Bytes numbers =
                    der_sequence({der_unsigned(roca_modulus()), der_integer(65537)});
                s.root_spec.spki =
                    der_sequence({der_sequence({der_oid("1.2.840.113549.1.1.1"), der_null()}),
                                  der_bit_string(numbers)});
                drop(s.root_spec, "2.5.29.14");
            },
            "chain: weak key: ROCA (issuer)"},
        Row{"P192Anchor",
            [](Scene& s) {
                s.root_spec.spki = make_ec_key_on("P-192").spki();
                drop(s.root_spec, "2.5.29.14");
            },
            "chain: weak key: curve 1.2.840.10045.3.1.1 (issuer)"},
        Row{"P521Anchor",
            [](Scene& s) {
                const TestKey wide = make_ec_key_on("P-521");
                s.root_spec.spki = wide.spki();
                s.root_signer = s.middle_signer = wide;
                s.root_spec.algorithm = s.middle_spec.algorithm = SignatureAlgorithm::ecdsa_sha512;
                drop(s.root_spec, "2.5.29.14");
                put(s.middle_spec, authority_key_identifier(wide.spki()));
            },
            "accepted"}),
    name_of_row);

INSTANTIATE_TEST_SUITE_P(
    Purposes, Chain,
    ::testing::Values(
        Row{"CaAsClient", [](Scene& s) { put(s.leaf, basic_constraints(true)); },
            "chain: an authority's certificate (leaf)"},
        Row{"CaForAny",
            [](Scene& s) {
                put(s.leaf, basic_constraints(true));
                s.purpose = Purpose::any;
            },
            "accepted"},
        Row{"KeyCertSignWithoutCa",
            [](Scene& s) {
                put(s.leaf, key_usage({KeyUsage::digital_signature, KeyUsage::key_cert_sign}));
            },
            "chain: keyCertSign without CA (leaf)"},
        Row{"PathLengthWithoutCa", [](Scene& s) { put(s.leaf, basic_constraints(false, 0)); },
            "chain: path length without CA (leaf)"},
        Row{"ClientWithoutDigitalSignature",
            [](Scene& s) { put(s.leaf, key_usage({KeyUsage::key_agreement})); },
            "chain: key usage (leaf)"},
        Row{"ServerAsClient",
            [](Scene& s) { put(s.leaf, extended_key_usage({"1.3.6.1.5.5.7.3.1"})); },
            "chain: extended key usage (leaf)"},
        Row{"AnyExtendedKeyUsageAsClient",
            [](Scene& s) { put(s.leaf, extended_key_usage({"2.5.29.37.0"})); },
            "chain: extended key usage (leaf)"},
        Row{"ServerAsServer",
            [](Scene& s) {
                put(s.leaf, extended_key_usage({"1.3.6.1.5.5.7.3.1"}));
                s.purpose = Purpose::server;
            },
            "accepted"},
        Row{"EkAsEk",
            [](Scene& s) {
                s.leaf = ek_spec(s.middle, Scene::leaf_key());
                s.purpose = Purpose::tpm_ek;
            },
            "accepted"},
        Row{"RsaEkAsEk",
            [](Scene& s) {
                s.leaf = ek_spec(s.middle, shared_rsa_key());
                s.purpose = Purpose::tpm_ek;
            },
            "accepted"},
        Row{"EkAsClient", [](Scene& s) { s.leaf = ek_spec(s.middle, Scene::leaf_key()); },
            "chain: key usage (leaf)"},
        Row{"EkAsAk",
            [](Scene& s) {
                s.leaf = ek_spec(s.middle, Scene::leaf_key());
                s.purpose = Purpose::tpm_ak;
            },
            "chain: key usage (leaf)"},
        Row{"ClientAsEk", [](Scene& s) { s.purpose = Purpose::tpm_ek; }, "chain: key usage (leaf)"},
        Row{"EkWithoutEku",
            [](Scene& s) {
                s.leaf = ek_spec(s.middle, Scene::leaf_key());
                drop(s.leaf, "2.5.29.37");
                s.purpose = Purpose::tpm_ek;
            },
            "chain: no extended key usage (leaf)"},
        Row{"EkWithOtherEku",
            [](Scene& s) {
                s.leaf = ek_spec(s.middle, Scene::leaf_key());
                put(s.leaf, extended_key_usage({"2.23.133.8.3"}));
                s.purpose = Purpose::tpm_ek;
            },
            "chain: extended key usage (leaf)"},
        Row{"EkWithRsaUsageOnEcKey",
            [](Scene& s) {
                s.leaf = ek_spec(s.middle, Scene::leaf_key());
                put(s.leaf, key_usage({KeyUsage::key_encipherment}));
                s.purpose = Purpose::tpm_ek;
            },
            "chain: key usage (leaf)"},
        Row{"EkWithoutTpmName",
            [](Scene& s) {
                s.leaf = ek_spec(s.middle, Scene::leaf_key());
                put(s.leaf, subject_alternative_name({dns_name("x")}, true));
                s.purpose = Purpose::tpm_ek;
            },
            "chain: no TPM directory name (leaf)"},
        Row{"EkSanOutOfOrder",
            [](Scene& s) {
                s.leaf = ek_spec(s.middle, Scene::leaf_key());
                const auto pair = [](std::string_view oid, std::string_view text) {
                    return der_sequence({der_oid(oid), der_utf8(text)});
                };
                const Bytes set = concat({pair("2.23.133.2.3", "id:1"),
                                          pair("2.23.133.2.1", "id:2"), pair("2.23.133.2.2", "m")});
                put(s.leaf, subject_alternative_name(
                                {directory_name(der_sequence({der(tag::set, set)}))}, true));
                s.purpose = Purpose::tpm_ek;
            },
            "chain: a name's set is not in DER order (leaf)"},
        Row{"AkAsAk",
            [](Scene& s) {
                put(s.leaf, extended_key_usage({"2.23.133.8.3"}));
                s.purpose = Purpose::tpm_ak;
            },
            "accepted"},
        Row{"AkWithoutEku", [](Scene& s) { s.purpose = Purpose::tpm_ak; },
            "chain: no extended key usage (leaf)"},
        Row{"IssuerConfinedToServers",
            [](Scene& s) { put(s.middle_spec, extended_key_usage({"1.3.6.1.5.5.7.3.1"})); },
            "chain: issuer confined to other purposes (issuer)"},
        Row{"IssuerForClients",
            [](Scene& s) { put(s.middle_spec, extended_key_usage({"1.3.6.1.5.5.7.3.2"})); },
            "accepted"},
        Row{"WeakLeafKey", [](Scene& s) { s.leaf.spki = make_ec_key_on("P-192").spki(); },
            "chain: weak key (leaf): key: curve 1.2.840.10045.3.1.1 is not taken"},
        Row{"Rsa1024LeafDespiteTheException",
            [](Scene& s) {
                s.leaf.spki = make_rsa_key(1024).spki();
                s.exceptions = {ChainException::rsa_1024};
            },
            "chain: weak key (leaf): key: the modulus has neither 2048, 3072 nor 4096 bits"}),
    name_of_row);

/// Root, then `count` intermediates below it, the leaf under the last.
void deepen(Scene& scene, int count, std::optional<int> path_length = std::nullopt) {
    TestAuthority issuer = scene.root;
    scene.offer_middle = false;
    for (int i = 0; i < count; ++i) {
        issuer = make_intermediate(issuer, "Level " + std::to_string(i),
                                   i == 0 ? path_length : std::nullopt);
        scene.more_offered.push_back(issuer.certificate);
    }
    scene.leaf = leaf_spec(issuer, "leaf", Scene::leaf_key());
    scene.leaf_signer = issuer.key;
}

INSTANTIATE_TEST_SUITE_P(
    Paths, Chain,
    ::testing::Values(
        Row{"LeafBadSignature", [](Scene& s) { s.leaf.break_signature = true; },
            "chain: no path to a pinned root (bad signature)"},
        Row{"IssuerBadSignature", [](Scene& s) { s.middle_spec.break_signature = true; },
            "chain: no path to a pinned root (bad signature)"},
        Row{"EightCertificatesDeep", [](Scene& s) { deepen(s, 6); }, "accepted"},
        Row{"NineCertificatesDeep", [](Scene& s) { deepen(s, 7); }, "chain: too deep"},
        Row{"PathLengthMet", [](Scene& s) { deepen(s, 2, 1); }, "accepted"},
        Row{"PathLengthExceeded", [](Scene& s) { deepen(s, 3, 1); }, "chain: path length exceeded"},
        Row{"PathLengthZeroWithLeafOnly", [](Scene& s) { deepen(s, 1, 0); }, "accepted"},
        Row{"TooManyCertificates",
            [](Scene& s) {
                s.more_offered = std::vector<Bytes>(15, Bytes{0x30, 0x00});
            },
            "chain: too many certificates"},
        Row{"TooManyOctets", [](Scene& s) { s.limits.octets = 500; }, "chain: too many octets"},
        Row{"MalformedIssuer",
            [](Scene& s) {
                s.more_offered = {Bytes{0x30, 0x00}};
            },
            "chain: malformed issuer: certificate: malformed"},
        Row{"Loop",
            [](Scene& s) {
                // Two authorities that certify each other, and nobody above them.
                const TestKey one = make_ec_key(), two = make_ec_key();
                const TestAuthority first{
                    .key = one, .name = common_name("One"), .certificate = {}};
                const TestAuthority second{
                    .key = two, .name = common_name("Two"), .certificate = {}};
                s.more_offered = {make_certificate(intermediate_spec(first, "Two", two), one),
                                  make_certificate(intermediate_spec(second, "One", one), two)};
                s.leaf = leaf_spec(first, "leaf", Scene::leaf_key());
                s.leaf_signer = one;
            },
            "chain: no path to a pinned root"},
        Row{"ManyCrossCertificatesStayWithinTheLimit",
            [](Scene& s) {
                // Three layers of five certificates each that all sign one another's successors:
                // 125 ways, every one of which ends nowhere.
                std::vector<TestAuthority> layer;
                for (const char* const cn : {"A", "B", "C"}) {
                    layer.push_back(
                        {.key = make_ec_key(), .name = common_name(cn), .certificate = {}});
                }
                layer.push_back(
                    {.key = make_ec_key(), .name = common_name("nobody"), .certificate = {}});
                s.limits.certificates = 32;
                for (std::size_t i = 0; i < 3; ++i) {
                    for (unsigned char twin = 1; twin <= 5; ++twin) {
                        CertificateSpec spec = intermediate_spec(layer[i + 1],
                                                                 i == 0   ? "A"
                                                                 : i == 1 ? "B"
                                                                          : "C",
                                                                 layer[i].key);
                        spec.serial = {twin};
                        s.more_offered.push_back(make_certificate(spec, layer[i + 1].key));
                    }
                }
                s.leaf = leaf_spec(layer[0], "leaf", Scene::leaf_key());
                s.leaf_signer = layer[0].key;
            },
            "chain: too many signature checks"},
        Row{"GoodCrossCertificateBesideAnExpiredOne",
            [](Scene& s) {
                CertificateSpec expired = s.middle_spec;
                expired.serial = {0x55};
                expired.not_after = instant("2021-01-01T00:00:00Z");
                s.more_offered = {make_certificate(s.middle_spec, s.root.key)};
                s.middle_spec = expired;
            },
            "accepted"}),
    name_of_row);

INSTANTIATE_TEST_SUITE_P(
    Constraints, Chain,
    ::testing::Values(
        Row{"PermittedName", [](Scene& s) { put(s.middle_spec, permitted(s.leaf.subject)); },
            "accepted"},
        Row{"NameNotPermitted",
            [](Scene& s) { put(s.middle_spec, permitted(common_name("another"))); },
            "chain: OpenSSL says permitted subtree violation"},
        Row{"NameConstraintsNotCritical",
            [](Scene& s) { put(s.middle_spec, permitted(s.leaf.subject, false)); },
            "chain: constraint not critical 2.5.29.30 (issuer)"},
        Row{"NameConstraintsInTheAnchor",
            [](Scene& s) { put(s.root_spec, permitted(common_name("another"))); },
            "chain: OpenSSL says permitted subtree violation"},
        Row{"NameConstraintsInALeaf", [](Scene& s) { put(s.leaf, permitted(s.leaf.subject)); },
            "chain: name constraints without CA (leaf)"},
        Row{"ExplicitPolicyWithoutPolicies",
            [](Scene& s) {
                // requireExplicitPolicy [0] with no certificate to skip.
                put(s.middle_spec,
                    raw("2.5.29.36", true, der_sequence({der(tag::context(0, false), Bytes{0})})));
            },
            "chain: OpenSSL says no explicit policy"},
        Row{"PolicyConstraintsNotCritical",
            [](Scene& s) {
                put(s.middle_spec,
                    raw("2.5.29.36", false, der_sequence({der(tag::context(0, false), Bytes{0})})));
            },
            "chain: constraint not critical 2.5.29.36 (issuer)"},
        Row{"AnyPolicyInTheLeafConstrainsNothing",
            [](Scene& s) {
                put(s.leaf, raw("2.5.29.32", false,
                                der_sequence({der_sequence({der_oid("2.5.29.32.0")})})));
            },
            "accepted"}),
    name_of_row);

TEST(ChainOfATpm, IsTakenWithTheFillerOfItsNvIndex) {
    const TestAuthority& issuer = Scene::shared_middle();
    const Bytes leaf = make_ek_certificate(issuer, Scene::leaf_key());
    const Bytes padded = concat({leaf, Bytes(100, 0xFF)});
    ChainRequest request;
    request.leaf = padded;
    request.intermediates = {issuer.certificate};
    request.purpose = Purpose::tpm_ek;
    request.at = noon();
    const TrustAnchors anchors{.roots = {Scene::shared_root().certificate}, .intermediates = {}};
    const ChainValidator validator;
    const auto answer = validator.validate(request, anchors);
    ASSERT_TRUE(answer.has_value()) << answer.error().detail;
    EXPECT_EQ(answer->leaf.der, leaf);
    request.purpose = Purpose::any;
    EXPECT_EQ(validator.validate(request, anchors).error().detail,
              "chain: malformed leaf: bytes after the certificate");
    request.purpose = Purpose::client;
    EXPECT_EQ(validator.validate(request, anchors).error().detail, "chain: key usage (leaf)");
}

TEST(ChainNames, ReadBack) {
    for (const char* const name : {"any", "client", "server", "tpm-ek", "tpm-ak"}) {
        EXPECT_EQ(name_of(purpose_from(name).value()), name);
    }
    for (int i = 0; i <= static_cast<int>(ChainException::non_der_name_order); ++i) {
        const auto exception = static_cast<ChainException>(i);
        EXPECT_EQ(chain_exception_from(name_of(exception)), exception);
    }
    EXPECT_FALSE(purpose_from("tpm").has_value());
    EXPECT_FALSE(chain_exception_from("everything").has_value());
}

}  // namespace
}  // namespace hallmark
