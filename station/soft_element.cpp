#include "station/soft_element.h"

#include "ca/crypto/hash.h"
#include "ca/json/json.h"
#include "station/protocol_proofs.h"

#include <algorithm>
#include <istream>
#include <ostream>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr JsonLimits line_limits{.octets = 16 * 1024, .depth = 3, .members = 16};

/// As swtpm's own certificates name it: TCG's number for IBM.
SoftCertificate ek_certificate() {
    SoftCertificate certificate;
    certificate.manufacturer = "id:00001014";
    certificate.model = "swtpm";
    return certificate;
}

SoftIdentity identity_in(const std::string& line) {
    const auto value = parse_json(line, line_limits);
    if (!value) throw Fault("no element: " + value.error().detail);
    try {
        SoftIdentity identity{
            .format = std::string(value->at("format").as_string()),
            .unique_id = std::string(value->at("unique_id").as_string()),
            .key = from_base64(std::string_view(value->at("key").as_string())).value(),
            .chain = {}};
        for (const json::value& each : value->at("chain").as_array())
            identity.chain.push_back(from_base64(std::string_view(each.as_string())).value());
        return identity;
    } catch (const std::exception&) {
        throw Fault("no element: " + line.substr(0, 60));
    }
}

PkeyPtr ek_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    if (!key || identity.chain.empty())
        throw ElementFault("element " + identity.unique_id + " has no usable EK");
    return key;
}

const Bytes& single(const std::vector<EvidenceMember>& members, std::string_view name) {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const auto& member) { return member.name == name; });
    if (found == members.end() || found->values.size() != 1)
        throw ElementFault("the challenge lacks " + std::string(name));
    return found->values.front();
}

}  // namespace

std::vector<SoftIdentity> deliver_elements(const SoftVendor& maker, const std::string& prefix,
                                           std::size_t count, const std::string& format) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::size_t i = 1; i <= count; ++i) {
        const SoftTpm tpm(maker, SoftKeyKind::ec_p256, ek_certificate());
        elements.push_back({.format = format,
                            .unique_id = prefix + "-" + std::to_string(i),
                            .key = tpm.ek_private(),
                            .chain = tpm.ek_chain()});
    }
    return elements;
}

void write_elements(const std::vector<SoftIdentity>& elements, std::ostream& out) {
    for (const SoftIdentity& element : elements) {
        json::array chain;
        for (const Bytes& certificate : element.chain)
            chain.emplace_back(to_base64(certificate));
        out << canonical_json(json::object{{"format", element.format},
                                           {"unique_id", element.unique_id},
                                           {"key", to_base64(element.key)},
                                           {"chain", std::move(chain)}})
            << '\n';
    }
}

std::vector<SoftIdentity> read_elements(std::istream& in, std::size_t limit) {
    std::vector<SoftIdentity> elements;
    std::string line;
    while (std::getline(in, line)) {
        if (elements.size() == limit)
            throw Fault("more than " + std::to_string(limit) + " elements");
        elements.push_back(identity_in(line));
    }
    return elements;
}

SoftElement::SoftElement(const SoftIdentity& identity)
    : tpm_(SoftKeyKind::ec_p256, ek_of(identity), identity.chain),
      ak_(soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256))) {}

std::string SoftElement::identity() {
    return to_hex(ByteView(sha256(tpm_.ek_spki())));
}

std::vector<EvidenceMember> SoftElement::introduce() {
    return {{"ek_chain", tpm_.ek_chain(), true}, {"ak_public", {ak_.public_area}}};
}

std::optional<Bytes> SoftElement::leaf() {
    if (!leaf_) return std::nullopt;
    return leaf_->spki;
}

Bytes SoftElement::make_leaf() {
    if (leaf_) throw ElementFault("there is a leaf key already");
    leaf_.emplace(soft_object(SoftKeyKind::ec_p256, {}));
    return leaf_->spki;
}

Bytes SoftElement::statement_on_leaf(ByteView nonce) const {
    const Key& leaf = present_leaf();
    return SoftAttest{.qualified_signer = ak_.name,
                      .extra_data = to_bytes(nonce),
                      .name = leaf.name,
                      .qualified_name_or_hash = leaf.name}
        .bytes();
}

Bytes SoftElement::activation(const ReceivedChallenge& answer, ByteView attest) const {
    const auto secret = tpm_.activate(ak_.name, single(answer.members, "credential_blob"),
                                      single(answer.members, "secret"));
    if (!secret) throw ElementFault("TPM2_ActivateCredential: TPM_RC_INTEGRITY");
    return activation_for({.secret = *secret,
                           .challenge = answer.challenge,
                           .ek_certificate = tpm_.ek_chain().front(),
                           .ak_name = ak_.name,
                           .attest = attest,
                           .csr = answer.csr});
}

Evidence SoftElement::attest(const ReceivedChallenge& answer) {
    const Bytes attest = statement_on_leaf(answer.nonce);
    std::vector<EvidenceMember> members = introduce();
    members.push_back({"activation", {activation(answer, attest)}});
    members.push_back({"key_public", {present_leaf().public_area}});
    members.push_back({"attest", {attest}});
    members.push_back({"signature", {soft_sign(ak_.object, attest)}});
    return {.format = std::string(format()), .members = std::move(members)};
}

Bytes SoftElement::sign(ByteView message) {
    return sign_sha256(present_leaf().object.key.get(), message);
}

Bytes SoftElement::install(ByteView certificate_der) {
    certificate_ = to_bytes(certificate_der);
    return certificate_;
}

SoftElement::Key::Key(SoftObject made)
    : object(std::move(made)),
      spki(object.spki()),
      public_area(object.public_area()),
      name(object.name()) {}

const SoftElement::Key& SoftElement::present_leaf() const {
    if (!leaf_) throw ElementFault("there is no leaf key");
    return *leaf_;
}

}  // namespace hallmark
