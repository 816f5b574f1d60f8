// Subject and subject alternative names: their vocabulary, their size bounds, and their DER.
// Refuses to know where the values come from: that is template.h.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"
#include "policy/template.h"

#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

namespace oid {
inline constexpr std::string_view matter_vendor_id = "1.3.6.1.4.1.37244.2.1",
                                  matter_product_id = "1.3.6.1.4.1.37244.2.2";
}  // namespace oid

/// An attribute type that we know: how its value is encoded and how long it may be.
struct AttributeType {
    std::string_view label;
    std::string_view oid;
    std::uint8_t string_tag = 0;
    std::size_t bound = 0;  ///< Characters; RFC 5280 appendix A.1 (ub-...).
};
/// By label ("CN") or dotted OID; nullptr when it is neither.
[[nodiscard]] const AttributeType* find_attribute_type(std::string_view label_or_oid) noexcept;

/// One RDN with one attribute.
struct SubjectAttribute {
    std::string type;  ///< Label, or dotted OID (UTF8String) where we have no label.
    NameTemplate value;
};
[[nodiscard]] std::string_view oid_of(const SubjectAttribute& attribute) noexcept;
[[nodiscard]] std::size_t bound_of(const SubjectAttribute& attribute) noexcept;
/// Empty when the literal text can stand in the attribute's string type; else why not.
[[nodiscard]] std::string_view why_not_in(const SubjectAttribute& attribute,
                                          std::string_view text) noexcept;

enum class NameKind {
    dns,
    uri,
    rfc822,
    directory_name,
    hardware_module_name,
    permanent_identifier
};
[[nodiscard]] std::string_view name_of(NameKind kind) noexcept;

struct AlternativeName {
    NameKind kind = NameKind::dns;
    NameTemplate value;  ///< All but directory_name.
    std::string object;  ///< Hardware type (RFC 4108 5) or assigner (RFC 4043 2, may be empty).
    std::vector<SubjectAttribute> name;  ///< directory_name alone.
};

/// Name DER. Reason: policy_denied, detail "identity: ...", where a hole's value or a length
/// forbids it.
[[nodiscard]] Result<Bytes> encode_name(const std::vector<SubjectAttribute>& attributes,
                                        const HoleValues& values);
/// The same with every value in lower case and UTF8String: equal exactly when two subjects match by
/// the comparison of RFC 5280 7.1 (our literals are compared too; holes hold no white space).
[[nodiscard]] Result<Bytes> encode_folded_name(const std::vector<SubjectAttribute>& attributes,
                                               const HoleValues& values);
/// GeneralName DER.
[[nodiscard]] Result<Bytes> encode_alternative_name(const AlternativeName& name,
                                                    const HoleValues& values);

/// What stands in the DER, for examples and people: "CN=gw-1" per RDN; "dns:gw-1.example" per
/// GeneralName.
[[nodiscard]] std::vector<std::string> describe_name(ByteView name_der);
[[nodiscard]] std::string describe_alternative_name(ByteView general_name_der);

}  // namespace hallmark
