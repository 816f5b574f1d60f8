#include "ca/crypto/cms.h"

#include "ca/crypto/der.h"

#include <array>
#include <optional>
#include <set>

namespace hallmark {
namespace {

constexpr std::size_t most_octets = 64 * 1024;
constexpr std::size_t most_attributes = 32;

// RFC 5652 4, 5.1, 11.1 and 11.2.
constexpr std::string_view id_data = "1.2.840.113549.1.7.1";
constexpr std::string_view id_signed_data = "1.2.840.113549.1.7.2";
constexpr std::string_view id_content_type = "1.2.840.113549.1.9.3";
constexpr std::string_view id_message_digest = "1.2.840.113549.1.9.4";
constexpr std::string_view rsa_encryption = "1.2.840.113549.1.1.1";  // RFC 3370 3.2

struct DigestName {
    std::string_view oid;  // RFC 5754 2
    HashAlgorithm algorithm;
    SignatureAlgorithm pkcs1;
};
constexpr std::array digests{DigestName{"2.16.840.1.101.3.4.2.1", HashAlgorithm::sha256,
                                        SignatureAlgorithm::rsa_pkcs1_sha256},
                             DigestName{"2.16.840.1.101.3.4.2.2", HashAlgorithm::sha384,
                                        SignatureAlgorithm::rsa_pkcs1_sha384},
                             DigestName{"2.16.840.1.101.3.4.2.3", HashAlgorithm::sha512,
                                        SignatureAlgorithm::rsa_pkcs1_sha512}};

Refusal bad(std::string_view what) {
    return {Reason::invalid_document, "cms: " + std::string(what)};
}

/// RFC 5754 2: the parameters are absent, or NULL as older writers have them.
const DigestName* digest_in(DerReader& reader) {
    auto identifier = reader.sequence();
    const auto oid = identifier ? identifier->oid() : std::nullopt;
    if (!oid) return nullptr;
    if (!identifier->at_end()) {
        const auto null = identifier->content(tag::null);
        if (!null || !null->empty() || !identifier->at_end()) return nullptr;
    }
    for (const DigestName& known : digests) {
        if (known.oid == *oid) return &known;
    }
    return nullptr;
}

/// By its own identifier; rsaEncryption alone leaves the hash to the digest algorithm.
std::optional<SignatureAlgorithm> signature_in(DerReader& reader, const DigestName& digest) {
    const auto identifier = reader.element(tag::sequence);
    if (!identifier) return std::nullopt;
    if (const auto named = signature_algorithm_from(identifier->whole)) {
        const bool fits = !is_weak(*named) && *named != SignatureAlgorithm::ed25519 &&
                          hash_of(*named) == digest.algorithm;
        return fits ? named : std::nullopt;
    }
    if (equal(identifier->whole, der_sequence({der_oid(rsa_encryption), der_null()})))
        return digest.pkcs1;
    return std::nullopt;
}

/// SignerIdentifier (RFC 5652 5.3): version 1 goes with issuer and serial, 3 with the key's
/// identifier.
bool read_signer(DerReader& info, std::int64_t version, CmsSignature& signature) {
    if (version == 1) {
        auto named = info.sequence();
        const auto issuer = named ? named->element(tag::sequence) : std::nullopt;
        const auto serial = issuer ? named->integer() : std::nullopt;
        if (!serial || !named->at_end()) return false;
        signature.issuer = to_bytes(issuer->whole);
        signature.serial = to_bytes(*serial);
        return true;
    }
    const auto identifier = info.content(tag::context(0, false));
    if (version != 3 || !identifier || identifier->empty()) return false;
    signature.key_identifier = to_bytes(*identifier);
    return true;
}

/// Content type and message digest must stand there, once each with one value (RFC
/// 5652 11.1, 11.2); others are signed and mean nothing here.
Result<Done> read_attributes(ByteView set, CmsSignature& signature) {
    DerReader attributes(set);
    std::set<std::string> seen;
    bool says_data = false;
    while (!attributes.at_end()) {
        if (seen.size() == most_attributes) return bad("too many signed attributes");
        auto attribute = attributes.sequence();
        const auto oid = attribute ? attribute->oid() : std::nullopt;
        auto values = oid ? attribute->inside(tag::set) : std::nullopt;
        if (!values || !attribute->at_end()) return bad("a signed attribute is malformed");
        if (!seen.insert(*oid).second) return bad("a signed attribute stands twice");
        if (*oid == id_content_type) {
            says_data = values->oid() == id_data && values->at_end();
        } else if (*oid == id_message_digest) {
            const auto digest = values->content(tag::octet_string);
            if (!digest || !values->at_end()) return bad("the message digest is malformed");
            signature.message_digest = to_bytes(*digest);
        }
    }
    if (!says_data) return bad("the content type is not signed as data");
    if (signature.message_digest.size() != digest_size(signature.digest_algorithm))
        return bad("the message digest is not of its algorithm's length");
    return Done{};
}

Result<CmsSignature> read_signer_info(DerReader info) {
    CmsSignature signature;
    const auto version = info.small_integer();
    if (!version || !read_signer(info, *version, signature))
        return bad("signer identifier malformed");
    const DigestName* const digest = digest_in(info);
    if (digest == nullptr) return bad("digest algorithm not taken");
    signature.digest_algorithm = digest->algorithm;
    // Without signed attributes the signature would be over the content itself, which is not how
    // these are made.
    const auto attributes = info.element(tag::context(0, true));
    if (!attributes) return bad("no signed attributes");
    HALLMARK_TRY(read, read_attributes(attributes->content, signature));
    // RFC 5652 5.4: encoded anew with the tag of a SET OF.
    signature.signed_octets = der(tag::set, attributes->content);
    const auto algorithm = signature_in(info, *digest);
    if (!algorithm) return bad("signature algorithm not taken");
    signature.algorithm = *algorithm;
    const auto octets = info.content(tag::octet_string);
    if (!octets) return bad("no signature");
    signature.signature = to_bytes(*octets);
    // Unsigned attributes, a time stamp for instance, are passed over: nobody here believes them.
    if (info.next_is(tag::context(1, true))) (void)info.any();
    if (!info.at_end()) return bad("something follows the signature");
    return signature;
}

/// EncapsulatedContentInfo of a detached signature: a type and no content.
bool is_detached_data(DerReader& signed_data) {
    auto content = signed_data.sequence();
    return content && content->oid() == id_data && content->at_end();
}

}  // namespace

Result<CmsSignature> parse_detached_cms(ByteView message) {
    if (message.size() > most_octets) return bad("too large");
    const auto outer = sole_element(message, tag::sequence);
    if (!outer) return bad("not one DER SEQUENCE");
    DerReader content_info(outer->content);
    const auto type = content_info.oid();
    auto wrapped =
        type == id_signed_data ? content_info.inside(tag::context(0, true)) : std::nullopt;
    auto signed_data = wrapped ? wrapped->sequence() : std::nullopt;
    if (!signed_data || !wrapped->at_end() || !content_info.at_end()) return bad("no SignedData");
    const auto version = signed_data->small_integer();
    if (!version || (*version != 1 && *version != 3)) return bad("version not taken");
    if (!signed_data->element(tag::set)) return bad("no digest algorithms");
    if (!is_detached_data(*signed_data)) return bad("not a detached signature over data");
    // Certificates and CRLs of the message's own: the signer is pinned here.
    for (const unsigned number : {0u, 1u}) {
        if (signed_data->next_is(tag::context(number, true))) (void)signed_data->any();
    }
    auto infos = signed_data->inside(tag::set);
    if (!infos || !signed_data->at_end()) return bad("no signer");
    auto info = infos->sequence();
    if (!info || !infos->at_end()) return bad("not exactly one signer");
    return read_signer_info(*info);
}

bool is_signer(const CmsSignature& signature, const Certificate& certificate) {
    if (!signature.issuer.empty())
        return signature.issuer == certificate.issuer && signature.serial == certificate.serial;
    return certificate.subject_key_identifier() == signature.key_identifier;
}

Result<Done> verify_cms_attributes(const CmsSignature& signature, const PublicKey& key) {
    if (!verify_signature(key, signature.algorithm, signature.signed_octets, signature.signature))
        return bad("signature does not verify");
    return Done{};
}

}  // namespace hallmark
