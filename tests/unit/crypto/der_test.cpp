#include "ca/crypto/der.h"

#include "tests/support/pki.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

Bytes hex(std::string_view text) {
    return from_hex(text).value();
}

struct Foreign {
    const char* name;
    const char* encoding;
};
std::ostream& operator<<(std::ostream& out, const Foreign& foreign) {
    return out << foreign.name;
}

class NotDer : public ::testing::TestWithParam<Foreign> {};

TEST_P(NotDer, IsNoElementAndLeavesTheReaderInPlace) {
    const Bytes input = hex(GetParam().encoding);
    DerReader reader(input);
    EXPECT_FALSE(reader.any().has_value());
    EXPECT_TRUE(equal(reader.rest(), input));
}

INSTANTIATE_TEST_SUITE_P(
    Encodings, NotDer,
    ::testing::Values(Foreign{"Nothing", ""}, Foreign{"TagAlone", "30"},
                      Foreign{"ContentCutShort", "040301"}, Foreign{"IndefiniteLength", "30800000"},
                      Foreign{"LongFormForShortLength", "04810100"},
                      Foreign{"LeadingZeroInLength", "0482000100"},
                      Foreign{"LengthOctetsMissing", "0482"},
                      Foreign{"FiveLengthOctets", "04850000000001ff"},
                      Foreign{"LengthOfFourGigabytes", "0484ffffffff00"},
                      Foreign{"LongTag", "1f2100"}, Foreign{"LongTagConstructed", "bf812300"},
                      Foreign{"EndOfContents", "0000"}, Foreign{"ReservedLengthOctet", "04ff00"}),
    [](const auto& row) { return row.param.name; });

class NotAnInteger : public ::testing::TestWithParam<Foreign> {};

TEST_P(NotAnInteger, IsRefusedAndLeavesTheReaderInPlace) {
    const Bytes input = hex(GetParam().encoding);
    DerReader reader(input);
    EXPECT_FALSE(reader.integer().has_value());
    EXPECT_TRUE(equal(reader.rest(), input));
}

INSTANTIATE_TEST_SUITE_P(Encodings, NotAnInteger,
                         ::testing::Values(Foreign{"Empty", "0200"},
                                           Foreign{"PaddedPositive", "02020001"},
                                           Foreign{"PaddedNegative", "0202ff80"},
                                           Foreign{"OtherTag", "0a0101"}),
                         [](const auto& row) { return row.param.name; });

