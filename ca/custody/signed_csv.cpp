#include "ca/crypto/cms.h"
#include "ca/custody/manifest.h"
#include "ca/custody/manifest_fields.h"
#include "ca/custody/manifest_signer.h"

#include <memory>
#include <optional>
#include <vector>

namespace hallmark {

namespace {

constexpr std::string_view begin_line = "-----BEGIN CMS-----";
constexpr std::string_view end_line = "-----END CMS-----";
constexpr std::size_t most_signature_octets = 96 * 1024;
constexpr std::string_view header = "unique_id,model,spki";

/// A line without its end, CRLF as RFC 4180 2 has it or LF alone; nullopt where none ends within
/// `most`. The last line may lack its end.
std::optional<std::string> take_line(ManifestInput& input, std::size_t most) {
    const std::string_view ahead = input.peek(most);
    const std::size_t end = ahead.find('\n');
    if (end == std::string_view::npos && ahead.size() == most) return std::nullopt;
    std::string line(ahead.substr(0, end));
    input.skip(end == std::string_view::npos ? line.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

/// The PEM block (RFC 7468 9) at the document's beginning.
Result<CmsSignature> take_signature(ManifestInput& input) {
    const std::string_view ahead = input.peek(most_signature_octets);
    if (!ahead.starts_with(begin_line))
        return bad_entry("signature: no CMS block at the beginning");
    const std::size_t end = ahead.find(end_line);
    const std::size_t line_end = end == std::string_view::npos ? end : ahead.find('\n', end);
    if (line_end == std::string_view::npos) return bad_entry("signature: the CMS block has no end");
    const auto blocks = parse_pem(ahead.substr(0, line_end + 1), "CMS", 1);
    if (!blocks || blocks->size() != 1) return bad_entry("signature: not one PEM block");
    const Bytes der = blocks->front();
    input.skip(line_end + 1);
    auto signature = parse_detached_cms(der);
    if (!signature) return bad_entry("signature: " + signature.error().detail);
    return signature;
}

/// The pinned certificate that the signature names, judged, and the signature under its key.
Result<ManifestSigner> check_signature(const CmsSignature& signature, const ManifestTerms& terms,
                                       const ChainValidator& chains) {
    for (const PinnedVendor& pin : terms.pins) {
        for (const auto* const list : {&pin.anchors.roots, &pin.anchors.intermediates}) {
            for (const Bytes& der : *list) {
                const auto certificate = parse_certificate(der);
                if (!certificate || !is_signer(signature, *certificate)) continue;
                HALLMARK_TRY(signer,
                             find_manifest_signer({.certificate_sha256 = certificate->sha256,
                                                   .pins = terms.pins,
                                                   .now = terms.now},
                                                  chains));
                auto verified = verify_cms_attributes(signature, signer.key);
                if (!verified) return bad_entry("signature: " + verified.error().detail);
                return std::move(signer);
            }
        }
    }
    return bad_entry("manifest signer: not pinned");
}

/// RFC 4180 2: fields between commas, quoted where they hold commas or quotes, a quote inside
/// written twice. No field here may hold a line break. Nullopt where the quotes are not so.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    bool was_quoted = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quoted) {
            if (c != '"')
                fields.back().push_back(c);
            else if (line.substr(at + 1, 1) == "\"")
                fields.back().push_back(line[++at]);
            else
                quoted = false;
        } else if (c == ',') {
            fields.emplace_back();
            was_quoted = false;
        } else if (c == '"' && fields.back().empty() && !was_quoted) {
            quoted = was_quoted = true;
        } else if (c == '"' || was_quoted) {
            return std::nullopt;
        } else {
            fields.back().push_back(c);
        }
    }
    if (quoted) return std::nullopt;
    return fields;
}

Result<ManifestUnit> read_row(const std::vector<std::string>& fields) {
    ManifestUnit unit{fields[0], fields[1], {}};
    if (!is_unit_id(unit.unique_id)) return bad_entry("unique_id malformed");
    if (!is_unit_model(unit.model)) return bad_entry("model malformed");
    if (fields[2].empty()) return bad_entry("no public key");
    const auto spki = from_base64(fields[2]);
    if (!spki) return bad_entry("spki is not base64");
    const auto key = parse_public_key(*spki);
    if (!key) return bad_entry(key.error().detail);
    unit.keys.push_back({key->digest(), key->spki()});
    return unit;
}

Result<ManifestUnit> check_row(std::size_t index, std::string_view line) {
    const auto fields = fields_of(line);
    if (!fields || fields->size() != 3)
        return at_entry(index, "", bad_entry("not three fields of RFC 4180"));
    auto unit = read_row(*fields);
    if (!unit) return at_entry(index, fields->front(), unit.error());
    return unit;
}

/// Digests what goes by as the signature's own algorithm asks.
class Rows {
public:
    Rows(ManifestInput& input, const ManifestLimits& limits, HashAlgorithm algorithm)
        : input_(input), limits_(limits), hash_(algorithm) {}

    /// The next line; nullopt at the end.
    Result<std::optional<std::string>> next() {
        const std::string_view ahead = input_.peek(limits_.entry_octets);
        if (ahead.empty()) return std::nullopt;
        const std::size_t end = ahead.find('\n');
        const std::size_t octets = end == std::string_view::npos ? ahead.size() : end + 1;
        hash_.update(as_bytes(ahead.substr(0, octets)));
        auto line = take_line(input_, limits_.entry_octets);
        if (!line) return bad_entry("a line without an end within its limit");
        if (input_.at() > limits_.octets) return Refusal{Reason::too_large, "document too large"};
        return std::optional<std::string>(std::move(*line));
    }
    [[nodiscard]] Bytes digest() const { return hash_.digest(); }

private:
    ManifestInput& input_;
    const ManifestLimits& limits_;
    RunningHash hash_;
};

}  // namespace

Result<Digest> parse_signed_csv(ManifestInput& input, const ManifestTerms& terms,
                                const ChainValidator& chains, const ManifestSink& sink) {
    HALLMARK_TRY(signature, take_signature(input));
    HALLMARK_TRY(signer, check_signature(signature, terms, chains));
    Rows rows(input, terms.limits, signature.digest_algorithm);
    HALLMARK_TRY(first, rows.next());
    if (first != header) return bad_entry("the first line is not " + std::string(header));
    for (std::size_t index = 0;; ++index) {
        HALLMARK_TRY(line, rows.next());
        if (!line && index == 0) return bad_entry("no entry");
        if (!line) break;
        if (index == terms.limits.entries) return Refusal{Reason::too_large, "too many entries"};
        HALLMARK_TRY(
            taken,
            sink({index, [index, row = std::move(*line)] { return check_row(index, row); }}));
    }
    // What went to the sink was nobody's word until here.
    if (rows.digest() != signature.message_digest)
        return bad_entry("signature: the message digest is not the document's");
    return signer.certificate.sha256;
}

}  // namespace hallmark
