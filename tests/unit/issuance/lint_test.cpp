// The last look before an intent: a draft that differs from its grant in anything, or that no leaf
// may be, is thrown out, whoever composed it.
#include "ca/issuance/lint.h"

#include "ca/crypto/der.h"
#include "ca/issuance/compose.h"
#include "tests/support/pki.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::instant;
using testing::make_ec_key;

class Lint : public ::testing::Test {
protected:
    testing::TestAuthority root = testing::make_root("Root");
    testing::TestAuthority line = testing::make_intermediate(root, "Line 1");
    testing::TestKey key = make_ec_key();
    IssuingKey issuer = issuing_key();
    Grant grant = sound_grant();

    [[nodiscard]] IssuingKey issuing_key() const {
        const Certificate certificate = parse_certificate(line.certificate).value();
        return {.id = IntermediateId("line-1"),
                .certificate = certificate,
                .key = {"pkcs11:object=line-1", line.key.public_key(),
                        SignatureAlgorithm::ecdsa_sha256},
                .chain = {line.certificate, root.certificate},
                .key_identifier = certificate.subject_key_identifier().value()};
    }
    static GrantedExtension literal(const Extension& extension) {
        return {.oid = extension.oid,
                .critical = extension.critical,
                .kind = ExtensionKind::literal,
                .value = extension.value};
    }
    [[nodiscard]] Grant sound_grant() const {
        Grant made{.product = ProductId("gateway"),
                   .intermediate = IntermediateId("line-1"),
                   .device = DeviceId("gateway:gw-1"),
                   .subject = testing::common_name("gw-1"),
                   .folded_subject = {},
                   .subject_alt_names = {},
                   .not_before = instant("2026-11-23T10:00:00Z"),
                   .not_after = instant("2028-11-23T10:00:00Z"),
                   .extensions = {},
                   .station_limit = {},
                   .lot_limit = {}};
        made.extensions.push_back({.oid = "2.5.29.35",
                                   .critical = false,
                                   .kind = ExtensionKind::authority_key_identifier,
                                   .value = {}});
        made.extensions.push_back(literal(testing::basic_constraints(false)));
        made.extensions.push_back(literal(testing::key_usage({0})));
        return made;
    }
    /// What a composer with this grant in hand would have written, held against the true one.
    [[nodiscard]] std::string complaint(const std::function<void(Grant&)>& spoil) const {
        Grant other = grant;
        spoil(other);
        return complaint_of(compose(other, key.public_key(), issuer));
    }
    [[nodiscard]] std::string complaint_of(Draft draft) const {
        try {
            const PublicKey wanted = key.public_key();
            (void)lint(std::move(draft), {.grant = grant, .key = wanted, .issuer = issuer});
            return "";
        } catch (const std::logic_error& bug) {
            return bug.what();
        }
    }
    /// Both the grant and the draft say so, and still no leaf may be that.
    [[nodiscard]] std::string complaint_of_granted(const Extension& extension) {
        for (GrantedExtension& granted : grant.extensions) {
            if (granted.oid == extension.oid) granted = literal(extension);
        }
        return complaint([](Grant&) {});
    }
};

TEST_F(Lint, passes_the_very_bytes_that_the_grant_composes) {
    const Draft draft = compose(grant, key.public_key(), issuer);
    const Bytes tbs = draft.tbs;
    const PublicKey wanted = key.public_key();
    const LintedDraft linted = lint(draft, {.grant = grant, .key = wanted, .issuer = issuer});
    EXPECT_EQ(linted.tbs(), tbs);
    EXPECT_EQ(linted.serial(), draft.serial);
}

TEST_F(Lint, refuses_another_subject) {
    EXPECT_EQ(complaint([](Grant& g) { g.subject = testing::common_name("gw-2"); }),
              "lint: subject");
    EXPECT_EQ(complaint([](Grant& g) { g.subject = testing::empty_name(); }), "lint: subject");
}

TEST_F(Lint, refuses_a_ca_even_where_the_grant_says_so) {
    EXPECT_THAT(
        complaint([](Grant& g) { g.extensions[1] = literal(testing::basic_constraints(true)); }),
        ::testing::StartsWith("lint: extension"));
    EXPECT_EQ(complaint_of_granted(testing::basic_constraints(true)), "lint: a leaf is no CA");
    EXPECT_EQ(complaint_of_granted(testing::basic_constraints(true, 0)), "lint: a leaf is no CA");
}

TEST_F(Lint, refuses_a_leaf_that_signs_certificates_or_lists) {
    for (const unsigned bit : {5u, 6u}) {
        EXPECT_EQ(complaint_of_granted(testing::key_usage({bit})),
                  "lint: a leaf signs no certificates and no lists");
    }
}

TEST_F(Lint, refuses_an_extension_more_or_less_or_changed) {
    EXPECT_EQ(complaint([](Grant& g) { g.extensions.pop_back(); }), "lint: number of extensions");
    EXPECT_EQ(complaint([](Grant& g) {
                  g.extensions.push_back(literal(
                      testing::subject_alternative_name({testing::dns_name("bank.example")})));
              }),
              "lint: number of extensions");
    EXPECT_EQ(complaint([](Grant& g) {
                  g.extensions[2] = literal(testing::key_usage({0, 2}));
              }),
              "lint: extension value");
    EXPECT_EQ(complaint([](Grant& g) { g.extensions[2].critical = false; }), "lint: extension");
    EXPECT_EQ(complaint([](Grant& g) { std::swap(g.extensions[1], g.extensions[2]); }),
              "lint: extension");
}

