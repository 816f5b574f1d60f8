#include "tests/support/cms_writer.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/openssl.h"

#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/pem.h>

namespace hallmark::testing {

namespace {

using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using CmsPtr = std::unique_ptr<CMS_ContentInfo, FreeWith<CMS_ContentInfo_free>>;

BioPtr bio_of(std::string_view text) {
    return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

template <typename T>
T must(T made) {
    if (!made) throw std::runtime_error("OpenSSL would not make a CMS signature");
    return made;
}

}  // namespace

Bytes sign_cms(std::string_view content, const ExampleVendor& by, const CmsChoices& choices) {
    const unsigned char* der = by.certificate.data();
    const X509Ptr certificate =
        must(X509Ptr(d2i_X509(nullptr, &der, static_cast<long>(by.certificate.size()))));
    const BioPtr key_text = bio_of(by.private_key);
    const PkeyPtr key =
        must(PkeyPtr(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr)));
    unsigned flags = CMS_BINARY | CMS_PARTIAL;
    if (!choices.brings_content) flags |= CMS_DETACHED;
    if (!choices.brings_certificates) flags |= CMS_NOCERTS;
    if (!choices.signed_attributes) flags |= CMS_NOATTR;
    if (choices.by_key_identifier) flags |= CMS_USE_KEYID;
    const CmsPtr cms = must(CmsPtr(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags)));
    const MdPtr digest = must(MdPtr(EVP_MD_fetch(nullptr, choices.digest, nullptr)));
    must(CMS_add1_signer(cms.get(), certificate.get(), key.get(), digest.get(), flags));
    const BioPtr data = bio_of(content);
    must(CMS_final(cms.get(), data.get(), nullptr, flags) == 1);
    unsigned char* octets = nullptr;
    const int size = i2d_CMS_ContentInfo(cms.get(), &octets);
    must(size > 0);
    Bytes made(octets, octets + size);
    OPENSSL_free(octets);
    return made;
}

std::string signed_csv(const std::string& csv, const ExampleVendor& by, const CmsChoices& choices) {
    return to_pem(sign_cms(csv, by, choices), "CMS") + csv;
}

std::string csv_of(const std::vector<ExampleElement>& elements) {
    std::string csv = "unique_id,model,spki\r\n";
    for (const ExampleElement& element : elements)
        csv += element.unique_id + "," + element.model + "," +
               to_base64(element.keys.front().spki()) + "\r\n";
    return csv;
}

}  // namespace hallmark::testing
