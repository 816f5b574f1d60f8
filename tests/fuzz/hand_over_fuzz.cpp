// fuzz: NEEDS ca/domain ca/crypto ca/json ca/custody tests/support
// covers: ca/custody/hand_over.cpp ca/custody/hand_over_chain.cpp
// The parser of hand-overs under foreign bytes: as the whole document, and as payload or header of
// one that is whole otherwise. What is read means what it was read from, and follows at most one
// end of a chain.
#include "ca/crypto/hash.h"
#include "ca/custody/hand_over.h"
#include "ca/json/json.h"

#include <cstdlib>

#include <boost/json.hpp>

namespace {

using namespace hallmark;
namespace json = boost::json;

void require(bool holds) {
    if (!holds) std::abort();
}

void read(std::string_view text) {
    const auto document = parse_hand_over(text);
    if (!document) {
        require(document.error().reason == Reason::invalid_document ||
                document.error().reason == Reason::too_large);
        return;
    }
    const HandOver& entry = document->entry;
    const auto dot = document->signing_input.find('.');
    require(dot != std::string::npos);
    const auto payload = from_base64url(std::string_view(document->signing_input).substr(dot + 1));
    require(payload && hand_over_payload(entry) == as_text(*payload));
    const HandOverEnd end = hand_over_origin(
        {.vendor = VendorId(entry.from), .units = entry.units, .manifests = {entry.previous}});
    const auto longer = follow(end, entry.lot, *document);
    require(longer.has_value() == (entry.sequence == 1));
    if (!longer) return;
    require(longer->units <= end.units && longer->previous == document->sha256);
    require(!follow(*longer, entry.lot, *document));
}

std::string around(std::string_view header, std::string_view payload) {
    return json::serialize(json::object{{"payload", to_base64url(as_bytes(payload))},
                                        {"protected", to_base64url(as_bytes(header))},
                                        {"signature", to_base64url(Bytes(64, 1))}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text = as_text(ByteView(data, size));
    const std::string header =
        canonical_json(json::object{{"alg", "ES256"},
                                    {"typ", "hallmark-hand-over+jws"},
                                    {"x5t#S256", to_base64url(sha256(as_bytes("certificate")))}});
    HandOver entry;
    entry.lot = LotId("lot-1");
    entry.sequence = 1;
    entry.kind = HandOverKind::vendor;
    entry.from = "example";
    entry.to = "trader";
    entry.units = 1;
    read(text);
    read(around(header, text));
    read(around(text, hand_over_payload(entry)));
    return 0;
}
