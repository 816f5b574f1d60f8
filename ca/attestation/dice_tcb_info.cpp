#include "ca/attestation/dice_tcb_info.h"

#include "ca/attestation/members.h"
#include "ca/crypto/der.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

constexpr std::size_t most_infos = 16, most_fwids = 8, most_registers = 32;
constexpr std::size_t longest_text = 64, longest_ueid = 33;  // RFC 9711 4.2.1

struct DigestKind {
    std::string_view oid;
    std::string_view name;
    std::size_t octets;
};
// NIST's hash algorithms.
constexpr std::array digest_kinds{DigestKind{"2.16.840.1.101.3.4.2.1", "sha-256", 32},
                                  DigestKind{"2.16.840.1.101.3.4.2.2", "sha-384", 48},
                                  DigestKind{"2.16.840.1.101.3.4.2.3", "sha-512", 64}};

Refusal refused(std::string_view what) {
    return evidence_refused("tcb-info", what);
}

std::optional<DiceDigest> read_digest(DerReader& reader) {
    auto inside = reader.sequence();
    if (!inside) return std::nullopt;
    const auto oid = inside->oid();
    const auto digest = inside->content(tag::octet_string);
    if (!oid || !digest || !inside->at_end()) return std::nullopt;
    for (const DigestKind& kind : digest_kinds) {
        if (kind.oid == *oid && kind.octets == digest->size())
            return DiceDigest{.algorithm = kind.name, .digest = to_bytes(*digest)};
    }
    return std::nullopt;
}

/// FWIDLIST ::= SEQUENCE SIZE (1..MAX) OF FWID, by its content.
std::optional<std::vector<DiceDigest>> read_digests(DerReader list) {
    std::vector<DiceDigest> digests;
    while (!list.at_end()) {
        auto digest = read_digest(list);
        if (!digest || digests.size() == most_fwids) return std::nullopt;
        digests.push_back(std::move(*digest));
    }
    if (digests.empty()) return std::nullopt;
    return digests;
}

/// By the content of an INTEGER with another tag: minimal, not negative, below 2^63.
std::optional<std::int64_t> read_number(ByteView content) {
    const Bytes integer = der(tag::integer, content);
    DerReader reader(integer);
    const auto number = reader.small_integer();
    return reader.at_end() ? number : std::nullopt;
}

/// By the content of a BIT STRING with another tag, at most 32 bits. Trailing zero bits may stand:
/// fixedWidth (31) is there for makers who write all of them.
std::optional<std::uint32_t> read_flags(ByteView content) {
    if (content.empty() || content.size() > 5) return std::nullopt;
    const unsigned unused = content[0];
    const ByteView octets = content.subspan(1);
    if (unused > 7 || (octets.empty() && unused != 0)) return std::nullopt;
    // X.690 11.2.1: unused bits are zero.
    if (!octets.empty() && (octets.back() & ((1u << unused) - 1u)) != 0) return std::nullopt;
    std::uint32_t flags = 0;
    for (unsigned bit = 0; bit < octets.size() * 8; ++bit) {
        if ((octets[bit / 8] >> (7 - bit % 8) & 1u) != 0) flags |= std::uint32_t{1} << bit;
    }
    return flags;
}

/// IntegrityRegister ::= SEQUENCE { registerName [0] IA5String OPTIONAL, registerNum [1] INTEGER
/// OPTIONAL, registerDigests [2] FWIDLIST }. What runs later than the layer's start is told there;
/// it is read for its form alone.
bool are_registers(DerReader list) {
    std::size_t count = 0;
    while (!list.at_end()) {
        auto reader = list.sequence();
        if (!reader || ++count > most_registers) return false;
        if (reader->next_is(tag::context(0, false))) {
            const auto name = reader->content(tag::context(0, false));
            if (!name || !printable_text(*name)) return false;
        }
        if (reader->next_is(tag::context(1, false))) {
            const auto number = reader->content(tag::context(1, false));
            if (!number || !read_number(*number)) return false;
        }
        const auto digests = reader->inside(tag::context(2, true));
        if (!digests || !reader->at_end() || !read_digests(*digests)) return false;
    }
    return count > 0;
}

/// Takes the fields of a DiceTcbInfo one after another; each by itself says whether it was there.
class TcbInfoReader {
public:
    explicit TcbInfoReader(DerReader reader) : reader_(reader) {}

    /// False once a field was there and malformed.
    [[nodiscard]] bool good() const noexcept { return good_; }
    [[nodiscard]] bool at_end() const noexcept { return reader_.at_end(); }

