// The messages of a session, each with one thing wrong and signed so; and the signature.
#include "tests/unit/attestation/stsafe_a_scene.h"

#include <algorithm>
#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

struct Changed {
    std::string name;
    std::string detail;
    std::function<void(std::vector<Bytes>& messages)> change;
};
class StsafeATranscript : public StsafeATest, public ::testing::WithParamInterface<Changed> {};

TEST_P(StsafeATranscript, is_refused_for_its_own_reason) {
    std::vector<Bytes> messages = SoftStsafe::session(key.spki(), nonce);
    GetParam().change(messages);
    show(element, messages);
    expect_refused(GetParam().detail);
}

auto set(std::size_t message, std::size_t at, unsigned char octet) {
    return [=](std::vector<Bytes>& messages) { messages.at(message).at(at) = octet; };
}
auto grow(std::size_t message) {
    return [=](std::vector<Bytes>& messages) { messages.at(message).push_back(0); };
}
const std::string not_four = "transcript: not four messages";
const std::string not_started = "transcript: the session was not started";
const std::string not_made = "transcript: no key is made";
const std::string bad_order = "transcript: the making of the key is malformed";
const std::string bad_point = "transcript: the key's point is malformed";
const std::string bad_size = "transcript: a message is empty or too long";

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, StsafeATranscript,
    ::testing::Values(
        Changed{"no_start", not_four, [](auto& m) { m.erase(m.begin()); }},
        Changed{"the_start_command_too", not_four,
                [](auto& m) {
                    m.insert(m.begin(), Bytes{0x03, 0x00, 0x00});
                }},
        Changed{"a_read_in_between", not_four,
                [](auto& m) {
                    m.insert(m.begin() + 3, {Bytes{0x05, 0, 0}, Bytes{0, 1}});
                }},
        Changed{"a_second_key", not_four,
                [](auto& m) {
                    const std::vector<Bytes> again{m[1], m[2]};
                    m.insert(m.begin() + 3, again.begin(), again.end());
                }},
        Changed{"no_signature_command", not_four, [](auto& m) { m.pop_back(); }},
        Changed{"the_answer_to_it_too", not_four, [](auto& m) { m.push_back(Bytes{0}); }},
        Changed{"start_refused", not_started, set(0, 0, 0x02)},
        Changed{"start_with_data", not_started, grow(0)},
        Changed{"empty_start", bad_size, [](auto& m) { m[0].clear(); }},
        Changed{"empty_signature_command", bad_size, [](auto& m) { m[3].clear(); }},
        Changed{"long_signature_command", bad_size, [](auto& m) { m[3].resize(513); }},
        Changed{"a_query", not_made, set(1, 0, 0x14)},
        Changed{"a_key_put_there", not_made, set(1, 0, 0x10)},
        Changed{"a_mac_of_the_session", not_made, set(1, 0, 0x91)},
        Changed{"an_answer_with_a_mac", not_made, set(1, 0, 0x51)},
        Changed{"a_mac_that_is_not_there", bad_order, set(1, 0, 0xB1)},
        Changed{"a_mac_that_is_not_said", bad_order, [](auto& m) { m[1].resize(m[1].size() + 4); }},
        Changed{"an_envelope_key", bad_order, set(1, 1, 0x07)},
        Changed{"behind_the_order", bad_order, grow(1)},
        Changed{"order_cut_off", bad_order, [](auto& m) { m[1].pop_back(); }},
        Changed{"curves_length_wrong", bad_order, set(1, 8, 7)},
        Changed{"order_and_answer_swapped", not_made, [](auto& m) { std::swap(m[1], m[2]); }},
        Changed{"key_refused", "transcript: the key was not made", set(2, 0, 0x0F)},
        Changed{"compressed_point", bad_point, set(2, 1, 0x02)},
        Changed{"behind_the_point", bad_point, grow(2)},
        Changed{"point_cut_off", bad_point, [](auto& m) { m[2].pop_back(); }},
        Changed{"a_coordinate_of_31_octets", bad_point,
                [](auto& m) {
                    m[2].erase(m[2].begin() + 4);
                    m[2][3] = 31;
                }},
        Changed{"a_padded_coordinate", bad_point,
                [](auto& m) {
                    m[2].insert(m[2].begin() + 4, 0);
                    m[2][3] = 33;
                }},
        Changed{"point_off_the_curve", "key: the point is not on the curve",
                [](auto& m) { m[2].back() ^= 1u; }},
        Changed{"a_digest_is_signed", "transcript: no signature is asked for", set(3, 0, 0x16)},
        Changed{"a_mac_behind_the_nonce", "transcript: no signature is asked for", set(3, 0, 0xB5)},
        Changed{"behind_the_nonce", "nonce: not the one that was asked for", grow(3)}),
    [](const ::testing::TestParamInfo<Changed>& row) { return row.param.name; });

