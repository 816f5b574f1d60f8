#include "ca/attestation/open_dice.h"

#include "ca/attestation/dice_tcb_info.h"
#include "ca/attestation/members.h"
#include "ca/crypto/chain.h"
#include "ca/crypto/cose_key.h"
#include "ca/crypto/der.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

using Kind = CborItem::Kind;

constexpr std::size_t longest_descriptor = 4096;

// RFC 8392 3.1.
constexpr std::int64_t iss = 1, sub = 2, exp = 4, nbf = 5, iat = 6;
// The profile's "CBOR CDI Certificates: Additional Fields".
constexpr std::int64_t code_hash = -4670545, code_descriptor = -4670546,
                       configuration_hash = -4670547, configuration_descriptor = -4670548,
                       authority_hash = -4670549, authority_descriptor = -4670550, mode = -4670551,
                       subject_public_key = -4670552, key_usage = -4670553, profile_name = -4670554;
constexpr std::array of_an_input{code_hash,
                                 code_descriptor,
                                 configuration_hash,
                                 configuration_descriptor,
                                 authority_hash,
                                 authority_descriptor,
                                 mode,
                                 profile_name};
constexpr std::array of_any{iss, sub, exp, nbf, iat, subject_public_key, key_usage};

Refusal refused(std::string_view what) {
    return evidence_refused("open-dice", what);
}

/// 64 octets by the profile; Android's takes a shorter digest as it is.
bool is_hash(ByteView octets) {
    return octets.size() == 32 || octets.size() == 48 || octets.size() == 64;
}

/// What both encodings ask of the fields, once each was found in its form.
Result<OpenDiceInput> checked(OpenDiceInput input) {
    if (!is_hash(input.code_hash) || !is_hash(input.authority_hash) ||
        (input.configuration_hash && !is_hash(*input.configuration_hash)))
        return refused("a hash of another length");
    if (input.configuration.size() > longest_descriptor)
        return refused("a longer descriptor than the limit");
    return input;
}

/// One of OpenDiceInput's fields, EXPLICIT: absent, there, or malformed.
struct Field {
    bool malformed = false;
    std::optional<DerElement> element;
};
Field take_field(DerReader& reader, unsigned number) {
    if (!reader.next_is(tag::context(number, true))) return {};
    auto inside = reader.inside(tag::context(number, true));
    const auto element = inside ? inside->any() : std::nullopt;
    if (!element || !inside->at_end()) return {.malformed = true, .element = {}};
    return {.malformed = false, .element = element};
}

std::optional<std::int64_t> read_mode(const DerElement& element) {
    if (element.tag != tag::enumerated && element.tag != tag::integer) return std::nullopt;
    const Bytes integer = der(tag::integer, element.content);
    return DerReader(integer).small_integer();
}

bool is_number(const CborItem& label, std::int64_t wanted) {
    return label.kind == Kind::number && label.number == wanted;
}

/// Null where it is absent or of another kind; the caller tells these apart where it must.
const Bytes* octets_in(const CborItem& claims, std::int64_t label) {
    const CborItem* const item = claims.find(label);
    return item && item->kind == Kind::bytes ? &item->octets : nullptr;
}

/// A byte string of one octet; Android 14's profile has an integer there in some of its ROMs.
std::optional<std::int64_t> mode_in(const CborItem& claims) {
    const CborItem* const item = claims.find(mode);
    if (!item) return std::nullopt;
    if (item->kind == Kind::number) return item->number;
    if (item->kind == Kind::bytes && item->octets.size() == 1) return item->octets[0];
    return std::nullopt;
}

