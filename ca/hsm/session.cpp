#include "ca/hsm/session.h"

#include <cstring>
#include <utility>

namespace hallmark {
namespace {

constexpr unsigned long most_attribute_octets = 4096;
constexpr unsigned long most_signature_octets = 1024;

template <typename Number>
Bytes octets_of(Number value) {
    Bytes octets(sizeof value);
    std::memcpy(octets.data(), &value, sizeof value);
    return octets;
}

}  // namespace

Template& Template::flag(CK_ATTRIBUTE_TYPE type, bool value) {
    values_.emplace_back(type, Bytes{static_cast<unsigned char>(value ? CK_TRUE : CK_FALSE)});
    return *this;
}

Template& Template::number(CK_ATTRIBUTE_TYPE type, unsigned long value) {
    values_.emplace_back(type, octets_of(value));
    return *this;
}

Template& Template::bytes(CK_ATTRIBUTE_TYPE type, ByteView value) {
    values_.emplace_back(type, Bytes(value.begin(), value.end()));
    return *this;
}

std::vector<CK_ATTRIBUTE> Template::attributes() {
    std::vector<CK_ATTRIBUTE> list;
    for (auto& [type, value] : values_)
        list.push_back({type, value.data(), value.size()});
    return list;
}

Session::Session(const CK_FUNCTION_LIST& call, CK_SLOT_ID slot, SessionUse use) : call_(&call) {
    const CK_FLAGS write = use == SessionUse::read_write ? CKF_RW_SESSION : 0;
    check(call_->C_OpenSession(slot, CKF_SERIAL_SESSION | write, nullptr, nullptr, &handle_),
          "C_OpenSession");
}

Session::~Session() {
    if (handle_ != CK_INVALID_HANDLE) call_->C_CloseSession(handle_);
}

Session::Session(Session&& other) noexcept
    : call_(other.call_), handle_(std::exchange(other.handle_, CK_INVALID_HANDLE)) {}

Session& Session::operator=(Session&& other) noexcept {
    std::swap(call_, other.call_);
    std::swap(handle_, other.handle_);
    return *this;
}

bool Session::is_user() const {
    CK_SESSION_INFO info{};
    check(call_->C_GetSessionInfo(handle_, &info), "C_GetSessionInfo");
    return info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS;
}

std::vector<CK_OBJECT_HANDLE> Session::find(Template wanted, std::size_t limit) const {
    auto attributes = wanted.attributes();
    check(call_->C_FindObjectsInit(handle_, attributes.data(), attributes.size()),
          "C_FindObjectsInit");
    std::vector<CK_OBJECT_HANDLE> found(limit);
    std::size_t taken = 0;
    CK_RV result = CKR_OK;
    // PKCS#11 v2.40 5.7: a token may give fewer at a time than asked for; none means the end.
    for (unsigned long count = 1; result == CKR_OK && count > 0 && taken < limit; taken += count) {
        count = 0;
        result = call_->C_FindObjects(handle_, found.data() + taken, limit - taken, &count);
        if (count > limit - taken) count = 0;
    }
    const CK_RV ended = call_->C_FindObjectsFinal(handle_);
    check(result, "C_FindObjects");
    check(ended, "C_FindObjectsFinal");
    found.resize(taken);
    return found;
}

std::optional<Bytes> Session::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
    CK_ATTRIBUTE asked{type, nullptr, 0};
    const auto read = [&] {
        const CK_RV result = call_->C_GetAttributeValue(handle_, object, &asked, 1);
        if (result == CKR_ATTRIBUTE_TYPE_INVALID || result == CKR_ATTRIBUTE_SENSITIVE) return false;
        check(result, "C_GetAttributeValue");
        return asked.ulValueLen != CK_UNAVAILABLE_INFORMATION;
    };
    if (!read()) return std::nullopt;
    if (asked.ulValueLen > most_attribute_octets)
        throw HsmFault(HsmError::permanent, "the token reports an attribute that is too long");
    Bytes value(asked.ulValueLen);
    asked.pValue = value.data();
    if (value.empty()) return value;
    if (!read() || asked.ulValueLen > value.size()) return std::nullopt;
    value.resize(asked.ulValueLen);
    return value;
}

std::optional<bool> Session::flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
    const auto value = attribute(object, type);
    if (!value || value->size() != sizeof(CK_BBOOL)) return std::nullopt;
    return (*value)[0] != CK_FALSE;
}

std::optional<unsigned long> Session::number(CK_OBJECT_HANDLE object,
                                             CK_ATTRIBUTE_TYPE type) const {
    const auto value = attribute(object, type);
    unsigned long number = 0;
    if (!value || value->size() != sizeof number) return std::nullopt;
    std::memcpy(&number, value->data(), sizeof number);
    return number;
}

Bytes Session::sign(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism, Bytes input) const {
    check(call_->C_SignInit(handle_, &mechanism, key), "C_SignInit");
    Bytes signature(most_signature_octets);
    unsigned long octets = signature.size();
    check(call_->C_Sign(handle_, input.data(), input.size(), signature.data(), &octets), "C_Sign");
    if (octets > signature.size())
        throw HsmFault(HsmError::permanent, "C_Sign: a signature too long");
    signature.resize(octets);
    return signature;
}

}  // namespace hallmark