TEST(DerReader, ReadsIntegersAsTheyStand) {
    const Bytes input =
        hex("020200ff0201800201000208"
            "7fffffffffffffff");
    DerReader reader(input);
    EXPECT_EQ(reader.small_integer(), 255);
    EXPECT_FALSE(reader.small_integer().has_value()) << "-128 is no count";
    EXPECT_EQ(to_hex(reader.integer().value()), "80");
    EXPECT_EQ(reader.small_integer(), 0);
    EXPECT_EQ(reader.small_integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_TRUE(reader.at_end());
}

TEST(DerReader, RefusesAnIntegerOf2To63AsSmall) {
    const Bytes input = hex("0209008000000000000000");
    EXPECT_FALSE(DerReader(input).small_integer().has_value());
    EXPECT_TRUE(DerReader(input).integer().has_value());
}

TEST(DerReader, TakesTheTwoBooleansOfDerAndNoOther) {
    EXPECT_EQ(DerReader(hex("0101ff")).boolean(), true);
    EXPECT_EQ(DerReader(hex("010100")).boolean(), false);
    EXPECT_FALSE(DerReader(hex("010101")).boolean().has_value());
    EXPECT_FALSE(DerReader(hex("0100")).boolean().has_value());
    EXPECT_FALSE(DerReader(hex("0102ffff")).boolean().has_value());
}

TEST(DerReader, ReadsObjectIdentifiersOfEveryRoot) {
    for (const char* const oid :
         {"0.0", "0.39", "1.0", "1.39", "2.0", "2.39", "2.40", "2.999", "1.2.840.113549.1.1.11",
          "2.23.133.8.1", "2.9223372036854775807", "1.3.9223372036854775807"}) {
        EXPECT_EQ(DerReader(der_oid(oid)).oid(), oid);
    }
}

TEST(DerReader, RefusesObjectIdentifiersOfOtherForms) {
    EXPECT_FALSE(DerReader(hex("0600")).oid().has_value()) << "empty";
    EXPECT_FALSE(DerReader(hex("06032a8001")).oid().has_value()) << "padded";
    EXPECT_FALSE(DerReader(hex("06022a86")).oid().has_value()) << "cut short";
    EXPECT_FALSE(DerReader(hex("060b2affffffffffffffffff7f")).oid().has_value()) << "over 2^63";
    EXPECT_FALSE(DerReader(hex("060b2a81808080808080808000")).oid().has_value()) << "2^63";
    EXPECT_FALSE(DerReader(der(tag::oid, Bytes(65, 0x2A))).oid().has_value()) << "too long";
}

TEST(DerReader, TakesBitStringsOfWholeOctetsAlone) {
    EXPECT_EQ(to_hex(DerReader(hex("030300ab01")).octet_aligned_bit_string().value()), "ab01");
    EXPECT_FALSE(DerReader(hex("030204a0")).octet_aligned_bit_string().has_value());
    EXPECT_FALSE(DerReader(hex("0300")).octet_aligned_bit_string().has_value());
}

TEST(DerReader, TellsTimesInTheTwoFormsOfRfc5280) {
    const auto read = [](std::uint8_t kind, std::string_view text) {
        return DerReader(der(kind, as_bytes(text))).time();
    };
    EXPECT_EQ(to_rfc3339(read(tag::utc_time, "491231235959Z").value()), "2049-12-31T23:59:59Z");
    EXPECT_EQ(to_rfc3339(read(tag::utc_time, "500101000000Z").value()), "1950-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(read(tag::generalized_time, "20500101000000Z").value()),
              "2050-01-01T00:00:00Z");
    EXPECT_EQ(read(tag::generalized_time, "99991231235959Z"), no_expiry());
    for (const char* const text : {"4912312359Z", "491231235960Z", "491331000000Z", "230229000000Z",
                                   "491231240000Z", "491231236000Z", "491231235959",
                                   "4912312359590", "491231235959+0000", "49123123595aZ", ""}) {
        EXPECT_FALSE(read(tag::utc_time, text).has_value()) << text;
    }
    EXPECT_FALSE(read(tag::generalized_time, "20500101000000.5Z").has_value());
    EXPECT_FALSE(read(tag::utf8_string, "491231235959Z").has_value());
}

TEST(SoleElement, SuffersNothingBehindIt) {
    EXPECT_TRUE(sole_element(hex("3000"), tag::sequence).has_value());
    EXPECT_FALSE(sole_element(hex("300000"), tag::sequence).has_value());
    EXPECT_FALSE(sole_element(hex("3100"), tag::sequence).has_value());
}

TEST(DerWriter, WritesTheFewestLengthOctets) {
    EXPECT_EQ(to_hex(der(tag::octet_string, {})), "0400");
    EXPECT_EQ(to_hex(der_octet_string(Bytes(127))).substr(0, 4), "047f");
    EXPECT_EQ(to_hex(der_octet_string(Bytes(128))).substr(0, 6), "048180");
    EXPECT_EQ(to_hex(der_octet_string(Bytes(256))).substr(0, 8), "04820100");
    EXPECT_EQ(to_hex(der_octet_string(Bytes(65536))).substr(0, 10), "0483010000");
}

TEST(DerWriter, WritesMinimalIntegers) {
    EXPECT_EQ(to_hex(der_integer(0)), "020100");
    EXPECT_EQ(to_hex(der_integer(127)), "02017f");
    EXPECT_EQ(to_hex(der_integer(128)), "02020080");
    EXPECT_EQ(to_hex(der_integer(-1)), "0201ff");
    EXPECT_EQ(to_hex(der_integer(-128)), "020180");
    EXPECT_EQ(to_hex(der_integer(-129)), "0202ff7f");
    EXPECT_EQ(to_hex(der_unsigned(hex("000080"))), "02020080");
    EXPECT_EQ(to_hex(der_unsigned(hex("0000"))), "020100");
    EXPECT_EQ(to_hex(der_unsigned({})), "020100");
}

TEST(DerWriter, CutsTrailingZerosOfNamedBits) {
    EXPECT_EQ(to_hex(der_named_bits(0b100000000, 9)), "03020780") << "digitalSignature";
    EXPECT_EQ(to_hex(der_named_bits(0b000001100, 9)), "03020106") << "keyCertSign, cRLSign";
    EXPECT_EQ(to_hex(der_named_bits(0b000000001, 9)), "0303070080") << "decipherOnly";
    EXPECT_EQ(to_hex(der_named_bits(0, 9)), "030100");
    EXPECT_THROW(static_cast<void>(der_named_bits(1, 33)), std::logic_error);
}

TEST(DerWriter, OrdersTheMembersOfASet) {
    EXPECT_EQ(to_hex(der_set_of({hex("020102"), hex("0101ff"), hex("020101")})),
              "31090101ff020101020102");
}

TEST(DerWriter, WritesUtcTimeUntil2049AndGeneralizedTimeFrom2050) {
    const auto text = [](std::string_view moment) {
        const Bytes written = der_time(testing::instant(moment));
        return to_hex(ByteView(written).first(1)) +
               std::string(as_text(ByteView(written).subspan(2)));
    };
    EXPECT_EQ(text("2049-12-31T23:59:59.900000Z"), "17491231235959Z");
    EXPECT_EQ(text("2050-01-01T00:00:00Z"), "1820500101000000Z");
    EXPECT_EQ(text("1950-01-01T00:00:00Z"), "17500101000000Z");
    EXPECT_THROW(static_cast<void>(der_time(testing::instant("1949-12-31T23:59:59Z"))),
                 std::logic_error);
}

TEST(DerWriter, RefusesTextThatIsNoObjectIdentifier) {
    for (const char* const text :
         {"", "1", "1.", ".1", "3.1", "0.40", "1.40", "1.02", "1.-2", "1.2.a",
          "1.2.9223372036854775808", "1.2.99999999999999999999999"}) {
        EXPECT_FALSE(is_oid(text)) << text;
        EXPECT_THROW(static_cast<void>(der_oid(text)), std::logic_error) << text;
    }
    EXPECT_TRUE(is_oid("2.999.1"));
}

TEST(DerWriter, WritesStringsAndBitStrings) {
    EXPECT_EQ(to_hex(der_utf8("a")), "0c0161");
    EXPECT_EQ(to_hex(der_printable("a")), "130161");
    EXPECT_EQ(to_hex(der_ia5("a")), "160161");
    EXPECT_EQ(to_hex(der_bit_string(hex("ab"))), "030200ab");
    EXPECT_EQ(to_hex(der_null()), "0500");
    EXPECT_EQ(to_hex(der_boolean(true)) + to_hex(der_boolean(false)), "0101ff010100");
}

}  // namespace
}  // namespace hallmark