Result<OpenDiceInput> input_in(const CborItem& claims) {
    const Bytes* const code = octets_in(claims, code_hash);
    const Bytes* const configuration = octets_in(claims, configuration_descriptor);
    const Bytes* const authority = octets_in(claims, authority_hash);
    const auto stated_mode = mode_in(claims);
    if (!code || !configuration || !authority || !stated_mode)
        return refused("a field is missing or malformed");
    OpenDiceInput input{.code_hash = *code,
                        .configuration_hash = {},
                        .configuration = *configuration,
                        .authority_hash = *authority,
                        .mode = *stated_mode,
                        .profile = {}};
    if (claims.find(configuration_hash)) {
        const Bytes* const hash = octets_in(claims, configuration_hash);
        if (!hash) return refused("a field is missing or malformed");
        input.configuration_hash = *hash;
    }
    for (const std::int64_t label : {code_descriptor, authority_descriptor}) {
        if (claims.find(label) && !octets_in(claims, label))
            return refused("a field is missing or malformed");
    }
    if (const CborItem* const profile = claims.find(profile_name)) {
        if (profile->kind != Kind::text) return refused("a field is missing or malformed");
        input.profile = printable_text(profile->octets);
        if (!input.profile) return refused("a field is missing or malformed");
    }
    return checked(std::move(input));
}

/// Sets a date where one stands; false where it is none. CWT has seconds since 1970.
bool read_date(const CborItem& claims, std::int64_t label, std::optional<std::int64_t>& date) {
    const CborItem* const item = claims.find(label);
    if (!item) return true;
    if (item->kind != Kind::number || item->number < 0) return false;
    date = item->number;
    return true;
}

/// subjectPublicKey: a COSE_Key in a byte string. RFC 9053 2.2, 7.2: Ed25519 is an OKP.
Result<Bytes> key_in(const CborItem& claims) {
    const Bytes* const octets = octets_in(claims, subject_public_key);
    const auto key = octets ? parse_cbor(*octets) : std::nullopt;
    if (!key || key->kind != Kind::map) return refused("the key is no COSE_Key");
    if (const CborItem* const operations = key->find(4)) {
        constexpr std::int64_t verify = 2;
        const bool verifies =
            operations->kind == Kind::array &&
            std::any_of(operations->items.begin(), operations->items.end(),
                        [](const CborItem& each) { return is_number(each, verify); });
        if (!verifies) return refused("the key is not for checking signatures");
    }
    const CborItem* const kind = key->find(1);
    if (!kind || !is_number(*kind, 1)) return spki_of_cose_key(*key);
    const CborItem* const curve = key->find(-1);
    const Bytes* const x = octets_in(*key, -2);
    if (!curve || !is_number(*curve, 6) || !x || x->size() != 32)
        return refused("the key is of a curve that is not taken");
    return der_sequence({der_sequence({der_oid("1.3.101.112")}), der_bit_string(*x)});  // RFC 8410
}

/// keyUsage: RFC 5280's bits, bit 0 the lowest of the first octet.
Result<bool> usage_in(const CborItem& claims) {
    const Bytes* const octets = octets_in(claims, key_usage);
    if (!octets || octets->empty() || octets->size() > 2)
        return refused("the key usage is missing or malformed");
    constexpr unsigned key_cert_sign = 1u << 5;
    return (octets->front() & key_cert_sign) != 0;
}

template <std::size_t count>
bool stands(const std::array<std::int64_t, count>& labels, const CborItem& label) {
    return std::any_of(labels.begin(), labels.end(),
                       [&](std::int64_t each) { return is_number(label, each); });
}

}  // namespace

