// The command and the response of an attested read, changed octet by octet behind the element's
// back: refused where they are malformed for that, and else for their signature.
#include "tests/unit/attestation/nxp_se05x_scene.h"

#include <algorithm>
#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

struct Changed {
    std::string name;
    std::string detail;
    std::function<void(Bytes& octets)> change;
};
class NxpSe05xCommand : public NxpSe05xTest, public ::testing::WithParamInterface<Changed> {};
class NxpSe05xResponse : public NxpSe05xTest, public ::testing::WithParamInterface<Changed> {};

TEST_P(NxpSe05xCommand, is_refused_for_its_own_reason) {
    make();
    GetParam().change(command());
    expect_refused(GetParam().detail);
}

TEST_P(NxpSe05xResponse, is_refused_for_its_own_reason) {
    make();
    GetParam().change(response());
    expect_refused(GetParam().detail);
}

// Where things stand in a command: header 0, Lc 4, object 7, attestation key 13, algorithm 19,
// random 22, end 40.
auto set(std::size_t at, unsigned char octet) {
    return [=](Bytes& octets) { octets.at(at) = octet; };
}
auto flip(std::size_t at) {
    return [=](Bytes& octets) { octets.at(at) ^= 1u; };
}
/// Octets put in at a place, and counted in the command's length.
auto put(std::size_t at, Bytes more) {
    return [=](Bytes& octets) {
        octets.insert(octets.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
        octets[6] = static_cast<unsigned char>(octets.size() - 7);
    };
}
auto cut(std::size_t from, std::size_t to) {
    return [=](Bytes& octets) {
        octets.erase(octets.begin() + static_cast<std::ptrdiff_t>(from),
                     octets.begin() + static_cast<std::ptrdiff_t>(to));
        octets[6] = static_cast<unsigned char>(octets.size() - 7);
    };
}
const Bytes offset_field{0x42, 2, 0, 0};
const std::string no_read = "command: not an attested read";
const std::string inexact = "command: its length is not exact";
const std::string no_signature = "signature: not by the attestation key";

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, NxpSe05xCommand,
    ::testing::Values(
        Changed{"another_class", no_read, set(0, 0x00)},
        Changed{"a_plain_read", no_read, set(1, 0x02)},
        Changed{"an_attested_bus_transfer", no_read, set(1, 0x23)},
        Changed{"another_p1", no_read, set(2, 1)},
        Changed{"a_read_of_attributes", no_read, set(3, 0x3B)},
        Changed{"nothing", no_read, [](Bytes& octets) { octets.clear(); }},
        Changed{"the_header_alone", no_read, [](Bytes& octets) { octets.resize(4); }},
        Changed{"a_short_length", inexact,
                [](Bytes& octets) { octets.erase(octets.begin() + 4, octets.begin() + 6); }},
        Changed{"a_length_too_small", inexact, set(6, 32)},
        Changed{"a_length_too_large", inexact, set(6, 34)},
        Changed{"a_length_of_another_form", inexact, set(4, 1)},
        Changed{"an_expected_length_behind", inexact,
                [](Bytes& octets) {
                    octets.insert(octets.end(), {0, 0});
                }},
        Changed{"cut_off", inexact, [](Bytes& octets) { octets.pop_back(); }},
        Changed{"no_object", "command: the object's identifier missing or malformed", cut(7, 13)},
        Changed{"no_attestation_key",
                "command: the attestation key's identifier missing or malformed", cut(13, 19)},
        Changed{"no_algorithm", "command: the algorithm missing or malformed", cut(19, 22)},
        Changed{"no_random", "command: the random octets missing or malformed", cut(22, 40)},
        Changed{"an_offset", "command: the attestation key's identifier missing or malformed",
                put(13, offset_field)},
        Changed{"the_object_twice",
                "command: the attestation key's identifier missing or malformed",
                put(13, {0x41, 4, 0x20, 0, 0, 1})},
        Changed{"the_algorithm_first", "command: the object's identifier missing or malformed",
                [](Bytes& octets) {
                    std::rotate(octets.begin() + 7, octets.begin() + 19, octets.begin() + 22);
                }},
        Changed{"the_random_twice", "command: more behind its fields", put(40, {0x47, 1, 7})},
        Changed{"an_unknown_field", "command: more behind its fields", put(40, {0x48, 1, 7})},
        Changed{"a_random_octet_less", "command: the random octets missing or malformed",
                [](Bytes& octets) {
                    cut(39, 40)(octets);
                    octets[23] = 15;
                }},
        Changed{"a_length_without_end", "command: the random octets missing or malformed",
                set(23, 0x80)},
        Changed{"another_object", no_signature, flip(12)},
        Changed{"another_attestation_key", no_signature, flip(18)},
        Changed{"another_random", no_signature, flip(24)}),
    [](const ::testing::TestParamInfo<Changed>& row) { return row.param.name; });

