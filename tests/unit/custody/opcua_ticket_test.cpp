// Device identity tickets of OPC UA: what is taken, and each thing that is not.
#include "ca/crypto/certificate.h"
#include "ca/crypto/file_key.h"
#include "tests/support/manifest.h"
#include "tests/support/pki.h"
#include "tests/support/taken_manifest.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::make_vendor;

const testing::TestVendor& maker() {
    static const testing::TestVendor made = make_vendor("Maker");
    return made;
}
const testing::TestVendor& builder() {
    static const testing::TestVendor made = make_vendor("Builder");
    return made;
}

const std::string good_payload =
    R"({"ManufacturerName":"Maker","ModelName":"PLC 7","SerialNumber":"S-0001",)"
    R"("ManufactureDate":"2025-03-01T00:00:00Z","ProductInstanceUri":"urn:maker.example:plc7:S-0001"})";

std::string header_of(const ExampleVendor& by, const std::string& more = "") {
    return R"({"alg":"ES256","x5c":[")" + to_base64(by.certificate) +
           R"("],"cty":"opc-ticket+json;type=DeviceIdentityTicketType")" + more + "}";
}
const std::string builders_uri = R"(,"opc-uri":"urn:builder.example:machine:1")";

struct Signing {
    const ExampleVendor& by;
    std::string header;
    std::string unprotected = "";
};
std::string signature_of(const std::string& payload, const Signing& signing) {
    const std::string header = to_base64url(as_bytes(signing.header));
    const std::string message = header + "." + to_base64url(as_bytes(payload));
    const Bytes der = FileKey::parse(signing.by.private_key)->sign(as_bytes(message));
    return R"({"protected":")" + header + "\"" + signing.unprotected + R"(,"signature":")" +
           to_base64url(*ecdsa_raw_from_der(der, 32)) + "\"}";
}
std::string ticket(const std::string& payload, const std::vector<Signing>& signings) {
    std::string signatures;
    for (const Signing& signing : signings)
        signatures += (signatures.empty() ? "" : ",") + signature_of(payload, signing);
    return R"({"payload":")" + to_base64url(as_bytes(payload)) + R"(","signatures":[)" +
           signatures + "]}";
}
Signing by_maker() {
    return {maker().signer, header_of(maker().signer)};
}
Signing by_builder() {
    return {builder().signer, header_of(builder().signer, builders_uri)};
}

Result<testing::TakenManifest> parse(const std::string& text, std::vector<Bytes> roots,
                                     std::vector<Bytes> intermediates = {}) {
    static const ChainValidator chains;
    const PinnedVendor pin{
        .vendor = VendorId("maker"),
        .format = std::string(opcua_ticket_format),
        .anchors = {.roots = std::move(roots), .intermediates = std::move(intermediates)},
        .exceptions = {}};
    return testing::take_manifest(&parse_opcua_tickets, text,
                                  {.pins = {pin}, .now = testing::noon()}, chains);
}
Result<testing::TakenManifest> parse(const std::string& text) {
    return parse(text, {maker().signer.certificate, builder().signer.certificate});
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    if (at == std::string::npos) throw std::logic_error("nothing to spoil: " + std::string(what));
    return text.replace(at, what.size(), with);
}

TEST(OpcUaTicket, names_a_device_and_no_key) {
    const auto taken = parse("[" + ticket(good_payload, {by_maker()}) + "]");
    ASSERT_TRUE(taken.has_value()) << taken.error().detail;
    EXPECT_EQ(taken->signer_sha256, sha256(maker().signer.certificate));
    ASSERT_EQ(taken->units.size(), 1u);
    EXPECT_EQ(taken->units[0].unique_id, "S-0001");
    EXPECT_EQ(taken->units[0].model, "PLC 7");
    EXPECT_TRUE(taken->units[0].keys.empty());
}

TEST(OpcUaTicket, is_taken_with_the_signature_of_every_actor_in_any_order) {
    for (const auto& signings :
         {std::vector{by_maker(), by_builder()}, {by_builder(), by_maker()}}) {
        const auto taken = parse("[" + ticket(good_payload, signings) + "]");
        ASSERT_TRUE(taken.has_value()) << taken.error().detail;
        EXPECT_EQ(taken->signer_sha256, sha256(maker().signer.certificate));
    }
}

TEST(OpcUaTicket, may_spell_its_fields_as_the_tables_do_but_not_both_ways) {
    std::string lower = good_payload;
    for (const auto& [upper, as_table] : {std::pair{"ModelName", "modelName"},
                                          {"SerialNumber", "serialNumber"},
                                          {"ProductInstanceUri", "productInstanceUri"}})
        lower = replaced(lower, upper, as_table);
    EXPECT_TRUE(parse("[" + ticket(lower, {by_maker()}) + "]").has_value());
    const std::string both = replaced(good_payload, "{", R"({"serialNumber":"S-0002",)");
    EXPECT_EQ(parse("[" + ticket(both, {by_maker()}) + "]").error().detail,
              "entry 0 (uniqueId unknown): SerialNumber malformed");
}

TEST(OpcUaTicket, is_refused_unless_every_actor_is_pinned) {
    const std::string text = "[" + ticket(good_payload, {by_maker(), by_builder()}) + "]";
    for (const auto& roots :
         {std::vector<Bytes>{maker().signer.certificate},
          std::vector<Bytes>{builder().signer.certificate}, std::vector<Bytes>{}}) {
        const auto taken = parse(text, roots);
        ASSERT_TRUE(taken.has_error());
        EXPECT_EQ(taken.error().detail, "entry 0 (uniqueId S-0001): signer: not pinned");
    }
    // The chain that a ticket brings makes nobody known.
    EXPECT_TRUE(parse(text, {maker().root, builder().root}).has_error());
    EXPECT_TRUE(parse(text, {maker().root, builder().root},
                      {maker().signer.certificate, builder().signer.certificate})
                    .has_value());
}

