#include "ca/attestation/microchip_messages.h"

#include "ca/attestation/members.h"
#include "ca/crypto/hash.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t rand_out_octets = 32, num_in_octets = 20, genkey_octets = 128,
                      sign_internal_octets = 55, temp_key_octets = 32;
constexpr unsigned char nonce_opcode = 0x16, genkey_opcode = 0x40, sign_opcode = 0x41;
constexpr unsigned char genkey_of_private_key =
    0x08;  // Digest, of the public half of a private key.
constexpr unsigned char internal_with_full_serial = 0x40;
/// Nonce: the generator's seed is written anew, or not; it draws either way.
constexpr std::array<unsigned char, 2> random_modes{0x00, 0x01};
constexpr unsigned slots = 16;
// TempKey's flags, above the four bits of its slot.
constexpr unsigned char from_fixed_nonce = 0x10, with_gendig = 0x20, with_genkey = 0x40,
                        without_mac = 0x80;

/// The octets up to `end`, and what to say when they are not as the chip makes them.
struct Part {
    std::size_t end;
    std::string_view otherwise;
};

constexpr std::array genkey_parts{Part{32, "not over what Nonce left"},
                                  Part{33, "not GenKey's opcode"},
                                  Part{34, "not a digest of a private key's public half (mode 08)"},
                                  Part{36, "no slot has this number"},
                                  Part{39, "another serial number than the certificate's"},
                                  Part{64, "an octet that is zero is not"},
                                  Part{128, "another key"}};

constexpr std::array sign_internal_parts{
    Part{32, "not over this GenKey digest"},
    Part{33, "not Sign's opcode"},
    Part{34, "not internal with the full serial number (mode 40)"},
    Part{36, "no slot has this number"},
    Part{40, "another configuration"},
    Part{41, "flags that such a statement does not have"},
    Part{43, "an octet that is zero is not"},
    Part{52, "another serial number than the certificate's"},
    Part{53, "neither locked nor unlocked"},
    Part{54, "made to invalidate a key"},
    Part{55, "an octet that is zero is not"}};

template <std::size_t count>
Result<Done> check_made(std::string_view word, ByteView given, const Bytes& made,
                        const std::array<Part, count>& parts) {
    const auto differ = std::mismatch(made.begin(), made.end(), given.begin(), given.end());
    if (differ.first == made.end()) return Done{};
    const auto at = static_cast<std::size_t>(differ.first - made.begin());
    const auto* const part =
        std::find_if(parts.begin(), parts.end(), [&](const Part& each) { return at < each.end; });
    return evidence_refused(word, part->otherwise);
}

/// Before the configuration is locked the generator answers FF FF 00 00 for ever, and slots may
/// still be configured otherwise.
bool is_of_unlocked_part(ByteView rand_out) {
    for (std::size_t i = 0; i < rand_out.size(); ++i) {
        if (rand_out[i] != (i % 4 < 2 ? 0xFF : 0x00)) return false;
    }
    return true;
}

/// What Nonce leaves in TempKey in one of its random modes.
Result<Done> check_nonce_in(const AteccMessages& messages, const AteccKnown& known) {
    if (is_of_unlocked_part(messages.rand_out))
        return evidence_refused("nonce", "of a part whose configuration is not locked");
    if (!known.num_in) return Done{};
    if (known.num_in->size() != num_in_octets)
        return evidence_refused("nonce", "none was asked for");
    for (const unsigned char mode : random_modes) {
        const std::array<unsigned char, 3> command{nonce_opcode, mode, 0x00};
        const Digest made = sha256(concat({messages.rand_out, *known.num_in, command}));
        if (equal_constant_time(messages.genkey.first(temp_key_octets), made)) return Done{};
    }
    return evidence_refused("nonce", "not the one that was asked for");
}

unsigned slot_at(ByteView message, std::size_t at) {
    return message[at] % slots;
}

std::uint16_t u16_at(ByteView message, std::size_t at) {
    return static_cast<std::uint16_t>(message[at] | message[at + 1] << 8);  // As the chip keeps it.
}