// Where things stand in a response: point 0, chip 69, attributes 91, size 123, time 129.
INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, NxpSe05xResponse,
    ::testing::Values(
        Changed{"nothing", "response: not a success", [](Bytes& octets) { octets.clear(); }},
        Changed{"no_status", "response: not a success",
                [](Bytes& octets) { octets.resize(octets.size() - 2); }},
        Changed{"another_status", "response: not a success",
                [](Bytes& octets) { octets[octets.size() - 2] = 0x69; }},
        Changed{"behind_the_status", "response: not a success",
                [](Bytes& octets) { octets.push_back(0); }},
        Changed{"behind_the_signature", "response: more behind its fields",
                [](Bytes& octets) {
                    octets.insert(octets.end() - 2, {0x53, 0});
                }},
        Changed{"no_data", "response: the object's data missing or malformed",
                [](Bytes& octets) { octets.erase(octets.begin(), octets.begin() + 69); }},
        Changed{"the_data_twice", "response: the chip's identifier missing or malformed",
                [](Bytes& octets) {
                    const Bytes data(octets.begin(), octets.begin() + 69);
                    octets.insert(octets.begin(), data.begin(), data.end());
                }},
        Changed{"another_chip", no_signature, flip(73)},
        Changed{"another_point", no_signature, flip(68)},
        Changed{"another_attribute", no_signature, flip(122)},
        Changed{"another_size", no_signature, flip(128)},
        Changed{"another_time", no_signature, flip(133)},
        Changed{"another_signature", no_signature,
                [](Bytes& octets) { octets[octets.size() - 3] ^= 1u; }},
        Changed{"the_chip_under_the_attributes_tag",
                "response: the chip's identifier missing or malformed", set(69, 0x43)},
        Changed{"a_length_of_three_octets", "response: the object's data missing or malformed",
                set(1, 0x83)}),
    [](const ::testing::TestParamInfo<Changed>& row) { return row.param.name; });

using NxpSe05x = NxpSe05xTest;

TEST_F(NxpSe05x, is_refused_wherever_it_is_cut_off) {
    make();
    const Bytes whole_command = command(), whole_response = response();
    for (std::size_t length = 0; length < whole_command.size(); ++length) {
        command() = Bytes(whole_command.begin(),
                          whole_command.begin() + static_cast<std::ptrdiff_t>(length));
        expect_refused("command: ");
    }
    command() = whole_command;
    for (std::size_t length = 0; length + 2 < whole_response.size(); ++length) {
        response() = Bytes(whole_response.begin(),
                           whole_response.begin() + static_cast<std::ptrdiff_t>(length));
        expect_refused("response: not a success");
        append(response(), Bytes{0x90, 0x00});
        expect_refused("response: ");
    }
    response() = whole_response;
    EXPECT_TRUE(judge().has_value());
}

TEST_F(NxpSe05x, takes_lengths_as_they_were_sent_and_signs_them_as_three_octets) {
    make();
    // The chip's identifier with its length in one octet, and in two.
    response().erase(response().begin() + 70, response().begin() + 72);
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
    response().insert(response().begin() + 70, 0x81);
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
}

TEST_F(NxpSe05x, is_bound_by_each_signed_value_of_an_old_response) {
    SoftAttestedRead how;
    how.applet = {3, 1, 0};
    make(how);
    const Bytes whole = response();
    // Point, attributes, time, random, chip.
    for (const std::size_t at : {68, 96, 101, 117, 137}) {
        response() = whole;
        response().at(at) ^= 1u;
        expect_refused(no_signature);
    }
    response() = whole;
    command().at(24) ^= 1u;
    expect_refused("nonce: the response's is not the command's");
}

}  // namespace
}  // namespace hallmark
