#include "ca/attestation/gp_applet_statement.h"

#include "ca/attestation/members.h"
#include "ca/crypto/der.h"

#include <array>

namespace hallmark {
namespace {

constexpr std::string_view profile = "hallmark-gp-applet";
constexpr std::array<std::string_view, 4> uses{"sign", "decrypt", "agree", "attest"};

Refusal malformed(std::string_view what) {
    return evidence_refused("statement", std::string(what) + " is malformed");
}

struct Length {
    std::size_t least;
    std::size_t most;
};

std::optional<Bytes> octets(DerReader& reader, Length length) {
    const auto content = reader.content(tag::octet_string);
    if (!content || content->size() < length.least || content->size() > length.most)
        return std::nullopt;
    return to_bytes(*content);
}

/// X.690 8.4: as an INTEGER; these have one octet.
std::optional<AppletKeyOrigin> origin_in(DerReader& reader) {
    const auto content = reader.content(tag::enumerated);
    if (!content || content->size() != 1 || content->front() > 2) return std::nullopt;
    return static_cast<AppletKeyOrigin>(content->front());
}

/// X.690 11.2: unused bits are zero, and the last used one is a one.
std::optional<std::vector<std::string>> uses_in(DerReader& reader) {
    const auto content = reader.content(tag::bit_string);
    if (!content || content->size() != 2) return std::nullopt;
    const unsigned unused = (*content)[0], bits = (*content)[1];
    if (unused < 8 - uses.size() || unused > 7 || (bits & ((2u << unused) - 1u)) != 1u << unused)
        return std::nullopt;
    std::vector<std::string> names;
    for (std::size_t bit = 0; bit < uses.size(); ++bit) {
        if ((bits >> (7 - bit) & 1u) != 0) names.emplace_back(uses.at(bit));
    }
    return names;
}

Result<Done> read_head(DerReader& reader, AppletStatement& statement) {
    const auto name = reader.content(tag::utf8_string);
    if (!name || as_text(*name) != profile)
        return evidence_refused("statement", "of another profile");
    const auto version = reader.small_integer();
    if (!version) return malformed("the version");
    if (*version != 1) return evidence_refused("statement", "not of version 1");
    auto applet = octets(reader, {.least = 5, .most = 16});  // ISO/IEC 7816-4: an AID.
    if (!applet) return malformed("the applet's AID");
    const auto load_file = octets(reader, {.least = 32, .most = 32});
    if (!load_file) return malformed("the load file's digest");
    statement.applet = std::move(*applet);
    statement.load_file = *digest_from_bytes(*load_file);
    return Done{};
}

Result<Done> read_key(DerReader& reader, AppletStatement& statement) {
    auto reference = octets(reader, {.least = 1, .most = 16});
    if (!reference) return malformed("the key's reference");
    const auto spki = reader.element(tag::sequence);
    if (!spki) return malformed("the public key");
    const auto origin = origin_in(reader);
    if (!origin) return malformed("the origin");
    const auto exportable = reader.boolean();
    if (!exportable) return malformed("exportable");
    auto usage = uses_in(reader);
    if (!usage) return malformed("the usage");
    statement.key_reference = std::move(*reference);
    statement.spki = to_bytes(spki->whole);
    statement.origin = *origin;
    statement.exportable = *exportable;
    statement.usage = std::move(*usage);
    return Done{};
}

Result<Done> read_moment(DerReader& reader, AppletStatement& statement) {
    const auto state = octets(reader, {.least = 1, .most = 1});
    if (!state) return malformed("the card's state");
    const auto counter = reader.small_integer();
    if (!counter) return malformed("the counter");
    auto nonce = octets(reader, {.least = 32, .most = 32});
    if (!nonce) return malformed("the nonce");
    statement.card_state = state->front();
    statement.counter = *counter;
    statement.nonce = std::move(*nonce);
    return Done{};
}

}  // namespace

Result<AppletStatement> parse_applet_statement(ByteView der) {
    const auto outer = sole_element(der, tag::sequence);
    if (!outer) return evidence_refused("statement", "not exactly one DER SEQUENCE");
    DerReader reader(outer->content);
    AppletStatement statement;
    HALLMARK_TRY(head, read_head(reader, statement));
    HALLMARK_TRY(key, read_key(reader, statement));
    HALLMARK_TRY(moment, read_moment(reader, statement));
    if (!reader.at_end()) return evidence_refused("statement", "more than the profile has");
    return statement;
}

}  // namespace hallmark
