// What an element's certificate says of it beside its key: attributes of its subject, and the
// policies under which it was issued. Within this room only.
#pragma once

#include "ca/crypto/certificate.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// The text of the one attribute of this type in a Name; nullopt where it stands never or twice.
[[nodiscard]] std::optional<std::string> sole_attribute(ByteView name_der, std::string_view type);
inline constexpr std::string_view common_name_oid = "2.5.4.3";  // RFC 5280 A.1

/// Upper-case hexadecimal, as makers print serial numbers.
[[nodiscard]] std::string upper_hex(ByteView octets);

/// The policies (RFC 5280 4.2.1.4), in order, without their qualifiers; empty where there are none.
/// nullopt for an extension that is malformed or names one twice.
[[nodiscard]] std::optional<std::vector<std::string>> certificate_policies(
    const Certificate& certificate);

}  // namespace hallmark