/// OpenDiceInput ::= SEQUENCE { codeHash [0] OCTET STRING, codeDescriptor [1] OCTET STRING,
/// configurationHash [2] OCTET STRING, configurationDescriptor [3] OCTET STRING, authorityHash [4]
/// OCTET STRING, authorityDescriptor [5] OCTET STRING, mode [6] Mode, profileName [7] UTF8String },
/// all EXPLICIT and OPTIONAL; the text under it requires [0], [3], [4] and [6].
Result<OpenDiceInput> parse_open_dice_extension(ByteView value) {
    const auto outer = sole_element(value, tag::sequence);
    if (!outer) return refused("not exactly one DER SEQUENCE");
    DerReader reader(outer->content);
    std::array<Field, 8> fields;
    for (unsigned number = 0; number < fields.size(); ++number) {
        fields[number] = take_field(reader, number);
        const auto& element = fields[number].element;
        if (fields[number].malformed ||
            (element && number < 6 && element->tag != tag::octet_string) ||
            (element && number == 7 && element->tag != tag::utf8_string))
            return refused("a field is missing or malformed");
    }
    if (!reader.at_end()) return refused("a field that is not known, or out of order");
    const auto stated_mode = fields[6].element ? read_mode(*fields[6].element) : std::nullopt;
    if (!fields[0].element || !fields[3].element || !fields[4].element || !stated_mode)
        return refused("a field is missing or malformed");
    OpenDiceInput input{.code_hash = to_bytes(fields[0].element->content),
                        .configuration_hash = {},
                        .configuration = to_bytes(fields[3].element->content),
                        .authority_hash = to_bytes(fields[4].element->content),
                        .mode = *stated_mode,
                        .profile = {}};
    if (fields[2].element) input.configuration_hash = to_bytes(fields[2].element->content);
    if (fields[7].element) {
        input.profile = printable_text(fields[7].element->content);
        if (!input.profile) return refused("a field is missing or malformed");
    }
    return checked(std::move(input));
}

Result<OpenDiceCertificate> parse_open_dice_certificate(ByteView cbor) {
    HALLMARK_TRY(message, parse_cose_sign1(cbor, {.tag = CoseTag::forbidden,
                                                  .algorithms = CoseAlgorithms::ecdsa_and_eddsa}));
    const auto claims = parse_cbor(message.payload);
    if (!claims || claims->kind != Kind::map) return refused("the payload is no map");
    bool measured = false;
    for (std::size_t i = 0; i + 1 < claims->items.size(); i += 2) {
        const bool input = stands(of_an_input, claims->items[i]);
        if (!input && !stands(of_any, claims->items[i])) return refused("an unknown claim");
        measured = measured || input;
    }
    OpenDiceCertificate certificate;
    for (const auto& [label, name] :
         {std::pair{iss, &certificate.issuer}, std::pair{sub, &certificate.subject}}) {
        const CborItem* const item = claims->find(label);
        const auto text =
            item && item->kind == Kind::text ? printable_text(item->octets) : std::nullopt;
        if (!text) return refused("issuer or subject is missing or malformed");
        *name = *text;
    }
    std::optional<std::int64_t> issued_at;
    if (!read_date(*claims, exp, certificate.expires) ||
        !read_date(*claims, nbf, certificate.not_before) || !read_date(*claims, iat, issued_at))
        return refused("a date is malformed");
    HALLMARK_TRY(spki, key_in(*claims));
    certificate.subject_spki = std::move(spki);
    HALLMARK_TRY(may_certify, usage_in(*claims));
    certificate.may_certify = may_certify;
    if (measured) {
        HALLMARK_TRY(input, input_in(*claims));
        certificate.input = std::move(input);
    }
    certificate.message = std::move(message);
    return certificate;
}

OpenDiceConfiguration read_open_dice_configuration(ByteView descriptor) {
    // docs/android.md of the profile: "Configuration descriptor".
    constexpr std::int64_t component_name = -70002, component_version = -70003,
                           security_version = -70005;
    const auto map = parse_cbor(descriptor);
    if (!map || map->kind != Kind::map) return {};
    OpenDiceConfiguration configuration;
    if (const CborItem* const name = map->find(component_name); name && name->kind == Kind::text)
        configuration.component = printable_text(name->octets);
    if (const CborItem* const version = map->find(component_version)) {
        if (version->kind == Kind::number) configuration.version = std::to_string(version->number);
        if (version->kind == Kind::text) configuration.version = printable_text(version->octets);
    }
    if (const CborItem* const version = map->find(security_version);
        version && version->kind == Kind::number)
        configuration.security_version = version->number;
    return configuration;
}

bool is_signed_under(const CoseSign1& message, ByteView spki) {
    if (message.algorithm == SignatureAlgorithm::ed25519)
        return verify_issuers_signature(spki, {.algorithm = message.algorithm,
                                               .message = cose_signed_octets(message),
                                               .signature = message.signature});
    const auto key = parse_public_key(spki);
    return key && verify_cose_sign1(message, *key).has_value();
}

}  // namespace hallmark