using StsafeA = StsafeATest;

TEST_F(StsafeA, is_refused_wherever_a_message_is_cut_off) {
    make();
    const std::vector<Bytes> whole = transcript();
    for (std::size_t message = 0; message < 4; ++message) {
        for (std::size_t length = 0; length < whole[message].size(); ++length) {
            std::vector<Bytes> cut = whole;
            cut[message].resize(length);
            show(element, cut);
            expect_refused(message == 3 && length > 0 ? "nonce: " : "transcript: ");
        }
    }
    show(element, whole);
    EXPECT_TRUE(judge().has_value());
}

TEST_F(StsafeA, is_bound_by_its_signature_to_every_message) {
    make();
    const std::vector<Bytes> whole = transcript();
    // The use limit, the mode, the nonce; another session's key.
    for (const auto& [message, at] : {std::pair{1, 4}, std::pair{1, 6}, std::pair{3, 5}}) {
        transcript() = whole;
        transcript().at(static_cast<std::size_t>(message)).at(static_cast<std::size_t>(at)) ^= 1u;
        expect_refused("signature: not by slot 0's key");
    }
    transcript() = whole;
    transcript()[2] = SoftStsafe::session(make_ec_key().spki(), nonce)[2];
    expect_refused("signature: not by slot 0's key");
}

TEST_F(StsafeA, takes_a_signature_in_one_form_alone) {
    const std::string form = "signature: not R and S behind their lengths";
    make();
    const Bytes good = signature();
    const ByteView r = ByteView(good).subspan(2, 32), s = ByteView(good).last(32);
    const Bytes length{0, 32};
    const auto refused = [&](const Bytes& octets, const std::string& detail) {
        signature() = octets;
        expect_refused(detail);
    };
    refused(concat({r, s}), form);
    refused(ecdsa_der_from_raw(concat({r, s})), form);
    refused(concat({length, r}), form);
    refused(concat({good, Bytes{0}}), form);
    refused(Bytes(good.begin(), good.end() - 1), form);
    refused(concat({Bytes{0}, good}), form);
    refused(concat({Bytes{0, 33, 0}, r, length, s}), form);
    refused(concat({Bytes{0, 48}, Bytes(16, 0), r, Bytes{0, 48}, Bytes(16, 0), s}), form);
    refused(Bytes(), form);
    const std::string value = "signature: not by slot 0's key";
    refused(concat({length, s, length, r}), value);
    refused(concat({length, Bytes(32, 0), length, Bytes(32, 0)}), value);
    refused(SoftStsafe(maker).sign(transcript()), value);
    refused(element.sign({transcript().begin() + 1, transcript().end()}), value);
    signature() = good;
    EXPECT_TRUE(judge().has_value());
}

TEST_F(StsafeA, hashes_as_slot_0s_curve_says) {
    // The right key under the wrong digest.
    PkeyPtr wide(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
    make();
    const std::vector<Bytes> messages = transcript();
    chain() = {maker.certify(spki_of(wide.get()), element.serial())};
    Bytes hashed;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        append(hashed, Bytes{static_cast<unsigned char>(i % 2 == 0 ? 2 : 1), 0,
                             static_cast<unsigned char>(messages[i].size())});
        append(hashed, messages[i]);
    }
    const auto in_form = [](const Bytes& der) {
        const Bytes raw = ecdsa_raw_from_der(der, 48).value();
        const ByteView both(raw);
        const Bytes length{0, 48};
        return concat({length, both.first(48), length, both.last(48)});
    };
    signature() = in_form(sign_sha256(wide.get(), hashed));
    expect_refused("signature: not by slot 0's key");
    signature() = in_form(sign_sha384(wide.get(), hashed));
    EXPECT_TRUE(judge().has_value());
}

TEST_F(StsafeA, needs_each_member_in_its_form_and_no_other) {
    for (const std::string name : {"chain", "transcript", "signature"}) {
        make();
        std::erase_if(evidence.members, [&](const EvidenceMember& m) { return m.name == name; });
        expect_refused("member: missing: " + name);
        make();
        for (EvidenceMember& member : evidence.members) {
            if (member.name == name) member.is_list = !member.is_list;
        }
        expect_refused("member: in another form: " + name);
    }
    make();
    evidence.members.push_back({.name = "public_key", .values = {key.spki()}});
    expect_refused("member: unknown: public_key");
    make();
    evidence.members.push_back(evidence.members[1]);
    expect_refused("member: twice: transcript");
}

}  // namespace
}  // namespace hallmark
