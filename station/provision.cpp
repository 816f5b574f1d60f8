#include "station/provision.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/hash.h"
#include "station/csr.h"
#include "station/issued_check.h"
#include "station/protocol_proofs.h"
#include "station/provision_state.h"
#include "station/server_answers.h"

namespace hallmark {
namespace {

// After a void or an expired challenge a new request is made; a server that ends even these is not
// asked a fourth time.
constexpr int most_requests = 3;

class Provisioning {
public:
    Provisioning(SecureElement& element, const ProvisionOptions& options,
                 const Surroundings& surroundings)
        : element_(element),
          options_(options),
          around_(surroundings),
          name_(element.identity()),
          file_(options.state_folder, name_) {}

    Result<Provisioned> run() {
        HALLMARK_TRY(finished, take_up());
        if (finished) return outcome(decode_issuance(state_.answer), true);
        for (int request = 1;; ++request) {
            auto done = one_request();
            if (done) return done;
            if (is_over(done.error().reason)) begin();
            if (request == most_requests || !wants_new_request(done.error().reason)) return done;
        }
    }

private:
    /// A request_id is looked up before its challenge (protocol.md, "Order of an issuance"): a
    /// refused challenge therefore means that nothing was issued under this id, and a gone one that
    /// nothing will be again.
    static bool wants_new_request(Reason reason) {
        return reason == Reason::gone || reason == Reason::challenge_not_accepted;
    }

    /// Nothing was or will be issued under this request's id: the challenge is spent with the
    /// refusal.
    static bool is_over(Reason reason) {
        return wants_new_request(reason) || reason == Reason::csr_not_accepted ||
               reason == Reason::evidence_not_accepted || reason == Reason::element_not_accepted ||
               reason == Reason::policy_denied;
    }

    /// A key that stands in the leaf's place from here on is ours.
    void begin() {
        state_ = {.step = Step::started,
                  .product = options_.product,
                  .request_id = {},
                  .body = {},
                  .answer = {}};
        keep();
    }

    /// True when an earlier run had finished and its key is still there.
    Result<bool> take_up() {
        const auto known = file_.load();
        const auto present = element_.leaf();
        if (known && present) {
            if (known->step != Step::started && known->product != options_.product) {
                return Refusal{Reason::conflict,
                               "this element is being provisioned as " + known->product};
            }
            state_ = *known;
            state_.product = options_.product;
            if (state_.step < Step::issued || certified(*present))
                return state_.step == Step::confirmed;
        }
        if (present && !known && !options_.replace_key) {
            return Refusal{Reason::conflict,
                           "there is a key in the leaf's place that this station did not make"};
        }
        begin();
        if (present) element_.drop_leaf();
        return false;
    }

    [[nodiscard]] bool certified(const Bytes& spki) const {
        const auto certificate = parse_certificate(decode_issuance(state_.answer).certificate);
        return certificate && certificate->spki == spki;
    }

    Result<Provisioned> one_request() {
        const auto present = element_.leaf();
        const Bytes spki = present ? *present : element_.make_leaf();
        passed("key");
        if (state_.step == Step::started) {
            HALLMARK_TRY(asked, compose(spki));
        }
        if (state_.step == Step::asked) {
            HALLMARK_TRY(issued, ask());
        }
        const IssuanceGiven given = decode_issuance(state_.answer);
        IssuedCheck(options_.roots).check(given, spki, around_.now);
        passed("check");
        return install(given);
    }

    /// Challenge, CSR and evidence become one body that is kept before it is sent.
    Result<Done> compose(const Bytes& spki) {
        const ClientAnswer answer = around_.courier.send(
            {.method = "POST",
             .target = "/v1/challenges",
             .body = encode(ChallengeWanted{options_.product, std::string(element_.format()),
                                            element_.introduce()})});
        if (answer.status != 201) return refusal_in(answer);
        ChallengeGiven given = decode_challenge(answer.body);
        passed("challenge");
        const Bytes nonce =
            nonce_for({.door = "factory", .challenge = given.challenge, .spki = spki});
        const Bytes csr = make_csr(
            {.spki = spki, .nonce = nonce, .attributes = element_.request_attributes(nonce)},
            [this](ByteView message) { return element_.sign(message); });
        Evidence evidence =
            element_.attest({given.challenge, nonce, csr, std::move(given.members)});
        state_.request_id = random_uuid();
        state_.body = encode(IssuanceWanted{.request_id = state_.request_id,
                                            .product = options_.product,
                                            .challenge = given.challenge,
                                            .csr = csr,
                                            .evidence = std::move(evidence)});
        state_.step = Step::asked;
        keep();
        passed("evidence");
        return Done{};
    }

    Result<Done> ask() {
        const ClientAnswer answer = around_.courier.send(
            {.method = "POST", .target = "/v1/issuances", .body = state_.body});
        if (answer.status != 200 && answer.status != 201) return refusal_in(answer);
        (void)decode_issuance(answer.body);  // What cannot be read is not kept as an answer.
        state_.answer = answer.body;
        state_.step = Step::issued;
        keep();
        passed("issuance");
        return Done{};
    }

    Result<Provisioned> install(const IssuanceGiven& given) {
        const Bytes read_back = element_.install(given.certificate);
        if (read_back != given.certificate)
            throw ElementFault("the installed certificate reads back differently");
        passed("install");
        const Bytes proof = element_.sign(installation_message({.issuance = given.issuance,
                                                                .nonce = given.installation_nonce,
                                                                .certificate_der = read_back}));
        const ClientAnswer answer =
            around_.courier.send({.method = "POST",
                                  .target = "/v1/issuances/" + given.issuance + "/installation",
                                  .body = encode(InstallationDone{sha256(read_back), proof})});
        if (answer.status != 200) return refusal_in(answer);
        state_.step = Step::confirmed;
        keep();
        passed("confirm");
        return outcome(given, false);
    }

    [[nodiscard]] Provisioned outcome(const IssuanceGiven& given, bool before) const {
        return {.element = name_,
                .issuance = given.issuance,
                .device = given.device,
                .serial = given.serial,
                .certificate = given.certificate,
                .chain = given.chain,
                .before = before};
    }

    void keep() const { file_.save(state_); }

    void passed(std::string_view step) const {
        if (around_.passed) around_.passed(step);
    }

    SecureElement& element_;
    const ProvisionOptions& options_;
    const Surroundings& around_;
    std::string name_;
    StateFile file_;
    ProvisionState state_;
};

}  // namespace

Result<Provisioned> provision(SecureElement& element, const ProvisionOptions& options,
                              const Surroundings& surroundings) {
    return Provisioning(element, options, surroundings).run();
}

}  // namespace hallmark
