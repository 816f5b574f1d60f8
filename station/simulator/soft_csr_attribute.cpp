#include "station/simulator/soft_csr_attribute.h"

#include "ca/crypto/der.h"

namespace hallmark {
namespace {

Bytes sequence_of(const std::vector<Bytes>& parts) {
    Bytes content;
    for (const Bytes& part : parts)
        append(content, ByteView(part));
    return der(tag::sequence, content);
}

}  // namespace

Bytes SoftCsrBundle::der() const {
    std::vector<Bytes> list;
    for (const SoftCsrStatement& one : statements) {
        std::vector<Bytes> parts{der_oid(one.type), one.stmt};
        if (!one.hint.empty()) parts.push_back(der_utf8(one.hint));
        if (!behind_hint.empty()) parts.push_back(behind_hint);
        list.push_back(sequence_of(parts));
    }
    std::vector<Bytes> fields{sequence_of(list)};
    if (!certificates.empty() || empty_certs) fields.push_back(sequence_of(certificates));
    if (!behind_certs.empty()) fields.push_back(behind_certs);
    const Bytes bundle = sequence_of(fields);
    return in_a_list ? sequence_of({bundle}) : bundle;
}

Bytes soft_attestation_attribute(const std::vector<Bytes>& values) {
    // id-aa 59 of RFC 2634's arc: id-aa-attestation, first allocated as id-aa-evidence.
    return sequence_of({der_oid("1.2.840.113549.1.9.16.2.59"), der_set_of(values)});
}

Bytes SoftTcgStatement::der() const {
    std::vector<Bytes> parts{der_octet_string(attest), der_octet_string(signature)};
    if (!public_area.empty()) parts.push_back(der_octet_string(public_area));
    return sequence_of(parts);
}

Bytes soft_bare_signature(ByteView tpmt_signature) {
    return to_bytes(tpmt_signature.subspan(6));
}

}  // namespace hallmark
