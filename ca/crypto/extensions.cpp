#include "ca/crypto/extensions.h"

#include "ca/crypto/der.h"

namespace hallmark {

// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }
std::optional<BasicConstraints> read_basic_constraints(ByteView value) {
    const auto outer = sole_element(value, tag::sequence);
    if (!outer) return std::nullopt;
    DerReader reader(outer->content);
    BasicConstraints constraints;
    if (reader.next_is(tag::boolean)) {
        const auto ca = reader.boolean();
        // X.690 11.5: a default is left out. FALSE written out occurs in vendors' certificates, has
        // one meaning and gives no right, so it alone is read.
        if (!ca) return std::nullopt;
        constraints.ca = *ca;
    }
    if (!reader.at_end()) {
        constraints.path_length = reader.small_integer();
        if (!constraints.path_length || !reader.at_end()) return std::nullopt;
    }
    return constraints;
}

// KeyUsage ::= BIT STRING of nine named bits
std::optional<KeyUsage> read_key_usage(ByteView value) {
    const auto outer = sole_element(value, tag::bit_string);
    if (!outer || outer->content.empty() || outer->content.size() > 3) return std::nullopt;
    const unsigned unused = outer->content[0];
    const ByteView octets = outer->content.subspan(1);
    if (unused > 7 || (octets.empty() && unused != 0)) return std::nullopt;
    KeyUsage usage;
    for (unsigned bit = 0; bit < octets.size() * 8; ++bit) {
        if ((octets[bit / 8] >> (7 - bit % 8) & 1u) == 0) continue;
        if (bit > KeyUsage::decipher_only) return std::nullopt;
        usage.bits = static_cast<std::uint16_t>(usage.bits | 1u << bit);
    }
    // X.690 11.2.1: unused bits are zero. That the last used bit be a one (11.2.2) is not asked:
    // Infineon's EK authorities write 03 02 00 06, and the meaning is the same.
    if (!octets.empty() && (octets.back() & ((1u << unused) - 1u)) != 0) return std::nullopt;
    return usage;
}

// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId
std::optional<std::vector<std::string>> read_extended_key_usage(ByteView value) {
    const auto outer = sole_element(value, tag::sequence);
    if (!outer || outer->content.empty()) return std::nullopt;
    std::vector<std::string> purposes;
    for (DerReader reader(outer->content); !reader.at_end();) {
        auto purpose = reader.oid();
        if (!purpose) return std::nullopt;
        purposes.push_back(std::move(*purpose));
    }
    return purposes;
}

std::optional<Bytes> read_subject_key_identifier(ByteView value) {
    const auto outer = sole_element(value, tag::octet_string);
    if (!outer || outer->content.empty()) return std::nullopt;
    return to_bytes(outer->content);
}

// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OPTIONAL, authorityCertIssuer [1]
// GeneralNames OPTIONAL, authorityCertSerialNumber [2] INTEGER OPTIONAL }
std::optional<AuthorityKeyIdentifier> read_authority_key_identifier(ByteView value) {
    const auto outer = sole_element(value, tag::sequence);
    if (!outer) return std::nullopt;
    DerReader reader(outer->content);
    AuthorityKeyIdentifier identifier;
    if (reader.next_is(tag::context(0, false))) {
        const auto key = reader.content(tag::context(0, false));
        if (!key || key->empty()) return std::nullopt;
        identifier.key_identifier = to_bytes(*key);
    }
    const bool has_issuer = reader.next_is(tag::context(1, true));
    if (has_issuer && !reader.element(tag::context(1, true))) return std::nullopt;
    const bool has_serial = reader.next_is(tag::context(2, false));
    if (has_serial && !reader.element(tag::context(2, false))) return std::nullopt;
    // RFC 5280 A.2: issuer and serial both or neither.
    if (has_issuer != has_serial || !reader.at_end()) return std::nullopt;
    return identifier;
}

std::optional<std::vector<Bytes>> read_directory_names(ByteView subject_alternative_name) {
    const auto outer = sole_element(subject_alternative_name, tag::sequence);
    if (!outer || outer->content.empty()) return std::nullopt;
    std::vector<Bytes> names;
    for (DerReader reader(outer->content); !reader.at_end();) {
        const auto name = reader.any();
        // GeneralName's alternatives are numbered [0] to [8].
        if (!name || (name->tag & 0xC0u) != 0x80u || (name->tag & 0x1Fu) > 8) return std::nullopt;
        if (name->tag != tag::context(4, true)) continue;
        if (!parse_name(name->content)) return std::nullopt;
        names.push_back(to_bytes(name->content));
    }
    return names;
}

bool is_well_formed(const Extension& extension) {
    const ByteView value = extension.value;
    if (extension.oid == extension::basic_constraints)
        return read_basic_constraints(value).has_value();
    if (extension.oid == extension::key_usage) return read_key_usage(value).has_value();
    if (extension.oid == extension::extended_key_usage) {
        return read_extended_key_usage(value).has_value();
    }
    if (extension.oid == extension::subject_key_identifier) {
        return read_subject_key_identifier(value).has_value();
    }
    if (extension.oid == extension::authority_key_identifier) {
        return read_authority_key_identifier(value).has_value();
    }
    if (extension.oid == extension::subject_alternative_name) {
        return read_directory_names(value).has_value();
    }
    return true;
}

}  // namespace hallmark
