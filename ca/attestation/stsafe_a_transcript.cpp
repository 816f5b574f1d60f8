#include "ca/attestation/stsafe_a_transcript.h"

#include "ca/attestation/members.h"
#include "ca/attestation/tpm2_reader.h"

#include <array>
#include <optional>

namespace hallmark {
namespace {

constexpr unsigned char success = 0x00, generate_key = 0x11, get_signature = 0x15;
// Bit 7: there is a C-MAC; bit 5: by the host's key.
constexpr unsigned char with_host_mac = 0xA0;
constexpr std::size_t mac_octets = 4;
constexpr unsigned char private_key_slot = 0x13;
constexpr unsigned char of_command = 0x01, of_response = 0x02;  // In what is hashed.
constexpr std::size_t most_octets = 512;

constexpr std::array<unsigned char, 8> p256_oid{0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
constexpr std::array<unsigned char, 5> p384_oid{0x2B, 0x81, 0x04, 0x00, 0x22};

Refusal refused(std::string_view what) {
    return evidence_refused("transcript", what);
}

std::optional<KeyAlgorithm> curve_from(ByteView oid) {
    if (equal(oid, p256_oid)) return KeyAlgorithm::ec_p256;
    if (equal(oid, p384_oid)) return KeyAlgorithm::ec_p384;
    return std::nullopt;
}

/// Octets behind their count in two.
ByteView counted(TpmReader& reader) {
    const std::size_t count = reader.u16();
    return reader.octets(count);
}

/// What is to be made, where and for what.
Result<Done> read_order(ByteView message, StsafeTranscript& transcript) {
    TpmReader reader(message);
    const std::uint8_t header = reader.u8();
    if (header != generate_key && header != (generate_key | with_host_mac))
        return refused("no key is made");
    const std::uint8_t subject = reader.u8();
    transcript.slot = reader.u8();
    transcript.use_limit = reader.u16();
    transcript.mode = reader.u16();
    const ByteView oid = counted(reader);
    if (header != generate_key) (void)reader.octets(mac_octets);
    if (!reader.finished() || subject != private_key_slot)
        return refused("the making of the key is malformed");
    const auto curve = curve_from(oid);
    if (!curve) return refused("the key's curve is not taken");
    transcript.curve = *curve;
    return Done{};
}

/// The public point: 04, and each coordinate behind its length.
Result<Done> read_point(ByteView message, StsafeTranscript& transcript) {
    TpmReader reader(message);
    if (reader.u8() != success) return refused("the key was not made");
    const std::uint8_t form = reader.u8();
    transcript.x = to_bytes(counted(reader));
    transcript.y = to_bytes(counted(reader));
    const std::size_t width = transcript.curve == KeyAlgorithm::ec_p256 ? 32 : 48;
    if (!reader.finished() || form != 0x04 || transcript.x.size() != width ||
        transcript.y.size() != width)
        return refused("the key's point is malformed");
    return Done{};
}

/// As the element hashes a message: what it is, how long it is, what it says.
void append_hashed(Bytes& tbs, unsigned char kind, ByteView message) {
    append(tbs, Bytes{kind, static_cast<unsigned char>(message.size() >> 8),
                      static_cast<unsigned char>(message.size())});
    append(tbs, message);
}

}  // namespace

Result<StsafeTranscript> parse_stsafe_transcript(const std::vector<Bytes>& messages) {
    if (messages.size() != 4) return refused("not four messages");
    for (const Bytes& message : messages) {
        if (message.empty() || message.size() > most_octets)
            return refused("a message is empty or too long");
    }
    StsafeTranscript transcript;
    if (messages[0] != Bytes{success}) return refused("the session was not started");
    HALLMARK_TRY(order, read_order(messages[1], transcript));
    HALLMARK_TRY(point, read_point(messages[2], transcript));
    if (messages[3].front() != get_signature) return refused("no signature is asked for");
    transcript.challenge.assign(messages[3].begin() + 1, messages[3].end());
    append_hashed(transcript.tbs, of_response, messages[0]);
    append_hashed(transcript.tbs, of_command, messages[1]);
    append_hashed(transcript.tbs, of_response, messages[2]);
    append_hashed(transcript.tbs, of_command, messages[3]);
    return transcript;
}

Result<Bytes> parse_stsafe_signature(ByteView signature, std::size_t field_octets) {
    TpmReader reader(signature);
    const ByteView r = counted(reader);
    const ByteView s = counted(reader);
    if (!reader.finished() || r.size() != field_octets || s.size() != field_octets)
        return evidence_refused("signature", "not R and S behind their lengths");
    return ecdsa_der_from_raw(concat({r, s}));
}

}  // namespace hallmark