/// (1) 32 TempKey, (2) opcode, mode, slot, (3) SN[8], SN[0..1], (4) 25 zeros, (5) X, Y.
Bytes make_genkey(const AteccMessages& messages, const AteccKnown& known,
                  const AteccStatement& says) {
    Bytes made = to_bytes(messages.genkey.first(temp_key_octets));
    append(made, Bytes{genkey_opcode, genkey_of_private_key, static_cast<unsigned char>(says.slot),
                       0x00, known.serial[8], known.serial[0], known.serial[1]});
    made.insert(made.end(), 25, 0x00);
    append(made, says.x);
    append(made, says.y);
    return made;
}

/// (1) 32 TempKey, (2) opcode, mode, signing slot, (3) SlotConfig, KeyConfig and flags of the slot
/// in TempKey, (4) two zeros, (5) SN[8], SN[4..7], SN[0..1], SN[2..3], (6) lock, (7) two zeros.
Bytes make_sign_internal(const AteccMessages& messages, const AteccKnown& known,
                         const AteccStatement& says) {
    Bytes made = to_bytes(ByteView(sha256(messages.genkey)));
    append(made, Bytes{sign_opcode, internal_with_full_serial,
                       static_cast<unsigned char>(says.signing_slot), 0x00});
    append(made, messages.sign_internal.subspan(36, 4));
    made.push_back(static_cast<unsigned char>(with_genkey | says.slot));
    made.insert(made.end(), 2, 0x00);
    const AteccSerial& sn = known.serial;
    append(made, Bytes{sn[8], sn[4], sn[5], sn[6], sn[7], sn[0], sn[1], sn[2], sn[3]});
    append(made, Bytes{static_cast<unsigned char>(says.is_locked ? 0x00 : 0x01), 0x00, 0x00});
    return made;
}

/// What the flags give away, each for its own reason; all of them are compared again as a whole.
Result<Done> check_flags(unsigned char flags, unsigned slot) {
    if ((flags & from_fixed_nonce) != 0)
        return evidence_refused("sign_internal", "over a nonce that was given and not drawn");
    if ((flags & with_gendig) != 0)
        return evidence_refused("sign_internal", "over what GenDig made");
    if ((flags & with_genkey) == 0)
        return evidence_refused("sign_internal", "not over what GenKey made");
    if ((flags & without_mac) != 0)
        return evidence_refused("sign_internal", "over what no MAC may be made of");
    // GenKey of a public key that lies in a slot (mode 10) lets its caller choose mode and slot in
    // the message; the flags alone say which slot it was.
    if (flags % slots != slot)
        return evidence_refused("sign_internal", "over another slot than GenKey's message names");
    return Done{};
}

}  // namespace

Result<AteccMessages> take_messages(const AteccMessages& octets) {
    struct Sized {
        std::string_view name;
        std::size_t given, wanted;
    };
    for (const Sized& each :
         {Sized{"rand_out", octets.rand_out.size(), rand_out_octets},
          Sized{"genkey", octets.genkey.size(), genkey_octets},
          Sized{"sign_internal", octets.sign_internal.size(), sign_internal_octets}}) {
        if (each.given == each.wanted) continue;
        return evidence_refused(
            "member", std::string(each.name) + " has " + std::to_string(each.given) + " octets");
    }
    return octets;
}

AteccSerial serial_in(const AteccMessages& messages) {
    const auto at = [&](std::size_t i) { return messages.sign_internal[i]; };
    return {at(48), at(49), at(50), at(51), at(44), at(45), at(46), at(47), at(43)};
}

Result<AteccStatement> read_statement(const AteccMessages& messages, const AteccKnown& known) {
    const ByteView genkey = messages.genkey, sign = messages.sign_internal;
    const AteccStatement says{.slot = slot_at(genkey, 34),
                              .x = to_bytes(genkey.subspan(64, 32)),
                              .y = to_bytes(genkey.subspan(96, 32)),
                              .slot_config = u16_at(sign, 36),
                              .key_config = u16_at(sign, 38),
                              .is_locked = sign[52] == 0x00,
                              .signing_slot = slot_at(sign, 34)};
    HALLMARK_TRY(nonce, check_nonce_in(messages, known));
    HALLMARK_TRY(genkey_made,
                 check_made("genkey", genkey, make_genkey(messages, known, says), genkey_parts));
    HALLMARK_TRY(flags, check_flags(sign[40], says.slot));
    HALLMARK_TRY(sign_made,
                 check_made("sign_internal", sign, make_sign_internal(messages, known, says),
                            sign_internal_parts));
    return says;
}

}  // namespace hallmark
