// One PKCS#11 session as an owned value, and the few calls that we make on one. Closes itself;
// never logs out, since a login belongs to the whole process.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/hsm/cryptoki.h"

#include <optional>
#include <vector>

namespace hallmark {

/// Attributes to find or make an object by, owning their values.
class Template {
public:
    Template& flag(CK_ATTRIBUTE_TYPE type, bool value);
    Template& number(CK_ATTRIBUTE_TYPE type, unsigned long value);
    Template& bytes(CK_ATTRIBUTE_TYPE type, ByteView value);
    /// Valid until the template changes or goes.
    [[nodiscard]] std::vector<CK_ATTRIBUTE> attributes();

private:
    std::vector<std::pair<CK_ATTRIBUTE_TYPE, Bytes>> values_;
};

enum class SessionUse { read_only, read_write };

class Session {
public:
    /// Throws HsmFault.
    Session(const CK_FUNCTION_LIST& call, CK_SLOT_ID slot, SessionUse use = SessionUse::read_only);
    ~Session();
    Session(Session&& other) noexcept;
    Session& operator=(Session&& other) noexcept;

    [[nodiscard]] CK_SESSION_HANDLE handle() const noexcept { return handle_; }
    [[nodiscard]] const CK_FUNCTION_LIST& call() const noexcept { return *call_; }

    /// Whether this process is logged in at the token as its user.
    [[nodiscard]] bool is_user() const;
    /// Objects that match, at most `limit`.
    [[nodiscard]] std::vector<CK_OBJECT_HANDLE> find(Template wanted, std::size_t limit = 16) const;
    /// nullopt where the object has no such attribute or keeps it to itself. At most 4096 octets.
    [[nodiscard]] std::optional<Bytes> attribute(CK_OBJECT_HANDLE object,
                                                 CK_ATTRIBUTE_TYPE type) const;
    [[nodiscard]] std::optional<bool> flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    [[nodiscard]] std::optional<unsigned long> number(CK_OBJECT_HANDLE object,
                                                      CK_ATTRIBUTE_TYPE type) const;
    /// C_SignInit and C_Sign: one part, at most 1024 octets out.
    [[nodiscard]] Bytes sign(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism, Bytes input) const;

private:
    const CK_FUNCTION_LIST* call_;
    CK_SESSION_HANDLE handle_ = CK_INVALID_HANDLE;
};

}  // namespace hallmark
