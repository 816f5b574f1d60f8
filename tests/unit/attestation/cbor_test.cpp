// What the CBOR reader takes, and that it takes nothing else. Vectors of RFC 8949, appendix A,
// where they are of the kinds that it knows.
#include "ca/crypto/cbor.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using Kind = CborItem::Kind;

std::optional<CborItem> parse(std::string_view hex, const CborLimits& limits = {}) {
    return parse_cbor(from_hex(hex).value(), limits);
}

TEST(Cbor, reads_numbers_in_their_shortest_form) {
    const std::vector<std::pair<std::string, std::int64_t>> rows{
        {"00", 0},
        {"17", 23},
        {"1818", 24},
        {"18ff", 255},
        {"190100", 256},
        {"1a00010000", 65536},
        {"1b000000e8d4a51000", 1000000000000},
        {"20", -1},
        {"3863", -100},
        {"3903e7", -1000},
        {"1b7fffffffffffffff", INT64_MAX},
        {"3b7fffffffffffffff", INT64_MIN}};
    for (const auto& [hex, number] : rows) {
        const auto item = parse(hex);
        ASSERT_TRUE(item) << hex;
        EXPECT_EQ(item->kind, Kind::number) << hex;
        EXPECT_EQ(item->number, number) << hex;
    }
}

TEST(Cbor, reads_strings_arrays_maps_tags_and_the_three_simple_values) {
    EXPECT_EQ(parse("4401020304")->octets, (Bytes{1, 2, 3, 4}));
    EXPECT_EQ(parse("64f0908591")->text(), "\xF0\x90\x85\x91");
    EXPECT_EQ(parse("83010203")->items.size(), 3u);
    const auto map = parse("a26161016162820203");
    ASSERT_TRUE(map);
    EXPECT_EQ(map->find("a")->number, 1);
    EXPECT_EQ(map->find("b")->items.size(), 2u);
    EXPECT_EQ(map->find("c"), nullptr);
    EXPECT_EQ(parse("a1200a")->find(-1)->number, 10);
}

TEST(Cbor, reads_tags_with_what_they_tag) {
    const auto tagged = parse("d2420102");
    ASSERT_TRUE(tagged);
    EXPECT_EQ(tagged->kind, Kind::tagged);
    EXPECT_EQ(tagged->number, 18);
    EXPECT_EQ(tagged->items.at(0).octets, (Bytes{1, 2}));
    EXPECT_EQ(parse("f4")->number, 0);
    EXPECT_EQ(parse("f5")->number, 1);
    EXPECT_EQ(parse("f6")->kind, Kind::null);
}

TEST(Cbor, takes_nothing_but_one_strict_item) {
    const std::vector<std::pair<std::string, std::string>> rows{
        {"nothing", ""},
        {"more behind", "0000"},
        {"a number not in its shortest form", "1817"},
        {"a length not in its shortest form", "580101"},
        {"a number of two octets that one holds", "1900ff"},
        {"a number over 2^63", "1b8000000000000000"},
        {"an indefinite string", "5f42010243030405ff"},
        {"an indefinite array", "9f01ff"},
        {"a break alone", "ff"},
        {"a reserved length", "1c"},
        {"a string that is cut off", "4401"},
        {"an array that is cut off", "8201"},
        {"an array longer than the input", "9b00000000ffffffff"},
        {"a map with a key twice", "a2616101616102"},
        {"a map with a number twice", "a201010102"},
        {"a map whose key is an array", "a1800f"},
        {"a float", "f93c00"},
        {"undefined", "f7"},
        {"a simple value of two octets", "f8ff"},
        {"text that is no UTF-8", "61ff"},
        {"text that is cut in a character", "61c3"},
        {"an overlong character", "62c080"},
        {"a surrogate", "63eda080"}};
    for (const auto& [what, hex] : rows)
        EXPECT_FALSE(parse(hex)) << what;
}

TEST(Cbor, keeps_to_its_limits) {
    EXPECT_TRUE(parse("8181818100", {.depth = 5}));
    EXPECT_FALSE(parse("8181818100", {.depth = 4}));
    EXPECT_TRUE(parse("83010203", {.items = 4}));
    EXPECT_FALSE(parse("83010203", {.items = 3}));
    EXPECT_FALSE(parse("83010203", {.octets = 3}));
}

TEST(Cbor, takes_the_first_item_and_leaves_the_rest) {
    const Bytes input = *from_hex("820102f6");
    ByteView rest = input;
    EXPECT_EQ(take_cbor(rest)->items.size(), 2u);
    EXPECT_EQ(rest.size(), 1u);
    ByteView broken = ByteView(input).first(2);
    EXPECT_FALSE(take_cbor(broken));
    EXPECT_EQ(broken.size(), 2u);
}

}  // namespace
}  // namespace hallmark
