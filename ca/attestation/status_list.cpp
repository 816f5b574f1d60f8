#include "ca/attestation/status_list.h"

#include "ca/crypto/hash.h"
#include "ca/json/json.h"

#include <algorithm>

#include <boost/json.hpp>

namespace hallmark {
namespace {

constexpr std::size_t most_octets = 8u * 1024 * 1024, most_entries = 100'000;
// RFC 5280 4.1.2.2: a serial has at most 20 octets.
constexpr std::size_t longest_serial = 40;

Refusal unreadable(std::string_view what) {
    return {Reason::invalid_document, "status list: " + std::string(what)};
}

bool is_serial(std::string_view text) {
    return !text.empty() && text.size() <= longest_serial && text.front() != '0' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// A word of the vendor's own; it goes into records.
bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || c == '_';
    });
}

std::optional<std::string_view> text_at(const boost::json::object& entry, std::string_view name) {
    const auto* const found = entry.if_contains(name);
    if (!found || !found->is_string()) return std::nullopt;
    return std::string_view(found->get_string());
}

std::optional<std::string> what_is_said(const boost::json::value& entry) {
    if (!entry.is_object()) return std::nullopt;
    const auto status = text_at(entry.get_object(), "status");
    if (status != "REVOKED" && status != "SUSPENDED") return std::nullopt;
    const auto reason = text_at(entry.get_object(), "reason");
    if (!reason) return std::string(*status);
    if (!is_word(*reason)) return std::nullopt;
    return std::string(*status) + ": " + std::string(*reason);
}

}  // namespace

Result<StatusList> StatusList::parse(std::string_view json, Instant as_of,
                                     std::chrono::seconds valid_for) {
    const auto document =
        parse_json(json, {.octets = most_octets, .depth = 4, .members = 6 * most_entries});
    if (!document) return unreadable(document.error().detail);
    const auto* const root = document->if_object();
    const auto* const entries = root ? root->if_contains("entries") : nullptr;
    if (!entries || !entries->is_object()) return unreadable("no entries");
    if (entries->get_object().size() > most_entries) return unreadable("too many entries");
    StatusList list;
    for (const auto& [serial, entry] : entries->get_object()) {
        const auto said = what_is_said(entry);
        if (!is_serial(serial) || !said)
            return unreadable("an entry that is not understood: " +
                              std::string(serial).substr(0, longest_serial));
        list.entries_.emplace(std::string(serial), *said);
    }
    list.as_of_ = as_of;
    list.valid_for_ = valid_for;
    list.sha256_ = hallmark::sha256(as_bytes(json));
    return list;
}

const std::string* StatusList::find(ByteView serial) const {
    const std::string hex = to_hex(serial);
    const std::size_t first = std::min(hex.find_first_not_of('0'), hex.size());
    const auto found = entries_.find(std::string_view(hex).substr(first));
    return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace hallmark
