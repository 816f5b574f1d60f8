#include "ca/crypto/certificate.h"

#include "ca/crypto/der.h"
#include "ca/crypto/extensions.h"

#include <algorithm>

namespace hallmark {

namespace {

Refusal refused(std::string_view what) {
    return {Reason::evidence_not_accepted, "certificate: " + std::string(what)};
}

/// Extension ::= SEQUENCE { extnID OID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
std::optional<Extension> read_extension(DerReader& list) {
    auto reader = list.sequence();
    if (!reader) return std::nullopt;
    auto oid = reader->oid();
    if (!oid) return std::nullopt;
    Extension extension;
    extension.oid = std::move(*oid);
    if (reader->next_is(tag::boolean)) {
        const auto critical = reader->boolean();
        // Here a FALSE written out is refused: X.690 11.5, and no vendor is known to need it.
        if (!critical || !*critical) return std::nullopt;
        extension.critical = true;
    }
    const auto value = reader->content(tag::octet_string);
    if (!value || !reader->at_end()) return std::nullopt;
    extension.value = to_bytes(*value);
    return extension;
}

Result<std::vector<Extension>> read_extensions(DerReader wrapper, std::size_t limit) {
    auto list = wrapper.sequence();
    // RFC 5280 4.1: Extensions ::= SEQUENCE SIZE (1..MAX)
    if (!list || !wrapper.at_end() || list->at_end())
        return refused("the extensions are malformed");
    std::vector<Extension> extensions;
    while (!list->at_end()) {
        if (extensions.size() == limit) return refused("too many extensions");
        auto extension = read_extension(*list);
        if (!extension) return refused("an extension is malformed");
        const bool twice = std::any_of(extensions.begin(), extensions.end(),
                                       [&](const Extension& e) { return e.oid == extension->oid; });
        // RFC 5280 4.2: no more than one instance of an extension.
        if (twice) return refused("extension " + extension->oid + " stands twice");
        if (!is_well_formed(*extension)) {
            return refused("extension " + extension->oid + " is malformed");
        }
        extensions.push_back(std::move(*extension));
    }
    return extensions;
}

/// Version ::= [0] EXPLICIT INTEGER { v1(0), v2(1), v3(2) } DEFAULT v1. 0 when it is absent.
std::optional<std::int64_t> read_version(DerReader& tbs) {
    if (!tbs.next_is(tag::context(0, true))) return 0;
    auto wrapper = tbs.inside(tag::context(0, true));
    if (!wrapper) return std::nullopt;
    const auto version = wrapper->small_integer();
    if (!version || !wrapper->at_end() || *version != 2) return std::nullopt;
    return version;
}

Result<Done> read_validity(DerReader& tbs, Certificate& certificate) {
    auto validity = tbs.sequence();
    if (!validity) return refused("the validity is malformed");
    const auto not_before = validity->time();
    const auto not_after = validity->time();
    if (!not_before || !not_after || !validity->at_end())
        return refused("the validity is malformed");
    certificate.not_before = *not_before;
    certificate.not_after = *not_after;
    return Done{};
}

Result<Bytes> read_name(DerReader& tbs, std::string_view whose) {
    const auto name = tbs.element(tag::sequence);
    if (!name || !parse_name(name->whole)) return refused(std::string(whose) + " is not a Name");
    return to_bytes(name->whole);
}

Result<Done> read_tbs(DerReader tbs, Certificate& certificate, std::size_t extension_limit) {
    const auto version = read_version(tbs);
    if (!version) return refused("the version is neither 1 nor 3");
    const auto serial = tbs.integer();
    if (!serial) return refused("the serial is malformed");
    certificate.serial = to_bytes(*serial);
    const auto algorithm = tbs.element(tag::sequence);
    // RFC 5280 4.1.1.2: the same identifier as outside the signed part.
    if (!algorithm || !equal(algorithm->whole, certificate.signature_algorithm)) {
        return refused("the two signature algorithms differ");
    }
    HALLMARK_TRY(issuer, read_name(tbs, "the issuer"));
    certificate.issuer = std::move(issuer);
    HALLMARK_TRY(valid, read_validity(tbs, certificate));
    HALLMARK_TRY(subject, read_name(tbs, "the subject"));
    certificate.subject = std::move(subject);
    const auto spki = tbs.element(tag::sequence);
    if (!spki) return refused("the key is malformed");
    certificate.spki = to_bytes(spki->whole);
    if (tbs.at_end()) return Done{};
    // What may follow are the unique identifiers [1] and [2], which RFC 5280 4.1.2.8 forbids to
    // make, and the extensions [3], which only version 3 has.
    auto wrapper = tbs.inside(tag::context(3, true));
    if (!wrapper || !tbs.at_end() || *version != 2)
        return refused("unexpected fields after the key");
    HALLMARK_TRY(extensions, read_extensions(*wrapper, extension_limit));
    certificate.extensions = std::move(extensions);
    return Done{};
}

}  // namespace

Result<Certificate> parse_certificate(ByteView input, const CertificateLimits& limits) {
    if (input.size() > limits.octets) return refused("too large");
    const auto outer = sole_element(input, tag::sequence);
    if (!outer) return refused("not exactly one DER SEQUENCE");
    DerReader reader(outer->content);
    const auto tbs = reader.element(tag::sequence);
    const auto algorithm = reader.element(tag::sequence);
    const auto signature = reader.octet_aligned_bit_string();
    if (!tbs || !algorithm || !signature || !reader.at_end()) return refused("malformed");
    DerReader identifier(algorithm->content);
    if (!identifier.oid()) return refused("the signature algorithm is malformed");

    Certificate certificate;
    certificate.der = to_bytes(input);
    certificate.tbs = to_bytes(tbs->whole);
    certificate.signature_algorithm = to_bytes(algorithm->whole);
    certificate.signature = to_bytes(*signature);
    certificate.sha256 = sha256(input);
    HALLMARK_TRY(filled, read_tbs(DerReader(tbs->content), certificate, limits.extensions));
    return certificate;
}

ByteView without_nv_padding(ByteView index_content) {
    DerReader reader(index_content);
    const auto outer = reader.element(tag::sequence);
    if (!outer || reader.at_end()) return index_content;
    const ByteView padding = reader.rest();
    const unsigned char filler = padding[0];
    const bool filled = std::all_of(padding.begin(), padding.end(),
                                    [&](unsigned char octet) { return octet == filler; });
    return filled && (filler == 0x00 || filler == 0xFF) ? outer->whole : index_content;
}

const Extension* Certificate::find(std::string_view oid) const noexcept {
    for (const Extension& extension : extensions) {
        if (extension.oid == oid) return &extension;
    }
    return nullptr;
}

std::optional<BasicConstraints> Certificate::basic_constraints() const {
    const Extension* const found = find(extension::basic_constraints);
    return found == nullptr ? std::nullopt : read_basic_constraints(found->value);
}

std::optional<KeyUsage> Certificate::key_usage() const {
    const Extension* const found = find(extension::key_usage);
    return found == nullptr ? std::nullopt : read_key_usage(found->value);
}

std::optional<std::vector<std::string>> Certificate::extended_key_usage() const {
    const Extension* const found = find(extension::extended_key_usage);
    return found == nullptr ? std::nullopt : read_extended_key_usage(found->value);
}

std::optional<Bytes> Certificate::subject_key_identifier() const {
    const Extension* const found = find(extension::subject_key_identifier);
    return found == nullptr ? std::nullopt : read_subject_key_identifier(found->value);
}

std::optional<Bytes> Certificate::authority_key_identifier() const {
    const Extension* const found = find(extension::authority_key_identifier);
    if (found == nullptr) return std::nullopt;
    const auto identifier = read_authority_key_identifier(found->value);
    return identifier ? identifier->key_identifier : std::nullopt;
}

}  // namespace hallmark
