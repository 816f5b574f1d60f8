// Compressed certificates: 72 octets taken apart, and certificates rebuilt from them octet by
// octet.
#include "ca/attestation/microchip_compressed.h"

#include "station/simulator/soft_tng.h"
#include "tests/support/pki.h"

#include <functional>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

const AteccSerial serial{0x01, 0x23, 0x8C, 0xB0, 0x7D, 0xCD, 0x50, 0x70, 0x01};

Certificate read(const Bytes& der) {
    return parse_certificate(der).value();
}

Result<Bytes> device_again(const Bytes& der, const Bytes& signer, const SoftCompression& how,
                           const DeviceName& name) {
    const Bytes octets = soft_compress(der, how);
    const Bytes point = soft_point(read(der).spki);
    const Certificate issuer = read(signer);
    HALLMARK_TRY(compressed, parse_compressed(octets));
    return rebuild_device({.compressed = compressed, .point = point, .issuer = issuer}, name);
}

Result<Bytes> signer_again(const Bytes& der, const Bytes& root, const SoftCompression& how) {
    const Bytes octets = soft_compress(der, how);
    const Bytes point = soft_point(read(der).spki);
    const Certificate issuer = read(root);
    HALLMARK_TRY(compressed, parse_compressed(octets));
    return rebuild_signer({.compressed = compressed, .point = point, .issuer = issuer});
}

DeviceName name_of(std::string_view before, std::string_view after) {
    return {.serial = serial, .before = before, .after = after, .eui48 = {}};
}

class CompressedCertificates : public ::testing::Test {
protected:
    SoftMicrochip maker;
    Bytes spki = make_ec_key().spki();
};

TEST_F(CompressedCertificates, make_the_same_signer_again) {
    const auto again = signer_again(maker.signer(), maker.root(), {.template_id = 1});
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_EQ(to_hex(*again), to_hex(maker.signer()));
}

TEST_F(CompressedCertificates, make_the_same_device_again_in_each_template) {
    struct Template {
        std::string before, after;
        unsigned number;
        std::optional<std::string> eui48;
    };
    for (const Template& each :
         {Template{"", " ATECC", 2, {}}, Template{"sn", "", 3, {}},
          Template{"sn", "", 3, "682719AB00FF"}, Template{"sn", " internal sign", 4, {}}}) {
        const Bytes device = maker.certify(
            spki, serial, {.before = each.before, .after = each.after, .eui48 = each.eui48});
        DeviceName name = name_of(each.before, each.after);
        if (each.eui48) name.eui48 = to_bytes(*each.eui48);
        const auto again = device_again(device, maker.signer(), {.template_id = each.number}, name);
        ASSERT_TRUE(again.has_value()) << again.error().detail;
        EXPECT_EQ(to_hex(*again), to_hex(device));
    }
}

TEST_F(CompressedCertificates, make_the_same_device_again_whatever_its_dates_and_signature) {
    // Signatures and serial numbers differ in length from one to the next.
    for (const auto& [from, years] :
         std::initializer_list<std::pair<const char*, int>>{{"2000-01-01T00:00:00Z", 1},
                                                            {"2031-12-31T23:00:00Z", 31},
                                                            {"2024-02-29T12:00:00Z", 28},
                                                            {"2023-06-15T07:00:00Z", 0}}) {
        for (int i = 0; i < 8; ++i) {
            const Bytes device =
                maker.certify(spki, serial, {.from = instant(from), .years = years});
            const auto again =
                device_again(device, maker.signer(), {}, name_of("sn", " internal sign"));
            ASSERT_TRUE(again.has_value()) << again.error().detail;
            EXPECT_EQ(to_hex(*again), to_hex(device)) << from;
        }
    }
}

TEST_F(CompressedCertificates, make_the_number_of_the_key_or_of_the_part) {
    const Bytes device = maker.certify(spki, serial, {.serial_of_serial_number = true});
    const DeviceName name = name_of("sn", " internal sign");
    const auto again = device_again(device, maker.signer(), {.serial_source = 0xB}, name);
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_EQ(*again, device);
    EXPECT_NE(device_again(device, maker.signer(), {.serial_source = 0xA}, name).value(), device);
}

