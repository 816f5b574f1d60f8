// fuzz: NEEDS ca/domain server/config
// covers: server/config/config.cpp server/config/section.cpp
// The configuration: refused with the line and the key, or whole and within its ranges.
#include "ca/domain/bytes.h"
#include "server/config/config.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace hallmark;
    const auto config = parse_config(as_text({bytes, size}), "/etc/hallmark");
    if (!config) {
        if (config.error().reason != Reason::invalid_document || config.error().detail.empty())
            std::abort();
        return 0;
    }
    const bool whole = !config->database.conninfo.empty() && !config->hsm.module.empty() &&
                       !config->hsm.pin_file.empty() && !config->factory.certificate.empty() &&
                       !config->office.key.empty();
    const bool bounded = config->challenge.lifetime.count() <= 120 &&
                         config->workers.threads >= 1 &&
                         config->crl.validity > config->crl.interval;
    if (!whole || !bounded) std::abort();
    return 0;
}