    std::optional<std::string> text(unsigned number) { return read(number, printable_text); }
    std::optional<std::int64_t> number(unsigned number) { return read(number, read_number); }
    std::optional<std::uint32_t> flags(unsigned number) { return read(number, read_flags); }
    void octets(unsigned number) {
        read(number, [](ByteView content) { return std::optional(content.size()); });
    }
    std::optional<DerReader> list(unsigned number) {
        if (!reader_.next_is(tag::context(number, true))) return std::nullopt;
        auto inside = reader_.inside(tag::context(number, true));
        good_ = good_ && inside;
        return inside;
    }
    void demand(bool well_formed) { good_ = good_ && well_formed; }

private:
    template <typename Read>
    auto read(unsigned number, Read&& reading) -> decltype(reading(ByteView())) {
        if (!reader_.next_is(tag::context(number, false))) return std::nullopt;
        const auto content = reader_.content(tag::context(number, false));
        auto value = content ? reading(*content) : std::nullopt;
        good_ = good_ && value;
        return value;
    }

    DerReader reader_;
    bool good_ = true;
};

/// DiceTcbInfo ::= SEQUENCE { vendor [0] UTF8String, model [1] UTF8String, version [2] UTF8String,
/// svn [3] INTEGER, layer [4] INTEGER, index [5] INTEGER, fwids [6] FWIDLIST, flags [7]
/// OperationalFlags, vendorInfo [8] OCTET STRING, type [9] OCTET STRING, flagsMask [10]
/// OperationalFlagsMask, integrityRegisters [11] IrList }, all OPTIONAL.
Result<DiceTcbInfo> read_tcb_info(DerReader content) {
    if (content.at_end()) return refused("says nothing");
    TcbInfoReader reader(content);
    DiceTcbInfo info;
    info.vendor = reader.text(0);
    info.model = reader.text(1);
    info.version = reader.text(2);
    info.svn = reader.number(3);
    info.layer = reader.number(4);
    info.index = reader.number(5);
    if (const auto list = reader.list(6)) {
        auto fwids = read_digests(*list);
        if (!fwids) return refused("a digest is malformed, or of an algorithm that is not taken");
        info.fwids = std::move(*fwids);
    }
    info.flags = reader.flags(7);
    reader.octets(8);
    reader.octets(9);
    info.flags_mask = reader.flags(10);
    if (const auto list = reader.list(11)) reader.demand(are_registers(*list));
    if (!reader.good()) return refused("a field is malformed");
    if (!reader.at_end()) return refused("a field that is not known, or out of order");
    return info;
}

}  // namespace

std::optional<std::string> printable_text(ByteView octets) {
    const bool is_printable = std::all_of(octets.begin(), octets.end(),
                                          [](unsigned char c) { return c >= ' ' && c <= '~'; });
    if (octets.empty() || octets.size() > longest_text || !is_printable) return std::nullopt;
    return std::string(as_text(octets));
}

Result<DiceTcbInfo> parse_tcb_info(ByteView value) {
    const auto outer = sole_element(value, tag::sequence);
    if (!outer) return refused("not exactly one DER SEQUENCE");
    return read_tcb_info(DerReader(outer->content));
}

Result<std::vector<DiceTcbInfo>> parse_tcb_info_sequence(ByteView value) {
    const auto outer = sole_element(value, tag::sequence);
    if (!outer) return refused("not exactly one DER SEQUENCE");
    std::vector<DiceTcbInfo> infos;
    for (DerReader reader(outer->content); !reader.at_end();) {
        const auto each = reader.sequence();
        if (!each) return refused("one of several is no SEQUENCE");
        if (infos.size() == most_infos) return refused("more than the limit");
        HALLMARK_TRY(info, read_tcb_info(*each));
        infos.push_back(std::move(info));
    }
    if (infos.empty()) return refused("says nothing");
    return infos;
}

/// TcgUeid ::= SEQUENCE { ueid OCTET STRING }
Result<Bytes> parse_ueid(ByteView value) {
    const auto outer = sole_element(value, tag::sequence);
    const auto ueid =
        outer ? sole_element(outer->content, tag::octet_string) : std::optional<DerElement>();
    if (!ueid || ueid->content.empty() || ueid->content.size() > longest_ueid)
        return refused("the UEID is malformed");
    return to_bytes(ueid->content);
}

/// CompositeDeviceID ::= SEQUENCE { version INTEGER, deviceID SubjectPublicKeyInfo, fwid FWID }
Result<CompositeDeviceId> parse_composite_device_id(ByteView value) {
    const auto outer = sole_element(value, tag::sequence);
    if (!outer) return refused("not exactly one DER SEQUENCE");
    DerReader reader(outer->content);
    if (reader.small_integer() != 1) return refused("not RIoT's, version 1");
    const auto spki = reader.element(tag::sequence);
    auto fwid = read_digest(reader);
    if (!spki || !fwid || !reader.at_end()) return refused("RIoT's is malformed");
    return CompositeDeviceId{.issuer_spki = to_bytes(spki->whole), .fwid = std::move(*fwid)};
}

}  // namespace hallmark
