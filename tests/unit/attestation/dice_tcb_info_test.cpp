// DiceTcbInfo and its kin as octets: what is read of them, and one thing wrong at a time.
#include "ca/attestation/dice_tcb_info.h"

#include "ca/crypto/der.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

Bytes field(unsigned number, Bytes content) {
    return der(tag::context(number, false), content);
}
Bytes listed(unsigned number, Bytes content) {
    return der(tag::context(number, true), content);
}
Bytes digest(std::string_view oid, std::size_t octets) {
    return der_sequence({der_oid(oid), der_octet_string(Bytes(octets, 0xD1))});
}
const Bytes sha256_digest = digest("2.16.840.1.101.3.4.2.1", 32);
const Bytes fwids = listed(6, sha256_digest);
const Bytes one_register = der_sequence(
    {field(0, to_bytes(std::string_view("boot"))), field(1, {3}), listed(2, sha256_digest)});

Bytes tcb_of(std::initializer_list<ByteView> fields) {
    return der(tag::sequence, concat(fields));
}

TEST(TcbInfo, is_read_field_by_field) {
    const auto read = parse_tcb_info(tcb_of(
        {field(0, to_bytes(std::string_view("Example"))),
         field(1, to_bytes(std::string_view("M1"))), field(2, to_bytes(std::string_view("2.0"))),
         field(3, {0x00, 0x80}), field(4, {1}), field(5, {0}),
         listed(6, concat({sha256_digest, digest("2.16.840.1.101.3.4.2.2", 48),
                           digest("2.16.840.1.101.3.4.2.3", 64)})),
         field(7, {4, 0x90}), field(8, {1, 2, 3}), field(9, {}), field(10, {0, 0xF0, 0, 0, 1}),
         listed(11, one_register)}));
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(read->vendor, "Example");
    EXPECT_EQ(read->model, "M1");
    EXPECT_EQ(read->version, "2.0");
    EXPECT_EQ(read->svn, 128);
    EXPECT_EQ(read->layer, 1);
    EXPECT_EQ(read->index, 0);
    ASSERT_EQ(read->fwids.size(), 3u);
    EXPECT_EQ(read->fwids[0].algorithm, "sha-256");
    EXPECT_EQ(read->fwids[1].algorithm, "sha-384");
    EXPECT_EQ(read->fwids[2].algorithm, "sha-512");
    EXPECT_EQ(read->fwids[2].digest, Bytes(64, 0xD1));
    EXPECT_EQ(read->flags, 0b1001u);
    EXPECT_EQ(read->flags_mask, 0x8000000Fu);
}

TEST(TcbInfo, leaves_out_what_is_not_there) {
    const auto read = parse_tcb_info(tcb_of({fwids}));
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_FALSE(read->vendor || read->model || read->version || read->svn || read->layer ||
                 read->index || read->flags || read->flags_mask);
}

struct Octets {
    std::string name;
    Bytes value;
    std::string detail;
};
class TcbInfoRefuses : public ::testing::TestWithParam<Octets> {};

TEST_P(TcbInfoRefuses, it_for_its_own_reason) {
    const auto read = parse_tcb_info(GetParam().value);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().reason, Reason::evidence_not_accepted);
    EXPECT_EQ(read.error().detail, "tcb-info: " + GetParam().detail);
}

constexpr const char* malformed = "a field is malformed";
constexpr const char* bad_digest = "a digest is malformed, or of an algorithm that is not taken";
constexpr const char* unknown = "a field that is not known, or out of order";
const Bytes text = to_bytes(std::string_view("A"));

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, TcbInfoRefuses,
    ::testing::Values(
        Octets{"nothing", {}, "not exactly one DER SEQUENCE"},
        Octets{"empty", tcb_of({}), "says nothing"},
        Octets{"trailing", concat({tcb_of({fwids}), Bytes{0}}), "not exactly one DER SEQUENCE"},
        Octets{"a_set", der(tag::set, fwids), "not exactly one DER SEQUENCE"},
        Octets{"a_long_length", concat({Bytes{0x30, 0x81, 0x03, 0x80, 0x01}, text}),
               "not exactly one DER SEQUENCE"},
        Octets{"an_integer_first", tcb_of({der_integer(1), fwids}), unknown},
        Octets{"explicit_text", tcb_of({listed(0, der_utf8("A"))}), unknown},
        Octets{"out_of_order", tcb_of({field(1, text), field(0, text)}), unknown},
        Octets{"twice", tcb_of({field(1, text), field(1, text)}), unknown},
        Octets{"field_12", tcb_of({fwids, field(12, {})}), unknown},
        Octets{"registers_where_the_mask_stands", tcb_of({fwids, listed(10, one_register)}),
               unknown},
        Octets{"empty_text", tcb_of({field(0, {})}), malformed},
        Octets{"text_that_is_not_printable", tcb_of({field(1, {0x0A})}), malformed},
        Octets{"long_text", tcb_of({field(2, Bytes(65, 'a'))}), malformed},
        Octets{"empty_svn", tcb_of({field(3, {})}), malformed},
        Octets{"negative_svn", tcb_of({field(3, {0x80})}), malformed},
        Octets{"svn_with_a_leading_zero", tcb_of({field(3, {0x00, 0x01})}), malformed},
        Octets{"svn_of_nine_octets", tcb_of({field(3, {1, 0, 0, 0, 0, 0, 0, 0, 0})}), malformed},
        Octets{"negative_layer", tcb_of({field(4, {0xFF})}), malformed},
        Octets{"negative_index", tcb_of({field(5, {0xFF})}), malformed},
        Octets{"no_fwid", tcb_of({listed(6, {})}), bad_digest},
        Octets{"fwid_without_a_digest",
               tcb_of({listed(6, der_sequence({der_oid("2.16.840.1.101.3.4.2.1")}))}), bad_digest},
        Octets{"fwid_with_more_behind",
               tcb_of({listed(6, der_sequence({der_oid("2.16.840.1.101.3.4.2.1"),
                                               der_octet_string(Bytes(32, 1)), der_null()}))}),
               bad_digest},
        Octets{"fwid_of_sha_1", tcb_of({listed(6, digest("1.3.14.3.2.26", 20))}), bad_digest},
        Octets{"fwid_of_another_length", tcb_of({listed(6, digest("2.16.840.1.101.3.4.2.2", 32))}),
               bad_digest},
        Octets{"nine_fwids",
               tcb_of({listed(6, concat({sha256_digest, sha256_digest, sha256_digest, sha256_digest,
                                         sha256_digest, sha256_digest, sha256_digest, sha256_digest,
                                         sha256_digest}))}),
               bad_digest},
        Octets{"flags_without_content", tcb_of({field(7, {})}), malformed},
        Octets{"flags_with_unused_bits_set", tcb_of({field(7, {4, 0x18})}), malformed},
        Octets{"flags_with_eight_unused_bits", tcb_of({field(7, {8, 0})}), malformed},
        Octets{"no_flags_but_unused_bits", tcb_of({field(7, {1})}), malformed},
        Octets{"flags_of_five_octets", tcb_of({field(7, {0, 0, 0, 0, 0, 0})}), malformed},
        Octets{"mask_with_unused_bits_set", tcb_of({field(7, {0}), field(10, {4, 0x18})}),
               malformed},
        Octets{"no_registers", tcb_of({listed(11, {})}), malformed},
        Octets{"register_without_digests",
               tcb_of({listed(11, der_sequence({ByteView(field(1, {3}))}))}), malformed},
        Octets{"register_with_a_negative_number",
               tcb_of({listed(11, der_sequence({field(1, {0x80}), listed(2, sha256_digest)}))}),
               malformed},
        Octets{"register_with_a_name_that_is_not_printable",
               tcb_of({listed(11, der_sequence({field(0, {1}), listed(2, sha256_digest)}))}),
               malformed},
        Octets{"register_with_more_behind",
               tcb_of({listed(11, der_sequence({listed(2, sha256_digest), der_null()}))}),
               malformed}),
    [](const ::testing::TestParamInfo<Octets>& row) { return row.param.name; });

