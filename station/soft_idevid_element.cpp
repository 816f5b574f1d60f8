#include "station/soft_idevid_element.h"

#include "station/simulator/tcg_csr.h"

namespace hallmark {

Evidence SoftIdevidElement::attest(const ReceivedChallenge& answer) {
    const Bytes certify_info = statement_on_leaf(answer.nonce);
    const SoftStatement of_itself =
        soft_certify_creation(attestation_key().object, attestation_key().object, {});
    TcgCsrContents contents;
    contents.product_model = "Software board";
    contents.product_serial = identity();
    contents.ek_certificate = tpm().ek_chain().front();
    contents.attest_public = attestation_key().public_area;
    contents.creation_ticket = soft_creation_ticket();
    contents.attest_certify_info = of_itself.attest;
    contents.attest_certify_signature = of_itself.signature;
    contents.signing_public = present_leaf().public_area;
    contents.signing_certify_info = certify_info;
    contents.signing_certify_signature = soft_sign(attestation_key().object, certify_info);
    TcgCsrRequest request;
    request.contents = contents.bytes();
    request.signature = soft_sign(present_leaf().object, request.contents);
    return {.format = std::string(format()),
            .members = {{.name = "csr", .values = {request.bytes()}},
                        {.name = "activation", .values = {activation(answer, certify_info)}}}};
}

}  // namespace hallmark
