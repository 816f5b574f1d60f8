#include "ca/attestation/tcg_csr_idevid_binary.h"

#include "ca/attestation/members.h"
#include "ca/attestation/tpm2_reader.h"
#include "ca/attestation/tpm2_structures.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

constexpr std::uint32_t structure_version = 0x00000100;
constexpr std::size_t outer_header = 3 * 4;  // structVer, contents, sigSz
constexpr std::size_t inner_header = 3 * 4;  // structVer, hashAlgoId, hashSz
constexpr std::size_t padding_unit = 16;
constexpr std::size_t longest_text = 64;

/// The fields of csrContents in their order, which is their sizes' order too.
enum Field : std::size_t {
    prod_model,
    prod_serial,
    prod_ca_data,
    boot_event_log,
    ek_cert,
    attest_pub,
    at_create_ticket,
    at_certify_info,
    at_certify_info_signature,
    signing_pub,
    sgn_certify_info,
    sgn_certify_info_signature,
    pad,
    field_count,
};

constexpr std::array needed{std::pair{prod_model, "prodModel"},
                            std::pair{prod_serial, "prodSerial"},
                            std::pair{ek_cert, "ekCert"},
                            std::pair{attest_pub, "attestPub"},
                            std::pair{signing_pub, "signingPub"},
                            std::pair{sgn_certify_info, "sgnCertifyInfo"},
                            std::pair{sgn_certify_info_signature, "sgnCertifyInfoSignature"}};

Refusal no_layout(std::string_view what) {
    return evidence_refused("layout", what);
}

Refusal cut_short() {
    return no_layout("cut short");
}

Refusal does_not_add_up() {
    return no_layout("the sizes do not add up");
}

bool is_plain(ByteView text) {
    return text.size() <= longest_text &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char octet) { return octet >= 0x20 && octet < 0x7F; });
}

/// TCG's registry numbers hashes with 16 bits; the field has 32.
Result<HashAlgorithm> hash_algorithm_from(std::uint32_t id) {
    const auto algorithm =
        id <= 0xFFFF ? tpm_hash_from(static_cast<std::uint16_t>(id)) : std::nullopt;
    if (!algorithm || *algorithm == HashAlgorithm::sha1)
        return evidence_refused("hash", "neither SHA-256, SHA-384 nor SHA-512");
    return *algorithm;
}

using Fields = std::array<ByteView, field_count>;

Result<Fields> read_fields(ByteView hashed) {
    TpmReader reader(hashed);
    std::array<std::uint32_t, field_count> sizes{};
    std::uint64_t octets = sizeof(std::uint32_t) * field_count;
    for (std::uint32_t& size : sizes) {
        size = reader.u32();
        octets += size;
    }
    if (reader.failed()) return cut_short();
    if (octets != hashed.size()) return does_not_add_up();
    Fields fields;
    for (std::size_t i = 0; i < field_count; ++i)
        fields[i] = reader.octets(sizes[i]);
    return fields;
}

Result<Done> check_fields(const Fields& fields) {
    for (const auto& [field, name] : needed) {
        if (fields[field].empty()) return no_layout(std::string(name) + " is empty");
    }
    if (fields[at_certify_info].empty() != fields[at_certify_info_signature].empty())
        return no_layout("one of atCertifyInfo and its signature");
    if (!is_plain(fields[prod_model])) return no_layout("a strange prodModel");
    if (!is_plain(fields[prod_serial])) return no_layout("a strange prodSerial");
    return Done{};
}

}  // namespace

Result<TcgCsrIdevid> parse_tcg_csr_idevid(ByteView binary) {
    TpmReader outer(binary);
    const std::uint32_t outer_version = outer.u32();
    const std::uint64_t contents_size = outer.u32();
    const std::uint64_t signature_size = outer.u32();
    if (outer.failed()) return cut_short();
    if (outer_version != structure_version) return no_layout("another version of the request");
    if (outer_header + contents_size + signature_size != binary.size()) return does_not_add_up();
    TcgCsrIdevid out;
    out.contents = outer.octets(contents_size);
    out.signature = outer.octets(signature_size);
    if (out.signature.empty()) return no_layout("no signature");

    TpmReader inner(out.contents);
    const std::uint32_t inner_version = inner.u32();
    const std::uint32_t algorithm_id = inner.u32();
    const std::uint32_t hash_size = inner.u32();
    if (inner.failed()) return cut_short();
    if (inner_version != structure_version) return no_layout("another version of the contents");
    HALLMARK_TRY(algorithm, hash_algorithm_from(algorithm_id));
    out.hash_algorithm = algorithm;
    if (hash_size != digest_size(algorithm))
        return evidence_refused("hash", "not as long as its algorithm makes");
    const ByteView stated = inner.octets(hash_size);
    if (inner.failed()) return cut_short();
    const ByteView hashed = out.contents.subspan(inner_header + hash_size);
    HALLMARK_TRY(fields, read_fields(hashed));
    HALLMARK_TRY(sound, check_fields(fields));
    if (fields[pad].size() >= padding_unit || out.contents.size() % padding_unit != 0)
        return no_layout("not padded to sixteens");
    if (!equal(stated, hash(algorithm, hashed)))
        return evidence_refused("hash", "not of what follows it");

    out.product_model = std::string(as_text(fields[prod_model]));
    out.product_serial = std::string(as_text(fields[prod_serial]));
    out.ek_certificate = fields[ek_cert];
    out.attest_public = fields[attest_pub];
    out.creation_ticket = fields[at_create_ticket];
    out.attest_certify_info = fields[at_certify_info];
    out.attest_certify_signature = fields[at_certify_info_signature];
    out.signing_public = fields[signing_pub];
    out.signing_certify_info = fields[sgn_certify_info];
    out.signing_certify_signature = fields[sgn_certify_info_signature];
    return out;
}

}  // namespace hallmark
