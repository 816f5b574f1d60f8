// Numbers that the CA hands out itself.
#include "db/credentials.h"
#include "tests/db/custody_fixture.h"

namespace hallmark {
namespace {

class ElementNumber : public testing::CustodyFixture {
protected:
    std::uint64_t number_of(const std::string& unique_id, const ProductId& of) {
        return server.transact([&](Tx& tx) {
            return Credentials(tx).number_of(ElementId("example/" + unique_id), of);
        });
    }
};

TEST_F(ElementNumber, is_the_next_one_at_first_and_the_same_ever_after) {
    ASSERT_TRUE(
        import({testing::fresh_element("se-1"), testing::fresh_element("se-2")}).has_value());
    EXPECT_EQ(number_of("se-1", product), 1u);
    EXPECT_EQ(number_of("se-2", product), 2u);
    // A second attempt, after a void or a burnt intent, is for the device of the first.
    EXPECT_EQ(number_of("se-1", product), 1u);
    EXPECT_EQ(number_of("se-1", ProductId("other")), 1u) << "each product has a range of its own";
    EXPECT_EQ(count("element_number"), 3u);
}

}  // namespace
}  // namespace hallmark
