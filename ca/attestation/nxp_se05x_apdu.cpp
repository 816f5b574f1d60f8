#include "ca/attestation/nxp_se05x_apdu.h"

#include "ca/attestation/members.h"
#include "ca/attestation/tpm2_reader.h"
#include "ca/crypto/hash.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace hallmark {
namespace {

// CLA, INS (READ 02 | ATTEST 20), P1 and P2 (default).
constexpr std::array<unsigned char, 4> attested_read{0x80, 0x22, 0x00, 0x00};
constexpr std::array<unsigned char, 2> success{0x90, 0x00};
constexpr std::size_t most_policies = 16;

struct FieldForm {
    unsigned char tag;
    std::string_view name;
    std::size_t least, most;  ///< Octets of the value.
};
constexpr std::array command_form{
    FieldForm{0x41, "the object's identifier", 4, 4},
    FieldForm{0x45, "the attestation key's identifier", 4, 4},
    FieldForm{0x46, "the algorithm", 1, 1},
    FieldForm{0x47, "the random octets", 16, 16},
};

// Both forms have five fields that are signed in this order, and the signature.
constexpr std::size_t signed_fields = 5;
constexpr FieldForm data{0x41, "the object's data", 1, 133};
constexpr std::size_t least_attributes = 15, most_attributes = 19 + 9 * most_policies;
constexpr std::array form_with_lengths{
    data,
    FieldForm{0x42, "the chip's identifier", 18, 18},
    FieldForm{0x43, "the attributes", least_attributes, most_attributes},
    FieldForm{0x44, "the object's size", 2, 2},
    FieldForm{0x4F, "the time", 12, 12},
    FieldForm{0x52, "the signature", 8, 80},
};
constexpr std::array form_without_lengths{
    data,
    FieldForm{0x42, "the attributes", least_attributes, most_attributes},
    FieldForm{0x43, "the time", 12, 12},
    FieldForm{0x44, "the random octets", 16, 16},
    FieldForm{0x45, "the chip's identifier", 18, 18},
    FieldForm{0x46, "the signature", 8, 80},
};

/// ISO 7816-4 5.2.2.1 as the element writes it: one octet up to 7F, or 81 and one, or 82 and two,
/// whether or not they are needed. Others: longer than any input.
std::size_t take_length(TpmReader& reader) {
    const std::uint8_t first = reader.u8();
    if (first <= 0x7F) return first;
    if (first == 0x81) return reader.u8();
    if (first == 0x82) return reader.u16();
    return std::numeric_limits<std::size_t>::max();
}

/// The value of the next field; nullopt where another is next, or this one is of another length.
std::optional<ByteView> take_field(TpmReader& reader, const FieldForm& form) {
    const std::uint8_t tag = reader.u8();
    const std::size_t length = take_length(reader);
    const ByteView value = reader.octets(length);
    if (reader.failed() || tag != form.tag || length < form.least || length > form.most)
        return std::nullopt;
    return value;
}

template <std::size_t count>
Result<std::array<ByteView, count>> take_fields(std::string_view whose, ByteView input,
                                                const std::array<FieldForm, count>& forms) {
    std::array<ByteView, count> values;
    TpmReader reader(input);
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = take_field(reader, forms[i]);
        if (!value)
            return evidence_refused(whose, std::string(forms[i].name) + " missing or malformed");
        values[i] = *value;
    }
    if (!reader.finished()) return evidence_refused(whose, "more behind its fields");
    return values;
}

std::uint32_t number(ByteView four) {
    return TpmReader(four).u32();
}

/// Tag, 82 and a length of two octets, value: so it is signed, however it was sent.
void append_signed(Bytes& tbs, const FieldForm& form, ByteView value) {
    append(tbs, Bytes{form.tag, 0x82, static_cast<unsigned char>(value.size() >> 8),
                      static_cast<unsigned char>(value.size())});
    append(tbs, value);
}

}  // namespace

Result<Se05xCommand> parse_se05x_command(ByteView command) {
    constexpr std::size_t header = 7;
    if (command.size() < header ||
        !std::equal(attested_read.begin(), attested_read.end(), command.begin()))
        return evidence_refused("command", "not an attested read");
    const std::size_t length = std::size_t{command[5]} << 8 | command[6];
    if (command[4] != 0 || length != command.size() - header)
        return evidence_refused("command", "its length is not exact");
    HALLMARK_TRY(fields, take_fields("command", command.subspan(header), command_form));
    return Se05xCommand{.object = number(fields[0]),
                        .attestation_key = number(fields[1]),
                        .algorithm = fields[2].front(),
                        .random = to_bytes(fields[3])};
}

Result<Se05xResponse> parse_se05x_response(ByteView response, ByteView command,
                                           const AppletVersion& applet) {
    if (response.size() < success.size() || !equal(response.last(success.size()), success))
        return evidence_refused("response", "not a success");
    const bool has_lengths = applet >= first_se05x_with_lengths;
    const auto& form = has_lengths ? form_with_lengths : form_without_lengths;
    HALLMARK_TRY(fields,
                 take_fields("response", response.first(response.size() - success.size()), form));
    Se05xResponse read;
    read.data = to_bytes(fields[0]);
    read.chip = to_bytes(fields[has_lengths ? 1 : 4]);
    read.attributes = to_bytes(fields[has_lengths ? 2 : 1]);
    read.signature = to_bytes(fields[signed_fields]);
    if (has_lengths)
        append(read.tbs, sha256(command));
    else
        read.random = to_bytes(fields[3]);
    for (std::size_t i = 0; i < signed_fields; ++i) {
        if (has_lengths)
            append_signed(read.tbs, form[i], fields[i]);
        else
            append(read.tbs, fields[i]);
    }
    return read;
}

Result<Se05xAttributes> parse_se05x_attributes(ByteView attributes, const AppletVersion& applet) {
    // Origin, and since applet 6 the object's version.
    const std::size_t tail = applet.major >= 6 ? 5 : 1;
    TpmReader reader(attributes);
    Se05xAttributes read;
    read.object = reader.u32();
    read.type = reader.u8();
    read.authentication = reader.u8();
    // Attempts or the shortest tag of an AEAD, the owner's authentication object, attempts again.
    constexpr std::size_t of_sessions = 2 + 4 + 2;
    (void)reader.octets(of_sessions);
    std::size_t left = attributes.size() - std::min(attributes.size(), 6 + of_sessions);
    while (left > tail && read.policies.size() < most_policies) {
        const std::size_t length = reader.u8();
        // The form of extensions is not confirmed, and no key of a leaf needs one.
        if (length != 8) return evidence_refused("attributes", "a policy is malformed");
        read.policies.push_back({.who = reader.u32(), .rights = reader.u32()});
        left -= std::min(left, 1 + length);
    }
    read.origin = reader.u8();
    (void)reader.octets(tail - 1);
    if (!reader.finished()) return evidence_refused("attributes", "not exact");
    return read;
}

}  // namespace hallmark