/// PolicyInformation without qualifiers for each.
GrantedExtension policies(const std::vector<std::string>& oids) {
    Bytes list;
    for (const std::string& oid : oids)
        append(list, der_sequence({der_oid(oid)}));
    return {.oid = "2.5.29.32",
            .critical = false,
            .kind = ExtensionKind::literal,
            .value = der(tag::sequence, list)};
}

TEST_F(Lint, holds_what_a_leaf_says_of_its_tpm_against_the_grant) {
    const std::vector<std::string> proved{"2.23.133.11.1.1", "2.23.133.11.1.2"};
    grant.extensions.push_back(policies(proved));
    EXPECT_EQ(complaint([](Grant&) {}), "");
    const Draft draft = compose(grant, key.public_key(), issuer);
    const Certificate read =
        parse_certificate(assemble(draft.tbs, SignatureAlgorithm::ecdsa_sha256, Bytes(1, 0)))
            .value();
    ASSERT_NE(read.find("2.5.29.32"), nullptr);
    EXPECT_EQ(to_hex(read.find("2.5.29.32")->value),
              "3014300806066781050b0101300806066781050b0102");
    EXPECT_EQ(complaint([&](Grant& g) {
                  std::vector<std::string> more = proved;
                  more.emplace_back("2.23.133.11.1.3");
                  g.extensions.back() = policies(more);
              }),
              "lint: extension value");
    EXPECT_EQ(complaint([&](Grant& g) { g.extensions.back() = policies({proved.front()}); }),
              "lint: extension value");
    EXPECT_EQ(complaint([](Grant& g) { g.extensions.pop_back(); }), "lint: number of extensions");
}

TEST_F(Lint, refuses_another_validity) {
    EXPECT_EQ(complaint([](Grant& g) { g.not_after = instant("2029-01-01T00:00:00Z"); }),
              "lint: notAfter");
    EXPECT_EQ(complaint([](Grant& g) { g.not_before = instant("2026-11-23T09:59:59Z"); }),
              "lint: notBefore");
    grant.not_before = instant("2019-12-31T23:59:59Z");
    EXPECT_EQ(complaint([](Grant&) {}), "lint: notBefore before the issuer's own");
}

TEST_F(Lint, refuses_another_key_and_the_issuers_own) {
    EXPECT_EQ(complaint_of(compose(grant, make_ec_key().public_key(), issuer)), "lint: public key");
    key = line.key;
    EXPECT_EQ(complaint([](Grant&) {}), "lint: the issuer's own key");
}

TEST_F(Lint, refuses_another_serial_than_the_drafts) {
    Draft draft = compose(grant, key.public_key(), issuer);
    draft.serial = random_serial();
    EXPECT_EQ(complaint_of(std::move(draft)), "lint: serial");
}

TEST_F(Lint, refuses_another_issuer) {
    const testing::TestAuthority other_line = testing::make_intermediate(root, "Line 2");
    IssuingKey other = issuer;
    other.certificate = parse_certificate(other_line.certificate).value();
    EXPECT_EQ(complaint_of(compose(grant, key.public_key(), other)), "lint: issuer");
}

TEST_F(Lint, refuses_bytes_that_are_no_certificate) {
    Draft draft = compose(grant, key.public_key(), issuer);
    draft.tbs.push_back(0);
    EXPECT_THAT(complaint_of(draft), ::testing::StartsWith("lint: unreadable"));
    draft.tbs.clear();
    EXPECT_THAT(complaint_of(draft), ::testing::StartsWith("lint: unreadable"));
}

TEST_F(Lint, refuses_a_leaf_that_does_not_name_its_issuers_key) {
    grant.extensions.erase(grant.extensions.begin());
    EXPECT_EQ(complaint([](Grant&) {}), "lint: authorityKeyIdentifier is missing");
}

TEST_F(Lint, refuses_a_leaf_that_names_nobody) {
    grant.subject = testing::empty_name();
    EXPECT_EQ(complaint([](Grant&) {}), "lint: nobody is named");
}

TEST_F(Lint, wants_the_whole_chain_valid_when_the_leaf_begins) {
    issuer.chain_from = instant("2026-11-23T10:00:00Z");
    issuer.chain_until = instant("2026-11-24T10:00:00Z");
    EXPECT_TRUE(chain_stands_at(issuer, issuer.chain_from));
    EXPECT_TRUE(chain_stands_at(issuer, issuer.chain_until)) << "RFC 5280 4.1.2.5: included";
    for (const char* outside : {"2026-11-23T09:59:59Z", "2026-11-24T10:00:01Z"}) {
        const auto stands = chain_stands_at(issuer, instant(outside));
        ASSERT_FALSE(stands) << outside;
        EXPECT_EQ(stands.error().reason, Reason::unavailable);
    }
}

}  // namespace
}  // namespace hallmark
