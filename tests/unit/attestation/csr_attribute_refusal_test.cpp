// The attribute itself with one thing wrong at a time: each refused for its own reason.
#include "tests/unit/attestation/csr_attribute_scene.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

struct Wrong {
    std::string name;
    std::string detail;
    std::function<Bytes(SoftCsrBundle&)> change;  ///< Empty answer: the bundle as it is then.
    CsrAttributeSyntax syntax = CsrAttributeSyntax::edition_2026;
};
class CsrAttributeRefuses : public PackedHsm, public ::testing::WithParamInterface<Wrong> {};

TEST_P(CsrAttributeRefuses, it_for_its_own_reason) {
    settings.csr_attribute_syntax = GetParam().syntax;
    bundle.certificates = {attester.certificate(), maker.root()};
    pack();
    ASSERT_TRUE(judge().has_value());
    const Bytes value = GetParam().change(bundle);
    pack();
    if (!value.empty()) attribute = value;
    expect_refused(GetParam().detail);
}

Bytes changed(SoftCsrBundle& bundle, const std::function<void(SoftCsrBundle&)>& how) {
    how(bundle);
    return {};
}
std::function<Bytes(SoftCsrBundle&)> with(std::function<void(SoftCsrBundle&)> how) {
    return [how = std::move(how)](SoftCsrBundle& bundle) { return changed(bundle, how); };
}
std::function<Bytes(SoftCsrBundle&)> instead(Bytes value) {
    return [value = std::move(value)](SoftCsrBundle&) { return value; };
}
std::function<Bytes(SoftCsrBundle&)> of_type(std::string type) {
    return with([type = std::move(type)](SoftCsrBundle& b) { b.statements[0].type = type; });
}
/// A certificate of another choice in front of the good ones.
std::function<Bytes(SoftCsrBundle&)> choice(unsigned number) {
    return with([number](SoftCsrBundle& b) {
        b.certificates.insert(b.certificates.begin(),
                              der(tag::context(number, true), der_oid("1.2.3")));
    });
}
/// SEQUENCE OF EvidenceBundle, as it once was.
const auto listed = [](SoftCsrBundle& b) {
    b.certificates.clear();
    b.in_a_list = true;
};
const auto earlier = CsrAttributeSyntax::edition_2025;
const Bytes statement_of_type_alone = der_sequence({der_oid(pkix_evidence)});

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, CsrAttributeRefuses,
    ::testing::Values(
        Wrong{"trailing_octet", "attribute: not exactly one DER SEQUENCE",
              [](SoftCsrBundle& b) {
                  return concat({b.der(), Bytes(1, 0)});
              }},
        Wrong{"two_bundles", "attribute: not exactly one DER SEQUENCE",
              [](SoftCsrBundle& b) {
                  return concat({b.der(), b.der()});
              }},
        Wrong{"a_set", "attribute: not exactly one DER SEQUENCE", instead(der(tag::set, {}))},
        Wrong{"indefinite_length", "attribute: not exactly one DER SEQUENCE",
              instead({0x30, 0x80, 0x30, 0x00, 0x00, 0x00})},
        Wrong{"no_statements", "attribute: the statements are malformed",
              instead(der_sequence({}))},
        Wrong{"statements_of_another_kind", "attribute: the statements are malformed",
              instead(der_sequence({der_octet_string(Bytes(3, 1))}))},
        Wrong{"empty_statements", "attribute: no statement",
              with([](SoftCsrBundle& b) { b.statements.clear(); })},
        Wrong{"two_statements", "attribute: more than one statement",
              with([](SoftCsrBundle& b) { b.statements.push_back(b.statements[0]); })},
        Wrong{"a_second_statement_of_no_known_type", "attribute: more than one statement",
              with([](SoftCsrBundle& b) {
                  b.statements.push_back({.type = "1.2.3.4", .stmt = der_null()});
              })},
        Wrong{"something_behind_the_statement", "attribute: more than one statement",
              instead(der_sequence({der_sequence({statement_of_type_alone, der_null()})}))},
        Wrong{"statement_without_stmt", "attribute: the statement is malformed",
              instead(der_sequence({der_sequence({statement_of_type_alone})}))},
        Wrong{"statement_without_type", "attribute: the statement is malformed",
              instead(der_sequence({der_sequence({der_sequence({der_sequence({})})})}))},
        Wrong{"empty_statement", "attribute: the statement is malformed",
              instead(der_sequence({der_sequence({der_sequence({})})}))},
        Wrong{"statement_no_sequence", "attribute: the statement is malformed",
              instead(der_sequence({der_sequence({der_oid(pkix_evidence)})}))},
        Wrong{"hint_in_the_latest_syntax", "attribute: the statement has more than type and stmt",
              with([](SoftCsrBundle& b) { b.statements[0].hint = "verifier.example"; })},
        Wrong{"two_hints", "attribute: the hint is malformed", with([](SoftCsrBundle& b) {
                  b.statements[0].hint = "one";
                  b.behind_hint = der_utf8("two");
              }),
              earlier},
        Wrong{"hint_of_another_kind", "attribute: the hint is malformed",
              with([](SoftCsrBundle& b) { b.behind_hint = der_printable("hint"); }), earlier},
        Wrong{"empty_hint", "attribute: the hint is malformed",
              with([](SoftCsrBundle& b) { b.behind_hint = der_utf8(""); }), earlier},
        Wrong{"long_hint", "attribute: the hint is malformed",
              with([](SoftCsrBundle& b) { b.statements[0].hint = std::string(256, 'h'); }),
              earlier},
        Wrong{"broken_hint", "attribute: the hint is malformed", with([](SoftCsrBundle& b) {
                  b.behind_hint = {0x0C, 0x05, 'h'};
              }),
              earlier},
        Wrong{"list_of_bundles", "attribute: the statement is malformed", with(listed)},
        Wrong{"list_of_bundles_in_the_earlier_syntax", "attribute: the statement is malformed",
              with(listed), earlier},
        Wrong{"empty_certs", "attribute: certs without a certificate", with([](SoftCsrBundle& b) {
                  b.certificates.clear();
                  b.empty_certs = true;
              })},
        Wrong{"certs_of_another_kind", "attribute: the certs are malformed",
              with([](SoftCsrBundle& b) {
                  b.certificates.clear();
                  b.behind_certs = der_octet_string(Bytes(3, 1));
              })},
        Wrong{"something_behind_certs", "attribute: the certs are malformed",
              with([](SoftCsrBundle& b) { b.behind_certs = der_null(); })},
        Wrong{"extended_certificate", "attribute: a certificate that is not X.509", choice(0)},
        Wrong{"attribute_certificate_v1", "attribute: a certificate that is not X.509", choice(1)},
        Wrong{"attribute_certificate_v2", "attribute: a certificate that is not X.509", choice(2)},
        Wrong{"other_certificate", "attribute: a certificate that is not X.509", choice(3)},
        Wrong{"broken_certificate", "attribute: a certificate is malformed",
              with([](SoftCsrBundle& b) { b.certificates.push_back(der_sequence({der_null()})); })},
        Wrong{"cut_certificate", "attribute: a certificate is malformed",
              with([](SoftCsrBundle& b) {
                  b.certificates.push_back({0x30, 0x05, 0x00});
              })},
        Wrong{"seventeen_certificates", "attribute: more certificates than the limit",
              with([](SoftCsrBundle& b) { b.certificates.resize(17, b.certificates[0]); })},
        Wrong{"two_signers", "attribute: certs of more than one path", with([](SoftCsrBundle& b) {
                  b.certificates.push_back(SoftHsmMaker().certify(make_ec_key().spki()));
              })},
        Wrong{"the_signer_twice", "attribute: certs of more than one path",
              with([](SoftCsrBundle& b) { b.certificates.push_back(b.certificates[0]); })},
        Wrong{"roots_alone", "attribute: certs of more than one path", with([](SoftCsrBundle& b) {
                  b.certificates = {b.certificates[1], SoftHsmMaker().root()};
              })},
        Wrong{"unknown_type", "statement: unknown type: 1.2.3.4", of_type("1.2.3.4")},
        Wrong{"type_of_a_quote", "statement: unknown type: 2.23.133.20.2",
              of_type("2.23.133.20.2")},
        Wrong{"type_of_a_wrapped_message", "statement: unknown type: 1.3.6.1.5.5.7.1.35",
              of_type("1.3.6.1.5.5.7.1.35")},
        Wrong{"type_below_the_arc", "statement: unknown type: 1.3.6.1.5.5.999.0",
              of_type("1.3.6.1.5.5.999.0")},
        Wrong{"type_of_a_tpm", "statement: no tcg-attest-tpm-certify", of_type(tcg_certify)},
        Wrong{"no_evidence_inside", "evidence: not exactly one DER SEQUENCE",
              with([](SoftCsrBundle& b) { b.statements[0].stmt = der_octet_string({}); })}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

}  // namespace
}  // namespace hallmark
