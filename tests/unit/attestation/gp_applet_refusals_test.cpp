// What an applet states of a key, and its certificate, with one thing wrong at a time.
#include "ca/crypto/der.h"
#include "tests/unit/attestation/gp_applet_fixture.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(SoftAppletReport&)> change;
};
class GpAppletRefuses : public GpApplet, public ::testing::WithParamInterface<Wrong> {};

TEST_P(GpAppletRefuses, it_for_its_own_reason) {
    SoftAppletReport how;
    GetParam().change(how);
    make(how);
    expect_refused(GetParam().detail);
}

using Report = SoftAppletReport;

Wrong cut_after(std::size_t fields, const std::string& what) {
    return {"nothing_after_field_" + std::to_string(fields), "statement: " + what,
            [=](Report& r) { r.fields = fields; }};
}

INSTANTIATE_TEST_SUITE_P(
    Key, GpAppletRefuses,
    ::testing::Values(
        Wrong{"imported", "key: imported", [](Report& r) { r.origin = {1}; }},
        Wrong{"exportable", "key: exportable", [](Report& r) { r.exportable = {0xFF}; }},
        Wrong{"for_decryption_alone", "key: not for signing",
              [](Report& r) {
                  r.usage = {0x06, 0x40};
              }},
        Wrong{"for_statements_too", "key: makes statements itself",
              [](Report& r) {
                  r.usage = {0x04, 0x90};
              }},
        Wrong{"of_another_key", "key: the attested key is not the request's",
              [](Report& r) { r.spki = make_ec_key().spki(); }},
        Wrong{"on_a_curve_that_is_not_taken",
              "key: ", [](Report& r) { r.spki = make_ec_key_on("P-224").spki(); }},
        Wrong{"that_is_no_key", "key: ", [](Report& r) { r.spki = der_sequence({der_null()}); }},
        Wrong{"before_the_card_is_secured", "lifecycle: card not secured",
              [](Report& r) { r.card_state = {0x07}; }},
        Wrong{"on_a_card_of_the_factory", "lifecycle: card not secured",
              [](Report& r) { r.card_state = {0x01}; }},
        Wrong{"on_a_locked_card", "lifecycle: card not secured",
              [](Report& r) { r.card_state = {0x7F}; }},
        Wrong{"on_a_terminated_card", "lifecycle: card not secured",
              [](Report& r) { r.card_state = {0xFF}; }},
        Wrong{"signed_by_another_key", "signature: not by the attestation key",
              [](Report& r) { r.another_key_signs = true; }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Form, GpAppletRefuses,
    ::testing::Values(
        Wrong{"another_profile", "statement: of another profile",
              [](Report& r) { r.profile = "hallmark-optiga-trust-m"; }},
        Wrong{"another_version", "statement: not of version 1", [](Report& r) { r.version = 2; }},
        Wrong{"negative_version", "statement: the version is malformed",
              [](Report& r) { r.version = -1; }},
        Wrong{"aid_of_four_octets", "statement: the applet's AID is malformed",
              [](Report& r) { r.applet = Bytes(4, 1); }},
        Wrong{"aid_of_17_octets", "statement: the applet's AID is malformed",
              [](Report& r) { r.applet = Bytes(17, 1); }},
        Wrong{"load_file_by_sha1", "statement: the load file's digest is malformed",
              [](Report& r) { r.load_file = Bytes(20, 1); }},
        Wrong{"no_key_reference", "statement: the key's reference is malformed",
              [](Report& r) { r.key_reference = {}; }},
        Wrong{"long_key_reference", "statement: the key's reference is malformed",
              [](Report& r) { r.key_reference = Bytes(17, 1); }},
        Wrong{"key_that_is_no_sequence", "statement: the public key is malformed",
              [](Report& r) { r.spki = der_octet_string(make_ec_key().spki()); }},
        Wrong{"unknown_origin", "statement: the origin is malformed",
              [](Report& r) { r.origin = {3}; }},
        Wrong{"origin_of_two_octets", "statement: the origin is malformed",
              [](Report& r) {
                  r.origin = {0, 0};
              }},
        Wrong{"boolean_that_is_one", "statement: exportable is malformed",
              [](Report& r) { r.exportable = {0x01}; }},
        Wrong{"no_use", "statement: the usage is malformed", [](Report& r) { r.usage = {0x00}; }},
        Wrong{"use_that_nobody_knows", "statement: the usage is malformed",
              [](Report& r) {
                  r.usage = {0x03, 0x88};
              }},
        Wrong{"uses_with_a_zero_at_the_end", "statement: the usage is malformed",
              [](Report& r) {
                  r.usage = {0x06, 0x80};
              }},
        Wrong{"uses_with_an_unused_bit_set", "statement: the usage is malformed",
              [](Report& r) {
                  r.usage = {0x07, 0xC0};
              }},
        Wrong{"uses_of_two_octets", "statement: the usage is malformed",
              [](Report& r) {
                  r.usage = {0x07, 0x80, 0x80};
              }},
        Wrong{"card_state_of_two_octets", "statement: the card's state is malformed",
              [](Report& r) {
                  r.card_state = {0x0F, 0x00};
              }},
        Wrong{"negative_counter", "statement: the counter is malformed",
              [](Report& r) {
                  r.counter = {0x02, 0x01, 0x80};
              }},
        Wrong{"counter_with_a_leading_zero", "statement: the counter is malformed",
              [](Report& r) {
                  r.counter = {0x02, 0x02, 0x00, 0x01};
              }},
        Wrong{"counter_of_nine_octets", "statement: the counter is malformed",
              [](Report& r) { r.counter = {0x02, 0x09, 0x00, 0x80, 0, 0, 0, 0, 0, 0, 1}; }},
        Wrong{"one_more_field", "statement: more than the profile has",
              [](Report& r) { r.behind_fields = der_null(); }},
        Wrong{"octets_behind_it", "statement: not exactly one DER SEQUENCE",
              [](Report& r) { r.behind_statement = {0}; }},
        cut_after(0, "of another profile"), cut_after(1, "the version is malformed"),
        cut_after(2, "the applet's AID is malformed"),
        cut_after(3, "the load file's digest is malformed"),
        cut_after(4, "the key's reference is malformed"),
        cut_after(5, "the public key is malformed"), cut_after(6, "the origin is malformed"),
        cut_after(7, "exportable is malformed"), cut_after(8, "the usage is malformed"),
        cut_after(9, "the card's state is malformed"), cut_after(10, "the counter is malformed"),
        cut_after(11, "the nonce is malformed")),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

struct WrongCertificate {
    std::string name;
    std::string detail;
    std::function<void(SoftAppletCertificate&)> change;
};
class GpAppletRefusesACertificate : public GpApplet,
                                    public ::testing::WithParamInterface<WrongCertificate> {};

TEST_P(GpAppletRefusesACertificate, for_its_own_reason) {
    SoftAppletCertificate certificate;
    GetParam().change(certificate);
    make({}, certificate);
    expect_refused(GetParam().detail);
}

using Paper = SoftAppletCertificate;

Bytes subject_of(const std::vector<TestAttribute>& attributes) {
    return name_of_attributes(attributes);
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, GpAppletRefusesACertificate,
    ::testing::Values(
        WrongCertificate{"an_authority", "certificate: an authority's",
                         [](Paper& c) { c.ca = true; }},
        WrongCertificate{"no_key_usage", "certificate: not for digital signatures alone",
                         [](Paper& c) { c.key_usage = {}; }},
        WrongCertificate{"for_key_agreement", "certificate: not for digital signatures alone",
                         [](Paper& c) { c.key_usage = soft_key_usage(4); }},
        WrongCertificate{"for_signatures_and_commitment",
                         "certificate: not for digital signatures alone",
                         [](Paper& c) {
                             const Bytes both{0x03, 0x02, 0x06, 0xC0};
                             c.key_usage = soft_extension("2.5.29.15", true, both);
                         }},
        WrongCertificate{"no_purpose", "certificate: not of a key that makes statements alone",
                         [](Paper& c) { c.purposes = Bytes(); }},
        WrongCertificate{"client_authentication",
                         "certificate: not of a key that makes statements alone",
                         [](Paper& c) { c.purposes = der_oid("1.3.6.1.5.5.7.3.2"); }},
        WrongCertificate{"any_purpose", "certificate: not of a key that makes statements alone",
                         [](Paper& c) { c.purposes = der_oid("2.5.29.37.0"); }},
        WrongCertificate{
            "statements_and_client_authentication",
            "certificate: not of a key that makes statements alone",
            [](Paper& c) {
                c.purposes = concat({der_oid("1.3.6.1.5.5.7.3.999"), der_oid("1.3.6.1.5.5.7.3.2")});
            }},
        WrongCertificate{"no_serial_number", "certificate: not one card's serial number",
                         [](Paper& c) { c.subject = soft_name("card-17"); }},
        WrongCertificate{"two_serial_numbers", "certificate: not one card's serial number",
                         [](Paper& c) {
                             c.subject = subject_of({{"2.5.4.5", "1"}, {"2.5.4.5", "2"}});
                         }},
        WrongCertificate{"serial_number_with_a_space", "certificate: not one card's serial number",
                         [](Paper& c) {
                             c.subject = subject_of({{"2.5.4.5", "card 17"}});
                         }},
        WrongCertificate{"serial_number_of_65_characters",
                         "certificate: not one card's serial number",
                         [](Paper& c) {
                             const std::string text(65, '1');
                             c.subject = subject_of({{"2.5.4.5", text}});
                         }}),
    [](const ::testing::TestParamInfo<WrongCertificate>& row) { return row.param.name; });

}  // namespace
}  // namespace hallmark