TEST_F(CompressedCertificates, make_another_certificate_from_any_other_octet) {
    const Bytes device = maker.certify(spki, serial);
    const Bytes good = soft_compress(device);
    const Bytes point = soft_point(spki);
    const Certificate issuer = read(maker.signer());
    for (std::size_t at = 0; at < good.size(); ++at) {
        if (at == 69) continue;  // Template and chain are the caller's to look at.
        Bytes octets = good;
        octets[at] ^= 0x01;
        const auto compressed = parse_compressed(octets);
        if (!compressed) continue;
        const auto again =
            rebuild_device({.compressed = *compressed, .point = point, .issuer = issuer},
                           name_of("sn", " internal sign"));
        if (again) {
            EXPECT_NE(*again, device) << at;
        }
    }
}

TEST_F(CompressedCertificates, need_an_issuer_with_a_name_and_a_key_identifier) {
    const Bytes device = maker.certify(spki, serial);
    const Bytes octets = soft_compress(device);
    const Bytes point = soft_point(spki);
    const auto compressed = parse_compressed(octets);
    ASSERT_TRUE(compressed.has_value());
    const auto detail_under = [&](const CertificateSpec& spec) {
        const TestKey key = make_ec_key();
        CertificateSpec with_key = spec;
        with_key.spki = key.spki();
        const Certificate issuer = read(make_certificate(with_key, key));
        return rebuild_device({.compressed = *compressed, .point = point, .issuer = issuer},
                              name_of("sn", " internal sign"))
            .error()
            .detail;
    };
    CertificateSpec spec;
    spec.subject = common_name("Somebody 2C60");
    EXPECT_EQ(detail_under(spec), "compressed: its issuer has no key identifier");
    spec.subject = name_of_attributes({{"2.5.4.3", "Somebody"}, {"2.5.4.11", "2C60"}});
    EXPECT_EQ(detail_under(spec), "compressed: its issuer's name does not end in a common name");
    spec.subject = empty_name();
    EXPECT_EQ(detail_under(spec), "compressed: of another signer than the one above it");
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(Bytes&)> change;
};
class CompressedOctets : public ::testing::TestWithParam<Wrong> {};

TEST_P(CompressedOctets, are_refused) {
    Bytes octets(72, 0x00);
    octets[64] = 24u << 3 | 1;  // 2024; of month 2 the upper three bits
    octets[65] = 3u << 2;       // day 3, hour 0
    octets[66] = 28;
    ASSERT_TRUE(parse_compressed(octets).has_value()) << parse_compressed(octets).error().detail;
    GetParam().change(octets);
    const auto read = parse_compressed(octets);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().reason, Reason::evidence_not_accepted);
    EXPECT_EQ(read.error().detail, GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, CompressedOctets,
    ::testing::Values(
        Wrong{"short", "compressed: has 71 octets", [](Bytes& o) { o.pop_back(); }},
        Wrong{"long", "compressed: has 73 octets", [](Bytes& o) { o.push_back(0); }},
        Wrong{"empty", "compressed: has 0 octets", [](Bytes& o) { o.clear(); }},
        Wrong{"another_version", "compressed: not of format version 0",
              [](Bytes& o) { o[70] = 1; }},
        Wrong{"last_octet", "compressed: its last octet is not zero", [](Bytes& o) { o[71] = 1; }},
        Wrong{"month_0", "compressed: its dates are none", [](Bytes& o) { o[64] = 24u << 3; }},
        Wrong{"month_13", "compressed: its dates are none",
              [](Bytes& o) {
                  o[64] = 24u << 3 | 6;
                  o[65] |= 0x80;
              }},
        Wrong{"day_0", "compressed: its dates are none", [](Bytes& o) { o[65] = 0; }},
        Wrong{"day_30_of_february", "compressed: its dates are none",
              [](Bytes& o) { o[65] = 30u << 2; }},
        Wrong{"hour_24", "compressed: its dates are none", [](Bytes& o) { o[65] |= 3; }},
        Wrong{"an_end_on_no_day", "compressed: its dates are none",
              [](Bytes& o) {
                  o[65] = 29u << 2;
                  o[66] = 1;
              }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

}  // namespace
}  // namespace hallmark
