#include "ca/audit/event.h"

#include "ca/crypto/hash.h"
#include "ca/json/json.h"

#include <stdexcept>

#include <boost/json/object.hpp>

namespace hallmark {
namespace {

/// The facts that the auditor searches by have columns of their own.
EventKeys keys_of(const EventFacts& facts) {
    EventKeys keys;
    for (const auto& [name, value] : facts) {
        if (name == "device") keys.device = value;
        if (name == "serial") keys.serial = value;
        if (name == "element") keys.element = value;
        if (name == "station") keys.station = value;
        if (name == "lot") keys.lot = value;
        if (name == "product") keys.product = value;
        if (name == "policy") keys.policy = value;
    }
    return keys;
}

}  // namespace

std::string canonical_body(const Event& event) {
    boost::json::object facts;
    for (const auto& [name, value] : event.facts) {
        if (!facts.emplace(name, value).second) {
            throw std::logic_error("event " + event.type + " states " + name + " twice");
        }
    }
    boost::json::object body;
    body["type"] = event.type;
    body["subject"] = event.subject;
    body["actor"] = event.actor;
    body["time"] = to_rfc3339(event.time);
    body["facts"] = std::move(facts);
    return canonical_json(body);
}

EventEntry entry_of(const Event& event) {
    EventEntry entry{.row = {.type = event.type,
                             .subject = event.subject,
                             .actor = event.actor,
                             .at = event.time,
                             .body = canonical_body(event)},
                     .keys = keys_of(event.facts)};
    entry.row.body_sha256 = sha256(as_bytes(entry.row.body));
    return entry;
}

Digest append_event(Tx& tx, const Event& event) {
    const EventEntry entry = entry_of(event);
    Events(tx).append(entry);
    return entry.row.body_sha256;
}

}  // namespace hallmark
