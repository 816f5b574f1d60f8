#include "ca/hsm/pin.h"

#include "tests/support/temp_dir.h"

#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hallmark {
namespace {

class Pin : public ::testing::Test {
protected:
    std::string file(const std::string& text, mode_t mode) {
        const auto path = (dir_.path() / ("pin" + std::to_string(++count_))).string();
        std::ofstream(path) << text;
        EXPECT_EQ(chmod(path.c_str(), mode), 0);
        return path;
    }
    static std::string refusal_of(const std::string& source) {
        try {
            (void)read_pin(source);
        } catch (const Fault& fault) {
            return fault.what();
        }
        return {};
    }
    testing::TempDir dir_;
    int count_ = 0;
};

TEST_F(Pin, is_read_from_a_private_file_without_its_newline) {
    EXPECT_EQ(read_pin(file("1234\n", 0600)).reveal(), "1234");
    EXPECT_EQ(read_pin(file("1234", 0400)).reveal(), "1234");
    EXPECT_EQ(read_pin(file("12 34\n\n", 0600)).reveal(), "12 34\n");
    EXPECT_EQ(read_pin(file(std::string(256, '9') + "\n", 0600)).reveal().size(), 256u);
}

TEST_F(Pin, is_read_from_an_open_descriptor) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    ASSERT_EQ(write(ends[1], "4321\n", 5), 5);
    close(ends[1]);
    EXPECT_EQ(read_pin("fd:" + std::to_string(ends[0])).reveal(), "4321");
    close(ends[0]);
}

TEST_F(Pin, is_refused_from_a_file_that_others_may_use) {
    for (const mode_t mode : {0640, 0604, 0620, 0602, 0666})
        EXPECT_NE(refusal_of(file("1234\n", mode)).find("mode 0600"), std::string::npos)
            << std::oct << mode;
}

TEST_F(Pin, is_refused_when_there_is_none_or_too_much_and_is_never_told) {
    EXPECT_NE(refusal_of(file("", 0600)).find("no PIN"), std::string::npos);
    EXPECT_NE(refusal_of(file("\n", 0600)).find("no PIN"), std::string::npos);
    const auto told = refusal_of(file(std::string(257, '7'), 0600));
    EXPECT_NE(told.find("longer than 256"), std::string::npos);
    EXPECT_EQ(told.find("777"), std::string::npos);
    EXPECT_NE(refusal_of((dir_.path() / "absent").string()).find("cannot open"), std::string::npos);
    EXPECT_NE(refusal_of(dir_.path().string()).find("no file"), std::string::npos);
}

TEST_F(Pin, is_refused_from_what_is_no_descriptor) {
    for (const char* source : {"fd:", "fd:x", "fd:-1", "fd:3x", "fd:99999999999"})
        EXPECT_NE(refusal_of(source).find("a path or fd:"), std::string::npos) << source;
    EXPECT_NE(refusal_of("fd:987").find("cannot read"), std::string::npos);
}

}  // namespace
}  // namespace hallmark
