// An attested read of an SE05x, read and not judged: the command as it was sent, the response, and
// the attributes of the object in it. Sources as nxp_se05x.h tells them. Within this room only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <compare>
#include <cstdint>
#include <vector>

namespace hallmark {

struct AppletVersion {
    unsigned char major = 0, minor = 0, patch = 0;
    friend auto operator<=>(const AppletVersion&, const AppletVersion&) = default;
};
/// From here on an element signs the command, and every field with its length.
inline constexpr AppletVersion first_se05x_with_lengths{7, 2, 0};

struct Se05xCommand {
    std::uint32_t object = 0;           ///< What is read.
    std::uint32_t attestation_key = 0;  ///< What signs.
    unsigned char algorithm = 0;
    Bytes random;  ///< 16 octets
};
/// Exactly 80 22 00 00, an extended length, the four fields in their order, no Le. Reason:
/// evidence_not_accepted, detail "command: ...".
[[nodiscard]] Result<Se05xCommand> parse_se05x_command(ByteView command);

struct Se05xResponse {
    Bytes data;        ///< What the object holds: of a key pair, its public point.
    Bytes attributes;  ///< As parse_se05x_attributes takes them.
    Bytes chip;        ///< 18 octets
    Bytes random;      ///< 16 octets; empty where the applet signs the command instead.
    Bytes tbs;         ///< What the element signed.
    Bytes signature;   ///< DER Ecdsa-Sig-Value
};
/// Exactly the applet's six fields in their order and 90 00. The version is never guessed: the
/// fields of old and new applets bear the same tags. Detail "response: ...".
[[nodiscard]] Result<Se05xResponse> parse_se05x_response(ByteView response, ByteView command,
                                                         const AppletVersion& applet);

struct Se05xPolicy {
    std::uint32_t who = 0;  ///< The authentication object; 0: anybody.
    std::uint32_t rights = 0;
};

struct Se05xAttributes {
    std::uint32_t object = 0;
    unsigned char type = 0;
    unsigned char authentication = 0;  ///< 1: none; 2: sessions are opened with it.
    unsigned char origin = 0;
    std::vector<Se05xPolicy> policies;
};
/// Exactly one object's attributes, of at most 16 policies without extension. Detail
/// "attributes: ...".
[[nodiscard]] Result<Se05xAttributes> parse_se05x_attributes(ByteView attributes,
                                                             const AppletVersion& applet);

}  // namespace hallmark
