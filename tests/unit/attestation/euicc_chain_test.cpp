// The chain of an eUICC, good and with one thing wrong at a time.
#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "tests/unit/attestation/euicc_fixture.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

TEST_F(Euicc, takes_the_eums_certificate_as_the_pinned_root) {
    make();
    pin.anchors.roots = {chain()[1]};
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.anchor, sha256(chain()[1]));
}

TEST_F(Euicc, takes_any_of_the_eums_ranges) {
    EuiccRecipe how;
    how.eum.name_constraints =
        soft_permitted({soft_subtree("Another", "89049032"), soft_subtree("", "890490")});
    make(how);
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
}

TEST_F(Euicc, refuses_another_issuers_root_and_another_eum) {
    make();
    pin.anchors.roots = {SoftEum().root()};
    expect_refused("chain: no path to a pinned root");
    pin.anchors.roots = {SoftEum().certificate()};
    expect_refused("chain: no path to a pinned root");
    make();
    const SoftEum other;
    chain()[1] = other.certificate();
    pin.anchors.roots = {other.root()};
    expect_refused("euicc: names another key as its issuer's");
}

TEST_F(Euicc, refuses_a_pinned_eum_that_is_none_or_is_not_valid) {
    EuiccRecipe how;
    how.eum.until = "2025-01-01T00:00:00Z";
    make(how);
    pin.anchors.roots = {chain()[1]};
    expect_refused("eum: not valid now");
    how = {};
    how.eum.policies = {"2.23.146.1.2.1.4"};
    make(how);
    pin.anchors.roots = {chain()[1]};
    expect_refused("eum: of another role");
}

