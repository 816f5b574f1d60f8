// What was seen: the grammar of OwnershipVoucher, OVHeader and OVEntryPayload in FIDO Device
// Onboard 1.1 as three open implementations quote it, and the numbers of hashes, key types and
// encodings as they have them. The first entry's previous hash is over OVHeader || OVHeaderHMac in
// all of them. For later entries they differ: the previous entry as it stands, or its payload
// alone. Either commits to all that was signed, and either is taken.
#include "ca/crypto/cose.h"
#include "ca/custody/fdo_fields.h"
#include "ca/custody/manifest.h"
#include "ca/custody/manifest_fields.h"
#include "ca/custody/manifest_signer.h"

#include <memory>
#include <optional>

namespace hallmark {

namespace {

using Kind = CborItem::Kind;

constexpr std::int64_t version_1_1 = 101;
constexpr std::size_t guid_octets = 16;
constexpr std::size_t most_entries = 16;
constexpr std::size_t most_certificates = 8;

/// An item and its own octets.
struct Taken {
    CborItem item;
    ByteView octets;
};

struct Settled {
    ManifestSigner maker;
    CborLimits limits;
};

/// Taken apart and not yet believed.
struct Voucher {
    Bytes header_octets;
    CborItem header;
    ByteView hmac;                    ///< As it stands; its key is the device's own secret.
    std::vector<Bytes> certificates;  ///< The device's first.
    std::vector<Taken> entries;
};

std::optional<Taken> take(ByteView& rest, const CborLimits& limits) {
    const ByteView before = rest;
    auto item = take_cbor(rest, limits);
    if (!item) return std::nullopt;
    return Taken{std::move(*item), before.first(before.size() - rest.size())};
}

/// The head of an array of fewer than 24 items (RFC 8949 3), cut off.
std::optional<std::size_t> take_array_head(ByteView& rest) {
    if (rest.empty() || rest[0] < 0x80 || rest[0] > 0x97) return std::nullopt;
    const std::size_t count = rest[0] - 0x80u;
    rest = rest.subspan(1);
    return count;
}

Result<Done> read_header(Voucher& voucher, const CborLimits& limits) {
    auto header = parse_cbor(voucher.header_octets, limits);
    if (!header || !is_array(*header, 6)) return bad_entry("header malformed");
    const auto& parts = header->items;
    if (!is_number(parts[0], version_1_1)) return bad_entry("version not taken");
    if (parts[1].kind != Kind::bytes || parts[1].octets.size() != guid_octets)
        return bad_entry("GUID malformed");
    if (parts[2].kind != Kind::array || parts[3].kind != Kind::text)
        return bad_entry("header malformed");
    voucher.header = std::move(*header);
    return Done{};
}

Result<Done> read_certificates(const CborItem& chain, Voucher& voucher) {
    // Null stands for EPID, which no evidence here speaks.
    if (chain.kind != Kind::array || chain.items.empty())
        return bad_entry("no device certificate chain");
    if (chain.items.size() > most_certificates)
        return Refusal{Reason::too_large, "too many certificates"};
    for (const CborItem& each : chain.items) {
        if (each.kind != Kind::bytes) return bad_entry("device certificate chain malformed");
        voucher.certificates.push_back(each.octets);
    }
    return Done{};
}

Result<Voucher> take_apart(ByteView octets, const CborLimits& limits) {
    ByteView rest = octets;
    if (take_array_head(rest) != 5) return bad_entry("not an array of five");
    const auto version = take(rest, limits);
    if (!version || !is_number(version->item, version_1_1)) return bad_entry("version not taken");
    auto header = take(rest, limits);
    if (!header || header->item.kind != Kind::bytes) return bad_entry("no header");
    Voucher voucher;
    voucher.header_octets = std::move(header->item.octets);
    HALLMARK_TRY(read, read_header(voucher, limits));
    const auto hmac = take(rest, limits);
    if (!hmac || !is_mac(hmac->item)) return bad_entry("HMAC malformed");
    voucher.hmac = hmac->octets;
    const auto chain = take(rest, limits);
    if (!chain) return bad_entry("no device certificate chain");
    HALLMARK_TRY(certificates, read_certificates(chain->item, voucher));
    const auto count = take_array_head(rest);
    if (!count) return bad_entry("entries malformed");
    // The HMAC is the device's: with no entry nobody has signed anything.
    if (*count == 0) return bad_entry("no entry: nobody signed the voucher");
    if (*count > most_entries) return Refusal{Reason::too_large, "too many entries of a voucher"};
    for (std::size_t i = 0; i < *count; ++i) {
        auto entry = take(rest, limits);
        if (!entry) return bad_entry("entries malformed");
        voucher.entries.push_back(std::move(*entry));
    }
    if (!rest.empty()) return bad_entry("something follows the entries");
    return voucher;
}

/// One transfer: signed by the owner before, and about this device and everything before it.
struct Link {
    PublicKey owner;
    Bytes before;        ///< What the next entry's previous hash is over,
    Bytes before_alike;  ///< or this.
};

Result<Link> check_transfer(const Taken& entry, const Link& link, ByteView device,
                            const CborLimits& limits) {
    const auto message = read_cose_sign1(entry.item, {.tag = CoseTag::required,
                                                      .unprotected = CoseUnprotected::empty,
                                                      .algorithms = CoseAlgorithms::ecdsa,
                                                      .limits = limits});
    if (!message) return bad_entry(message.error().detail);
    if (const auto verified = verify_cose_sign1(*message, link.owner); !verified)
        return bad_entry(verified.error().detail);
    const auto payload = parse_cbor(message->payload, limits);
    if (!payload || !is_array(*payload, 4)) return bad_entry("payload malformed");
    const auto& parts = payload->items;
    if (!is_hash_of(parts[0], link.before) && !is_hash_of(parts[0], link.before_alike))
        return bad_entry("the previous hash is another's");
    if (!is_hash_of(parts[1], device)) return bad_entry("the device hash is another's");
    if (parts[2].kind != Kind::null && parts[2].kind != Kind::bytes)
        return bad_entry("extra information malformed");
    HALLMARK_TRY(owner, key_in(parts[3]));
    // Every key of a voucher is of the maker's kind, so that the device can check them all.
    if (owner.algorithm() != link.owner.algorithm())
        return bad_entry("the owner's key is of another kind than the maker's");
    return Link{std::move(owner), to_bytes(entry.octets), message->payload};
}

/// From the maker to the owner, entry by entry.
Result<Done> check_transfers(const Voucher& voucher, const PublicKey& maker,
                             const CborLimits& limits) {
    const Bytes device = concat({voucher.header.items[1].octets, voucher.header.items[3].octets});
    const Bytes first = concat({voucher.header_octets, voucher.hmac});
    Link link{maker, first, first};
    for (std::size_t i = 0; i < voucher.entries.size(); ++i) {
        auto next = check_transfer(voucher.entries[i], link, device, limits);
        if (!next) return bad_entry("transfer " + std::to_string(i) + ": " + next.error().detail);
        link = std::move(*next);
    }
    return Done{};
}

Result<Done> read_key(const Voucher& voucher, ManifestUnit& unit) {
    Bytes chain;
    for (const Bytes& certificate : voucher.certificates)
        append(chain, certificate);
    if (!is_hash_of(voucher.header.items[5], chain))
        return bad_entry("the certificate chain hash is another's");
    const auto certificate = parse_certificate(voucher.certificates.front());
    if (!certificate) return bad_entry("device certificate: " + certificate.error().detail);
    const auto key = parse_public_key(certificate->spki);
    if (!key) return bad_entry("device certificate: " + key.error().detail);
    unit.keys.push_back({key->digest(), key->spki()});
    return Done{};
}

Result<ManifestUnit> read_unit(const Voucher& voucher, const Settled& settled) {
    HALLMARK_TRY(maker, key_in(voucher.header.items[4]));
    if (maker.digest() != settled.maker.key.digest())
        return bad_entry("made by another than the first entry");
    HALLMARK_TRY(transfers, check_transfers(voucher, maker, settled.limits));
    ManifestUnit unit{
        to_hex(voucher.header.items[1].octets), std::string(voucher.header.items[3].text()), {}};
    if (!is_unit_model(unit.model)) return bad_entry("device information malformed");
    HALLMARK_TRY(key, read_key(voucher, unit));
    return unit;
}

Result<ManifestUnit> check_voucher(std::size_t index, ByteView octets, const Settled& settled) {
    const auto voucher = take_apart(octets, settled.limits);
    if (!voucher) return at_entry(index, "", voucher.error());
    auto unit = read_unit(*voucher, settled);
    if (!unit) return at_entry(index, to_hex(voucher->header.items[1].octets), unit.error());
    return unit;
}

/// The pinned certificate that bears the maker's key.
Result<ManifestSigner> find_maker(const CborItem& public_key, const ManifestTerms& terms,
                                  const ChainValidator& chains) {
    HALLMARK_TRY(maker, key_in(public_key));
    for (const PinnedVendor& pin : terms.pins) {
        for (const auto* const list : {&pin.anchors.roots, &pin.anchors.intermediates}) {
            for (const Bytes& der : *list) {
                const auto certificate = parse_certificate(der);
                if (!certificate || certificate->spki != maker.spki()) continue;
                return find_manifest_signer({.certificate_sha256 = certificate->sha256,
                                             .pins = terms.pins,
                                             .now = terms.now},
                                            chains);
            }
        }
    }
    return bad_entry("manifest signer: not pinned");
}

Result<Settled> settle_by_first(ByteView octets, const ManifestTerms& terms,
                                const ChainValidator& chains, const CborLimits& limits) {
    const auto voucher = take_apart(octets, limits);
    if (!voucher) return at_entry(0, "", voucher.error());
    auto maker = find_maker(voucher->header.items[4], terms, chains);
    if (!maker) return at_entry(0, to_hex(voucher->header.items[1].octets), maker.error());
    return Settled{std::move(*maker), limits};
}

}  // namespace

Result<Digest> parse_fdo_vouchers(ManifestInput& input, const ManifestTerms& terms,
                                  const ChainValidator& chains, const ManifestSink& sink) {
    const ManifestLimits& limits = terms.limits;
    const CborLimits cbor{.octets = limits.entry_octets, .depth = 8, .items = 1024};
    std::shared_ptr<const Settled> settled;
    for (std::size_t index = 0;; ++index) {
        const ByteView ahead = as_bytes(input.peek(limits.entry_octets));
        if (ahead.empty() && settled) return settled->maker.certificate.sha256;
        if (index == limits.entries) return Refusal{Reason::too_large, "too many entries"};
        ByteView rest = ahead;
        const auto voucher = take(rest, cbor);
        if (!voucher)
            return bad_entry("entry " + std::to_string(index) +
                             ": no CBOR item that ends within its limit");
        Bytes octets = to_bytes(voucher->octets);
        input.skip(octets.size());
        if (input.at() > limits.octets) return Refusal{Reason::too_large, "document too large"};
        if (!settled) {
            HALLMARK_TRY(by_first, settle_by_first(octets, terms, chains, cbor));
            settled = std::make_shared<const Settled>(std::move(by_first));
        }
        HALLMARK_TRY(taken, sink({index, [index, settled, entry = std::move(octets)] {
                                      return check_voucher(index, entry, *settled);
                                  }}));
    }
}

}  // namespace hallmark
