// The bytes of names and extensions, against what openssl asn1parse and the RFCs say.
#include "policy/extensions.h"

#include "ca/domain/bytes.h"
#include "tests/unit/policy/sample_policy.h"

namespace hallmark {
namespace {

using namespace testing;

Policy with_extensions(std::string_view text) {
    return must_parse(sound_with("[extensions]", "[extensions]\n" + std::string(text)));
}

std::string extension(const Policy& policy, std::string_view oid) {
    const auto grant = decide(policy, sound_facts());
    if (!grant) return grant.error().detail;
    for (const GrantedExtension& one : grant->extensions) {
        if (one.oid == oid) return (one.critical ? "critical " : "") + to_hex(one.value);
    }
    return "absent";
}

std::string names(std::string_view entry) {
    return extension(with_extensions("subject_alt_names = [" + std::string(entry) + "]"),
                     "2.5.29.17");
}

TEST(KeyUsage, cuts_trailing_zero_bits) {
    EXPECT_EQ(to_hex(encode_key_usage({"digitalSignature"})), "03020780");
    EXPECT_EQ(to_hex(encode_key_usage({"digitalSignature", "keyAgreement"})), "03020388");
    EXPECT_EQ(to_hex(encode_key_usage({"keyAgreement", "decipherOnly"})), "0303070880");
    EXPECT_EQ(to_hex(encode_key_usage({"keyAgreement", "encipherOnly"})), "03020009");
}

TEST(SubjectAltName, is_encoded_by_its_kind) {
    EXPECT_EQ(names(R"({type = "dns", value = "{device}.a.example"})"),
              "300e820c" + to_hex(as_bytes("u1.a.example")));
    EXPECT_EQ(names(R"({type = "uri", value = "urn:dev:{device}"})"),
              "300c860a" + to_hex(as_bytes("urn:dev:u1")));
    EXPECT_EQ(names(R"({type = "rfc822", value = "{device}@a.example"})"),
              "300e810c" + to_hex(as_bytes("u1@a.example")));
    EXPECT_EQ(names(R"({type = "directory_name", name = [{type = "CN", value = "{device}"}]})"),
              "3011a40f300d310b300906035504030c027531");
    EXPECT_EQ(
        names(
            R"({type = "hardware_module_name", hardware_type = "1.2.3", value = "{element_serial}"})"),
        "301aa01806082b06010505070804a00c300a06022a03040439393131");
    EXPECT_EQ(names(R"({type = "permanent_identifier", value = "{device}"})"),
              "3014a01206082b06010505070803a00630040c027531");
    EXPECT_EQ(names(R"({type = "permanent_identifier", value = "{device}", assigner = "1.2.3"})"),
              "3018a01606082b06010505070803a00a30080c02753106022a03");
}

TEST(SubjectAltName, dns_refuses_what_would_make_other_names) {
    const Policy policy =
        with_extensions(R"(subject_alt_names = [{type = "dns", value = "{device}.a.example"}])");
    RequestFacts facts = sound_facts();
    for (const char* value : {"www.b", "U1", "u:1", "-u1", "u1-"}) {
        facts.unique_id = value;
        EXPECT_TRUE(refusal_of(policy, facts).starts_with("identity: subject alternative name"))
            << value;
    }
}

TEST(SubjectAltName, is_critical_by_itself_where_the_subject_is_empty) {
    const Policy policy = must_parse(
        with(sound_with("subject = [{type = \"O\", value = \"Example\"}, {type = \"CN\", value = "
                        "\"{device}\"}]",
                        ""),
             "[extensions]",
             "[extensions]\nsubject_alt_names = [{type = \"uri\", value = \"urn:dev:{device}\"}]"));
    EXPECT_EQ(extension(policy, "2.5.29.17"), "critical 300c860a" + to_hex(as_bytes("urn:dev:u1")));
    EXPECT_EQ(to_hex(decide(policy, sound_facts())->subject), "3000");
    EXPECT_TRUE(check_policy(policy).empty());
}

TEST(CustomExtension, has_the_type_that_the_policy_gave) {
    const auto custom = [](std::string_view fields) {
        return extension(with_extensions("custom = [{oid = \"1.3.6.1.4.1.32473.9\", " +
                                         std::string(fields) + "}]"),
                         "1.3.6.1.4.1.32473.9");
    };
    EXPECT_EQ(custom(R"(type = "utf8", value = "rev {device}")"), "0c06726576207531");
    EXPECT_EQ(custom(R"(type = "ia5", value = "a")"), "160161");
    EXPECT_EQ(custom(R"(type = "integer", value = 128)"), "02020080");
    EXPECT_EQ(custom(R"(type = "boolean", value = true, critical = true)"), "critical 0101ff");
    EXPECT_EQ(custom(R"(type = "octets", hex = "00FF")"), "040200ff");
    EXPECT_EQ(custom(R"(type = "octets", value = "{device}")"), "04027531");
    EXPECT_EQ(custom(R"(type = "oid", value = "1.2.3")"), "06022a03");
    EXPECT_EQ(custom(R"(type = "null")"), "0500");
}

TEST(CustomExtension, writes_a_range_number_without_its_padding) {
    const Policy policy =
        must_parse(with(sound_with("source = \"unique_id\"\ntemplate = \"{unique_id}\"",
                                   "source = \"range\"\ntemplate = \"{range}\""),
                        "[extensions]",
                        "[extensions]\ncustom = [{oid = \"1.3.6.1.4.1.32473.9\", type = "
                        "\"integer\", value = \"{range}\"}]"));
    RequestFacts facts = sound_facts();
    EXPECT_EQ(refusal_of(policy, facts), "identity: {range}: no number was allotted");
    facts.range_number = 255;
    const auto grant = decide(policy, facts);
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->device.get(), "gateway:00000255");
    EXPECT_EQ(to_hex(grant->extensions.back().value), "020200ff");
}

TEST(Extensions, stand_in_one_order) {
    const Policy policy = with_extensions(R"(
extended_key_usage = ["clientAuth", "1.3.6.1.5.5.7.3.1", "1.2.3"]
subject_alt_names = [{type = "uri", value = "urn:dev:{device}"}]
certificate_policies = ["1.2.3"]
ocsp = ["http://o"]
ca_issuers = ["http://c"]
custom = [{oid = "1.2.3.4", type = "null"}]
)");
    const auto grant = decide(policy, sound_facts());
    ASSERT_TRUE(grant);
    std::vector<std::string> order;
    for (const GrantedExtension& one : grant->extensions)
        order.push_back(one.oid);
    EXPECT_EQ(order, (std::vector<std::string>{"2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.14",
                                               "2.5.29.35", "2.5.29.17", "2.5.29.32", "2.5.29.31",
                                               "1.3.6.1.5.5.7.1.1", "1.2.3.4"}));
    EXPECT_EQ(extension(policy, "2.5.29.37"),
              "301806082b0601050507030206082b0601050507030106022a03");
    EXPECT_EQ(extension(policy, "2.5.29.32"), "3006300406022a03");
    EXPECT_EQ(extension(policy, "1.3.6.1.5.5.7.1.1"),
              "302c301406082b060105050730018608"
              "687474703a2f2f6f"
              "3014"
              "06082b060105050730028608"
              "687474703a2f2f63");
}

}  // namespace
}  // namespace hallmark
