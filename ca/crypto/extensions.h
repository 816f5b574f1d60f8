// The extensions of RFC 5280 4.2.1 that this room understands, from the content of extnValue.
// Each answers nullopt on anything but DER of its own syntax. Within this room only.
#pragma once

#include "ca/crypto/certificate.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

namespace extension {
inline constexpr std::string_view subject_key_identifier = "2.5.29.14", key_usage = "2.5.29.15",
                                  subject_alternative_name = "2.5.29.17",
                                  basic_constraints = "2.5.29.19", name_constraints = "2.5.29.30",
                                  certificate_policies = "2.5.29.32", policy_mappings = "2.5.29.33",
                                  authority_key_identifier = "2.5.29.35",
                                  policy_constraints = "2.5.29.36",
                                  extended_key_usage = "2.5.29.37",
                                  inhibit_any_policy = "2.5.29.54";
}  // namespace extension

struct AuthorityKeyIdentifier {
    std::optional<Bytes> key_identifier;
};

[[nodiscard]] std::optional<BasicConstraints> read_basic_constraints(ByteView value);
[[nodiscard]] std::optional<KeyUsage> read_key_usage(ByteView value);
[[nodiscard]] std::optional<std::vector<std::string>> read_extended_key_usage(ByteView value);
[[nodiscard]] std::optional<Bytes> read_subject_key_identifier(ByteView value);
[[nodiscard]] std::optional<AuthorityKeyIdentifier> read_authority_key_identifier(ByteView value);
/// The directoryName members of a SubjectAltName, Name DER each; nullopt when it is no
/// GeneralNames.
[[nodiscard]] std::optional<std::vector<Bytes>> read_directory_names(
    ByteView subject_alternative_name);

/// False when the extension is one of the above and its value is not of its syntax.
[[nodiscard]] bool is_well_formed(const Extension& extension);

}  // namespace hallmark