TEST(OpcUaTicket, is_refused_where_any_signature_is_another_keys) {
    const ExampleVendor impostor{builder().signer.certificate, maker().signer.private_key};
    const auto taken = parse(
        "[" +
        ticket(good_payload, {by_maker(), {impostor, header_of(builder().signer, builders_uri)}}) +
        "]");
    ASSERT_TRUE(taken.has_error());
    EXPECT_EQ(taken.error().detail, "entry 0 (uniqueId S-0001): signature does not verify");
}

TEST(OpcUaTicket, needs_a_manufacturer_the_same_in_all_entries) {
    EXPECT_EQ(parse("[" + ticket(good_payload, {by_builder()}) + "]").error().detail,
              "entry 0 (uniqueId S-0001): no manufacturer's signature");
    EXPECT_EQ(parse("[" + ticket(good_payload, {by_maker(), by_maker()}) + "]").error().detail,
              "entry 0 (uniqueId S-0001): an actor signed twice");
    const std::string other =
        replaced(replaced(good_payload, "S-0001", "S-0002"), "S-0001", "S-0002");
    EXPECT_EQ(parse("[" + ticket(good_payload, {by_maker()}) + "," +
                    ticket(other, {{builder().signer, header_of(builder().signer)}}) + "]")
                  .error()
                  .detail,
              "entry 1 (uniqueId S-0002): signed by another than the first entry");
}

struct SpoiltPart {
    const char* name;
    bool in_header;
    const char* what;
    const char* with;
    const char* detail;
};
class SpoiltTicket : public ::testing::TestWithParam<SpoiltPart> {};
TEST_P(SpoiltTicket, is_refused_though_well_signed) {
    Signing signing = by_maker();
    std::string payload = good_payload;
    std::string& part = GetParam().in_header ? signing.header : payload;
    part = replaced(part, GetParam().what, GetParam().with);
    const auto taken = parse("[" + ticket(payload, {signing}) + "]");
    ASSERT_TRUE(taken.has_error());
    EXPECT_EQ(taken.error().reason, Reason::invalid_document);
    EXPECT_TRUE(taken.error().detail.starts_with("entry 0 (uniqueId ")) << taken.error().detail;
    EXPECT_NE(taken.error().detail.find(GetParam().detail), std::string::npos)
        << taken.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    all, SpoiltTicket,
    ::testing::Values(
        SpoiltPart{"alg_none", true, "ES256", "none", "algorithm not taken"},
        SpoiltPart{"alg_of_another_key", true, "ES256", "RS256", "signature does not verify"},
        SpoiltPart{"a_composites_ticket", true, "DeviceIdentity", "CompositeIdentity",
                   "content type is not that of a device's ticket"},
        SpoiltPart{"critical", true, "{", "{\"crit\":[\"b64\"],\"b64\":false,",
                   "protected header is not"},
        SpoiltPart{"no_certificate", true, "x5c", "x5u", "protected header is not"},
        SpoiltPart{"certificate_not_base64", true, "[\"", "[\"?", "x5c is not base64"},
        SpoiltPart{"opc_uri_empty", true, "\"cty\"", "\"opc-uri\":\"\",\"cty\"",
                   "opc-uri malformed"},
        SpoiltPart{"no_serial", false, "SerialNumber", "SerialNo", "SerialNumber malformed"},
        SpoiltPart{"serial_with_slash", false, "\"S-0001\"", "\"S/0001\"",
                   "SerialNumber malformed"},
        SpoiltPart{"no_uri", false, "ProductInstanceUri", "ProductUri",
                   "ProductInstanceUri malformed"},
        SpoiltPart{"model_unprintable", false, "PLC 7", "PLC\\n7", "ModelName malformed"},
        SpoiltPart{"payload_not_json", false, "}", "", "payload"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(OpcUaTicket, refuses_what_nobody_signed) {
    const std::string good = "[" + ticket(good_payload, {by_maker()}) + "]";
    EXPECT_EQ(parse(replaced(good, R"(,"signature":)", R"(,"header":{"alg":"none"},"signature":)"))
                  .error()
                  .detail,
              "entry 0 (uniqueId S-0001): unprotected header is not empty");
    EXPECT_TRUE(
        parse(replaced(good, R"(,"signature":)", R"(,"header":{},"signature":)")).has_value());
    EXPECT_EQ(parse(replaced(good, R"({"payload")", R"({"x":1,"payload")")).error().detail,
              "entry 0 (uniqueId S-0001): not a JWS in general serialization");
    EXPECT_EQ(parse("[" + ticket(good_payload, {}) + "]").error().detail,
              "entry 0 (uniqueId S-0001): no signature");
    EXPECT_EQ(parse("[" + ticket(good_payload, std::vector(9, by_maker())) + "]").error().reason,
              Reason::too_large);
}

TEST(OpcUaTicket, is_refused_cut_at_any_of_its_parts) {
    const std::string good = "[" + ticket(good_payload, {by_maker()}) + "]";
    for (std::size_t size = 0; size < good.size(); size += 17)
        EXPECT_TRUE(parse(good.substr(0, size)).has_error()) << size;
}

}  // namespace
}  // namespace hallmark
