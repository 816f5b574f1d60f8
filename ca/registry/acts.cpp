// The registry's acts. Each is one commit: the rows, and the event that tells of them.
#include "ca/audit/event.h"
#include "ca/registry/enrolment.h"
#include "ca/registry/source.h"
#include "ca/registry/state.h"
#include "db/intermediates.h"
#include "db/policies.h"
#include "db/principals.h"
#include "db/vendors.h"

#include <algorithm>
#include <set>

namespace hallmark {
namespace {

constexpr std::size_t most_products = 256;

Refusal conflict(std::string why) {
    return Refusal{Reason::conflict, std::move(why)};
}

template <typename Items, typename TextOf>
std::string listed(const Items& items, TextOf text_of) {
    std::string text;
    for (const auto& item : items) {
        if (!text.empty()) text += ',';
        text += text_of(item);
    }
    return text;
}

Result<Done> known_state(std::string_view state) {
    if (state == "active" || state == "suspended") return Done{};
    return Refusal{Reason::malformed_request, "state is neither active nor suspended"};
}

/// "station.suspended" or "station.resumed".
std::string switched(std::string_view what, std::string_view state) {
    return std::string(what) + (state == "active" ? ".resumed" : ".suspended");
}

}  // namespace

std::optional<SignatureAlgorithm> signing_algorithm_from(std::string_view name) {
    using enum SignatureAlgorithm;
    for (const SignatureAlgorithm algorithm :
         {ecdsa_sha256, ecdsa_sha384, ecdsa_sha512, rsa_pkcs1_sha256, rsa_pkcs1_sha384,
          rsa_pkcs1_sha512, rsa_pss_sha256, rsa_pss_sha384, rsa_pss_sha512}) {
        if (name == name_of(algorithm)) return algorithm;
    }
    return std::nullopt;
}

Result<Done> Registry::enrol_station(const StationEnrolment& station, const Word& word,
                                     Instant now) {
    HALLMARK_TRY(id, parse_slug(station.id.get(), "station"));
    HALLMARK_TRY(site, parse_slug(station.site.get(), "site"));
    if (station.products.empty() || station.products.size() > most_products) {
        return Refusal{Reason::malformed_request, "a station needs 1 to 256 products"};
    }
    for (const ProductId& product : station.products) {
        HALLMARK_TRY(slug, parse_slug(product.get(), "product"));
    }
    if (!station.source.empty()) {
        HALLMARK_TRY(network, parse_network(station.source));
    }
    if (!station.line.empty()) {
        HALLMARK_TRY(line, parse_slug(station.line, "line"));
    }
    HALLMARK_TRY(certificate, read_client_certificate(station.certificate, now));
    const Instant expires =
        std::min(certificate.not_after, station.expires.value_or(certificate.not_after));
    if (expires <= now)
        return Refusal{Reason::malformed_request, "the station would be expired already"};
    return act_in(state_->database, word, [&](Tx& tx) -> Result<Done> {
        const CertificatePin pin{.kind = "station",
                                 .id = station.id.get(),
                                 .certificate = certificate.der,
                                 .certificate_sha256 = certificate.sha256,
                                 .key_sha256 = certificate.key_sha256,
                                 .actor = word.actor,
                                 .at = now};
        if (!Principals(tx).pin(pin))
            return conflict("station, certificate or key is known already");
        Principals(tx).add(StoredStation{.id = station.id,
                                         .site = station.site,
                                         .products = station.products,
                                         .expires = expires,
                                         .source = station.source,
                                         .line = station.line});
        const auto text_of = [](const ProductId& product) { return product.get(); };
        append_event(tx,
                     {.type = "station.enrolled",
                      .subject = "station/" + station.id.get(),
                      .actor = word.actor,
                      .time = now,
                      .facts = {{"station", station.id.get()},
                                {"site", station.site.get()},
                                {"products", listed(station.products, text_of)},
                                {"certificate_sha256", to_hex(certificate.sha256)},
                                {"key_sha256", to_hex(certificate.key_sha256)},
                                {"expires", to_rfc3339(expires)},
                                {"source", station.source},
                                {"line", station.line}}},
                     word);
        return Done{};
    });
}

Result<Done> Registry::set_station_state(const StationId& id, std::string_view state,
                                         const Word& word, Instant now) {
    HALLMARK_TRY(known, known_state(state));
    return act_in(state_->database, word, [&](Tx& tx) -> Result<Done> {
        if (!Principals(tx).state_of(id))
            return Refusal{Reason::not_found, "no station " + id.get()};
        if (!Principals(tx).set_state(id, state))
            return conflict("station is in that state already");
        append_event(tx,
                     {.type = switched("station", state),
                      .subject = "station/" + id.get(),
                      .actor = word.actor,
                      .time = now,
                      .facts = {{"station", id.get()}, {"state", std::string(state)}}},
                     word);
        return Done{};
    });
}

Result<Done> Registry::pin_vendor(const PinnedVendor& pin, const Word& word, Instant now) {
    HALLMARK_TRY(vendor, parse_slug(pin.vendor.get(), "vendor"));
    HALLMARK_TRY(format, parse_slug(pin.format, "format"));
    HALLMARK_TRY(anchors, check_anchors(pin.anchors.roots, pin.anchors.intermediates));
    StoredPin stored{.vendor = pin.vendor,
                     .format = pin.format,
                     .exceptions = {},
                     .roots = pin.anchors.roots,
                     .intermediates = pin.anchors.intermediates};
    for (const ChainException exception : pin.exceptions)
        stored.exceptions.emplace_back(name_of(exception));
    return act_in(state_->database, word, [&](Tx& tx) -> Result<Done> {
        const int version = Vendors(tx).pin(stored, word.actor, now);
        const auto digest_of = [](const Bytes& der) { return to_hex(sha256(der)); };
        append_event(
            tx,
            {.type = "vendor.pinned",
             .subject = "vendor/" + pin.vendor.get() + "/" + pin.format,
             .actor = word.actor,
             .time = now,
             .facts = {{"vendor", pin.vendor.get()},
                       {"format", pin.format},
                       {"version", std::to_string(version)},
                       {"roots", listed(stored.roots, digest_of)},
                       {"intermediates", listed(stored.intermediates, digest_of)},
                       {"exceptions", listed(stored.exceptions, [](auto& name) { return name; })}}},
            word);
        return Done{};
    });
}

namespace {

/// An intermediate signs for one product line; one that is not there yet is asked again at each
/// issuance.
Result<Done> is_of_its_line(Tx& tx, const Policy& policy) {
    const auto issuer = Intermediates(tx).find(policy.intermediate());
    if (!issuer || issuer->products.empty()) return Done{};
    if (std::find(issuer->products.begin(), issuer->products.end(), policy.product()) !=
        issuer->products.end())
        return Done{};
    return Refusal{Reason::invalid_document,
                   "policy: intermediate: " + issuer->id.get() + " is another product line's"};
}

}  // namespace

Result<Digest> Registry::apply_policy(const Policy& policy, const Word& word, Instant now) {
    const auto findings = check_policy(policy);
    if (!findings.empty()) {
        return Refusal{Reason::invalid_document,
                       "policy: " + findings.front().path + ": " + findings.front().text};
    }
    for (const ExampleOutcome& example : run_examples(policy)) {
        if (example.passed) continue;
        return Refusal{Reason::invalid_document,
                       "policy: example " + example.name + ": " + example.explanation};
    }
    return act_in(state_->database, word, [&](Tx& tx) -> Result<Digest> {
        Policies policies(tx);
        policies.lock(policy.product());
        HALLMARK_TRY(line, is_of_its_line(tx, policy));
        const auto before = policies.current(policy.product());
        // Applying what is in force changes nothing, so that a script may run twice.
        if (before == policy.digest()) return policy.digest();
        policies.keep(policy.product(), policy.digest(), policy.canonical());
        policies.follow(policy.product(), policy.digest(), word.actor, now);
        append_event(tx,
                     {.type = "policy.applied",
                      .subject = "policy/" + policy.product().get(),
                      .actor = word.actor,
                      .time = now,
                      .facts = {{"product", policy.product().get()},
                                {"policy", to_hex(policy.digest())},
                                {"before", before ? to_hex(*before) : std::string()}}},
                     word);
        return policy.digest();
    });
}

namespace {

std::string time_or_none(const std::optional<Instant>& instant) {
    return instant ? to_rfc3339(*instant) : std::string();
}

}  // namespace

Result<Done> check_bounds(const Intermediate& intermediate) {
    if (intermediate.products.size() > most_products)
        return Refusal{Reason::malformed_request, "an intermediate has at most 256 products"};
    for (const ProductId& product : intermediate.products) {
        HALLMARK_TRY(slug, parse_slug(product.get(), "product"));
    }
    if (intermediate.signs_from && intermediate.signs_until &&
        *intermediate.signs_until <= *intermediate.signs_from)
        return Refusal{Reason::malformed_request, "the intermediate's window is empty"};
    return Done{};
}

Result<Done> Registry::add_intermediate(const Intermediate& intermediate, const Word& word,
                                        Instant now) {
    HALLMARK_TRY(id, parse_slug(intermediate.id.get(), "intermediate"));
    if (!intermediate.key_uri.starts_with("pkcs11:") ||
        intermediate.key_uri.find("pin-") != std::string::npos) {
        return Refusal{Reason::malformed_request, "key URI is no RFC 7512 URI without PIN"};
    }
    const std::string algorithm(name_of(intermediate.algorithm));
    if (!signing_algorithm_from(algorithm))
        return Refusal{Reason::malformed_request, "weak algorithm"};
    HALLMARK_TRY(certificate,
                 read_issuing_certificate(intermediate.certificate, intermediate.chain, now));
    HALLMARK_TRY(bounds, check_bounds(intermediate));
    return act_in(state_->database, word, [&](Tx& tx) -> Result<Done> {
        const StoredIntermediate row{.id = intermediate.id,
                                     .key_uri = intermediate.key_uri,
                                     .algorithm = algorithm,
                                     .certificate = certificate.der,
                                     .chain = intermediate.chain,
                                     .key_sha256 = certificate.key_sha256,
                                     .not_after = certificate.not_after,
                                     .products = intermediate.products,
                                     .signs_from = intermediate.signs_from,
                                     .signs_until = intermediate.signs_until};
        if (!Intermediates(tx).add(row, word.actor, now))
            return conflict("intermediate or its key is known already");
        append_event(tx,
                     {.type = "intermediate.added",
                      .subject = "intermediate/" + row.id.get(),
                      .actor = word.actor,
                      .time = now,
                      .facts = {{"intermediate", row.id.get()},
                                {"algorithm", algorithm},
                                {"key_uri", row.key_uri},
                                {"certificate_sha256", to_hex(certificate.sha256)},
                                {"key_sha256", to_hex(certificate.key_sha256)},
                                {"not_after", to_rfc3339(certificate.not_after)},
                                {"products",
                                 listed(row.products, [](auto& product) { return product.get(); })},
                                {"signs_from", time_or_none(row.signs_from)},
                                {"signs_until", time_or_none(row.signs_until)}}},
                     word);
        return Done{};
    });
}

Result<Done> Registry::set_intermediate_state(const IntermediateId& id, std::string_view state,
                                              const Word& word, Instant now) {
    HALLMARK_TRY(known, known_state(state));
    return act_in(state_->database, word, [&](Tx& tx) -> Result<Done> {
        if (!Intermediates(tx).find(id))
            return Refusal{Reason::not_found, "no intermediate " + id.get()};
        if (!Intermediates(tx).set_state(id, state))
            return conflict("intermediate is in that state already");
        append_event(tx,
                     {.type = switched("intermediate", state),
                      .subject = "intermediate/" + id.get(),
                      .actor = word.actor,
                      .time = now,
                      .facts = {{"intermediate", id.get()}, {"state", std::string(state)}}},
                     word);
        return Done{};
    });
}

}  // namespace hallmark