TEST_F(Euicc, refuses_an_euicc_that_stands_where_the_eum_should) {
    make();
    chain() = {chain()[0], chain()[0]};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(Euicc, refuses_chains_that_are_too_short_and_too_long) {
    make();
    const std::vector<Bytes> good = chain();
    chain() = {good[0]};
    expect_refused("member: chain has 1");
    chain() = {good[0], good[1], pin.anchors.roots.front(), good[1]};
    expect_refused("member: chain has 4");
}

TEST_F(Euicc, refuses_keys_on_other_curves) {
    EuiccRecipe how;
    const SoftEum maker;
    make_by(maker, how);
    const TestKey other = make_ec_key(KeyAlgorithm::ec_p384);
    chain()[0] = maker.certify(other.spki(), eid);
    expect_refused("euicc: not of a P-256 key");
    chain()[0] = maker.certify(make_ec_key_on("brainpoolP256r1").spki(), eid);
    expect_refused("euicc: key: ");
}

/// An EUM's certificate in all but its range, below this authority.
Bytes eum_below(const TestAuthority& issuer, const TestKey& key) {
    CertificateSpec spec = intermediate_spec(issuer, "Example EUM", key);
    spec.extensions.push_back(
        {.oid = "2.5.29.32",
         .critical = true,
         .value = der_sequence({der_sequence({der_oid("2.23.146.1.2.1.2")})})});
    return make_certificate(spec, issuer.key);
}

TEST_F(Euicc, refuses_an_eum_that_is_not_on_p256) {
    const TestAuthority root = make_root("Example CI");
    make();
    chain()[1] = eum_below(root, make_ec_key(KeyAlgorithm::ec_p384));
    pin.anchors.roots = {root.certificate};
    expect_refused("eum: not of a P-256 key");
}

TEST_F(Euicc, refuses_an_eum_that_another_than_the_ci_signed) {
    const TestAuthority root = make_root("Example CI");
    const TestAuthority servers = make_intermediate(root, "Example servers", std::nullopt);
    make();
    chain() = {chain()[0], eum_below(servers, make_ec_key()), servers.certificate};
    pin.anchors.roots = {root.certificate};
    expect_refused("chain: the EUM does not stand directly below a CI");
    chain().pop_back();
    pin.anchors.intermediates = {servers.certificate};
    expect_refused("chain: the EUM does not stand directly below a CI");
    // An authority that may sign end certificates alone, as the pinned root.
    const TestAuthority last = make_intermediate(root, "Example last", 0);
    chain() = {chain()[0], eum_below(last, make_ec_key())};
    pin.anchors = {.roots = {last.certificate}, .intermediates = {}};
    expect_refused("chain: the EUM does not stand directly below a CI");
}

class EuiccRefusesAChain : public Euicc, public ::testing::WithParamInterface<WrongEuicc> {};

TEST_P(EuiccRefusesAChain, it_for_its_own_reason) {
    EuiccRecipe how;
    GetParam().change(how);
    make(how);
    expect_refused(GetParam().detail);
}

using Eum = SoftEumCertificate;
using Paper = SoftEuiccCertificate;

WrongEuicc wrong_eum(const std::string& name, const std::string& detail,
                     const std::function<void(Eum&)>& change) {
    return {name, detail, [=](EuiccRecipe& how) { change(how.eum); }};
}
WrongEuicc wrong_euicc(const std::string& name, const std::string& detail,
                       const std::function<void(Paper&)>& change) {
    return {name, detail, [=](EuiccRecipe& how) { change(how.euicc); }};
}
WrongEuicc constrained(const std::string& name, Bytes constraints) {
    return wrong_eum(name, "eum: constrained in a way that is not taken",
                     [=](Eum& e) { e.name_constraints = constraints; });
}

/// NameConstraints of one permitted subtree with this base, GeneralName DER, and more behind it.
Bytes permitted_base(const Bytes& base, const Bytes& more = {}) {
    return soft_permitted({der_sequence({base, more})});
}

INSTANTIATE_TEST_SUITE_P(
    Eum, EuiccRefusesAChain,
    ::testing::Values(
        wrong_eum("a_servers_role", "eum: of another role",
                  [](Eum& e) { e.policies = {"2.23.146.1.2.1.4"}; }),
        wrong_eum("the_role_of_version_3", "eum: of another role",
                  [](Eum& e) { e.policies = {"2.23.146.1.2.1.0.0.0"}; }),
        wrong_eum("an_euiccs_role", "eum: of another role",
                  [](Eum& e) { e.policies = {"2.23.146.1.2.1.1"}; }),
        wrong_eum("two_roles", "eum: of another role",
                  [](Eum& e) { e.policies.emplace_back("2.23.146.1.2.1.4"); }),
        wrong_eum("no_role", "eum: of another role", [](Eum& e) { e.policies.clear(); }),
        wrong_eum("for_signatures", "eum: not an authority's", [](Eum& e) { e.key_usage = 0; }),
        wrong_eum("no_authority", "eum: not an authority's",
                  [](Eum& e) {
                      e.ca = false;
                      e.name_constraints = Bytes();
                  }),
        wrong_eum("expired", "chain: expired (leaf)",
                  [](Eum& e) { e.until = "2025-01-01T00:00:00Z"; }),
        wrong_eum("no_range", "eum: no range of EIDs",
                  [](Eum& e) { e.name_constraints = Bytes(); })),
    [](const ::testing::TestParamInfo<WrongEuicc>& row) { return row.param.name; });

Bytes number_of(std::string_view text) {
    return der_set_of({der_sequence({der_oid("2.5.4.5"), der_printable(text)})});
}
Bytes organization_of(std::string_view text) {
    return der_set_of({der_sequence({der_oid("2.5.4.10"), der_utf8(text)})});
}
Bytes directory(std::initializer_list<ByteView> rdns) {
    return der(tag::context(4, true), der_sequence(rdns));
}

INSTANTIATE_TEST_SUITE_P(
    Ranges, EuiccRefusesAChain,
    ::testing::Values(
        constrained("no_number", soft_permitted({soft_subtree("Example EUM", "")})),
        constrained("no_name_at_all", soft_permitted({soft_subtree("", "")})),
        constrained("a_number_that_is_none", soft_permitted({soft_subtree("", "8904903F")})),
        constrained("a_whole_number", soft_permitted({soft_subtree("", std::string(32, '8'))})),
        constrained("two_numbers",
                    permitted_base(directory({number_of("89049032"), number_of("8904")}))),
        constrained("two_organizations",
                    permitted_base(directory({organization_of("A"), organization_of("A"),
                                              number_of("89049032")}))),
        constrained("a_common_name_beside",
                    permitted_base(directory(
                        {number_of("89049032"),
                         der_set_of({der_sequence({der_oid("2.5.4.3"), der_utf8("x")})})}))),
        constrained("a_minimum", permitted_base(directory({number_of("89049032")}),
                                                der(tag::context(0, false), Bytes{0}))),
        constrained("a_dns_name",
                    permitted_base(der(tag::context(2, false), as_bytes("line.example")))),
        constrained("excluded_ones_too",
                    der_sequence({der(tag::context(0, true), soft_subtree("", "89049032")),
                                  der(tag::context(1, true), soft_subtree("", "89049033"))})),
        constrained("seventeen", soft_permitted(std::vector<Bytes>(17, soft_subtree("", "8")))),
        wrong_eum("another_prefix", "euicc: not in the EUM's range of EIDs",
                  [](Eum& e) {
                      e.name_constraints = soft_permitted({soft_subtree("", "89049033")});
                  }),
        wrong_eum("another_organization", "euicc: not in the EUM's range of EIDs",
                  [](Eum& e) {
                      e.name_constraints = soft_permitted({soft_subtree("Another", "89049032")});
                  }),
        wrong_eum("prefix_and_organization_of_two", "euicc: not in the EUM's range of EIDs",
                  [](Eum& e) {
                      e.name_constraints =
                          soft_permitted({soft_subtree("Another", "89049032"),
                                          soft_subtree("Example EUM", "89049033")});
                  })),
    [](const ::testing::TestParamInfo<WrongEuicc>& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Certificate, EuiccRefusesAChain,
    ::testing::Values(
        wrong_euicc("dpauth", "euicc: of another role",
                    [](Paper& p) { p.policies = {"2.23.146.1.2.1.4"}; }),
        wrong_euicc("the_role_of_version_3", "euicc: of another role",
                    [](Paper& p) { p.policies = {"2.23.146.1.2.1.0.0.0.0"}; }),
        wrong_euicc("two_roles", "euicc: of another role",
                    [](Paper& p) { p.policies.emplace_back("2.23.146.1.2.1.4"); }),
        wrong_euicc("no_role", "euicc: of another role", [](Paper& p) { p.policies.clear(); }),
        wrong_euicc("an_authority", "euicc: an authority's", [](Paper& p) { p.ca = true; }),
        wrong_euicc("no_key_usage", "euicc: not for digital signatures alone",
                    [](Paper& p) { p.key_usage.clear(); }),
        wrong_euicc("for_key_agreement", "euicc: not for digital signatures alone",
                    [](Paper& p) { p.key_usage = soft_key_usage(4); }),
        wrong_euicc("for_certificates_too", "euicc: not for digital signatures alone",
                    [](Paper& p) {
                        const Bytes both{0x03, 0x02, 0x02, 0x84};
                        p.key_usage = soft_extension("2.5.29.15", true, both);
                    }),
        wrong_euicc("unknown_critical_extension", "euicc: unknown critical extension 1.2.3.4",
                    [](Paper& p) {
                        p.more_extensions = soft_extension("1.2.3.4", true, der_null());
                    }),
        wrong_euicc("no_eid", "euicc: no EID in its name", [](Paper& p) { p.has_eid = false; }),
        wrong_euicc("eid_of_31_digits", "euicc: no EID in its name",
                    [](Paper& p) { p.eid = soft_eid("89049032", 17).substr(1); }),
        wrong_euicc("eid_in_hexadecimal", "euicc: no EID in its name",
                    [](Paper& p) { p.eid = "8904903A" + std::string(24, '0'); }),
        wrong_euicc("eid_with_wrong_check_digits", "euicc: no EID in its name",
                    [](Paper& p) { p.eid = "89049032123451234512345678901234"; }),
        wrong_euicc("eid_of_another_eum", "euicc: not in the EUM's range of EIDs",
                    [](Paper& p) { p.eid = soft_eid("89049033", 17); }),
        wrong_euicc("another_organization", "euicc: not in the EUM's range of EIDs",
                    [](Paper& p) { p.organization = "Another"; }),
        wrong_euicc("another_issuer", "euicc: issued under another name than the EUM's",
                    [](Paper& p) { p.issuer = soft_name("Another EUM"); }),
        wrong_euicc("no_issuer_key", "euicc: names another key as its issuer's",
                    [](Paper& p) { p.names_issuer_key = false; }),
        wrong_euicc("another_issuer_key", "euicc: names another key as its issuer's",
                    [](Paper& p) {
                        p.names_issuer_key = false;
                        p.more_extensions = soft_authority_key_identifier(make_ec_key().spki());
                    }),
        wrong_euicc("anothers_signature", "euicc: not signed by this EUM",
                    [](Paper& p) { p.another_eum_signs = true; }),
        wrong_euicc("expired", "euicc: not valid now",
                    [](Paper& p) { p.until = "2025-01-01T00:00:00Z"; })),
    [](const ::testing::TestParamInfo<WrongEuicc>& row) { return row.param.name; });

}  // namespace
}  // namespace hallmark