TEST(TcbInfo, that_is_cut_anywhere_is_refused) {
    const Bytes whole =
        tcb_of({field(0, text), field(3, {7}), fwids, field(7, {0}), listed(11, one_register)});
    ASSERT_TRUE(parse_tcb_info(whole).has_value());
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_FALSE(parse_tcb_info(ByteView(whole).first(length)).has_value()) << length;
}

TEST(TcbInfoSequence, holds_one_to_sixteen) {
    const Bytes one = tcb_of({fwids});
    Bytes sixteen;
    for (int i = 0; i < 16; ++i)
        append(sixteen, one);
    EXPECT_EQ(parse_tcb_info_sequence(der(tag::sequence, sixteen)).value().size(), 16u);
    const auto refusal = [](const Bytes& value) {
        return parse_tcb_info_sequence(value).error().detail;
    };
    append(sixteen, one);
    EXPECT_EQ(refusal(der(tag::sequence, sixteen)), "tcb-info: more than the limit");
    EXPECT_EQ(refusal(der_sequence({})), "tcb-info: says nothing");
    EXPECT_EQ(refusal(one), "tcb-info: one of several is no SEQUENCE");
    EXPECT_EQ(refusal(der_sequence({one, tcb_of({})})), "tcb-info: says nothing");
    EXPECT_EQ(refusal(concat({der_sequence({one}), Bytes{0}})),
              "tcb-info: not exactly one DER SEQUENCE");
}

TEST(Ueid, is_one_octet_string) {
    EXPECT_EQ(parse_ueid(der_sequence({der_octet_string(Bytes(33, 1))})).value(), Bytes(33, 1));
    for (const Bytes& value :
         {der_octet_string(Bytes(17, 1)), der_sequence({}), der_sequence({der_octet_string({})}),
          der_sequence({der_octet_string(Bytes(34, 1))}),
          der_sequence({der_octet_string(Bytes(17, 1)), der_null()}),
          concat({der_sequence({der_octet_string(Bytes(17, 1))}), Bytes{0}})})
        EXPECT_EQ(parse_ueid(value).error().detail, "tcb-info: the UEID is malformed");
}

TEST(CompositeDeviceId, is_riots_of_version_1) {
    const Bytes spki = der_sequence({der_null()});
    const auto read =
        parse_composite_device_id(der_sequence({der_integer(1), spki, sha256_digest}));
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(read->issuer_spki, spki);
    EXPECT_EQ(read->fwid.digest, Bytes(32, 0xD1));
    const auto refusal = [](const Bytes& value) {
        return parse_composite_device_id(value).error().detail;
    };
    EXPECT_EQ(refusal(tcb_of({fwids})), "tcb-info: not RIoT's, version 1");
    EXPECT_EQ(refusal(der_sequence({der_integer(2), spki, sha256_digest})),
              "tcb-info: not RIoT's, version 1");
    EXPECT_EQ(refusal(der_sequence({der_integer(1), sha256_digest})),
              "tcb-info: RIoT's is malformed");
    EXPECT_EQ(refusal(der_sequence({der_integer(1), spki, sha256_digest, der_null()})),
              "tcb-info: RIoT's is malformed");
    EXPECT_EQ(refusal(concat({der_sequence({der_integer(1), spki, sha256_digest}), Bytes{0}})),
              "tcb-info: not exactly one DER SEQUENCE");
}

}  // namespace
}  // namespace hallmark
