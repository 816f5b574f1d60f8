#include "server/ceremony_operator.h"

#include "server/ceremony_files.h"

#include <sys/stat.h>

namespace hallmark {

Result<OperatorKey> read_operator_key(const std::filesystem::path& path) {
    struct stat file {};
    if (stat(path.c_str(), &file) != 0)
        return Refusal{Reason::not_found,
                       "the operator's key " + path.string() + " cannot be read"};
    if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Refusal{Reason::forbidden, "group or others may use the operator's key " +
                                              path.string() + "; make it mode 0600"};
    HALLMARK_TRY(text, read_small_file(path));
    auto key = FileKey::parse(text);
    if (!key)
        return Refusal{Reason::malformed_request,
                       "the operator's key " + path.string() + " " + key.error().detail};
    return key;
}

}  // namespace hallmark
